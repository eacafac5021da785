#include "net/listener.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/detail/handshake_slots.h"

namespace daikan::net {
namespace {

using boost::system::error_code;

constexpr int kBacklog = 4096;  // a storm waits here while handshakes_in_progress is reached; the kernel caps it at somaxconn
constexpr auto kPauseWithoutDescriptors = std::chrono::milliseconds(100);
constexpr int kAcceptsAtOnce = 64;  // then others run, however fast connections come
constexpr int kPortAttempts = 16;   // "*" with port 0: the port chosen for IPv4 must be free for IPv6 too

// Connections whose ClientHello has not arrived hold no handshake slot, only a place here. Secondaries speak at once, so even behind one
// address few of them are silent at a time; a host that opens connections and says nothing pushes out its own.
constexpr std::size_t kMaxSilent = 1024;
constexpr std::size_t kMaxSilentPerSource = 64;
constexpr auto kLookAgain = std::chrono::milliseconds(250);  // for a handshake that has stalled meanwhile

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

// Received bytes at which a handshake can begin: those of the first TLS record. 0 for what is no TLS: the handshake says so at once.
std::size_t bytes_of_hello(TcpSocket& socket) {
  constexpr std::size_t kHeader = 5;
  constexpr std::size_t kLongestRecord = 16 * 1024;
  std::array<std::uint8_t, kHeader> header;
  const auto n = ::recv(socket.native_handle(), header.data(), header.size(), MSG_PEEK | MSG_DONTWAIT);
  if (n > 0 && header[0] != 0x16) return 0;
  if (n < static_cast<ssize_t>(kHeader)) return kHeader;
  const std::size_t length = std::size_t{header[3]} << 8U | header[4];
  return length > kLongestRecord ? 0 : kHeader + length;
}

bool has_spoken(TcpSocket& socket) {
  error_code ignored;
  return socket.available(ignored) >= bytes_of_hello(socket);
}

// From now on the socket counts as readable when it has so many bytes, or has ended.
void set_readable_at(TcpSocket& socket, std::size_t bytes) {
  error_code ignored;  // without it, handshakes begin a little early
  socket.set_option(asio::socket_base::receive_low_watermark(static_cast<int>(bytes)), ignored);
}

bool is_out_of_resources(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

tl::unexpected<Error> bind_error(const Endpoint& address, const error_code& ec) {
  if (ec == asio::error::address_in_use) {
    return fail(Code::configuration_invalid, fmt::format("{}: cannot listen: the address is already in use.", address.str()),
                fmt::format("Find the process that uses port {} (ss -ltnp) and stop it, or configure another port.", address.port));
  }
  if (ec == asio::error::access_denied) {
    return fail(Code::configuration_invalid, fmt::format("{}: cannot listen: permission denied.", address.str()),
                "Ports below 1024 need a privilege: choose a higher one or grant CAP_NET_BIND_SERVICE.");
  }
  return fail(Code::configuration_invalid, fmt::format("{}: cannot listen: {}.", address.str(), ec.message()),
              "Give an IP address of this machine, or * for all of them.");
}

bool is_without_ipv6(const error_code& ec) { return ec == asio::error::address_family_not_supported || ec.value() == EADDRNOTAVAIL; }

}  // namespace

struct Listener::State {
  State(Executor e, std::shared_ptr<TlsContext> c, PinCheck p, ListenerLimits l)
      : executor(e),
        context(std::move(c)),
        check(std::move(p)),
        limits(l),
        group(e),
        slot_freed(e),
        slots(l.handshakes_in_progress),
        first_silent(e) {}

  Executor executor;
  std::shared_ptr<TlsContext> context;
  PinCheck check;
  ListenerLimits limits;
  Serve serve;
  Refused refused;
  std::vector<TcpAcceptor> acceptors;
  TaskGroup group;
  Signal slot_freed;  // a handshake or a connection ended
  detail::HandshakeSlots slots;
  unsigned connections = 0;
  std::map<asio::ip::address, unsigned> per_source;  // accepted and not yet ended, handshakes included: or one source could hold every slot

  class Place;                   // holds one connection's places in the counts; gives back whatever it holds
  class Arrival;                 // a connection from accept to handshake slot
  std::vector<Arrival*> silent;  // oldest first
  unsigned queued = 0;           // have spoken and wait for a slot
  Signal first_silent;
  bool stopping = false;

  // Whether nobody may be accepted: those who wait have the next slots, unless stalled handshakes give theirs.
  bool is_full() const {
    return slots.held() + queued >= limits.handshakes_in_progress && (slots.has_room() || !slots.can_make_room(steady_now()));
  }
  bool has_room_for(const asio::ip::address& source) const;
  void make_room_for_silent(const asio::ip::address& share);
  awaitable<> arrival(std::unique_ptr<Arrival> arrived);
  awaitable<> end_silent();

  Result<> open(const Endpoint& address);
  Result<> open_everywhere(const Endpoint& address);
  error_code bind(const asio::ip::tcp::endpoint& endpoint);
  awaitable<> accept_loop(TcpAcceptor& acceptor);
  Result<bool> accept_one(TcpAcceptor& acceptor);
  awaitable<> connection(TcpSocket socket, std::unique_ptr<Place> place);
};

class Listener::State::Place {
 public:
  Place(State& state, asio::ip::address source) : state_(state), source_(std::move(source)) {
    slot_ = state_.slots.take(detail::share_of(source_), steady_now(), [this] { evict(); });
    ++state_.per_source[source_];
  }
  ~Place() {
    if (serving_) {
      --state_.connections;
    } else {
      state_.slots.give(slot_);
    }
    const auto found = state_.per_source.find(source_);
    if (--found->second == 0) state_.per_source.erase(found);
    state_.slot_freed.notify_all();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  /// The handshake that is to end when the slot is taken away.
  void shakes(TlsStream* stream) { stream_ = stream; }
  bool is_evicted() const { return evicted_; }
  /// From handshake to connection; false when there is no room for one more.
  bool serve() {
    if (state_.limits.connections != 0 && state_.connections >= state_.limits.connections) return false;
    if (!state_.slots.give(slot_)) return false;  // evicted just before it was done
    serving_ = true;
    ++state_.connections;
    state_.slot_freed.notify_all();
    return true;
  }

 private:
  void evict() {
    evicted_ = true;
    if (stream_ != nullptr) stream_->close();
  }

  State& state_;
  asio::ip::address source_;
  detail::HandshakeSlots::Id slot_{};
  TlsStream* stream_ = nullptr;
  bool evicted_ = false;
  bool serving_ = false;
};

class Listener::State::Arrival {
 public:
  Arrival(State& state, TcpSocket socket, asio::ip::address source)
      : socket(std::move(socket)), source(std::move(source)), share(detail::share_of(this->source)), state_(state) {
    state_.silent.push_back(this);
    if (state_.silent.size() == 1) state_.first_silent.notify_all();
  }
  ~Arrival() {
    if (!queued_) {
      std::erase(state_.silent, this);
      return;
    }
    --state_.queued;
    state_.slot_freed.notify_all();
  }
  Arrival(const Arrival&) = delete;
  Arrival& operator=(const Arrival&) = delete;

  void queue() {
    std::erase(state_.silent, this);
    queued_ = true;
    ++state_.queued;
  }
  /// Its coroutine ends soon.
  void close() {
    std::erase(state_.silent, this);
    error_code ignored;
    socket.close(ignored);
  }

  TcpSocket socket;
  const asio::ip::address source;
  const asio::ip::address share;
  const SteadyTime until = steady_now() + limits::kHandshakeTime;

 private:
  State& state_;
  bool queued_ = false;
};

bool Listener::State::has_room_for(const asio::ip::address& source) const {
  if (limits.connections != 0 && connections >= limits.connections) return false;
  const auto found = per_source.find(source);
  return limits.connections_per_source == 0 || found == per_source.end() || found->second < limits.connections_per_source;
}

// Those that have spoken and whose coroutine only has not run yet are not closed: they leave by themselves.
void Listener::State::make_room_for_silent(const asio::ip::address& share) {
  const auto is_own = [&share](const Arrival* each) { return each->share == share; };
  const bool own_full = std::count_if(silent.begin(), silent.end(), is_own) >= static_cast<std::ptrdiff_t>(kMaxSilentPerSource);
  if (!own_full && silent.size() < kMaxSilent) return;
  const auto oldest =
      std::find_if(silent.begin(), silent.end(), [&](Arrival* each) { return (!own_full || is_own(each)) && !has_spoken(each->socket); });
  if (oldest != silent.end()) (*oldest)->close();
}

awaitable<> Listener::State::end_silent() {
  for (;;) {
    const auto until = silent.empty() ? SteadyTime::max() : silent.front()->until;
    co_await first_silent.wait(until);
    while (!silent.empty() && silent.front()->until <= steady_now()) silent.front()->close();
  }
}

awaitable<> Listener::State::arrival(std::unique_ptr<Arrival> arrived) {
  const auto held = std::move(arrived);
  // Twice: for the record's header and for the rest. A peer that has ended is readable and never has more: the handshake reports it.
  for (int part = 0; part < 2 && !has_spoken(held->socket); ++part) {
    set_readable_at(held->socket, bytes_of_hello(held->socket));
    const auto [ec] = co_await held->socket.async_wait(TcpSocket::wait_read, asio::as_tuple(use_awaitable));
    if (ec || !held->socket.is_open()) co_return;
  }
  if (!held->socket.is_open()) co_return;
  set_readable_at(held->socket, 1);
  held->queue();
  while (!slots.make_room(steady_now())) co_await slot_freed.wait(steady_now() + kLookAgain);
  if (stopping || !has_room_for(held->source)) co_return;
  auto place = std::make_unique<Place>(*this, held->source);
  group.spawn(connection(std::move(held->socket), std::move(place)));
}

error_code Listener::State::bind(const asio::ip::tcp::endpoint& endpoint) {
  error_code ec;
  TcpAcceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), ec);
  if (ec) return ec;
  acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(kBacklog, ec);
  if (!ec) acceptor.non_blocking(true, ec);
  if (ec) return ec;
  ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  acceptors.push_back(std::move(acceptor));
  return {};
}

Result<> Listener::State::open_everywhere(const Endpoint& address) {
  error_code ec;
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    ec = bind({asio::ip::address_v4::any(), address.port});
    if (ec) return bind_error(address, ec);
    ec = bind({asio::ip::address_v6::any(), acceptors.back().local_endpoint().port()});
    if (!ec || is_without_ipv6(ec)) return {};
    acceptors.pop_back();
    if (address.port != 0) break;
  }
  return bind_error(address, ec);
}

Result<> Listener::State::open(const Endpoint& address) {
  if (address.host == "*") return open_everywhere(address);
  error_code ec;
  const auto ip = asio::ip::make_address(address.host, ec);
  if (ec) {
    return fail(Code::configuration_invalid, fmt::format("{}: cannot listen on a name.", address.str()),
                "Give an IP address of this machine, or * for all of them.");
  }
  ec = bind({ip, address.port});
  if (ec) return bind_error(address, ec);
  return {};
}

// Accepts what waits, if there is room. True when the acceptor may have more; false when it is empty or there is no room.
Result<bool> Listener::State::accept_one(TcpAcceptor& acceptor) {
  if (is_full()) return false;
  const int descriptor = ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    if (is_out_of_resources(errno)) return fail(Code::unavailable, "No descriptors are left.");
    return true;  // ECONNABORTED and the like: that one is gone, perhaps the next is not
  }
  TcpSocket socket(executor);
  error_code ec;
  socket.assign(acceptor.local_endpoint(ec).protocol(), descriptor, ec);
  if (ec) {
    ::close(descriptor);
    return true;
  }
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return true;  // already gone
  const auto source = detail::plain_address(remote.address());
  if (!has_room_for(source)) return true;  // closed by leaving
  if (has_spoken(socket) && slots.make_room(steady_now())) {
    auto place = std::make_unique<Place>(*this, source);
    group.spawn(connection(std::move(socket), std::move(place)));
    return true;
  }
  make_room_for_silent(detail::share_of(source));
  group.spawn(arrival(std::make_unique<Arrival>(*this, std::move(socket), source)));
  return true;
}

awaitable<> Listener::State::accept_loop(TcpAcceptor& acceptor) {
  for (;;) {
    while (is_full()) co_await slot_freed.wait(steady_now() + kLookAgain);
    co_await acceptor.async_wait(TcpAcceptor::wait_read, use_awaitable);
    auto more = accept_one(acceptor);
    for (int i = 1; i < kAcceptsAtOnce && more && *more; ++i) more = accept_one(acceptor);
    // Without descriptors the waiting connection stays readable: pause, or this would be a busy loop. One that ends may free some.
    if (!more) co_await slot_freed.wait(steady_now() + kPauseWithoutDescriptors);
  }
}

awaitable<> Listener::State::connection(TcpSocket socket, std::unique_ptr<Place> place) {
  const auto held = std::move(place);
  if (held->is_evicted()) co_return;
  auto stream = std::make_unique<TlsStream>(std::move(socket), context);
  held->shakes(stream.get());
  auto accepted = co_await stream->accept(check, steady_now() + limits::kHandshakeTime);
  held->shakes(nullptr);
  if (!accepted) {
    if (accepted.error().code != Code::cancelled && refused) refused(accepted.error(), *stream);
    co_return;
  }
  if (!held->serve()) co_return;
  auto serving = serve(std::move(stream));
  co_await std::move(serving);
}

void Listener::use(std::shared_ptr<TlsContext> context) { state_->context = std::move(context); }
Listener::Listener(Executor executor, std::shared_ptr<TlsContext> context, PinCheck check, ListenerLimits limits)
    : state_(std::make_shared<State>(executor, std::move(context), std::move(check), limits)) {}

Listener::~Listener() = default;

Result<> Listener::start(const std::vector<Endpoint>& addresses, Serve serve, Refused refused) {
  for (const auto& address : addresses) {
    auto opened = state_->open(address);
    if (!opened) {
      state_->acceptors.clear();
      return opened;
    }
  }
  state_->serve = std::move(serve);
  state_->refused = std::move(refused);
  for (auto& acceptor : state_->acceptors) state_->group.spawn(state_->accept_loop(acceptor));
  state_->group.spawn(state_->end_silent());
  return {};
}

std::vector<Endpoint> Listener::endpoints() const {
  std::vector<Endpoint> bound;
  for (const auto& acceptor : state_->acceptors) {
    error_code ec;
    const auto local = acceptor.local_endpoint(ec);
    if (!ec) bound.push_back({local.address().to_string(), local.port()});
  }
  return bound;
}

void Listener::on_error(std::function<void(std::exception_ptr)> handler) { state_->group.on_error(std::move(handler)); }

unsigned Listener::handshakes_in_progress() const { return state_->slots.held(); }
unsigned Listener::connections() const { return state_->connections; }

awaitable<> Listener::stop() {
  const auto state = state_;
  state->stopping = true;
  for (auto& acceptor : state->acceptors) {
    error_code ignored;
    acceptor.close(ignored);
  }
  state->group.cancel();
  co_await state->group.join();
  state->acceptors.clear();
}

}  // namespace daikan::net
