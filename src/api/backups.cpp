// Backups: the whole server as one sealed file.
#include "api/routes.h"

namespace daikan::api {
namespace {

constexpr Field kFields[] = {{.name = "passphrase", .presence = Presence::required, .max_bytes = limits::kMaxPasswordBytes}};

awaitable<net::Response> make_backup(Context& context, Call call) {
  std::string passphrase(call.body.at("passphrase").as_string());
  auto made = co_await context.services.backups.make(call.caller.actor, std::move(passphrase));
  if (!made) co_return problem(made.error());
  net::Response response;
  response.headers.add("content-type", "application/vnd.daikan.backup");
  response.headers.add("content-length", std::to_string((*made)->bytes()));
  response.headers.add("content-disposition", "attachment; filename=\"" + (*made)->name() + "\"");
  response.body = net::Body(context.services.backups.stream(std::move(*made)));
  co_return response;
}

// Not from above: the file holds the key that this server is known by, and no primary has to have that.
constexpr Route kRoutes[] = {{.method = "POST",
                              .pattern = "/api/v1/backups",
                              .answer = make_backup,
                              .access = Access::own_account,
                              .body = Body::json,
                              .fields = kFields}};

}  // namespace

std::span<const Route> backups_routes() { return kRoutes; }

}  // namespace daikan::api
