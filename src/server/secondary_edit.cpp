// Secondaries::edit: what an edit would make of a record, the test of a new way, and the transaction.
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hierarchy/group_tree.h"
#include "hierarchy/registration_rules.h"
#include "server/access.h"
#include "server/dial_edition.h"
#include "server/event.h"
#include "server/secondaries.h"
#include "store/tables_keys.h"
#include "store/tables_secondaries.h"

namespace daikan::server {
namespace {

using hierarchy::Direction;
using hierarchy::SecondaryRecord;

constexpr auto kOwnSideDials = Direction::primary_dials;

/// Everything one edit needs inside its transactions.
struct Edition {
  Actor actor;
  RegistrationId id;
  EditSecondary edit;
  std::optional<CertificateRecord> certificate;
  hierarchy::PathEntry self;
  Pin own_pin;
  hierarchy::ServerPath ancestors;
  Sealing sealing;
  TimePoint at;
};

struct Edited {
  SecondaryRecord before;
  SecondaryRecord after;  ///< As the database holds it.
  std::string group_path;
  std::vector<std::string> changed;  ///< In words; empty: nothing to write.
};

Result<> check_rules(store::Transaction& transaction, const Edition& edition, const SecondaryRecord& record) {
  const auto secondaries = store::secondaries_like(
      transaction, {.pin = record.certificate.pin, .fingerprint = {}, .server = record.server_id, .name = record.name});
  const auto primary = store::find_primary(transaction);
  const hierarchy::Surroundings here{.self = edition.self,
                                     .own_pin = edition.own_pin,
                                     .secondaries = secondaries,
                                     .primary = primary ? &*primary : nullptr,
                                     .ancestors = edition.ancestors};
  return hierarchy::check_add_secondary(here, {.name = record.name,
                                               .direction = record.direction,
                                               .address = record.address,
                                               .proxy = record.proxy,
                                               .pin = record.certificate.pin,
                                               .server_id = record.server_id,
                                               .edited = record.id});
}

/// What the edit would make of the record as it is now; writes nothing.
Result<Edited> plan(store::Transaction& transaction, const Edition& edition) {
  const auto& edit = edition.edit;
  auto before = store::find_secondary(transaction, edition.id);
  if (!before) return fail(Code::not_found, "There is no such secondary server.", "List the secondary servers and choose one of those.");
  if (auto checked = edit.seen.check(before->revision, "secondary"); !checked) return fail(std::move(checked.error()));
  SecondaryRecord after = *before;
  if (edit.name) after.name = *edit.name;
  const hierarchy::GroupTree tree(store::all_groups(transaction));
  const auto allowed_on = [&](const GroupId& group) {
    return require(transaction, edition.actor, Right::configure_hierarchy, {tree, group});
  };
  if (auto allowed = allowed_on(before->group); !allowed) return fail(std::move(allowed.error()));
  if (edit.group) {
    const auto group = tree.at_path(*edit.group);
    if (!group) return fail(group.error());
    if (auto allowed = allowed_on(group->id); !allowed) return fail(std::move(allowed.error()));
    if (auto allowed = require_no_gain(edition.actor, tree, {before->group, group->id, "group"}); !allowed) {
      return fail(std::move(allowed.error()));
    }
    after.group = group->id;
  }
  auto way = edited_way(way_of(*before), edit.dial, kOwnSideDials, edition.sealing);
  if (edition.certificate) way.certificate = *edition.certificate;
  set_way(after, std::move(way));
  if (auto checked = check_rules(transaction, edition, after); !checked) return fail(std::move(checked.error()));

  auto path = tree.path_of(after.group);
  auto changed = changes_between(way_of(*before), way_of(after));
  if (!changed.empty()) after.ended_at.reset();  // a new way is tried anew
  if (before->group != after.group) changed.insert(changed.begin(), fmt::format("group: {}", path));
  if (before->name != after.name) changed.insert(changed.begin(), fmt::format("name: {}", after.name));
  return Edited{std::move(*before), std::move(after), std::move(path), std::move(changed)};
}

Result<Edited> write(store::Transaction& transaction, const Edition& edition) {
  auto edited = plan(transaction, edition);
  if (!edited || edited->changed.empty()) return edited;
  auto& after = edited->after;
  after.revision = edited->before.revision + 1;
  store::update_secondary(transaction, after, edited->before.revision);
  store::remove_unrecognised(transaction, after.certificate.pin);
  // Whoever held the old key may have announced the next one: it goes with the key that vouched for it.
  if (after.certificate.pin != edited->before.certificate.pin) store::remove_announced_key(transaction, after.id);
  const auto words = fmt::format("{}", fmt::join(edited->changed, ", "));
  History::audit(transaction, edition.actor, edition.at, "secondary.edit",
                 fmt::format("secondary {} ({}), {}", edited->before.name, after.id.str(), words));
  History::record(transaction, info_event(edition.at, "secondary_edited",
                                          fmt::format("The secondary Administration Server “{}” was changed by {}: {}.",
                                                      edited->before.name, edition.actor.name, words),
                                          after.id));
  return edited;
}

}  // namespace

awaitable<Result<SecondaryView>> Secondaries::edit(const Actor& actor, RegistrationId id, EditSecondary edit) {
  const auto at = now();
  auto certificate = certificate_of(edit.dial, at);
  if (!certificate) co_return fail(std::move(certificate.error()));
  Edition edition{.actor = actor,
                  .id = id,
                  .edit = std::move(edit),
                  .certificate = std::move(*certificate),
                  .self = {facts_.id, facts_.name},
                  .own_pin = facts_.certificate.pin,
                  .ancestors = links_.ancestors(),
                  .sealing = storage_.sealing(),
                  .at = at};
  const EditSteps<Edition, Edited> steps{plan, write, kOwnSideDials};
  auto stored = co_await carry_out_edit(EditParts{storage_, facts_, tests_}, std::move(edition), steps);
  if (!stored) co_return fail(std::move(stored.error()));
  // No co_await from here on: what is committed is also told to the link host, even when the requester went away meanwhile.
  if (!stored->changed.empty()) {
    links_.secondary_edited(stored->after);
    history_.committed();
  }
  SecondaryView view{std::move(stored->after), std::move(stored->group_path), links_.status(id)};
  if (view.record.proxy) view.record.proxy->password.clear();
  co_return view;
}

}  // namespace daikan::server
