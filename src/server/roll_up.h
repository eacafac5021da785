// What this server itself says to the servers above: which of its events, what it is, how its secondaries are.
//
// Called within the transaction of the change it tells (store/tables_feed.h). Knows the payloads; how they travel is server/link_feed.cpp.
#pragma once

#include <vector>

#include "hierarchy/history.h"
#include "link/feed_messages.h"
#include "server/facts.h"
#include "store/database.h"

namespace daikan::server {

/// Whether the servers above hear of it: warnings and worse, and servers that join or leave.
bool rolls_up(const hierarchy::Event& event);
/// After the event was appended to the own log.
void roll_up(store::Transaction&, const hierarchy::Event& event);
/// A secondary was removed: its state ends above, and what came from it ends here.
void roll_up_removed(store::Transaction&, const RegistrationId&, TimePoint at);

struct SecondarySays {
  RegistrationId id;
  link::SecondaryStatus status;
};
/// Says what this server is, with its counts as they are now, and how these secondaries are; those that were removed meanwhile are left
/// out.
void roll_up_status(store::Transaction&, const Facts& facts, const std::vector<SecondarySays>& secondaries, TimePoint at);

}  // namespace daikan::server
