#include "store/tables_in_force.h"

#include <map>
#include <utility>

#include "store/tables.h"
#include "store/tables_feed.h"

namespace daikan::store {
namespace {

using hierarchy::FeedKind;

}  // namespace

void say_in_force(Transaction& transaction, const hierarchy::SecondaryRecord& secondary, const hierarchy::AppliedReport& report,
                  TimePoint at) {
  if (!secondary.server_id) return;
  append_feed(transaction, {.kind = FeedKind::applied, .subject = secondary.server_id->str(), .payload = to_text(report), .at = at});
}

hierarchy::AppliedReport said_in_force(Transaction& transaction, const ServerId& server) {
  const auto self = ServerId::parse(find_setting(transaction, "server_id").value_or(""));
  if (!self) return {};
  const auto state = find_rolled_up_state(transaction, FeedKind::applied, *self, server.str());
  return state ? hierarchy::applied_report_from_text(state->record.payload).value_or(hierarchy::AppliedReport{})
               : hierarchy::AppliedReport{};
}

void end_in_force(Transaction& transaction, const hierarchy::SecondaryRecord& secondary, TimePoint at) {
  if (!secondary.server_id) return;
  append_feed(transaction, {.kind = FeedKind::gone, .subject = secondary.server_id->str(), .payload = {}, .at = at});
}

std::vector<InForce> all_in_force(Transaction& transaction) {
  std::map<ServerId, InForce> latest;
  for (auto& state : rolled_up_states(transaction, FeedKind::applied)) {
    const auto server = ServerId::parse(state.record.subject);
    auto report = hierarchy::applied_report_from_text(state.record.payload);
    if (!server || !report) continue;
    InForce said{*server, state.record.origin, std::move(*report), state.record.at, state.received_at};
    const auto found = latest.find(*server);
    if (found == latest.end()) {
      latest.emplace(*server, std::move(said));
    } else if (said.received_at > found->second.received_at) {
      found->second = std::move(said);
    }
  }
  std::vector<InForce> all;
  for (auto& [server, said] : latest) all.push_back(std::move(said));
  return all;
}

std::optional<InForce> find_in_force(Transaction& transaction, const ServerId& server) {
  for (auto& said : all_in_force(transaction)) {
    if (said.server == server) return std::move(said);
  }
  return std::nullopt;
}

}  // namespace daikan::store
