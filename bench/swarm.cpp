// N secondaries in one process, for `./dev bench links`: real keys, real TLS, real hellos, the real back-off; only their databases are
// missing.
//
//   swarm DATABASE_URL N IN_FLIGHT [feed]
//
// Registers N fresh identities in the primary's database (the primary is not running then), prints "seeded N", and waits for lines on
// standard input: "go HOST:PORT" starts dialling, at most IN_FLIGHT handshakes at once the first time; afterwards every link dials again by
// itself as a secondary does. Prints "up COUNT SECONDS" whenever all N are connected, "down COUNT" when the last one is lost, "cpu SECONDS"
// with each, and "applied COUNT AT" when all N have applied what they inherit once more, AT by the monotonic clock. With "feed" each also
// has a feed, and the line "tell EVENTS BYTES" puts so many events of so many bytes into each of them; "told" when they are there. Ends
// with its input.
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/streambuf.hpp>
#include <sys/resource.h>

#include "base/limits.h"
#include "base/limits_downstream.h"
#include "link/backoff.h"
#include "link/downstream.h"
#include "link/messages.h"
#include "net/dialer.h"
#include "net/h2_connection.h"
#include "net/identity.h"
#include "store/tables.h"
#include "swarm_feed.h"

namespace {

using namespace daikan;
using net::awaitable;
using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct Swarm;

/// One of the handshakes that may be in progress at once; given back when it is destroyed.
class Slot {
 public:
  explicit Slot(Swarm& swarm);
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  Swarm& swarm_;
};

struct Secondary {
  Swarm* swarm = nullptr;
  std::shared_ptr<net::TlsContext> context;
  link::Introduction self;
  link::Backoff backoff{0};
  bool up = false;
  std::optional<Slot> slot;
  hierarchy::AppliedSet applied;
  std::size_t rounds = 0;  ///< How many sets it has applied.
};

struct Swarm {
  explicit Swarm(net::Executor executor) : executor_(executor), slots(executor), tidings(std::make_shared<swarm::Tidings>(executor)) {}

  net::Executor executor_;
  net::Signal slots;
  std::shared_ptr<swarm::Tidings> tidings;
  bool has_feed = false;
  unsigned in_flight = 64;
  unsigned dialling = 0;
  bool first_round = true;
  std::vector<std::unique_ptr<Secondary>> members;
  Endpoint primary;
  std::size_t up = 0;
  Clock::time_point since;
  std::vector<std::size_t> rounds_;  ///< How many members have applied their n-th set.

  void came_up() {
    if (++up != members.size()) return;
    first_round = false;
    std::printf("up %zu %.3f\ncpu %.3f\n", up, std::chrono::duration<double>(Clock::now() - since).count(), cpu_seconds());
    std::fflush(stdout);
  }
  void applied(std::size_t rounds) {
    if (rounds_.size() <= rounds) rounds_.resize(rounds + 1);
    if (++rounds_[rounds] != members.size()) return;
    std::printf("applied %zu %.6f\n", members.size(), std::chrono::duration<double>(Clock::now().time_since_epoch()).count());
    std::fflush(stdout);
  }
  void went_down() {
    if (up == members.size()) since = Clock::now();
    if (--up == 0) {
      std::printf("down %zu\n", members.size());
      std::fflush(stdout);
    }
  }
};

Slot::Slot(Swarm& swarm) : swarm_(swarm) { ++swarm_.dialling; }
Slot::~Slot() {
  --swarm_.dialling;
  swarm_.slots.notify_all();
}

net::Response apply(Secondary* member, const link::DownstreamUpdate& update) {
  auto verdict = link::judge(member->applied, update, member->self.server_id);
  if (verdict.store) {
    member->applied = std::move(*verdict.store);
    member->swarm->applied(++member->rounds);
  }
  net::Response response;
  response.headers.add("content-type", std::string(link::kMediaType));
  response.body = net::Body(link::encode(verdict.answer));
  return response;
}

/// A number of the query of our own primary's request for the feed.
std::uint64_t query_number(const std::string& target, const std::string& name) {
  const auto found = target.find(name + "=");
  return found == std::string::npos ? 0 : std::strtoull(target.c_str() + found + name.size() + 1, nullptr, 10);
}

net::Response feed(Secondary* member, const std::string& target) {
  net::Response response;
  response.headers.add("content-type", std::string(link::kMediaType));
  std::unique_ptr<net::BodySource> source = std::make_unique<swarm::FeedSource>(
      member->swarm->tidings, member->self.server_id, query_number(target, "epoch"), query_number(target, "after"));
  response.body = net::Body(std::move(source));
  return response;
}

awaitable<net::Response> answer(Secondary* member, net::Request request) {
  net::Response response;
  if (request.target.starts_with(std::string(link::kFeedPath) + "?")) co_return feed(member, request.target);
  if (request.target == link::kFeedConfirmedPath) {
    response.headers.add("content-type", std::string(link::kMediaType));
    co_return response;
  }
  if (request.target == link::kDownstreamPath) {
    auto body = co_await request.body.read_all(limits::kMaxDownstreamBytes);
    const auto update = body ? link::decode_downstream_update(*body) : fail(body.error());
    if (update) co_return apply(member, *update);
    response.status = 400;
    co_return response;
  }
  auto body = co_await request.body.read_all(limits::kMaxHelloBytes);
  if (!body || request.target != link::kHelloPath || !link::decode_hello(*body)) {
    response.status = 404;
    co_return response;
  }
  member->self.time = now();
  link::HelloAccepted accepted;
  accepted.sender = member->self;
  response.headers.add("content-type", std::string(link::kMediaType));
  response.body = net::Body(link::encode(link::HelloAnswer(std::move(accepted))));
  if (!member->up) {
    member->up = true;
    member->slot.reset();
    member->swarm->came_up();
  }
  co_return response;
}

awaitable<Result<Duration>> one_connection(Secondary* member) {
  net::PinCheck any = [](const Pin&, const CertificateRecord&) { return true; };
  auto stream = co_await net::dial({member->swarm->primary, std::nullopt}, member->context, any, Clock::now() + limits::kDialTime);
  if (!stream) co_return fail(std::move(stream.error()));
  (*stream)->forget_certificate();
  net::H2Settings settings{};
  settings.ping_after_idle = limits::kPingAfterIdle;
  settings.ping_answer = limits::kPingAnswerTime;
  settings.concurrent_streams = limits::kMaxConcurrentStreams;
  net::Handler handler = [member](net::Request request) { return answer(member, std::move(request)); };
  net::H2Connection h2(std::move(*stream), net::H2Role::server, settings, std::move(handler));
  const auto start = Clock::now();
  const Error reason = co_await h2.run();
  if (!member->up) co_return fail(reason);
  member->up = false;
  member->swarm->went_down();
  co_return std::chrono::duration_cast<Duration>(Clock::now() - start);
}

awaitable<> live(Secondary* member) {
  for (;;) {
    while (member->swarm->first_round && member->swarm->dialling >= member->swarm->in_flight) {
      co_await member->swarm->slots.wait(Clock::now() + std::chrono::seconds(1));
    }
    member->slot.emplace(*member->swarm);
    auto lasted = co_await one_connection(member);
    member->slot.reset();
    if (lasted) member->backoff.connection_lasted(*lasted);
    const Duration wait = member->backoff.after_failure();
    co_await net::sleep_for(wait);
  }
}

/// The identities and, in the primary's database, their registrations below the root group.
bool seed(Swarm& swarm, const std::string& url, std::size_t count) {
  std::vector<hierarchy::SecondaryRecord> records;
  std::mt19937_64 random(1);
  for (std::size_t i = 0; i < count; ++i) {
    auto identity = net::Identity::make(now());
    if (!identity) return false;
    auto member = std::make_unique<Secondary>();
    member->swarm = &swarm;
    member->context = *net::TlsContext::link(*identity, {std::string(net::kAlpnReversedH2)});
    member->self.server_id = ServerId::make(now());
    member->self.name = "swarm-" + std::to_string(i);
    member->self.software = "daikan swarm";
    member->self.max_depth = limits::kDefaultMaxDepth;
    member->self.capabilities = {std::string(link::kDownstream)};
    if (swarm.has_feed) member->self.capabilities.emplace_back(link::kFeed);
    member->backoff = link::Backoff(random());
    hierarchy::SecondaryRecord record;
    record.id = RegistrationId::make(now());
    record.name = member->self.name;
    record.certificate = identity->certificate();
    record.created_at = now();
    records.push_back(std::move(record));
    swarm.members.push_back(std::move(member));
  }
  auto database = store::Database::open(url);
  if (!database) {
    std::fprintf(stderr, "%s\n", database.error().text().c_str());
    return false;
  }
  std::promise<Result<>> done;
  (*database)->write(
      [&](store::Transaction& transaction) -> Result<> {
        for (const auto& group : store::all_groups(transaction)) {
          if (group.parent) continue;
          for (auto& record : records) record.group = group.id;
        }
        for (const auto& record : records) store::insert_secondary(transaction, record);
        return {};
      },
      [&](Result<> outcome) { done.set_value(std::move(outcome)); });
  const auto outcome = done.get_future().get();
  if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().text().c_str());
  return outcome.has_value();
}

awaitable<> commands(Swarm* swarm, net::asio::io_context* context) {
  net::asio::posix::basic_stream_descriptor<net::Executor> input(swarm->executor_, ::dup(0));
  std::string buffer;
  for (;;) {
    boost::system::error_code error;
    const auto size = co_await net::asio::async_read_until(input, net::asio::dynamic_buffer(buffer), '\n',
                                                           net::asio::redirect_error(net::use_awaitable, error));
    if (error) break;
    const std::string line = buffer.substr(0, size - 1);
    buffer.erase(0, size);
    unsigned long events = 0;
    unsigned long bytes = 0;
    if (std::sscanf(line.c_str(), "tell %lu %lu", &events, &bytes) == 2) {
      swarm->tidings->tell(events, bytes);
      std::printf("told\n");
      std::fflush(stdout);
    }
    if (!line.starts_with("go ")) continue;
    const auto endpoint = parse_endpoint(line.substr(3), limits::kLinkPort);
    if (!endpoint) break;
    swarm->primary = *endpoint;
    swarm->since = Clock::now();
    for (const auto& member : swarm->members) net::asio::co_spawn(swarm->executor_, live(member.get()), net::asio::detached);
  }
  context->stop();
}

}  // namespace

int main(int argc, char** argv) {
  const bool has_feed = argc == 5 && argv[4] == std::string("feed");
  if (argc != 4 && !has_feed) {
    std::fprintf(stderr, "usage: swarm DATABASE_URL SECONDARIES HANDSHAKES_IN_FLIGHT [feed]\n");
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  net::asio::io_context context(1);
  Swarm swarm(context.get_executor());
  swarm.has_feed = has_feed;
  swarm.in_flight = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10));
  if (!seed(swarm, argv[1], std::strtoul(argv[2], nullptr, 10))) return 1;
  std::printf("seeded %zu\n", swarm.members.size());
  std::fflush(stdout);
  net::asio::co_spawn(context, commands(&swarm, &context), net::asio::detached);
  context.run();
  std::_Exit(0);  // thousands of coroutines stand in their connections; nothing is worth saving
}
