#include "server/notification_records.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"
#include "server/event.h"
#include "store/tables_notifications.h"

namespace daikan::server {

using hierarchy::Destination;
using hierarchy::DestinationId;
using hierarchy::DestinationKind;

tl::unexpected<Error> no_such_destination() {
  return fail(Code::not_found, "There is no such notification destination.", "List the destinations and choose one of those.");
}

Result<NotificationBatch> next_batch(store::Transaction& transaction, const Destination& destination, std::int64_t from) {
  const bool everything = destination.kind == DestinationKind::syslog;
  NotificationBatch batch;
  batch.through = from;
  for (std::size_t read = 0; read < limits::kMaxEventsPerNotification;) {
    const auto page = store::events(transaction, {.after = batch.through, .before = 0, .limit = limits::kExportPage});
    for (const auto& event : page) {
      if (everything && batch.listed.size() == limits::kMaxEventsListed) return batch;
      batch.through = event.sequence;
      if (!hierarchy::concerns(destination, event)) continue;
      if (batch.listed.size() < limits::kMaxEventsListed) {
        batch.listed.push_back(event);
      } else {
        ++batch.more;
      }
    }
    read += page.size();
    if (page.size() < limits::kExportPage) break;
  }
  return batch;
}

static Result<> check_name_free(const std::vector<Destination>& all, const Destination& wanted) {
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
  };
  const auto same = [&](const Destination& each) { return each.id != wanted.id && lower(each.name) == lower(wanted.name); };
  if (std::none_of(all.begin(), all.end(), same)) return {};
  return fail(Code::name_taken, fmt::format("A notification destination is called “{}” already.", wanted.name), "Choose another name.",
              "name");
}

/// Whoever may edit a destination need not know its password, and must not have it sent to a server of their own.
static Result<> check_secret(const Destination& before, const DestinationEdit& edit) {
  const auto& after = edit.wanted;
  const bool same = before.endpoint == after.endpoint && before.transport == after.transport && before.fingerprint == after.fingerprint &&
                    before.user == after.user;
  if (edit.secret || before.secret.empty() || before.kind != DestinationKind::email || same) return {};
  return fail(Code::invalid_request,
              "The stored password is not sent to another server, for another user, or trusting another certificate.",
              "Give the password as well.", "secret");
}

Result<Destination> update_notification(store::Transaction& transaction, const Actor& actor, const DestinationEdit& edit) {
  const auto before = store::find_destination(transaction, edit.wanted.id);
  if (!before) return no_such_destination();
  if (auto checked = edit.seen.check(before->revision, "notification destination"); !checked) return fail(std::move(checked.error()));
  if (auto checked = check_secret(*before, edit); !checked) return fail(std::move(checked.error()));
  auto after = edit.wanted;
  after.secret = edit.secret.value_or(before->secret);
  after.revision = before->revision + 1;
  if (auto checked = check_name_free(store::all_destinations(transaction), after); !checked) return fail(std::move(checked.error()));
  const auto at = now();
  store::update_destination(transaction, after, before->revision);
  History::audit(transaction, actor, at, "notification.edit",
                 fmt::format("{} destination {} ({})", to_string(after.kind), before->name, after.endpoint.str()));
  History::record(transaction, info_event(at, "notification_edited",
                                          fmt::format("The notification destination “{}” was changed by {}.", before->name, actor.name)));
  return std::move(*store::find_destination(transaction, after.id));
}

Result<Destination> insert_notification(store::Transaction& transaction, const Actor& actor, Destination destination,
                                        const std::optional<Once>& once) {
  const auto all = store::all_destinations(transaction);
  if (all.size() >= limits::kMaxDestinations) {
    return fail(Code::conflict, fmt::format("There are {} notification destinations already.", all.size()),
                "Remove one that is not needed.");
  }
  if (auto checked = check_name_free(all, destination); !checked) return fail(std::move(checked.error()));
  History::audit(transaction, actor, destination.created_at, "notification.add",
                 fmt::format("{} destination {} ({})", to_string(destination.kind), destination.name, destination.endpoint.str()));
  destination.delivered_through = store::append_event(
      transaction, info_event(destination.created_at, "notification_added",
                              fmt::format("The notification destination “{}” was added by {}.", destination.name, actor.name)));
  store::insert_destination(transaction, destination);
  claim(transaction, once, destination.id.str(), destination.created_at);
  return destination;
}

Result<Done> erase_notification(store::Transaction& transaction, const Actor& actor, DestinationId id) {
  const auto destination = store::find_destination(transaction, id);
  if (!destination) return no_such_destination();
  store::remove_destination(transaction, id);
  const auto at = now();
  History::audit(transaction, actor, at, "notification.remove", fmt::format("destination {}", destination->name));
  History::record(transaction,
                  info_event(at, "notification_removed",
                             fmt::format("The notification destination “{}” was removed by {}.", destination->name, actor.name)));
  return Done{};
}

void note_delivery(store::Transaction& transaction, const Destination& destination, std::int64_t through, const std::string& remark) {
  store::record_delivery(transaction, destination.id, through, now());
  if (!remark.empty()) store::record_remark(transaction, destination.id, remark);
}

void note_failure(store::Transaction& transaction, const Destination& destination, const std::string& error, Telling telling) {
  const auto at = now();
  store::record_delivery_failure(transaction, destination.id, error, at);
  if (telling == Telling::silent) return;
  auto event = warning_event(at, "notification_failed",
                             fmt::format("Notifications to “{}” fail: {} They are kept and tried again.", destination.name, error));
  History::record(transaction, event);
}

void note_skipped(store::Transaction& transaction, const Destination& destination, SkippedEvents skipped, const std::string& error) {
  const auto at = now();
  store::record_delivery_failure(transaction, destination.id, error, at);
  store::record_position(transaction, destination.id, skipped.through);
  auto event = info_event(at, "notification_skipped",
                          fmt::format("“{}” refuses {} events between {} and {} also without their texts; they will not be sent: {}",
                                      destination.name, skipped.count, skipped.first, skipped.through, error));
  event.severity = hierarchy::Severity::error;
  History::record(transaction, event);
}

}  // namespace daikan::server
