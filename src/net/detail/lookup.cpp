#include "net/detail/lookup.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <netdb.h>

#include "base/text.h"

namespace daikan::net::detail {
namespace {

using Addresses = std::vector<asio::ip::address>;

constexpr unsigned kMaxLookupsAtOnce = 8;  // threads; further names wait their turn, each until its own deadline

// One question. getaddrinfo cannot be interrupted, so whoever waits may leave before it returns: then nothing of the io_context, which may
// be gone by then, is touched any more.
struct Lookup {
  Lookup(Executor e, std::string h) : host(std::move(h)), executor(e), done(e) {}
  const std::string host;
  Executor executor;
  Signal done;
  std::mutex mutex;  // guards what follows
  bool awaited = true;
  bool finished = false;
  int error = 0;
  Addresses addresses;
};

// The names that wait for a thread, oldest first; each has a waiter, so there are no more of them than dials.
struct Queue {
  std::mutex mutex;
  std::deque<std::shared_ptr<Lookup>> lookups;
  unsigned threads = 0;
};

// Never destroyed: a thread may outlive main().
Queue& queue() {
  static auto* const only = new Queue;
  return *only;
}

void finish(const std::shared_ptr<Lookup>& lookup, int error, Addresses addresses) {
  const std::lock_guard lock(lookup->mutex);
  if (!lookup->awaited) return;
  lookup->error = error;
  lookup->addresses = std::move(addresses);
  lookup->finished = true;
  asio::post(lookup->executor, [lookup] { lookup->done.notify_all(); });
}

void ask(const std::shared_ptr<Lookup>& lookup) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(lookup->host.c_str(), nullptr, &hints, &found);
  Addresses addresses;
  for (const auto* entry = error == 0 ? found : nullptr; entry != nullptr; entry = entry->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    addresses.push_back(endpoint.address());
  }
  if (error == 0) ::freeaddrinfo(found);
  finish(lookup, error, std::move(addresses));
}

// A thread's life: until no name waits.
void answer_queue() {
  for (;;) {
    std::shared_ptr<Lookup> next;
    {
      const std::lock_guard lock(queue().mutex);
      if (queue().lookups.empty()) {
        --queue().threads;
        return;
      }
      next = std::move(queue().lookups.front());
      queue().lookups.pop_front();
    }
    ask(next);
  }
}

void begin(const std::shared_ptr<Lookup>& lookup) {
  const std::lock_guard lock(queue().mutex);
  queue().lookups.push_back(lookup);
  if (queue().threads == kMaxLookupsAtOnce) return;
  try {
    std::thread(answer_queue).detach();
    ++queue().threads;
  } catch (const std::system_error&) {  // no thread to be had: another may come to it
    if (queue().threads != 0) return;
    queue().lookups.pop_back();
    finish(lookup, EAI_AGAIN, {});
  }
}

// The waiter's end, however it comes.
struct Waiter {
  explicit Waiter(std::shared_ptr<Lookup> l) : lookup(std::move(l)) {}
  ~Waiter() {
    {
      const std::lock_guard lock(queue().mutex);
      std::erase(queue().lookups, lookup);
    }
    const std::lock_guard lock(lookup->mutex);
    lookup->awaited = false;
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  bool finished() const {
    const std::lock_guard lock(lookup->mutex);
    return lookup->finished;
  }
  const std::shared_ptr<Lookup> lookup;
};

}  // namespace

awaitable<Result<Addresses>> look_up(std::string host, SteadyTime deadline) {
  boost::system::error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return Addresses{literal};
  const auto executor = co_await asio::this_coro::executor;
  const Waiter waiter(std::make_shared<Lookup>(executor, host));
  const auto& lookup = waiter.lookup;
  begin(lookup);
  while (!waiter.finished()) {
    const bool notified = co_await lookup->done.wait(deadline);
    if (notified) continue;
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    if (cancelled.cancelled() != asio::cancellation_type::none) co_return fail(Code::cancelled, "The lookup was cancelled.");
    co_return fail(Code::timed_out, fmt::format("the name server did not answer for “{}” in time", quotable(host, 80)));
  }
  // Finished: the thread is done with it.
  if (lookup->addresses.empty()) {
    const auto reason = lookup->error == EAI_AGAIN ? "the name server could not be asked" : "no such name";
    co_return fail(Code::name_not_resolved, fmt::format("“{}” could not be resolved: {}", quotable(host, 80), reason));
  }
  co_return std::move(lookup->addresses);
}

}  // namespace daikan::net::detail
