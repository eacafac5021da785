#include "net/syslog.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/udp.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"
#include "net/detail/lookup.h"

namespace daikan::net {
namespace {

using UdpSocket = asio::basic_datagram_socket<asio::ip::udp, Executor>;

constexpr auto kTuple = asio::as_tuple(use_awaitable);
constexpr unsigned kLocal0 = 16;                    // RFC 5424 table 1: facilities for local use
constexpr std::size_t kMostHostBytes = 255;         // RFC 5424 section 6
constexpr std::size_t kMostMessageIdBytes = 32;     // the same
constexpr std::int64_t kMostSequence = 2147483647;  // RFC 5424 section 7.3.1
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

/// Visible ASCII without spaces, or "-".
std::string field(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) out.push_back(c > 0x20 && c < 0x7f ? c : '_');
  return out.empty() ? "-" : out;
}

Error not_sent(const Endpoint& server, const boost::system::error_code& ec) {
  if (ec == asio::error::operation_aborted) return {Code::cancelled, fmt::format("{}: sending was cancelled.", server.str())};
  if (ec == asio::error::connection_refused) {
    return {Code::refused, fmt::format("{}: nobody listens there (UDP).", server.str()), "Is the log server running?"};
  }
  return {Code::unreachable, fmt::format("{}: {}.", server.str(), ec.message()), "Check the address and the route from this server."};
}

awaitable<Result<>> send_datagrams(Endpoint server, std::vector<std::string> texts, SteadyTime deadline) {
  auto addresses = co_await detail::look_up(server.host, deadline);
  if (!addresses)
    co_return fail(addresses.error().code, fmt::format("{}: {}.", server.str(), addresses.error().message), "Check the name.");
  const asio::ip::udp::endpoint to(addresses->front(), server.port);
  UdpSocket socket(co_await asio::this_coro::executor);
  boost::system::error_code failed;
  socket.open(to.protocol(), failed);
  if (!failed) socket.connect(to, failed);
  if (failed) co_return fail(not_sent(server, failed));
  for (const auto& text : texts) {
    const auto [ec, n] = co_await socket.async_send(asio::buffer(text), kTuple);
    if (ec) co_return fail(not_sent(server, ec));
  }
  co_return Result<>{};
}

awaitable<Result<>> send_stream(const SyslogServer& server, std::vector<std::string> texts, SteadyTime deadline) {
  auto wire = co_await Wire::dial(server.endpoint, deadline);
  if (!wire) co_return fail(std::move(wire.error()));
  if (server.transport == SyslogTransport::tls) {
    auto secured = co_await (*wire)->secure(server.trust, deadline);
    if (!secured) co_return secured;
  }
  std::string framed;
  for (const auto& text : texts) framed += fmt::format("{} {}", text.size(), text);
  auto written = co_await (*wire)->write(std::move(framed));
  if (!written) co_return written;
  auto finished = co_await (*wire)->finish();
  co_return finished;
}

}  // namespace

std::string syslog_text(const SyslogLine& line) {
  auto text = fmt::format("<{}>1 {} {} daikand {} {} [meta sequenceId=\"{}\"] {}", kLocal0 * 8 + std::min(line.severity, 7U),
                          to_rfc3339(line.at), field(line.host, kMostHostBytes), ::getpid(), field(line.kind, kMostMessageIdBytes),
                          line.sequence % kMostSequence + (line.sequence > kMostSequence ? 1 : 0), kUtf8Mark);
  text += quotable(line.message, limits::kMaxSyslogBytes - text.size() - 4);
  return text;
}

awaitable<Result<>> send_syslog(SyslogServer server, std::vector<std::string> texts, SteadyTime deadline) {
  auto sending = server.transport == SyslogTransport::udp ? send_datagrams(server.endpoint, std::move(texts), deadline)
                                                          : send_stream(server, std::move(texts), deadline);
  auto sent = co_await with_deadline(deadline, fmt::format("sending to {}", server.endpoint.str()), std::move(sending));
  co_return sent;
}

}  // namespace daikan::net
