#include "server/audit_events.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace daikan::server {
namespace {

using hierarchy::Severity;

struct Told {
  std::string_view action;
  std::string_view kind;
  std::string_view words;  ///< {0}: who and from where, {1}: the object, {2}: the outcome.
  Severity severity = Severity::info;
};

constexpr Told kTold[] = {
    {"login", "login", "{0} logged in ({1})."},
    {"login.refused", "login_refused", "A login of {0} was refused: {2}.", Severity::warning},
    {"logout", "logout", "{0} logged out."},
    {"token.create", "token_created", "{0} made the API {1}."},
    {"token.revoke", "token_revoked", "{0} ended the {1}."},
    {"unrecognised.ignore", "unrecognised_ignored", "{0} ignores the unrecognised {1} from now on."},
    {"unrecognised.unignore", "unrecognised_unignored", "{0} no longer ignores the unrecognised {1}."},
    {"unrecognised.forget", "unrecognised_forgotten", "{0} took the unrecognised {1} off the list."},
    {"join.begin", "join_begun", "{0} began to join a secondary Administration Server: {1}."},
    {"join.resume", "join_resumed", "{0} resumed the join: {1}."},
    {"join.cancel", "join_cancelled", "{0} cancelled the join: {1}."},
};

constexpr std::size_t kMostShown = 256;  // bytes of what a person typed

}  // namespace

std::optional<hierarchy::Event> event_of(const hierarchy::AuditRecord& record) {
  for (const auto& told : kTold) {
    if (told.action != record.action) continue;
    auto who = fmt::format("“{}”", quotable(record.actor, kMostShown));
    if (!record.source.empty()) who += " from " + record.source;
    if (!record.through.empty()) who += " through " + record.through;
    const auto object = record.object.empty() ? "a client without a name" : quotable(record.object, kMostShown);
    return hierarchy::Event{.sequence = 0,
                            .at = record.at,
                            .severity = told.severity,
                            .kind = std::string(told.kind),
                            .message = fmt::format(fmt::runtime(told.words), who, object, record.outcome),
                            .secondary = std::nullopt};
  }
  return std::nullopt;
}

hierarchy::AuditRecord record_of(const hierarchy::Actor& actor, std::string action, std::string object) {
  hierarchy::AuditRecord record;
  record.at = now();
  record.actor = actor.name;
  record.source = actor.source;
  record.through = fmt::format("{}", fmt::join(actor.through, " > "));
  record.action = std::move(action);
  record.object = std::move(object);
  record.outcome = "done";
  return record;
}

}  // namespace daikan::server
