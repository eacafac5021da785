// console: the pages of the web console on this machine, for every server this person knows.
#include <boost/asio/as_tuple.hpp>
#include <fmt/format.h>

#include "api/web_folder.h"
#include "base/limits_console.h"
#include "cli/commands.h"
#include "cli/console_pages.h"
#include "net/h1_connection.h"
#include "server/secrets.h"

namespace daikan::cli {
namespace {

namespace asio = net::asio;

/// 256 random bits as text.
std::string secret() { return server::make_secret(hierarchy::CredentialKind::session); }

Result<net::TcpAcceptor> listen_on(net::Executor executor, std::uint16_t port) {
  net::TcpAcceptor acceptor(executor);
  const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), port);
  boost::system::error_code ec;
  acceptor.open(where.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(where, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    return fail(Code::configuration_invalid, fmt::format("127.0.0.1:{} cannot be used: {}.", port, ec.message()),
                "Another console may be running; name another port with --port, or 0 for any.", "port");
  }
  return acceptor;
}

struct Serving {
  Serving(net::Executor executor, Profiles profiles, ConsoleGate gate, const std::filesystem::path& folder)
      : pages(executor, std::move(profiles), std::move(gate), folder), connections(executor), accepting(executor) {}
  ConsolePages pages;
  net::TaskGroup connections;
  net::TaskGroup accepting;
};

awaitable<net::Response> answer(std::shared_ptr<Serving> serving, net::Request request) {
  return serving->pages.answer(std::move(request));
}

awaitable<> accept(std::shared_ptr<Serving> serving, net::TcpAcceptor acceptor) {
  for (;;) {
    auto [ec, socket] = co_await acceptor.async_accept(asio::as_tuple(net::use_awaitable));
    if (ec == asio::error::operation_aborted) co_return;
    if (ec) {  // out of descriptors, for example: a little later there may be room
      co_await net::sleep_for(std::chrono::milliseconds(100));
      continue;
    }
    if (serving->connections.size() >= limits::kMaxLocalConnections) continue;  // closed at once
    net::Handler handler = [serving](net::Request request) { return answer(serving, std::move(request)); };
    serving->connections.spawn(net::serve_plain_h1(std::move(socket), std::move(handler)));
  }
}

}  // namespace

awaitable<Result<>> console_serve(Context& context, ConsoleOptions options) {
  const auto folder = api::web_folder(options.web.empty() ? "auto" : options.web, api::this_program());
  auto acceptor = listen_on(context.executor, static_cast<std::uint16_t>(options.port));
  if (!acceptor) co_return fail(std::move(acceptor.error()));
  const auto host = fmt::format("127.0.0.1:{}", acceptor->local_endpoint().port());
  const auto token = secret();
  auto serving = std::make_shared<Serving>(context.executor, context.profiles, ConsoleGate(host, token, secret()), folder);
  if (serving->pages.empty()) {
    co_return fail(Code::not_found, "The pages of the console are not installed beside this program.",
                   "Install the package daikan, run ./dev build web, or name their folder with --web.");
  }
  context.terminal.line(fmt::format("http://{}/?token={}", host, token));
  context.terminal.note("Open this address in a browser on this machine; it works once. Ctrl-C ends the console.");
  context.terminal.out().flush();
  context.interrupt.owner = Interrupt::Owner::command;
  serving->accepting.spawn(accept(serving, std::move(*acceptor)));
  while (!context.interrupt.wanted) {
    const bool woken = co_await context.interrupt.changed.wait();
    static_cast<void>(woken);  // the condition above decides
  }
  serving->accepting.cancel();
  co_await serving->accepting.join();
  co_await serving->pages.stop();
  serving->connections.cancel();
  co_await serving->connections.join();
  context.interrupt.owner = Interrupt::Owner::nobody;
  co_return Result<>{};
}

}  // namespace daikan::cli
