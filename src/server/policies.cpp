#include "server/policies.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/limits_policies.h"
#include "hierarchy/names.h"
#include "server/access_rules.h"
#include "server/event.h"
#include "server/policy_records.h"
#include "store/tables_policies.h"

namespace daikan::server {
namespace {

using hierarchy::PolicySetting;
using store::Transaction;

/// `configured` below what is stored: both are this server's own word.
std::vector<PolicySetting> merged(const std::vector<PolicySetting>& configured, std::vector<PolicySetting> stored) {
  for (const auto& each : configured) {
    const auto same = [&](const PolicySetting& other) { return other.path == each.path; };
    if (std::none_of(stored.begin(), stored.end(), same)) stored.push_back(each);
  }
  return stored;
}

hierarchy::Effective here(Transaction& transaction, const PolicyGround& ground, const Facts& facts,
                          const std::vector<PolicySetting>& configured) {
  auto landscape = landscape_of(ground, hierarchy::server_application(), facts);
  landscape.local = merged(configured, local_settings(transaction));
  return effective_on_server(landscape, hierarchy::server_application());
}

/// What is stored, after `edits`.
Result<std::vector<PolicySetting>> edited(std::vector<PolicySetting> stored, const hierarchy::Effective& now,
                                          const Policies::LocalEdits& edits) {
  for (const auto& [path, value] : edits) {
    if (auto checked = require_unlocked(now, path); !checked) return fail(std::move(checked.error()));
    std::erase_if(stored, [&](const PolicySetting& each) { return each.path == path; });
    const PolicySetting said{path, value.value_or(hierarchy::SettingValue(false))};
    if (value) {
      if (auto checked = hierarchy::check_settings(hierarchy::server_application(), {&said, 1}); !checked)
        return fail(std::move(checked.error()));
      stored.push_back(said);
    }
  }
  return stored;
}

PolicyPreview::Place place_of(const PolicyGround& ground, const Facts& facts, hierarchy::ChangedPlace changed) {
  PolicyPreview::Place place{.group = changed.group, .name = facts.name, .changes = std::move(changed.changes), .secondaries = {}};
  if (changed.group) place.name = ground.tree.path_of(*changed.group);
  return place;
}

}  // namespace

awaitable<Result<std::vector<PolicyView>>> Policies::list(const Actor& actor) {
  const auto read = [this, actor](Transaction& transaction) -> Result<std::vector<PolicyView>> {
    const auto ground = policy_ground(transaction, way_);
    std::vector<PolicyView> views;
    for (const auto& each : ground.policies) {
      if (may(actor, Right::read, ground.tree, each.group))
        views.push_back({.policy = each, .group_path = ground.tree.path_of(each.group)});
    }
    std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) {
      return std::tie(a.group_path, a.policy.application, a.policy.name) < std::tie(b.group_path, b.policy.application, b.policy.name);
    });
    for (const auto& each : ground.inherited) views.push_back({each.policy, each.source.group, each.source});
    return views;
  };
  return storage_.read<std::vector<PolicyView>>(read);
}

awaitable<Result<PolicyView>> Policies::find(const Actor& actor, PolicyId id) {
  const auto read = [this, actor, id](Transaction& transaction) {
    return require_policy(transaction, actor, policy_ground(transaction, way_), id);
  };
  return storage_.read<PolicyView>(read);
}

namespace {

/// What add(), edit(), restore() and apply() share: plans, writes, and puts it into `ground`. Null: it is so already.
Result<AppliedPolicy> save_on(Transaction& transaction, const Actor& actor, PolicyGround& ground, const PolicyWish& wish) {
  auto change = plan(transaction, actor, ground, wish);
  if (!change) return fail(std::move(change.error()));
  auto& after = *change->after;
  AppliedPolicy applied{.view = {.policy = after, .group_path = ground.tree.path_of(after.group)}};
  if (change->nothing) return applied;
  const auto at = now();
  if (!change->before) {
    after.id = PolicyId::make(at);
    after.created_at = at;
  } else {
    after.revision += 1;
  }
  after.changed_at = at;
  after.changed_by = actor.name;
  change->at = at;
  write(transaction, actor, ground.tree, *change);
  ground.policies = policies_after(ground, *change);
  applied.change = change->before ? AppliedPolicy::Change::edited : AppliedPolicy::Change::made;
  applied.view.policy = after;
  if (change->deactivated) applied.view.deactivated = {change->deactivated->id, change->deactivated->name};
  return applied;
}

Error of_set(std::size_t index, Error error) {
  error.field = fmt::format("policies.{}{}{}", index, error.field.empty() ? "" : ".", error.field);
  return error;
}

/// The own policy that is meant, or nothing; fails when it is not as it was seen.
Result<std::optional<PolicyId>> meant(const PolicyGround& ground, const WantedPolicy& wanted) {
  const auto group = wanted.text.group ? ground.tree.at_path(*wanted.text.group) : ground.tree.root();
  if (!group) return fail(group.error());
  const auto application = wanted.text.application.value_or(std::string(hierarchy::kServerApplication));
  const auto found = std::find_if(ground.policies.begin(), ground.policies.end(), [&](const hierarchy::Policy& each) {
    return each.group == group->id && each.application == application && hierarchy::same_name(each.name, wanted.text.name.value_or(""));
  });
  const bool is_there = found != ground.policies.end();
  if (wanted.seen && *wanted.seen != (is_there ? found->revision : 0)) {
    return fail(Code::conflict,
                fmt::format("The policy “{}” of “{}” was changed since it was read.", wanted.text.name.value_or(""),
                            ground.tree.path_of(group->id)),
                "Read the policies again and decide anew.", "revision");
  }
  return is_there ? std::optional(found->id) : std::nullopt;
}

/// Whom each of them means; all as they were seen, before the first of them changes another.
Result<std::vector<std::optional<PolicyId>>> all_meant(const PolicyGround& ground, const std::vector<WantedPolicy>& wanted) {
  std::vector<std::optional<PolicyId>> ids;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto id = meant(ground, wanted[i]);
    if (!id) return fail(of_set(i, std::move(id.error())));
    ids.push_back(*id);
  }
  return ids;
}

Result<std::vector<AppliedPolicy>> apply_set(Transaction& transaction, const Actor& actor, PolicyGround ground,
                                             const std::vector<WantedPolicy>& wanted) {
  const auto ids = all_meant(ground, wanted);
  if (!ids) return fail(ids.error());
  std::vector<AppliedPolicy> applied;
  std::set<PolicyId> seen;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto saved = save_on(transaction, actor, ground, {(*ids)[i], wanted[i].text, {}});
    if (!saved) return fail(of_set(i, std::move(saved.error())));
    const auto& policy = saved->view.policy;
    if (!seen.insert(policy.id).second) {
      return fail(of_set(
          i, Error(Code::invalid_request, fmt::format("The policy “{}” of “{}” is named twice.", policy.name, saved->view.group_path),
                   "Say once what it is to be.", "name")));
    }
    applied.push_back(std::move(*saved));
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& view = applied[i].view;
    const auto now_there =
        std::find_if(ground.policies.begin(), ground.policies.end(), [&](const auto& each) { return each.id == view.policy.id; });
    if (wanted[i].text.active.value_or(false) && !now_there->active) {
      return fail(
          of_set(i, Error(Code::conflict,
                          fmt::format("Two policies are to be the active one of “{}”; one is “{}”.", view.group_path, view.policy.name),
                          "Let one of them be active.", "active")));
    }
  }
  return applied;
}

}  // namespace

Result<> Policies::conclude(Transaction& transaction, const Actor& actor) const {
  if (way_.changed) way_.changed(transaction, now());
  return require_way_back(actor, governing(transaction));
}

Result<PolicyView> Policies::save(Transaction& transaction, const Actor& actor, const PolicyWish& wish) const {
  auto ground = policy_ground(transaction, way_);
  auto saved = save_on(transaction, actor, ground, wish);
  if (!saved) return fail(std::move(saved.error()));
  if (saved->change == AppliedPolicy::Change::none) return std::move(saved->view);
  if (auto concluded = conclude(transaction, actor); !concluded) return fail(std::move(concluded.error()));
  return std::move(saved->view);
}

awaitable<Result<PolicyView>> Policies::add(const Actor& actor, PolicyText text, std::optional<Once> once) {
  const auto work = [this, actor, text = std::move(text), once = std::move(once)](Transaction& transaction) -> Result<PolicyView> {
    auto view = save(transaction, actor, {.id = std::nullopt, .text = text});
    if (view) claim(transaction, once, view->policy.id.str(), view->policy.created_at);
    return view;
  };
  auto made = co_await storage_.write<PolicyView>(work);
  if (made) history_.committed();
  co_return made;
}

awaitable<Result<PolicyView>> Policies::edit(const Actor& actor, PolicyId id, PolicyText text, Seen seen) {
  const auto work = [this, actor, wish = PolicyWish{id, std::move(text), std::move(seen)}](Transaction& transaction) {
    return save(transaction, actor, wish);
  };
  auto edited = co_await storage_.write<PolicyView>(work);
  if (edited) history_.committed();
  co_return edited;
}

awaitable<Result<std::vector<AppliedPolicy>>> Policies::apply(const Actor& actor, std::vector<WantedPolicy> wanted) {
  using All = std::vector<AppliedPolicy>;
  const auto work = [this, actor, wanted = std::move(wanted)](Transaction& transaction) -> Result<All> {
    auto applied = apply_set(transaction, actor, policy_ground(transaction, way_), wanted);
    if (!applied) return applied;
    const bool changed =
        std::any_of(applied->begin(), applied->end(), [](const auto& each) { return each.change != AppliedPolicy::Change::none; });
    if (!changed) return applied;
    if (auto concluded = conclude(transaction, actor); !concluded) return fail(std::move(concluded.error()));
    return applied;
  };
  auto applied = co_await storage_.write<All>(work);
  if (applied) history_.committed();
  co_return applied;
}

awaitable<Result<>> Policies::remove(const Actor& actor, PolicyId id, Seen seen) {
  const auto work = [this, actor, wish = PolicyWish{id, std::nullopt, std::move(seen)}](Transaction& transaction) -> Result<Done> {
    const auto ground = policy_ground(transaction, way_);
    auto change = plan(transaction, actor, ground, wish);
    if (!change) return fail(std::move(change.error()));
    change->at = now();
    write(transaction, actor, ground.tree, *change);
    if (auto concluded = conclude(transaction, actor); !concluded) return fail(std::move(concluded.error()));
    return Done{};
  };
  auto removed = co_await storage_.write<Done>(work);
  if (!removed) co_return fail(std::move(removed.error()));
  history_.committed();
  co_return Result<>{};
}

awaitable<Result<std::vector<hierarchy::PolicyRevision>>> Policies::revisions(const Actor& actor, PolicyId id) {
  using Revisions = std::vector<hierarchy::PolicyRevision>;
  const auto read = [this, actor, id](Transaction& transaction) -> Result<Revisions> {
    auto view = require_policy(transaction, actor, policy_ground(transaction, way_), id);
    if (!view) return fail(std::move(view.error()));
    return store::policy_revisions(transaction, id);
  };
  return storage_.read<Revisions>(read);
}

awaitable<Result<PolicyView>> Policies::restore(const Actor& actor, PolicyId id, std::int64_t revision, Seen seen) {
  const auto work = [this, actor, id, revision, seen](Transaction& transaction) -> Result<PolicyView> {
    const auto then = store::find_policy_revision(transaction, id, revision);
    PolicyText text;
    if (then) {
      text.name = then->name;
      text.inherit = then->inherit;
      text.force = then->force;
      text.settings = then->settings;
    }
    const PolicyWish wish{id, text, seen};
    // Whether the policy is there, and may be changed, is told before whether it has the revision.
    if (!then) {
      auto planned = plan(transaction, actor, policy_ground(transaction, way_), wish);
      if (!planned) return fail(std::move(planned.error()));
      return fail(Code::not_found, fmt::format("The policy has no revision {}.", revision), "List its revisions and choose one of those.");
    }
    return save(transaction, actor, wish);
  };
  auto restored = co_await storage_.write<PolicyView>(work);
  if (restored) history_.committed();
  co_return restored;
}

awaitable<Result<EffectiveView>> Policies::effective(const Actor& actor, std::string application, std::optional<GroupId> group) {
  const auto read = [this, actor, application = std::move(application), group,
                     configured = configured_](Transaction& transaction) -> Result<EffectiveView> {
    auto known = require_application(application);
    if (!known) return fail(std::move(known.error()));
    const auto ground = policy_ground(transaction, way_);
    const auto at = group.value_or(ground.tree.root().id);
    if (auto found = ground.tree.require(at); !found) return fail(std::move(found.error()));
    if (group) {
      if (auto allowed = require(transaction, actor, Right::read, {ground.tree, at}); !allowed) return fail(std::move(allowed.error()));
    }
    const bool is_here = !group && *known == &hierarchy::server_application();
    return EffectiveView{
        *known, ground.tree.path_of(at),
        is_here ? here(transaction, ground, facts_, configured) : effective_in_group(landscape_of(ground, **known, facts_), **known, at)};
  };
  return storage_.read<EffectiveView>(read);
}

awaitable<Result<PolicyPreview>> Policies::preview(const Actor& actor, std::optional<PolicyId> id, std::optional<PolicyText> text) {
  const auto read = [this, actor, wish = PolicyWish{id, std::move(text), {}},
                     configured = configured_](Transaction& transaction) -> Result<PolicyPreview> {
    const auto ground = policy_ground(transaction, way_);
    auto change = plan(transaction, actor, ground, wish);
    if (!change) return fail(std::move(change.error()));
    auto application = require_application(change->after ? change->after->application : change->before->application);
    if (!application) return fail(std::move(application.error()));
    auto before = landscape_of(ground, **application, facts_);
    if (*application == &hierarchy::server_application()) before.local = merged(configured, local_settings(transaction));
    auto after = before;
    after.policies = policies_after(ground, *change);
    std::map<GroupId, std::vector<std::pair<RegistrationId, std::string>>> secondaries;
    for (const auto& record : store::all_secondaries(transaction)) secondaries[record.group].emplace_back(record.id, record.name);
    PolicyPreview preview;
    for (auto& changed : hierarchy::preview(**application, before, after)) {
      if (!may(actor, Right::read, ground.tree, changed.group.value_or(ground.tree.root().id))) continue;
      if (preview.places.size() == limits::kMaxPreviewPlaces) {
        ++preview.left_out;
        continue;
      }
      preview.places.push_back(place_of(ground, facts_, std::move(changed)));
      if (const auto& at = preview.places.back().group) preview.places.back().secondaries = std::move(secondaries[*at]);
    }
    return preview;
  };
  return storage_.read<PolicyPreview>(read);
}

awaitable<Result<EffectiveView>> Policies::set_local(const Actor& actor, LocalEdits edits) {
  const auto work = [this, actor, edits = std::move(edits), configured = configured_](Transaction& transaction) -> Result<EffectiveView> {
    if (auto allowed = require_on_server(transaction, actor, Right::manage_server); !allowed) return fail(std::move(allowed.error()));
    const auto ground = policy_ground(transaction, way_);
    auto stored = edited(local_settings(transaction), here(transaction, ground, facts_, configured), edits);
    if (!stored) return fail(std::move(stored.error()));
    put_local_settings(transaction, *stored);
    if (auto open = require_way_back(actor, governing(transaction)); !open) return fail(std::move(open.error()));
    std::string words;
    for (const auto& [path, value] : edits) {
      words += fmt::format("{}{}: {}", words.empty() ? "" : ", ", path, value ? hierarchy::shown_value(*value) : "as configured");
    }
    const auto at = now();
    History::audit(transaction, actor, at, "server.settings", words);
    History::record(transaction, info_event(at, "server_settings_edited",
                                            fmt::format("Settings of this server were changed by {}: {}.", actor.name, words)));
    return EffectiveView{&hierarchy::server_application(), ground.tree.root().name, here(transaction, ground, facts_, configured)};
  };
  auto view = co_await storage_.write<EffectiveView>(work);
  if (view) history_.committed();
  co_return view;
}

hierarchy::Effective Policies::governing(Transaction& transaction) const {
  return here(transaction, policy_ground(transaction, way_), facts_, configured_);
}

awaitable<Result<hierarchy::Effective>> Policies::governing() {
  const auto read = [this](Transaction& transaction) -> Result<hierarchy::Effective> { return governing(transaction); };
  return storage_.read<hierarchy::Effective>(read);
}

}  // namespace daikan::server
