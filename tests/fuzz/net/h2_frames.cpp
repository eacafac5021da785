// Arbitrary bytes to an HTTP/2 session in either role, with the answers a connection would give. The first byte: bit 0 the role, bit 1
// whether a valid preface comes first, the rest how large the pieces are. Checks that what is held and sent stays bounded.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "base/limits.h"
#include "net/h2_session.h"

namespace {

using namespace daikan::net;
using Kind = H2Event::Kind;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr std::string_view kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
constexpr std::size_t kFrame = 16 * 1024;

struct Peer {
  H2Session session;
  H2Role role;
  SteadyTime time{};
  std::size_t held = 0;

  explicit Peer(H2Role r) : session(r, 8, SteadyTime{}), role(r) {}

  void act() {
    for (auto& event : session.take_events()) {
      if (event.kind == Kind::data) {
        held += event.data.size();
        // Every other stream has a reader.
        if (event.stream % 4 == 1) {
          session.consume(event.stream, event.data.size());
          held -= event.data.size();
        }
      }
      if (event.kind == Kind::head) answer(event);
    }
    // A frame that breaks the window is handed over once per stream, then the stream or the connection ends.
    require(held <= daikan::limits::kConnectionWindowBytes + 2 * kFrame);
  }

  void answer(const H2Event& event) {
    require(event.head->bytes <= daikan::limits::kMaxHeaderListBytes || event.head->too_large);
    if (role == H2Role::client) return session.discard(event.stream);
    H2Head head;
    head.status = 200;
    const auto urgency = event.stream % 3 == 0 ? H2Urgency::bulk : H2Urgency::normal;
    session.respond(event.stream, head, H2Follows::body, urgency);
    session.provide(event.stream, std::string(5'000, 'x'), event.stream % 5 == 0 ? H2Piece::more_follow : H2Piece::last);
    if (event.stream % 7 == 0) session.discard(event.stream);
  }

  void send() {
    for (int i = 0; i < 100; ++i) {
      std::string out;
      session.fill(out, kFrame);
      act();
      require(out.size() <= 3 * kFrame);
      if (out.empty()) return;
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto role = (data[0] & 1U) != 0 ? H2Role::client : H2Role::server;
  Peer peer(role);
  peer.send();
  if (role == H2Role::client) {
    H2Head head;
    head.method = "PUT";
    head.target = "/";
    head.authority = "a";
    for (int i = 0; i < 3; ++i) {
      const auto id = peer.session.request(head, H2Follows::body, i == 2 ? H2Urgency::bulk : H2Urgency::normal);
      if (id) peer.session.provide(*id, std::string(100'000, 'x'), H2Piece::last);
    }
  }
  if ((data[0] & 2U) != 0) {
    const auto preface = role == H2Role::server ? kPreface : kPreface.substr(24);
    peer.session.feed({reinterpret_cast<const std::uint8_t*>(preface.data()), preface.size()}, peer.time);
  }
  const std::size_t step = 1 + (data[0] >> 2U) * std::size_t{40};
  for (std::size_t at = 1; at < size; at += step) {
    peer.time += std::chrono::milliseconds(1);
    peer.session.feed({data + at, std::min(step, size - at)}, peer.time);
    peer.act();
    peer.send();
  }
  return 0;
}
