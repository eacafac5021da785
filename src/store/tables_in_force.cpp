#include "store/tables_in_force.h"

#include <map>
#include <utility>

#include "store/detail/columns.h"
#include "store/tables.h"
#include "store/tables_feed.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::FeedKind;

std::optional<ServerId> own_server_id(Transaction& transaction) {
  return ServerId::parse(find_setting(transaction, "server_id").value_or(""));
}

hierarchy::AppliedReport report_in(const RolledUpState& state) {
  return hierarchy::applied_report_from_text(state.record.payload).value_or(hierarchy::AppliedReport{});
}

}  // namespace

void say_in_force(Transaction& transaction, std::span<const ServerId> servers,
                  const std::function<hierarchy::AppliedReport(std::size_t, hierarchy::AppliedReport)>& report, TimePoint at) {
  const auto self = own_server_id(transaction);
  if (!self) return;
  std::vector<hierarchy::FeedRecord> news;
  for (std::size_t place = 0; place < servers.size(); ++place) {
    const auto subject = servers[place].str();
    const auto before = find_rolled_up_state(transaction, FeedKind::applied, *self, subject);
    auto text = to_text(report(place, before ? report_in(*before) : hierarchy::AppliedReport{}));
    if (before && before->record.payload == text) continue;
    news.push_back(
        {.origin = {}, .origin_sequence = 0, .kind = FeedKind::applied, .subject = subject, .payload = std::move(text), .at = at});
  }
  append_feed_states(transaction, news, at);
}

hierarchy::AppliedReport said_in_force(Transaction& transaction, const ServerId& server) {
  const auto self = own_server_id(transaction);
  if (!self) return {};
  const auto state = find_rolled_up_state(transaction, FeedKind::applied, *self, server.str());
  return state ? report_in(*state) : hierarchy::AppliedReport{};
}

void end_in_force(Transaction& transaction, const hierarchy::SecondaryRecord& secondary, TimePoint at) {
  if (!secondary.server_id) return;
  append_feed(transaction, {.kind = FeedKind::gone, .subject = secondary.server_id->str(), .payload = {}, .at = at});
}

bool forget_confirmed(Transaction& transaction, const RegistrationId& id, const HeldSet& has, TimePoint at) {
  return transaction.execute(
             "UPDATE downstream SET behind_since = COALESCE(behind_since, $4), confirmed_revision = 0, confirmed_hash = '', confirmed_at = "
             "NULL, manifest = '' WHERE registration = $1 AND confirmed_revision > 0 AND (confirmed_revision <> $2 OR confirmed_hash <> "
             "$3)",
             {to_value(id), static_cast<std::int64_t>(has.revision), has.hash, to_value(at)}) > 0;
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
