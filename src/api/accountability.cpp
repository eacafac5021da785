#include "api/accountability.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace daikan::api {

awaitable<> note(Context& context, const Actor& actor, Note note) {
  hierarchy::AuditRecord record;
  record.at = now();
  record.actor = actor.name;
  record.source = actor.source;
  record.through = fmt::format("{}", fmt::join(actor.through, " > "));
  record.action = std::move(note.action);
  record.object = quotable(note.object, 400);
  record.outcome = note.refused ? std::string(to_string(note.refused->code)) : "done";
  auto written = co_await context.services.history.append_audit(std::move(record));
  static_cast<void>(written);
}

}  // namespace daikan::api
