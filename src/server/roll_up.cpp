#include "server/roll_up.h"

#include <algorithm>
#include <array>

#include "store/tables_feed.h"

namespace daikan::server {
namespace {

using hierarchy::FeedKind;

constexpr std::array<std::string_view, 5> kJoinsAndLeaves = {"secondary_added", "secondary_removed", "secondary_left", "primary_set",
                                                             "primary_cleared"};

/// A database that is only just being made has no server yet.
bool is_a_server(store::Transaction& transaction) { return store::find_setting(transaction, "server_id").has_value(); }

}  // namespace

bool rolls_up(const hierarchy::Event& event) {
  return event.severity >= hierarchy::Severity::warning ||
         std::find(kJoinsAndLeaves.begin(), kJoinsAndLeaves.end(), event.kind) != kJoinsAndLeaves.end();
}

void roll_up(store::Transaction& transaction, const hierarchy::Event& event) {
  if (!rolls_up(event) || !is_a_server(transaction)) return;
  store::append_feed_event(transaction,
                           {.origin = {},
                            .origin_sequence = 0,
                            .kind = FeedKind::event,
                            .subject = event.kind,
                            .payload = link::event_payload(event),
                            .at = event.at},
                           event);
}

void roll_up_removed(store::Transaction& transaction, const RegistrationId& id, TimePoint at) {
  store::forget_feed(transaction, id, at);
  if (!is_a_server(transaction)) return;
  store::append_feed(transaction,
                     {.origin = {}, .origin_sequence = 0, .kind = FeedKind::gone, .subject = id.str(), .payload = {}, .at = at});
}

void roll_up_status(store::Transaction& transaction, const Facts& facts, const std::vector<SecondarySays>& secondaries, TimePoint at) {
  if (!is_a_server(transaction)) return;
  link::ServerStatus own{facts.name, "daikan " + facts.version, store::all_groups(transaction).size(), 0};
  for (const auto& [group, count] : store::count_secondaries(transaction)) own.secondaries += count;
  store::append_feed(
      transaction,
      {.origin = {}, .origin_sequence = 0, .kind = FeedKind::server, .subject = facts.id.str(), .payload = link::encode(own), .at = at});
  for (const auto& says : secondaries) {
    if (!store::find_secondary(transaction, says.id)) continue;
    store::append_feed(transaction, {.origin = {},
                                     .origin_sequence = 0,
                                     .kind = FeedKind::secondary,
                                     .subject = says.id.str(),
                                     .payload = link::encode(says.status),
                                     .at = at});
  }
}

}  // namespace daikan::server
