// Keys in the world: this server's own roll-over, the next keys of peers, and re-pinning by file.
#include <stdexcept>

#include "scenario/world.h"

namespace daikan::scenario {

using namespace std::chrono_literals;

CertificateRecord World::made_certificate() {
  CertificateRecord made;
  const auto number = ++next_id_;
  for (std::size_t i = 0; i < 8; ++i) made.pin.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  made.der.assign(made.pin.bytes.begin(), made.pin.bytes.end());
  return made;
}

Result<> World::roll(std::string_view name) {
  auto& here = server(name);
  link::RollOver::Peers peers;
  for (const auto& record : here.secondaries) peers.emplace(record.id, link::RollOver::Peer{});
  if (here.primary) peers.emplace(std::nullopt, link::RollOver::Peer{});
  auto next = made_certificate();
  auto step = here.roll_over.begin(next, peers);
  if (!step) return fail(std::move(step.error()));
  here.next_key = std::move(next);
  carry_out(here, *step);
  return {};
}

Result<> World::finish_roll(std::string_view name) {
  auto step = server(name).roll_over.finish();
  if (!step) return fail(std::move(step.error()));
  carry_out(server(name), *step);
  return {};
}

Result<> World::cancel_roll(std::string_view name) {
  auto step = server(name).roll_over.cancel();
  if (!step) return fail(std::move(step.error()));
  server(name).next_key.reset();
  carry_out(server(name), *step);
  return {};
}

void World::carry_out(Server& here, const link::RollOver::Step& step) {
  if (step.announce) spread(here);
  if (step.switch_keys && here.next_key) {
    here.certificate = *here.next_key;
    // What comes behind it happens a moment later, so that a crash may come between.
    at(now_ + 1ms, [this, name = here.key] {
      auto& switched = server(name);
      if (!switched.running || !switched.next_key || switched.roll_over.phase() != link::RollOver::Phase::announcing) return;
      switched.next_key.reset();
      carry_out(switched, switched.roll_over.switched());
    });
  }
  if (step.renew) renew(here);
}

void World::renew(Server& here) {
  if (!here.running) return;
  std::vector<std::uint64_t> serials;
  for (const auto& [serial, link] : here.links) serials.push_back(serial);
  for (const auto serial : serials) {
    auto* const link = find(here, serial);
    if (link) apply(*link, link->upper ? link->upper->renew(local(here)) : link->lower->renew(local(here)));
  }
}

void World::store_keys(Link& link, const std::vector<link::KeyChange>& keys) {
  auto& here = *link.server;
  const std::optional<RegistrationId> peer = link.upper ? std::optional(link.registration) : std::nullopt;
  for (const auto& change : keys) {
    if (change.what == link::KeyChange::What::announced) {
      here.announced[peer] = change.certificate;
      continue;
    }
    here.announced.erase(peer);
    if (change.what == link::KeyChange::What::withdrawn) continue;
    if (!peer && here.primary) here.primary->certificate = change.certificate;
    for (auto& record : here.secondaries) {
      if (record.id == peer) record.certificate = change.certificate;
    }
  }
}

void World::repin(std::string_view name, std::string_view peer) {
  auto& here = server(name);
  const auto& certificate = server(peer).certificate;
  if (here.primary && here.primary->address && here.primary->address->host == peer) {
    here.primary->certificate = certificate;
    here.announced.erase(std::nullopt);
    if (auto* link = lower_link(name)) {
      apply(*link, link->lower->edited(link::peer_of(*here.primary), link::Edit::certificate, local(here)));
    }
  }
  for (auto& record : here.secondaries) {
    if (record.name != peer) continue;
    record.certificate = certificate;
    here.announced.erase(record.id);
    if (auto* link = upper_link(name, peer)) {
      apply(*link, link->upper->edited(link::peer_of(record), link::Edit::certificate, local(here)));
    }
  }
}

}  // namespace daikan::scenario
