// What people ask of the roll-over of this server's key.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "net/identity_change.h"
#include "server/detail/roll_over_state.h"
#include "store/tables_keys.h"

namespace daikan::server {
namespace {

using Note = RollOverNote;

/// Who has to be told of another key.
struct Told {
  Rules::Peers peers;
  std::string holder;  ///< Whose key the new one is already; empty: nobody's.
};

Told peers_of(store::Transaction& transaction, const Pin& pin) {
  Told told;
  const auto look = [&](const Pin& theirs, const std::string& name) {
    if (theirs == pin) told.holder = name;
  };
  for (const auto& record : store::all_secondaries(transaction)) {
    told.peers.emplace(record.id, Rules::Peer{});
    look(record.certificate.pin, record.name);
  }
  if (const auto primary = store::find_primary(transaction)) {
    told.peers.emplace(std::nullopt, Rules::Peer{});
    look(primary->certificate.pin, primary->name);
  }
  for (const auto& [peer, announced] : store::announced_keys(transaction)) look(announced.pin, "a peer that announced it");
  return told;
}

std::string words_of(const net::Identity& identity) {
  const auto subject = net::subject_of(identity.x509());
  return identity.issuer().empty() ? fmt::format("{}, signed by itself", subject)
                                   : fmt::format("{}, issued by {}", subject, identity.issuer());
}

}  // namespace

awaitable<Result<RollOverView>> RollOver::view() {
  struct Loaded {
    std::optional<store::RollOverRow> row;
    std::map<store::PeerKey, std::string> names;
  };
  const auto load = [](store::Transaction& transaction) -> Result<Loaded> {
    Loaded loaded{store::find_roll_over(transaction), {}};
    for (const auto& record : store::all_secondaries(transaction)) loaded.names.emplace(record.id, record.name);
    if (const auto primary = store::find_primary(transaction)) loaded.names.emplace(std::nullopt, primary->name);
    return loaded;
  };
  auto loaded = co_await state_->storage.read<Loaded>(load);
  if (!loaded) co_return fail(std::move(loaded.error()));
  RollOverView view;
  if (!loaded->row) co_return view;
  view.phase = loaded->row->phase == store::RollOverRow::Phase::switched ? Phase::switched : Phase::announcing;
  view.fingerprint = loaded->row->next.fingerprint;
  view.started_at = loaded->row->started_at;
  view.started_by = loaded->row->started_by;
  for (const auto& [key, row] : loaded->row->peers) {
    RollOverView::Peer peer{key, loaded->names[key], row.confirmed_at, row.seen_at};
    const auto known = state_->rules.peers().find(key);
    if (known != state_->rules.peers().end()) peer.understands = known->second.understands;
    const auto primary = state_->links.primary_status();
    peer.link = key ? state_->links.status(*key).state : primary ? primary->state : hierarchy::LinkState::never_connected;
    view.peers.push_back(std::move(peer));
  }
  co_return view;
}

awaitable<Result<>> RollOver::State::announce(net::Identity identity, RollOverNote note) {
  const auto certificate = identity.certificate();
  auto told = co_await storage.read<Told>(
      [pin = certificate.pin](store::Transaction& transaction) -> Result<Told> { return peers_of(transaction, pin); });
  if (!told) co_return fail(std::move(told.error()));
  if (!told->holder.empty()) {
    co_return fail(Code::certificate_in_use, fmt::format("This key is that of another server already: {}.", told->holder),
                   "Every server has a key of its own: bring another one.", "file");
  }
  const auto job =
      submit({.change = [certificate, peers = std::move(told->peers)](Rules& after) { return after.begin(certificate, peers); },
              .note = std::move(note),
              .next = std::move(identity),
              .outcome = {}});
  co_return co_await wait_for(job);
}

awaitable<Result<RollOverView>> RollOver::begin(const Actor& actor) {
  auto next = net::Identity::make(now());
  if (!next) co_return fail(std::move(next.error()));
  Note note{actor, "certificate.roll", "roll_over_begun",
            fmt::format("{} began a roll-over of this server's key; the new certificate has the fingerprint {}.", actor.name,
                        next->certificate().fingerprint)};
  if (auto done = co_await state_->announce(std::move(*next), std::move(note)); !done) co_return fail(std::move(done.error()));
  co_return co_await view();
}

awaitable<Result<BroughtView>> RollOver::set(const Actor& actor, BroughtKey brought) {
  auto identity = co_await state_->reader.read(std::move(brought));
  if (!identity) co_return fail(std::move(identity.error()));
  BroughtView shown{.fingerprint = identity->certificate().fingerprint,
                    .subject = net::subject_of(identity->x509()),
                    .issuer = identity->issuer(),
                    .not_after = identity->not_after(),
                    .chain = identity->chain().size(),
                    .roll_over = {}};
  auto& own = state_->own;
  auto done = Result<>{};
  if (identity->certificate().pin == own.identity().certificate().pin) {
    done = co_await state_->exchange(actor, std::move(*identity));
  } else {
    Note note{actor, "certificate.set", "roll_over_begun",
              fmt::format("{} set another key for this server, with the certificate of {}; its fingerprint is {}.", actor.name,
                          words_of(*identity), shown.fingerprint)};
    done = co_await state_->announce(std::move(*identity), std::move(note));
  }
  if (!done) co_return fail(std::move(done.error()));
  auto now_there = co_await view();
  if (!now_there) co_return fail(std::move(now_there.error()));
  shown.roll_over = std::move(*now_there);
  co_return shown;
}

awaitable<Result<>> RollOver::State::exchange(const Actor& actor, net::Identity identity) {
  const auto certificate = identity.certificate();
  const State* raw = this;
  const auto may = [raw, certificate, chain = identity.chain_pem()](Rules& after) -> Result<Rules::Step> {
    const auto& used = raw->own.identity();
    if (after.phase() != Phase::none) {
      return fail(Code::conflict, "A roll-over of this server's key is under way already.",
                  "Look at it with daikan certificate roll status, and finish or cancel it first.");
    }
    if (used.certificate().fingerprint == certificate.fingerprint && used.chain_pem() == chain) {
      return fail(Code::conflict, "This server uses this key and certificate already.", "Nothing has to be done.", "file");
    }
    return Rules::Step{};
  };
  Note note{actor, "certificate.set", "certificate_changed",
            fmt::format("{} set another certificate for this server's key, of {}; its fingerprint is {}. No link needs anything.",
                        actor.name, words_of(identity), certificate.fingerprint),
            fmt::format("certificate {}", certificate.fingerprint)};
  const auto job = submit({.change = may, .note = std::move(note), .next = {}, .replacement = std::move(identity), .outcome = {}});
  co_return co_await wait_for(job);
}

awaitable<Result<RollOverView>> RollOver::finish(const Actor& actor) {
  const auto job = state_->submit({.change = [](Rules& rules) { return rules.finish(); },
                                   .note = Note{actor, "certificate.roll.finish", "roll_over_finished",
                                                fmt::format("{} ended the wait for peers that have not confirmed.", actor.name)},
                                   .next = {},
                                   .outcome = {}});
  if (auto done = co_await state_->wait_for(job); !done) co_return fail(std::move(done.error()));
  co_return co_await view();
}

awaitable<Result<RollOverView>> RollOver::cancel(const Actor& actor) {
  const State* raw = state_.get();
  const auto cancelled = [raw](Rules& rules) -> Result<Rules::Step> {
    if (rules.phase() == Phase::announcing && raw->uses_next()) {
      return fail(Code::conflict, "The new key is used already; the roll-over cannot be taken back.", "Finish it instead.");
    }
    return rules.cancel();
  };
  const auto job = state_->submit({.change = cancelled,
                                   .note = Note{actor, "certificate.roll.cancel", "roll_over_cancelled",
                                                fmt::format("{} cancelled the roll-over; the key stays as it was.", actor.name)},
                                   .next = {},
                                   .outcome = {}});
  if (auto done = co_await state_->wait_for(job); !done) co_return fail(std::move(done.error()));
  co_return co_await view();
}

}  // namespace daikan::server
