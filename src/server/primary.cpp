#include "server/primary.h"

#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "hierarchy/registration_rules.h"
#include "server/access.h"
#include "server/detail/primary_change.h"
#include "server/downstream.h"
#include "server/event.h"
#include "server/primary_bound.h"
#include "server/primary_move.h"
#include "server/probe.h"
#include "store/tables_downstream.h"
#include "store/tables_feed.h"
#include "store/tables_keys.h"
#include "store/tables_secondaries.h"

namespace daikan::server {

namespace {

using hierarchy::PrimaryRecord;
using Change = PrimaryChange;

using Stored = StoredPrimary;

PrimaryRecord shown(PrimaryRecord record) {
  if (record.proxy) record.proxy->password.clear();
  return record;
}

std::string name_of(const PrimaryRecord& record) {
  if (!record.name.empty()) return record.name;
  return record.address ? record.address->str() : record.certificate.fingerprint;
}

bool says_nothing_new(const Change& change, const PrimaryRecord& there) {
  const auto& request = change.request;
  if (there.certificate.pin != change.certificate.pin || there.direction != request.direction || there.address != request.address)
    return false;
  if (request.server_id && there.server_id && *request.server_id != *there.server_id) return false;
  // A stored password that does not open is worth being set again.
  const auto proxy = open_proxy(change.sealing, there.proxy, "the primary Administration Server");
  return proxy && *proxy == request.proxy;
}

Result<> check(store::Transaction& transaction, const Change& change, const std::optional<PrimaryRecord>& there) {
  const auto secondaries =
      store::secondaries_like(transaction, {.pin = change.certificate.pin, .fingerprint = {}, .server = change.request.server_id});
  const hierarchy::Surroundings here{.self = change.self,
                                     .own_pin = change.own_pin,
                                     .secondaries = secondaries,
                                     .primary = there ? &*there : nullptr,
                                     .ancestors = change.ancestors};
  const auto& request = change.request;
  const hierarchy::PrimaryCandidate candidate{
      .direction = request.direction,
      .address = request.address,
      .proxy = request.proxy,
      .pin = change.certificate.pin,
      .server_id = request.server_id,
      .existing = request.if_set == SetPrimary::IfSet::replace ? hierarchy::ExistingPrimary::replace : hierarchy::ExistingPrimary::keep};
  return hierarchy::check_set_primary(here, candidate);
}

/// What the primary may do once `change` is made.
hierarchy::PrimaryMay may_after(store::Transaction& transaction, const Change& change, const std::optional<PrimaryRecord>& there) {
  if (change.request.may) return *change.request.may;
  const bool same = there && there->certificate.pin == change.certificate.pin;
  if (same || store::find_setting(transaction, kPrimaryMay)) return stored_primary_may(transaction);
  return most_grantable(change.actor);
}

/// Whoever says which server is the primary, or lets it do more, gives it what it may do.
Result<> check_grant(store::Transaction& transaction, const Change& change, const std::optional<PrimaryRecord>& there) {
  const auto may = may_after(transaction, change, there);
  const auto& request = change.request;
  const bool another = !there || there->certificate.pin != change.certificate.pin || there->direction != request.direction ||
                       there->address != request.address;
  const bool more = !hierarchy::bound_of(stored_primary_may(transaction)).includes(hierarchy::bound_of(may));
  if (!another && !more) return {};
  return require_grant(transaction, change.actor, may);
}

/// True when it was another.
bool put_may(store::Transaction& transaction, const Actor& actor, TimePoint at, hierarchy::PrimaryMay may) {
  if (stored_primary_may(transaction) == may) return false;
  store::put_setting(transaction, kPrimaryMay, to_string(may));
  History::audit(transaction, actor, at, "primary.may", fmt::format("the primary may: {}", to_string(may)));
  History::record(transaction,
                  info_event(at, "primary_may_set",
                             fmt::format("What may be done here through the primary was set to “{}” by {}.", to_string(may), actor.name)));
  return true;
}

/// No primary is none that anybody has seen.
Result<> check_seen(const Seen& seen, const std::optional<PrimaryRecord>& record) {
  constexpr std::int64_t kNever = 0;
  return seen.check(record ? record->revision : kNever, "primary");
}

Result<Stored> put(store::Transaction& transaction, const Change& change) {
  const auto there = store::find_primary(transaction);
  if (auto checked = check_seen(change.request.seen, there); !checked) return fail(std::move(checked.error()));
  const auto may = may_after(transaction, change, there);
  if (auto checked = check_grant(transaction, change, there); !checked) return fail(std::move(checked.error()));
  if (there && says_nothing_new(change, *there)) {
    const auto was = put_may(transaction, change.actor, change.at, may) ? Stored::Was::told : Stored::Was::there;
    return Stored{*there, may, was};
  }
  if (auto checked = check(transaction, change, there); !checked) return fail(std::move(checked.error()));

  const auto& request = change.request;
  PrimaryRecord record{.direction = request.direction,
                       .address = request.address,
                       .proxy = request.proxy,
                       .certificate = change.certificate,
                       .server_id = request.server_id,
                       .name = {},
                       .version = {},
                       .created_at = change.at,
                       .last_connected_at = std::nullopt,
                       .revision = there ? there->revision + 1 : 1};
  if (there && there->certificate.pin == record.certificate.pin) {  // the same server, reached in another way
    if (!record.server_id) record.server_id = there->server_id;
    record.name = there->name;
    record.version = there->version;
    record.created_at = there->created_at;
    record.last_connected_at = there->last_connected_at;
  } else {
    store::remove_announced_key(transaction, std::nullopt);
    store::forget_applied_revision(transaction);
  }
  auto row = record;
  row.proxy = sealed_for_store(change.sealing, row.proxy);
  store::put_primary(transaction, row);
  if (!there || there->certificate.pin != record.certificate.pin) store::begin_feed(transaction, change.at);
  const auto how = record.direction == hierarchy::Direction::secondary_dials ? "this server dials it" : "it dials this server";
  History::audit(transaction, change.actor, change.at, "primary.set",
                 fmt::format("primary {}, {}", name_of(record), record.certificate.fingerprint));
  History::record(transaction, info_event(change.at, "primary_set",
                                          fmt::format("The primary Administration Server was set to “{}” by {}; {}.", name_of(record),
                                                      change.actor.name, how)));
  put_may(transaction, change.actor, change.at, may);
  return Stored{std::move(record), may, Stored::Was::changed};
}

Result<Done> remove(store::Transaction& transaction, const Actor& actor, const Seen& seen) {
  const auto record = store::find_primary(transaction);
  if (auto checked = check_seen(seen, record); !checked) return fail(std::move(checked.error()));
  if (!record) return fail(Code::not_found, "This server has no primary.", "There is nothing to clear.");
  store::remove_primary(transaction);
  store::remove_announced_key(transaction, std::nullopt);
  const auto at = now();
  History::audit(transaction, actor, at, "primary.clear", fmt::format("primary {}", name_of(*record)));
  auto event = info_event(at, "primary_cleared",
                          fmt::format("The primary Administration Server “{}” was cleared by {}.", name_of(*record), actor.name));
  History::record(transaction, event);
  store::end_feed(transaction);
  return Done{};
}

}  // namespace

Result<StoredPrimary> put_primary_change(store::Transaction& transaction, const PrimaryChange& change) { return put(transaction, change); }

Primary::Primary(Storage& storage, History& history, LinkHost& links, const Facts& facts)
    : storage_(storage),
      history_(history),
      links_(links),
      facts_(facts),
      moves_(std::make_unique<PrimaryMoves>(storage, history, links, *this)) {}

Primary::~Primary() = default;

awaitable<Result<std::optional<PrimaryView>>> Primary::find() {
  const auto load = [](store::Transaction& transaction) -> Result<std::optional<Stored>> {
    auto record = store::find_primary(transaction);
    if (!record) return std::optional<Stored>();
    return Stored{std::move(*record), stored_primary_may(transaction)};
  };
  auto stored = co_await storage_.read<std::optional<Stored>>(load);
  if (!stored) co_return fail(std::move(stored.error()));
  if (!*stored) co_return std::optional<PrimaryView>();
  co_return PrimaryView{shown(std::move((*stored)->record)), links_.primary_status().value_or(hierarchy::LinkStatus{}), (*stored)->may};
}

awaitable<Result<hierarchy::PrimaryMay>> Primary::may() {
  return storage_.read<hierarchy::PrimaryMay>(
      [](store::Transaction& transaction) -> Result<hierarchy::PrimaryMay> { return primary_may_in_force(transaction); });
}

awaitable<Result<PrimaryView>> Primary::set_may(const Actor& actor, hierarchy::PrimaryMay may) {
  const auto work = [actor, may](store::Transaction& transaction) -> Result<Stored> {
    auto record = store::find_primary(transaction);
    if (!record) return fail(Code::not_found, "This server has no primary.", "Set one, and say then what may be done through it.");
    if (auto allowed = require_grant(transaction, actor, may); !allowed) return fail(std::move(allowed.error()));
    put_may(transaction, actor, now(), may);
    return Stored{std::move(*record), may};
  };
  auto stored = co_await storage_.write<Stored>(work);
  if (!stored) co_return fail(std::move(stored.error()));
  history_.committed();
  co_return PrimaryView{shown(std::move(stored->record)), links_.primary_status().value_or(hierarchy::LinkStatus{}), may};
}

Result<PrimaryChange> Primary::prepared(const Actor& actor, SetPrimary request) const {
  const auto at = now();
  auto parsed = net::parse_certificate(request.certificate, at);
  if (!parsed) {
    auto error = std::move(parsed.error());
    if (error.field.empty()) error.field = "certificate";
    return fail(std::move(error));
  }
  return Change{.actor = actor,
                .request = std::move(request),
                .certificate = std::move(parsed->record),
                .self = {facts_.id, facts_.name},
                .own_pin = facts_.certificate.pin,
                .ancestors = links_.ancestors(),
                .sealing = storage_.sealing(),
                .at = at};
}

awaitable<Result<>> Primary::check(SetPrimary request) {
  const auto change = prepared({}, std::move(request));
  if (!change) co_return fail(change.error());
  const auto work = [change = *change](store::Transaction& transaction) -> Result<Done> {
    const auto there = store::find_primary(transaction);
    if (there && says_nothing_new(change, *there)) return Done{};
    if (auto checked = daikan::server::check(transaction, change, there); !checked) return fail(std::move(checked.error()));
    return Done{};
  };
  auto checked = co_await storage_.read<Done>(work);
  if (!checked) co_return fail(std::move(checked.error()));
  co_return Result<>{};
}

awaitable<Result<PrimaryView>> Primary::set(const Actor& actor, SetPrimary request) {
  const auto change = prepared(actor, std::move(request));
  if (!change) co_return fail(change.error());
  const auto work = [change = *change](store::Transaction& transaction) { return put(transaction, change); };
  auto stored = co_await storage_.write<Stored>(work);
  if (!stored) co_return fail(std::move(stored.error()));
  // No co_await from here on: what is committed is also told to the link host, even when the requester went away meanwhile.
  if (stored->was == Stored::Was::changed) {
    links_.primary_set(stored->record);
  }
  if (stored->was != Stored::Was::there) history_.committed();
  co_return PrimaryView{shown(std::move(stored->record)), links_.primary_status().value_or(hierarchy::LinkStatus{}), stored->may};
}

awaitable<Result<>> Primary::clear(const Actor& actor, Seen seen, Inherited inherited) {
  const auto* downstream = &links_.downstream();
  const auto work = [actor, seen, inherited, downstream](store::Transaction& transaction) -> Result<Done> {
    auto removed = remove(transaction, actor, seen);
    if (removed) downstream->left(transaction, inherited, now());
    return removed;
  };
  auto cleared = co_await storage_.write<Done>(work);
  if (!cleared) co_return fail(std::move(cleared.error()));
  links_.primary_cleared();
  history_.committed();
  co_return Result<>{};
}

awaitable<ProbeAnswer> Primary::probe(ProbeRequest request) {
  ProbeAnswer answer;
  if (probes_ >= limits::kMaxProbesAtOnce) {
    answer.error.emplace(Code::rate_limited, "Too many probes run at this moment.", "Try again in a few seconds.");
    co_return answer;
  }
  const ProbePlace place(probes_);
  answer = co_await run_probe(facts_, std::move(request));
  co_return answer;
}

}  // namespace daikan::server
