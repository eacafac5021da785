#include "api/idempotency.h"

#include <algorithm>
#include <array>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/requests.h"
#include "server/secrets.h"
#include "store/tables.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using Stored = std::optional<store::StoredAnswer>;

/// Members of requests that prove something; not even a hash of them is kept.
constexpr std::array<std::string_view, 6> kSecrets = {"password", "token", "secret", "passphrase", "code", "current_password"};

void leave_out_secrets(json::value& value) {
  if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      if (std::find(kSecrets.begin(), kSecrets.end(), std::string_view(member.key())) != kSecrets.end()) {
        member.value() = nullptr;
      } else {
        leave_out_secrets(member.value());
      }
    }
  } else if (auto* array = value.if_array()) {
    for (auto& item : *array) leave_out_secrets(item);
  }
}

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= limits::kMaxIdempotencyKeyBytes &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Error reused_key() {
  return Error(Code::conflict, "This Idempotency-Key was used for another request.", "Make a new key for every new request.");
}

/// Marks a create as running while it lives.
class Running {
 public:
  Running(std::set<std::string>& creating, std::string key) : creating_(creating), entry_(creating.insert(std::move(key))) {}
  ~Running() {
    if (entry_.second) creating_.erase(entry_.first);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  bool alone() const { return entry_.second; }

 private:
  std::set<std::string>& creating_;
  std::pair<std::set<std::string>::iterator, bool> entry_;
};

/// A join is watched as an operation; everything else is found below the path it was created at.
bool is_join(std::string_view path) { return path.ends_with("/joins"); }
std::string location_of(std::string_view path, std::string_view id) {
  const auto parent = is_join(path) ? std::string(path.substr(0, path.size() - 5)) + "operations" : std::string(path);
  return fmt::format("{}/{}", parent, id);
}

net::Response replay(const store::StoredAnswer& stored, std::string_view path) {
  net::Response response{stored.status, {{"content-type", "application/json"}, {"idempotent-replayed", "true"}}, stored.body};
  const auto body = json::parse(stored.body);
  const auto* object = body.if_object();
  if (!object) return response;
  const auto revision = integer_of(*object, "revision");
  if (revision) response.headers.add("etag", etag_of(*revision));
  const auto id = text_of(*object, "id");
  if (!id.empty() && stored.status != 200) response.headers.add("location", location_of(path, id));
  return response;
}

/// The answer that a crash lost, from what was made, as it is now. What was removed since answers that it is gone.
awaitable<net::Response> recall(Context& context, const Route& route, Call call, std::string made) {
  const std::string path = call.target.path;
  call.parameters = {{"id", made}};
  call.body.clear();
  auto response = co_await route.recall(context, std::move(call));
  response.headers.add("idempotent-replayed", "true");
  if (response.status != 200) co_return response;
  response.status = is_join(path) ? 202 : 201;
  response.headers.set("location", location_of(path, made));
  co_return response;
}

}  // namespace

std::string request_hash(const Call& call) {
  json::value body = call.body;
  leave_out_secrets(body);
  const auto text = call.request.method + " " + call.target.path + "\n" + json::serialize(body);
  return server::stored_form(text);  // SHA-256
}

awaitable<net::Response> answer_once(Context& context, const Route& route, Call call) {
  const auto header = call.request.headers.find("idempotency-key");
  if (!header) co_return co_await route.answer(context, std::move(call));
  const std::string key(*header);
  if (!is_key(key)) {
    co_return problem(Error(Code::invalid_request, "The Idempotency-Key is not 1 to 128 visible ASCII characters.", "Use a new UUID.",
                            "Idempotency-Key"));
  }
  // A person of a server above is somebody else than the one here of the same name.
  const auto account = fmt::format("{}{}{}", fmt::join(call.caller.actor.through, "/"), call.caller.actor.through.empty() ? "" : "/",
                                   call.caller.actor.name);
  const Running running(context.creating, account + "\n" + key);
  if (!running.alone()) {
    co_return problem(Error(Code::conflict, "A request with this Idempotency-Key still runs.", "Wait for it, then ask again."));
  }
  const auto hash = request_hash(call);
  const auto path = call.target.path;
  std::function<Result<Stored>(store::Transaction&)> find = [account, key](store::Transaction& transaction) -> Result<Stored> {
    return store::find_answer(transaction, account, key);
  };
  auto found = co_await context.services.storage.read<Stored>(std::move(find));
  if (!found) co_return problem(found.error());
  if (*found && (*found)->request_hash != hash) co_return problem(reused_key());
  if (*found && (*found)->status != 0) co_return replay(**found, path);
  if (*found && route.recall) co_return co_await recall(context, route, std::move(call), (*found)->made);

  call.once = server::Once{account, key, hash};
  auto response = co_await route.answer(context, std::move(call));
  if (response.status >= 300 || response.body.is_stream()) co_return response;
  const store::StoredAnswer stored{hash, response.status, response.body.text(), {}};
  std::function<Result<server::Done>(store::Transaction&)> put = [account, key,
                                                                  stored](store::Transaction& transaction) -> Result<server::Done> {
    store::put_answer(transaction, account, key, stored, now());
    return server::Done{};
  };
  // Failing to remember does not undo what was done; a retry is then answered from the claim.
  auto remembered = co_await context.services.storage.write<server::Done>(std::move(put));
  static_cast<void>(remembered);
  co_return response;
}

}  // namespace daikan::api
