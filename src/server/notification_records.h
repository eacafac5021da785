// What notifications do in the database: the next batch of the log, destinations coming and going, how deliveries went.
//
// Each function runs inside a transaction of the caller, which is Notifications alone. Knows neither coroutines nor receivers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hierarchy/notification.h"
#include "server/history.h"
#include "server/notifications.h"
#include "server/once.h"

namespace daikan::server {

struct NotificationBatch {
  std::vector<hierarchy::Event> listed;
  std::size_t more = 0;
  std::int64_t through = 0;
};

tl::unexpected<Error> no_such_destination();

/// The next batch after `from`: reads on until it holds as much as one notification may stand for, or the log ends.
Result<NotificationBatch> next_batch(store::Transaction&, const hierarchy::Destination&, std::int64_t from);

/// Fails with name_taken or conflict.
Result<hierarchy::Destination> insert_notification(store::Transaction&, const Actor&, hierarchy::Destination, const std::optional<Once>&);
/// Puts `wanted` in the place of the destination as it was seen. Fails with not_found, name_taken, invalid_request on "secret" (a
/// stored password never goes to another server), or as Seen::check().
Result<hierarchy::Destination> update_notification(store::Transaction&, const Actor&, const DestinationEdit&);
/// Fails with not_found.
Result<Done> erase_notification(store::Transaction&, const Actor&, hierarchy::DestinationId);

/// `remark`: what was not as it should be all the same; shown until the next delivery.
void note_delivery(store::Transaction&, const hierarchy::Destination&, std::int64_t through, const std::string& remark);

enum class Telling : std::uint8_t { silent, as_event };
void note_failure(store::Transaction&, const hierarchy::Destination&, const std::string& error, Telling);

struct SkippedEvents {
  std::int64_t first = 0;
  std::int64_t through = 0;
  std::size_t count = 0;
};
/// They were refused for good: an event says which.
void note_skipped(store::Transaction&, const hierarchy::Destination&, SkippedEvents, const std::string& error);

}  // namespace daikan::server
