#include "server/console_identity.h"

#include <fmt/format.h>

#include "joining/console_client.h"

namespace daikan::server {

net::awaitable<Result<joining::ServerIdentity>> read_console_identity(const Facts& facts, Endpoint console) {
  joining::ConsoleClient client(co_await net::asio::this_coro::executor, console, {});
  const auto end = joining::make_secondary_end(client);
  auto identity = co_await end->identity();
  co_await client.close();
  if (!identity) co_return fail(std::move(identity.error()));
  if (identity->certificate.fingerprint == facts.certificate.fingerprint) {
    co_return fail(Code::own_certificate, fmt::format("{} is this server itself.", console.str()),
                   "Give the address of the other server's console.", "address");
  }
  co_return std::move(*identity);
}

}  // namespace daikan::server
