#include "net/detail/lookup.h"

#include <fmt/format.h>

#include "base/text.h"

namespace daikan::net::detail {
namespace {

using Addresses = std::vector<asio::ip::address>;

// Shared with the resolver's handler: getaddrinfo cannot be interrupted, so whoever waits may leave before it returns.
struct Lookup {
  explicit Lookup(Executor executor) : resolver(executor), done(executor) {}
  TcpResolver resolver;
  Signal done;
  bool finished = false;
  boost::system::error_code error;
  Addresses addresses;
};

void begin(const std::shared_ptr<Lookup>& lookup, const std::string& host) {
  lookup->resolver.async_resolve(host, "", [lookup](const boost::system::error_code& error, const TcpResolver::results_type& results) {
    lookup->finished = true;
    lookup->error = error;
    for (const auto& entry : results) lookup->addresses.push_back(entry.endpoint().address());
    lookup->done.notify_all();
  });
}

}  // namespace

awaitable<Result<Addresses>> look_up(std::string host, SteadyTime deadline) {
  boost::system::error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return Addresses{literal};
  const auto executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>(executor);
  begin(lookup, host);
  while (!lookup->finished) {
    const bool notified = co_await lookup->done.wait(deadline);
    if (notified) continue;
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    if (cancelled.cancelled() != asio::cancellation_type::none) co_return fail(Code::cancelled, "The lookup was cancelled.");
    co_return fail(Code::timed_out, fmt::format("the name server did not answer for “{}” in time", quotable(host, 80)));
  }
  if (lookup->addresses.empty()) {
    const auto reason = lookup->error == asio::error::host_not_found_try_again ? "the name server could not be asked" : "no such name";
    co_return fail(Code::name_not_resolved, fmt::format("“{}” could not be resolved: {}", quotable(host, 80), reason));
  }
  co_return std::move(lookup->addresses);
}

}  // namespace daikan::net::detail
