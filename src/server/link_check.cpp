#include "server/link_check.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "server/unrecognised.h"

namespace daikan::server {
namespace {

constexpr std::size_t kUnrecognisedShown = 5;
constexpr std::size_t kShortestSecret = 3;  // a shorter one would take half of every sentence with it

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
}

/// "scheme://user@host" → "scheme://host".
void drop_users_of_urls(std::string& text) {
  for (auto at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    const auto begin = at + 3;
    const auto end = text.find_first_of(" /,;\"'()", begin);
    const auto user = text.substr(begin, end == std::string::npos ? end : end - begin).rfind('@');
    if (user != std::string::npos) text.erase(begin, user + 1);
  }
}

std::string packed(std::string_view text) { return to_base64(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())); }

/// Everything a person reads, cleaned.
class Cleaner {
 public:
  explicit Cleaner(std::optional<Proxy> proxy) : proxy_(std::move(proxy)) {}
  void operator()(std::string& text) const { text = without_secrets(std::move(text), proxy_); }
  void operator()(std::optional<Error>& error) const {
    if (!error) return;
    (*this)(error->message);
    (*this)(error->remedy);
  }
  void operator()(LinkCheck& check) const {
    for (auto& step : check.steps) {
      (*this)(step.detail);
      (*this)(step.error);
    }
    (*this)(check.sight.status.reason);
    for (auto& refusal : check.sight.refused_strangers) (*this)(refusal.reason.message);
  }

 private:
  std::optional<Proxy> proxy_;
};

/// The servers that dialled unrecognised since the link was last up, or since it was registered.
awaitable<Result<std::vector<hierarchy::UnrecognisedRecord>>> strangers_since(Storage& storage, TimePoint since) {
  auto records = co_await list_unrecognised(storage, Unrecognised::shown);
  if (!records) co_return records;
  std::erase_if(*records, [since](const auto& record) { return record.last_seen < since; });
  if (records->size() > kUnrecognisedShown) records->resize(kUnrecognisedShown);
  co_return records;
}

Error no_such_link(bool primary) {
  if (primary) {
    return {Code::not_found, "This server has no primary.", "Set one with daikan primary set, or name the secondary whose link to check."};
  }
  return {Code::not_found, "There is no such secondary Administration Server here.", "List the secondaries of this server."};
}

}  // namespace

std::string without_secrets(std::string text, const std::optional<Proxy>& proxy) {
  if (proxy) {
    if (!proxy->user.empty()) {
      const auto pair = proxy->user + ":" + proxy->password;
      replace_all(text, packed(pair), "(removed)");
      replace_all(text, pair, "(removed)");
      replace_all(text, proxy->user + "@", "");
    }
    if (proxy->password.size() >= kShortestSecret) replace_all(text, proxy->password, "(removed)");
  }
  drop_users_of_urls(text);
  return text;
}

awaitable<Result<LinkCheck>> check_link(LinkHost& links, Storage& storage, std::optional<RegistrationId> id) {
  auto sight = links.sight(id);
  if (!sight) co_return fail(no_such_link(!id));
  std::optional<CheckDial> dial;
  if (sight->we_dial) {
    auto dialled = co_await links.dial_once(id);
    dial = std::move(dialled);
  }
  if (sight->stands || (dial && !dial->error)) co_await links.refresh(id);
  sight = links.sight(id);
  if (!sight) co_return fail(no_such_link(!id));
  if (!sight->stands) {
    auto strangers = co_await strangers_since(storage, sight->last_connected_at ? sight->status.since : sight->created_at);
    if (!strangers) co_return fail(std::move(strangers.error()));
    sight->unrecognised = std::move(*strangers);
  }
  const Cleaner clean(links.proxy_of(id));
  LinkCheck check{std::move(*sight), {}};
  check.steps = diagnose(check.sight, dial);
  clean(check);
  co_return check;
}

}  // namespace daikan::server
