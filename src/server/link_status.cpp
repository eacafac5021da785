// What this server says of itself and of its secondaries to the servers above, whenever that changes.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/limits_feed.h"
#include "server/detail/link_runtime.h"
#include "server/roll_up.h"
#include "store/tables_feed.h"

namespace daikan::server {
namespace {

constexpr std::chrono::steady_clock::duration kAgainSoon = std::chrono::seconds(1);

net::SteadyTime after(std::chrono::steady_clock::duration time) { return std::chrono::steady_clock::now() + time; }

link::SecondaryStatus status_of(const hierarchy::SecondaryRecord& record, const hierarchy::LinkStatus& link) {
  using hierarchy::LinkState;
  link::SecondaryStatus status;
  status.server_id = record.server_id;
  status.name = record.name;
  status.state = link.state;
  if (link.state == LinkState::connecting) {
    status.state = record.last_connected_at ? LinkState::disconnected : LinkState::never_connected;
  }
  status.since = std::max(link.since, from_micros(0));
  if (status.state != LinkState::connected && link.reason) {
    status.reason_code = to_string(link.reason->code);
    status.reason = link.reason->message;
  }
  status.software = record.version;
  return status;
}

/// A failure that repeats is no news, nor is the moment of the last attempt.
bool same_news(const link::SecondaryStatus& a, const link::SecondaryStatus& b) {
  return a.server_id == b.server_id && a.name == b.name && a.state == b.state && a.software == b.software && a.reason_code == b.reason_code;
}

}  // namespace

awaitable<> LinkHost::State::tell_status() {
  std::unordered_map<RegistrationId, link::SecondaryStatus> told;
  std::optional<net::SteadyTime> all_told;
  // What was told before this process began is no news.
  std::function<Result<std::vector<store::RolledUpState>>(store::Transaction&)> load =
      [](store::Transaction& transaction) -> Result<std::vector<store::RolledUpState>> {
    return store::rolled_up_states(transaction, hierarchy::FeedKind::secondary);
  };
  if (const auto before = co_await storage.read<std::vector<store::RolledUpState>>(std::move(load))) {
    for (const auto& state : *before) {
      const auto id = RegistrationId::parse(state.record.subject);
      auto status = link::decode_secondary_status(state.record.payload);
      if (!state.via && id && status) told[*id] = std::move(*status);
    }
  }
  for (;;) {
    const auto begun_at = now();
    bool settling = false;
    bool wrote = false;
    std::vector<SecondarySays> says;
    for (const auto& [id, upper] : uppers) {
      auto status = status_of(upper->record, upper->status());
      const auto known = told.find(id);
      if (known != told.end() && same_news(known->second, status)) continue;
      const bool up = status.state == hierarchy::LinkState::connected;
      if (!up && begun_at - upper->status().since < limits::kStatusSettle) {
        settling = true;
        continue;
      }
      says.push_back({id, std::move(status)});
    }
    if (!says.empty() || !all_told || std::chrono::steady_clock::now() - *all_told >= limits::kStatusEvery || renamed) {
      renamed = false;
      wrote = true;
      all_told = std::chrono::steady_clock::now();
      std::function<Result<Done>(store::Transaction&)> work = [this_facts = facts, says,
                                                               begun_at](store::Transaction& transaction) -> Result<Done> {
        roll_up_status(transaction, this_facts, says, begun_at);
        return Done{};
      };
      auto stored = co_await storage.write<Done>(std::move(work));
      if (!stored) spdlog::error("link: this server's status cannot be stored for its primary: {}", stored.error().text());
      for (auto& each : says) {
        if (stored) told[each.id] = std::move(each.status);
      }
      std::erase_if(told, [this](const auto& entry) { return !uppers.contains(entry.first); });
    }
    // What changed while this was written is looked at again soon; otherwise nothing can have changed since it was looked at.
    const std::chrono::steady_clock::duration most = settling || wrote ? kAgainSoon : limits::kStatusEvery;
    co_await changed.wait(after(most));
    const bool on = co_await net::sleep_for(limits::kStatusPause);
    if (!on || stopping) co_return;
  }
}

}  // namespace daikan::server
