#include "server/in_force.h"

#include <algorithm>
#include <map>
#include <utility>

#include "server/policy_json.h"
#include "store/tables.h"
#include "store/tables_in_force.h"

namespace daikan::server {
namespace {

using hierarchy::AppliedReport;
using hierarchy::InheritedKind;
using hierarchy::InheritedSet;
using hierarchy::ObjectForce;
using hierarchy::PolicyId;

AppliedReport report_of(const store::DownstreamState& state) {
  AppliedReport report;
  report.revision = state.confirmed.revision;
  report.hash = state.confirmed.hash;
  report.applied_at = state.confirmed_at;
  report.behind_since = state.behind_since;
  if (state.failure) report.failure = AppliedReport::Failure{std::string(to_string(state.failure->code)), state.failure->text()};
  return report;
}

/// What is to be in force below one direct secondary.
struct Wanted {
  std::vector<ForceView::Policy> policies;
  std::vector<std::string> digests;  ///< Of each of them.
};

struct Said {
  std::map<ServerId, AppliedReport> reports;
  std::map<RegistrationId, store::DownstreamState> direct;  ///< Also of those whose id is not known yet.
  std::map<RegistrationId, Wanted> wanted;
};

Wanted wanted_of(const InheritedSet& set, const std::optional<PolicyId>& only) {
  Wanted wanted;
  for (const auto* object : hierarchy::in_order(set)) {
    if (object->kind != InheritedKind::policy || (only && object->id != only->bytes)) continue;
    const auto policy = policy_from_content(object->content);
    wanted.policies.push_back(
        {PolicyId{object->id}, policy ? policy->name : std::string(), object->revision, std::nullopt, Force::unknown});
    wanted.digests.push_back(hierarchy::digest_of(*object));
  }
  return wanted;
}

Result<Said> load(store::Transaction& transaction, const Downstream& downstream, const InForceQuery& query) {
  Said said;
  for (auto& each : store::all_in_force(transaction)) said.reports.emplace(each.server, std::move(each.report));
  for (auto& state : store::all_downstream(transaction)) said.direct.emplace(state.registration, std::move(state));
  std::map<GroupId, Wanted> of_group;
  for (const auto& [group, set] : downstream.wanted_by_group(transaction)) of_group.emplace(group, wanted_of(set, query.policy));
  for (const auto& record : store::all_secondaries(transaction)) said.wanted.emplace(record.id, of_group[record.group]);
  return said;
}

Force of(ObjectForce force) {
  switch (force) {
    case ObjectForce::in_force:
      return Force::in_force;
    case ObjectForce::behind:
      return Force::behind;
    case ObjectForce::failed:
      return Force::failed;
    case ObjectForce::untold:
      return Force::unknown;
  }
  return Force::unknown;
}

/// Judges the servers one after the other, each after its primary.
class Judge {
 public:
  Judge(const Said& said, const LinkHost& links, const Facts& facts, InForceQuery query)
      : said_(said), links_(links), self_(facts.id), query_(query) {}

  std::optional<ForceView> operator()(RolledUpServer server) {
    const bool direct = server.path.size() == 1;
    if (direct) top_ = server.registration;
    const auto wanted = said_.wanted.find(top_);
    ForceView view;
    if (wanted != said_.wanted.end()) view.policies = wanted->second.policies;
    view.server = std::move(server);
    const bool known = find_report(view, direct);
    judge(view, known, wanted != said_.wanted.end() ? &wanted->second : nullptr);
    const auto id = view.server.id;
    if (id) judged_.insert_or_assign(*id, std::pair(view.force, view.behind_since));
    if (query_.policy && view.policies.empty()) return std::nullopt;
    return view;
  }

 private:
  bool find_report(ForceView& view, bool direct) const {
    const auto& server = view.server;
    bool known = false;
    if (const auto told = server.id ? said_.reports.find(*server.id) : said_.reports.end(); told != said_.reports.end()) {
      view.report = told->second;
      known = true;
    }
    const auto state = direct ? said_.direct.find(server.registration) : said_.direct.end();
    if (state == said_.direct.end()) return known;
    auto objects = std::move(view.report.objects);
    const auto untold = view.report.untold;
    view.report = report_of(state->second);
    view.report.objects = std::move(objects);
    view.report.untold = untold;
    return true;
  }

  /// `wanted`: of the secondary on whose branch it is.
  void judge(ForceView& view, bool known, const Wanted* wanted) const {
    if (view.server.path.size() == 1 && !links_.understands_policies(view.server.registration)) {
      fail_all(view, Force::failed, "Its version does not take policies from a primary yet: upgrade it.");
      return;
    }
    if (!known) {
      fail_all(view, Force::unknown, "Its primary has not told yet what is in force there.");
      return;
    }
    for (std::size_t i = 0; i < view.policies.size(); ++i) {
      auto& policy = view.policies[i];
      const hierarchy::ObjectKey key(InheritedKind::policy, policy.id.bytes);
      policy.force = of(hierarchy::force_of(view.report, {key, policy.revision, wanted->digests.at(i)}));
      if (const auto found = view.report.objects.find(key); found != view.report.objects.end()) policy.in_force = found->second.revision;
    }
    view.force = query_.policy && !view.policies.empty() ? view.policies.front().force : whole(view);
    if (view.force == Force::in_force) return;
    view.behind_since = view.report.behind_since;
    if (const auto above = judged_.find(view.server.primary); !view.behind_since && above != judged_.end()) {
      view.behind_since = above->second.second;
    }
    if (view.report.failure) view.reason = view.report.failure->message;
  }

  /// Also what is no longer to be in force counts, and of that only the primary of a server knows: below one that is behind nothing is
  /// sure.
  Force whole(const ForceView& view) const {
    auto worst = of(hierarchy::force_of(view.report));
    for (const auto& policy : view.policies) worst = std::max(worst, policy.force);
    const auto above = judged_.find(view.server.primary);
    if (worst == Force::in_force && above != judged_.end() && above->second.first != Force::in_force) return Force::behind;
    return worst;
  }

  static void fail_all(ForceView& view, Force force, std::string reason) {
    view.force = force;
    view.reason = std::move(reason);
    for (auto& policy : view.policies) policy.force = force;
  }

  const Said& said_;
  const LinkHost& links_;
  ServerId self_;
  InForceQuery query_;
  RegistrationId top_{};
  std::map<ServerId, std::pair<Force, std::optional<TimePoint>>> judged_;
};

}  // namespace

void tell_in_force(store::Transaction& transaction, std::span<const RegistrationId> ids, const InheritedSet* confirmed, TimePoint at) {
  std::vector<ServerId> servers;
  std::vector<store::DownstreamState> states;
  for (const auto& id : ids) {
    auto place = store::find_downstream_place(transaction, id);
    if (!place || !place->server) continue;
    servers.push_back(*place->server);
    states.push_back(std::move(place->state));
  }
  const auto manifest = confirmed ? hierarchy::manifest_of(*confirmed) : hierarchy::Manifest{};
  const auto report = [&](std::size_t place, AppliedReport before) {
    const auto& state = states[place];
    auto report = report_of(state);
    if (!confirmed) {
      report.untold = before.untold;
      report.objects = std::move(before.objects);
    } else if (state.confirmed.manifest == manifest) {  // as of all that confirmed it
      for (const auto& [key, object] : confirmed->objects)
        report.objects.emplace(key, hierarchy::ConfirmedObject{object.revision, manifest.at(key).substr(0, hierarchy::kProofBytes)});
    } else {
      report.objects = hierarchy::confirmed_objects(state.confirmed.manifest, *confirmed, before);
    }
    return report;
  };
  store::say_in_force(transaction, servers, report, at);
}

awaitable<Result<>> forget_what_was_lost(Storage& storage, const Downstream& downstream, RegistrationId id, store::HeldSet has) {
  std::function<Result<Done>(store::Transaction&)> work = [&downstream, id,
                                                           has = std::move(has)](store::Transaction& transaction) -> Result<Done> {
    const auto at = now();
    const InheritedSet nothing;
    if (store::forget_confirmed(transaction, id, has, at)) downstream.heard(transaction, {&id, 1}, &nothing, at);
    return Done{};
  };
  auto noted = co_await storage.write<Done>(std::move(work));
  if (!noted) co_return fail(std::move(noted.error()));
  co_return Result<>{};
}

std::string_view to_string(Force force) {
  constexpr std::string_view kWords[] = {"in_force", "behind", "failed", "unknown"};
  return kWords[static_cast<std::size_t>(force)];
}

awaitable<Result<std::vector<ForceView>>> in_force(Storage& storage, const LinkHost& links, const Facts& facts, InForceQuery query) {
  auto servers = co_await rolled_up_servers(storage, links, facts);
  if (!servers) co_return fail(std::move(servers.error()));
  std::function<Result<Said>(store::Transaction&)> work = [&links, query](store::Transaction& transaction) {
    return load(transaction, links.downstream(), query);
  };
  const auto said = co_await storage.read<Said>(std::move(work));
  if (!said) co_return fail(said.error());
  std::vector<ForceView> views;
  Judge judge(*said, links, facts, query);
  for (auto& server : *servers) {
    if (auto view = judge(std::move(server))) views.push_back(std::move(*view));
  }
  co_return views;
}

}  // namespace daikan::server
