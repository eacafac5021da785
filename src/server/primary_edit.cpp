// Primary::edit: what an edit would make of the record, the test of a new way, and the transaction.
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hierarchy/registration_rules.h"
#include "server/access.h"
#include "server/dial_edition.h"
#include "server/event.h"
#include "server/primary.h"
#include "store/tables_keys.h"
#include "store/tables_secondaries.h"

namespace daikan::server {
namespace {

using hierarchy::Direction;
using hierarchy::PrimaryRecord;

constexpr auto kOwnSideDials = Direction::secondary_dials;

/// Everything one edit needs inside its transactions.
struct Edition {
  Actor actor;
  EditPrimary edit;
  std::optional<CertificateRecord> certificate;
  hierarchy::PathEntry self;
  Pin own_pin;
  hierarchy::ServerPath ancestors;
  Sealing sealing;
  TimePoint at;
};

struct Edited {
  PrimaryRecord before;
  PrimaryRecord after;               ///< As the database holds it.
  std::vector<std::string> changed;  ///< In words; empty: nothing to write.
};

/// What the edit would make of the record as it is now; writes nothing.
Result<Edited> plan(store::Transaction& transaction, const Edition& edition) {
  auto before = store::find_primary(transaction);
  if (!before) return fail(Code::not_found, "This server has no primary.", "Set one first; there is nothing to change.");
  if (auto checked = edition.edit.seen.check(before->revision, "primary"); !checked) return fail(std::move(checked.error()));
  PrimaryRecord after = *before;
  auto way = edited_way(way_of(*before), edition.edit.dial, kOwnSideDials, edition.sealing);
  if (edition.certificate) way.certificate = *edition.certificate;
  set_way(after, std::move(way));
  const auto secondaries =
      store::secondaries_like(transaction, {.pin = after.certificate.pin, .fingerprint = {}, .server = after.server_id});
  const hierarchy::Surroundings here{
      .self = edition.self, .own_pin = edition.own_pin, .secondaries = secondaries, .primary = &*before, .ancestors = edition.ancestors};
  const hierarchy::PrimaryCandidate candidate{.direction = after.direction,
                                              .address = after.address,
                                              .proxy = after.proxy,
                                              .pin = after.certificate.pin,
                                              .server_id = after.server_id,
                                              .existing = hierarchy::ExistingPrimary::replace};
  if (auto checked = hierarchy::check_set_primary(here, candidate); !checked) return fail(std::move(checked.error()));
  auto changed = changes_between(way_of(*before), way_of(after));
  if (!changed.empty()) after.ended_at.reset();  // a new way is tried anew
  return Edited{std::move(*before), std::move(after), std::move(changed)};
}

Result<Edited> write(store::Transaction& transaction, const Edition& edition) {
  auto edited = plan(transaction, edition);
  if (!edited || edited->changed.empty()) return edited;
  auto& after = edited->after;
  const auto& before = edited->before;
  if (before.certificate.pin != after.certificate.pin || before.direction != after.direction || before.address != after.address) {
    // Whoever says where the primary is and which key it has gives it what it may do here.
    if (auto allowed = require_grant(transaction, edition.actor, stored_primary_may(transaction)); !allowed)
      return fail(std::move(allowed.error()));
  }
  after.revision = edited->before.revision + 1;
  store::put_primary(transaction, after);
  // Whoever held the old key may have announced the next one: it goes with the key that vouched for it.
  if (after.certificate.pin != edited->before.certificate.pin) store::remove_announced_key(transaction, std::nullopt);
  const auto words = fmt::format("{}", fmt::join(edited->changed, ", "));
  const auto name = after.name.empty() ? std::string("the primary") : fmt::format("“{}”", after.name);
  History::audit(transaction, edition.actor, edition.at, "primary.edit", fmt::format("primary {}, {}", name, words));
  History::record(transaction, info_event(edition.at, "primary_edited",
                                          fmt::format("How {} is reached was changed by {}: {}.", name, edition.actor.name, words)));
  return edited;
}

}  // namespace

awaitable<Result<PrimaryView>> Primary::edit(const Actor& actor, EditPrimary edit) {
  const auto at = now();
  auto certificate = certificate_of(edit.dial, at);
  if (!certificate) co_return fail(std::move(certificate.error()));
  Edition edition{.actor = actor,
                  .edit = std::move(edit),
                  .certificate = std::move(*certificate),
                  .self = {facts_.id, facts_.name},
                  .own_pin = facts_.certificate.pin,
                  .ancestors = links_.ancestors(),
                  .sealing = storage_.sealing(),
                  .at = at};
  const EditSteps<Edition, Edited> steps{plan, write, kOwnSideDials};
  auto stored = co_await carry_out_edit(EditParts{storage_, facts_, probes_}, std::move(edition), steps);
  if (!stored) co_return fail(std::move(stored.error()));
  // No co_await from here on: what is committed is also told to the link host, even when the requester went away meanwhile.
  if (!stored->changed.empty()) {
    links_.primary_edited(stored->after);
    history_.committed();
  }
  PrimaryView view{std::move(stored->after), links_.primary_status().value_or(hierarchy::LinkStatus{})};
  if (view.record.proxy) view.record.proxy->password.clear();
  auto granted = co_await storage_.read<hierarchy::PrimaryMay>(
      [](store::Transaction& transaction) -> Result<hierarchy::PrimaryMay> { return stored_primary_may(transaction); });
  if (granted) view.may = *granted;
  co_return view;
}

}  // namespace daikan::server
