#include "scenario/world.h"

#include <algorithm>
#include <stdexcept>

namespace daikan::scenario {

using namespace std::chrono_literals;
using link::ConnectionId;

namespace {

template <class Tag>
Id<Tag> numbered(std::uint64_t number) {
  Id<Tag> id;
  for (int i = 0; i < 8; ++i) id.bytes[15 - static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

/// What a host does to prove a key and to check the proof; certificates here are their pins.
void sign(std::optional<link::NextIdentity>& next) {
  if (next) next->signature = {1};
}
/// `hello`: a hello or an accepted answer. An old version knows neither field.
template <class Hello>
void read_key(Hello& hello, const ServerOptions& options) {
  auto& next = hello.next;
  if (options.old) {
    next.reset();
    hello.confirmed.reset();
  }
  if (!next) return;
  std::copy(next->certificate.der.begin(), next->certificate.der.end(), next->certificate.pin.bytes.begin());
  next->certificate.fingerprint = "of key " + std::to_string(next->certificate.der[0]);
}

}  // namespace

void World::add_server(ServerOptions options) {
  auto made = std::make_unique<Server>();
  made->id = options.same_id_as ? server(*options.same_id_as).id : numbered<struct daikan::ServerTag>(++next_id_);
  if (options.same_key_as) {
    made->certificate = server(*options.same_key_as).certificate;
  } else {
    made->certificate = made_certificate();
  }
  made->options = std::move(options);
  const auto name = made->options.name;
  made->key = name;
  if (!servers_.emplace(name, std::move(made)).second) throw std::invalid_argument("there are two servers called " + name);
}

Server& World::server(std::string_view name) {
  const auto found = servers_.find(name);
  if (found == servers_.end()) throw std::invalid_argument("there is no server called " + std::string(name));
  return *found->second;
}

World::Wire& World::wire(std::string_view a, std::string_view b) {
  return wires_[a < b ? std::pair{std::string(a), std::string(b)} : std::pair{std::string(b), std::string(a)}];
}

link::SelfPtr World::self_of(const Server& server) const {
  link::Self self;
  self.id = server.id;
  self.name = server.options.name;
  self.software = server.options.software;
  self.ancestors = server.ancestors;
  self.max_depth = server.options.max_depth;
  self.protocol = server.options.protocol;
  if (!server.options.old) {
    self.capabilities = {std::string(link::kNextIdentity), std::string(link::kDownstream)};
    if (feeds_) self.capabilities.emplace_back(link::kFeed);
    self.certificate = server.next_key.value_or(server.certificate);
  }
  return std::make_shared<const link::Self>(std::move(self));
}

// ---- Administrators

hierarchy::Surroundings World::surroundings(const Server& server) const {
  return {.self = {server.id, server.options.name},
          .own_pin = server.certificate.pin,
          .secondaries = server.secondaries,
          .primary = server.primary ? &*server.primary : nullptr,
          .ancestors = server.ancestors};
}

Result<> World::add_secondary(std::string_view upper, std::string_view lower, Direction direction, Rules rules) {
  auto& here = server(upper);
  const auto& there = server(lower);
  hierarchy::SecondaryRecord record;
  record.id = numbered<struct daikan::RegistrationTag>(++next_id_);
  record.name = lower;
  record.direction = direction;
  if (direction == Direction::primary_dials) record.address = Endpoint{std::string(lower), 13000};
  record.certificate = there.certificate;
  if (rules == Rules::checked) {
    const hierarchy::SecondaryCandidate candidate{.name = record.name,
                                                  .direction = direction,
                                                  .address = record.address,
                                                  .proxy = {},
                                                  .pin = there.certificate.pin,
                                                  .server_id = {},
                                                  .edited = {}};
    if (auto checked = check_add_secondary(surroundings(here), candidate); !checked) return checked;
  }
  here.secondaries.push_back(record);
  if (here.running) open_upper(here, record);
  return {};
}

Result<> World::set_primary(std::string_view lower, std::string_view upper, Direction direction, Rules rules) {
  auto& here = server(lower);
  const auto& there = server(upper);
  hierarchy::PrimaryRecord record;
  record.direction = direction;
  if (direction == Direction::secondary_dials) record.address = Endpoint{std::string(upper), 13000};
  record.certificate = there.certificate;
  if (rules == Rules::checked) {
    const hierarchy::PrimaryCandidate candidate{
        .direction = direction, .address = record.address, .proxy = {}, .pin = there.certificate.pin, .server_id = {}};
    if (auto checked = check_set_primary(surroundings(here), candidate); !checked) return checked;
  }
  auto* const standing = lower_link(lower);
  if (here.primary && here.primary->certificate.pin == record.certificate.pin && standing) {  // The same primary again is an edit.
    here.primary->direction = direction;
    here.primary->address = record.address;
    standing->target = upper;
    apply(*standing, standing->lower->edited(link::peer_of(*here.primary), link::Edit::connection, local(here)));
    return {};
  }
  leave_former(here, record.certificate.pin);
  here.primary = record;
  another_feed(here);
  here.flow.applied.revision = 0;  // Another one counts anew; what was inherited stays until it has sent its own.
  here.flow.applied.hash.clear();
  if (here.running) open_lower(here);
  return {};
}

/// As the host does: another primary is left, and one that was being left and is set again is not told any more.
void World::leave_former(Server& here, const Pin& next) {
  std::vector<std::uint64_t> lowers;
  for (const auto& [serial, link] : here.links) {
    if (link->lower) lowers.push_back(serial);
  }
  for (const auto serial : lowers) {
    auto* const link = find(here, serial);
    if (!link) continue;
    apply(*link, link->accepts(next) ? link->lower->stopped(local(here)) : link->lower->leave(local(here)));
  }
}

void World::remove_secondary(std::string_view upper, std::string_view lower) {
  auto& here = server(upper);
  if (auto* link = upper_link(upper, lower)) {
    const auto serial = link->serial;
    apply(*link, link->upper->removed(local(here)));
    here.links.erase(serial);
  }
  for (const auto& record : here.secondaries) {
    if (record.name != lower) continue;
    here.announced.erase(record.id);
    carry_out(here, here.roll_over.removed(record.id));
  }
  std::erase_if(here.secondaries, [&](const auto& record) {
    if (record.name != lower) return false;
    here.flow.confirmed.erase(record.id);
    here.groups.erase(record.id);
    forget_feed(here, record.id);
    return true;
  });
}

void World::clear_primary(std::string_view lower) {
  auto& here = server(lower);
  auto* const link = lower_link(lower);
  here.primary.reset();
  another_feed(here);
  here.announced.erase(std::nullopt);
  carry_out(here, here.roll_over.removed(std::nullopt));
  if (link) apply(*link, link->lower->leave(local(here)));
}

void World::rename(std::string_view name, std::string new_name) {
  auto& here = server(name);
  here.options.name = std::move(new_name);  // What it calls itself; the story keeps the old word for it.
  spread(here);
  flow_changed(here);
}

void World::move_address(std::string_view lower, std::string target) {
  auto& here = server(lower);
  here.primary->address->host = target;
  if (auto* link = lower_link(lower)) {
    link->target = std::move(target);
    apply(*link, link->lower->edited(link::peer_of(*here.primary), link::Edit::connection, local(here)));
  }
}

void World::retry(std::string_view name) {
  auto& here = server(name);
  for (auto& [serial, link] : here.links) {
    apply(*link, link->upper ? link->upper->retry_now(local(here)) : link->lower->retry_now(local(here)));
  }
}

void World::wipe(std::string_view name) {
  auto& here = server(name);
  crash(name);
  here.id = numbered<struct daikan::ServerTag>(++next_id_);
  here.secondaries.clear();
  here.primary.reset();
  here.flow = {};
  here.feed = {};
  here.groups.clear();
  start(name);
}

// ---- Faults

bool World::between(const Connection& connection, std::string_view a, std::string_view b) const {
  const auto &x = connection.ends[0].server->key, &y = connection.ends[1].server->key;
  return (x == a && y == b) || (x == b && y == a);
}

void World::cut(std::string_view a, std::string_view b) {
  wire(a, b).up = false;
  lose_visits(a, b);
  for (auto& [id, connection] : connections_) {
    if (between(connection, a, b)) kill(id, connection, {Code::timed_out, "The peer did not answer a PING."}, 15s);
  }
}

void World::mend(std::string_view a, std::string_view b) {
  auto& line = wire(a, b);
  line = Wire{.up = true, .delay = line.delay};
}

void World::mend_all() {
  for (auto& [pair, line] : wires_) line = Wire{};
}

void World::slow(std::string_view a, std::string_view b, Duration delay) { wire(a, b).delay = delay; }

void World::reset(std::string_view a, std::string_view b) {
  lose_visits(a, b);
  for (auto& [id, connection] : connections_) {
    if (between(connection, a, b)) kill(id, connection, {Code::closed, "The connection was reset."}, 10ms);
  }
}

/// Nothing gets through any more; each end still open learns it within `longest`.
void World::kill(ConnectionId id, Connection& connection, const Error& reason, Duration longest) {
  if (connection.dead) return;
  connection.dead = true;
  for (const auto& end : connection.ends) {
    if (!end.open) continue;
    const auto when = now_ + Duration(static_cast<Duration::rep>(static_cast<double>(longest.count()) * (0.6 + 0.4 * jitter_.next())));
    at(when, [this, id, end, reason] {
      if (auto* link = find(*end.server, end.link)) apply(*link, closed(*link, id, reason, local(*end.server)));
    });
  }
}

void World::crash(std::string_view name) {
  auto& here = server(name);
  here.running = false;
  here.links.clear();
  here.ancestors.clear();
  here.join_outcome.reset();
  lose_visits(name);
  for (auto& [id, connection] : connections_) {
    if (connection.ends[0].server != &here && connection.ends[1].server != &here) continue;
    kill(id, connection, {Code::closed, "The connection was closed."}, 10ms);
  }
}

void World::start(std::string_view name) {
  auto& here = server(name);
  if (here.running) return;
  here.running = true;
  // A crash between the switch and its record: the key in use says how far it came.
  if (here.roll_over.phase() == link::RollOver::Phase::announcing && here.certificate.pin == here.roll_over.next().pin) {
    here.next_key.reset();
    here.roll_over.switched();
  }
  for (const auto& record : here.secondaries) open_upper(here, record);
  if (here.primary) open_lower(here);
}

// ---- Hosts

Link* World::find(Server& server, std::uint64_t serial) {
  const auto found = server.links.find(serial);
  return found == server.links.end() ? nullptr : found->second.get();
}

link::Effects World::closed(Link& link, ConnectionId id, const Error& reason, TimePoint now) {
  return link.upper ? link.upper->closed(id, reason, now) : link.lower->closed(id, reason, now);
}

Link& World::open_link(Server& server, const std::string& target) {
  auto link = std::make_unique<Link>();
  link->serial = ++serial_;
  link->server = &server;
  link->target = target;
  return *server.links.emplace(link->serial, std::move(link)).first->second;
}

void World::open_upper(Server& server, const hierarchy::SecondaryRecord& record) {
  auto& link = open_link(server, record.address ? record.address->host : "");
  link.registration = record.id;
  auto peer = link::peer_of(record);
  if (const auto next = server.announced.find(record.id); next != server.announced.end()) peer.announced = next->second;
  link.upper.emplace(std::move(peer), self_of(server), ++seeds_);
  apply(link, link.upper->start(local(server)));
}

void World::open_lower(Server& server) {
  auto& link = open_link(server, server.primary->address ? server.primary->address->host : "");
  auto peer = link::peer_of(*server.primary);
  if (const auto next = server.announced.find(std::nullopt); next != server.announced.end()) peer.announced = next->second;
  link.lower.emplace(std::move(peer), self_of(server), ++seeds_);
  tell_progress(link);
  apply(link, link.lower->start(local(server)));
}

void World::store(Link& link, const link::HelloFacts& facts) {
  auto& here = *link.server;
  store_keys(link, facts.keys);
  if (link.lower) {
    if (!here.primary) return;
    here.primary->server_id = facts.server_id;
    here.primary->name = facts.name;
    here.primary->version = facts.software;
    here.primary->last_connected_at = facts.connected_at;
    here.primary->ended_at.reset();
    return;
  }
  for (auto& record : here.secondaries) {
    if (record.id != link.registration) continue;
    record.server_id = facts.server_id;
    record.version = facts.software;
    record.last_connected_at = facts.connected_at;
    record.ended_at.reset();
  }
}

void World::store_ended(Link& link, TimePoint when) {
  auto& here = *link.server;
  if (link.lower && here.primary && link.accepts(here.primary->certificate.pin)) here.primary->ended_at = when;
  for (auto& record : here.secondaries) {
    if (link.upper && record.id == link.registration) record.ended_at = when;
  }
}

void World::apply(Link& link, link::Effects effects) {
  auto& here = *link.server;
  if (effects.store) store(link, *effects.store);
  if (effects.ended) store_ended(link, *effects.ended);
  if (effects.hello) {
    sign(effects.hello->hello.next);
    send(effects.hello->connection, link, Kind::hello, encode(effects.hello->hello));
  }
  if (effects.reply) {
    if (auto* accepted = std::get_if<link::HelloAccepted>(&effects.reply->answer)) sign(accepted->next);
    send(effects.reply->connection, link, Kind::answer, encode(effects.reply->answer));
  }
  if (effects.farewell) send(effects.farewell->connection, link, Kind::farewell, encode(effects.farewell->farewell));
  for (const auto& close : effects.close) send(close.connection, link, Kind::close, {});
  if (effects.dial) dial(link);
  for (auto& event : effects.events) {
    std::string about = "primary";
    for (const auto& record : here.secondaries) {
      if (link.upper && record.id == link.registration) about = record.name;
    }
    here.events.push_back({now_, about, std::move(event)});
  }
  const auto serial = link.serial;
  if (link.upper && effects.roll_over) heard_progress(link);
  if (link.upper && effects.roll_over) follow(link);
  const link::RollOver::PeerKey peer_key = link.upper ? std::optional(link.registration) : std::nullopt;
  if (link.lower && link.lower->ended()) {
    here.links.erase(serial);
  } else {
    arm(link);
  }
  if (effects.path_changed) {
    here.ancestors = *effects.path_changed;
    spread(here);
  }
  if (effects.roll_over && !here.options.old) carry_out(here, here.roll_over.heard(peer_key, *effects.roll_over));
}

void World::spread(Server& here) {
  if (!here.running) return;
  std::vector<std::uint64_t> serials;
  for (const auto& [serial, link] : here.links) serials.push_back(serial);
  const auto self = self_of(here);
  for (const auto serial : serials) {
    const auto found = here.links.find(serial);
    if (found == here.links.end()) continue;
    auto& link = *found->second;
    apply(link, link.upper ? link.upper->self_changed(self, local(here)) : link.lower->self_changed(self, local(here)));
  }
}

void World::arm(Link& link) {
  const auto next = link.upper ? link.upper->next_tick() : link.lower->next_tick();
  const auto timer = ++link.timer;
  if (!next) return;
  at(std::max(*next - link.server->options.clock, now_), [this, server = link.server, serial = link.serial, timer] {
    auto* const due = find(*server, serial);
    if (!due || due->timer != timer) return;
    apply(*due, due->upper ? due->upper->tick(local(*server)) : due->lower->tick(local(*server)));
  });
}

// ---- Dialling, and the pin check of the side that accepts

void World::dial(Link& link) {
  ++dials_[link.server->key];
  const Dialled dialled{link.server, link.serial, ++link.dial, link.server->certificate.pin};
  at(now_ + 2 * wire(link.server->key, link.target).delay, [this, dialled] { arrive(dialled); });
}

void World::dial_failed(const Dialled& dialled, const Error& reason, Duration after) {
  at(now_ + after, [this, dialled, reason] {
    auto* const link = find(*dialled.from, dialled.link);
    if (!link || link->dial != dialled.dial) return;
    const auto when = local(*dialled.from);
    apply(*link, link->upper ? link->upper->dial_failed(reason, when) : link->lower->dial_failed(reason, when));
  });
}

void World::arrive(const Dialled& dialled) {
  auto* const from = find(*dialled.from, dialled.link);
  if (!from || from->dial != dialled.dial) return;
  const auto& line = wire(dialled.from->key, from->target);
  if (!line.up) {
    dial_failed(dialled, {Code::timed_out, from->target + ":13000: no answer."}, 20s);
    return;
  }
  auto& target = server(from->target);
  if (!target.running) {
    dial_failed(dialled, {Code::refused, from->target + ":13000: connection refused."}, line.delay);
    return;
  }
  if (!from->accepts(target.certificate.pin)) {
    dial_failed(dialled, {Code::certificate_mismatch, from->target + ":13000 shows another certificate."}, line.delay);
    return;
  }
  auto* const accepting_link = accepting(target, *from);
  if (!accepting_link) {
    dial_failed(dialled,
                from->upper ? Error(Code::unknown_to_secondary, "“" + target.key + "” was not told that this server is its primary.")
                            : Error(Code::unknown_to_primary, "“" + target.key + "” has not registered this server."),
                line.delay);
    return;
  }
  connect(dialled, *accepting_link, line.delay);
}

/// The peer found by its pin decides the role.
Link* World::accepting(Server& target, const Link& from) {
  for (auto& [serial, link] : target.links) {
    if (link->accepts(from.server->certificate.pin) && link->upper.has_value() == from.lower.has_value()) return link.get();
  }
  return nullptr;
}

void World::connect(const Dialled& dialled, Link& accepting_link, Duration delay) {
  const auto id = ConnectionId{++next_connection_};
  auto& target = *accepting_link.server;
  Connection connection;
  connection.ends[0] = {dialled.from, dialled.link, true, now_ + delay};
  connection.ends[1] = {&target, accepting_link.serial, true, now_};
  connections_.emplace(id, connection);
  const link::Keys theirs{target.certificate.pin, dialled.own}, ours{dialled.own, target.certificate.pin};
  at(now_ + delay, [this, id, dialled, ours, peer = target.key] {
    auto* const link = find(*dialled.from, dialled.link);
    auto& made = connections_.at(id);
    if (!link || link->dial != dialled.dial) {  // Cancelled meanwhile.
      made.ends[0].open = false;
      kill(id, made, {Code::closed, "The connection was closed."}, 10ms);
      return;
    }
    if (made.dead) {
      dial_failed(dialled, {Code::closed, peer + ":13000: the connection was closed during the handshake."}, 0ms);
      return;
    }
    const auto when = local(*dialled.from);
    apply(*link, link->upper ? link->upper->connected(id, peer, when, ours) : link->lower->connected(id, peer, when, ours));
  });
  const auto when = local(target);
  const auto& peer = dialled.from->key;
  apply(accepting_link, accepting_link.upper ? accepting_link.upper->connected(id, peer, when, theirs)
                                             : accepting_link.lower->connected(id, peer, when, theirs));
}

// ---- Connections

void World::send(ConnectionId id, const Link& from, Kind kind, std::string bytes) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  auto& connection = found->second;
  const int to = connection.ends[0].server == from.server && connection.ends[0].link == from.serial ? 1 : 0;
  if (kind == Kind::close) connection.ends[1 - to].open = false;
  if (connection.dead) return;
  auto& end = connection.ends[to];
  auto& line = wire(connection.ends[0].server->key, connection.ends[1].server->key);
  end.last_delivery = std::max(now_ + line.delay, end.last_delivery);
  auto messages = kind == Kind::feed ? garbled(line, std::move(bytes)) : std::vector<std::string>{std::move(bytes)};
  for (auto& message : messages) {
    at(end.last_delivery, [this, id, to, kind, carried = std::move(message)] { deliver(id, to, kind, carried); });
  }
}

void World::deliver(ConnectionId id, int to, Kind kind, const std::string& bytes) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.dead || !found->second.ends[to].open) return;
  auto& end = found->second.ends[to];
  auto* const link = find(*end.server, end.link);
  if (kind == Kind::close) {
    end.open = false;
    found->second.dead = true;
  }
  if (link) hear(*link, id, kind, bytes);
  const auto still = connections_.find(id);
  if (still != connections_.end() && still->second.dead && !still->second.ends[0].open && !still->second.ends[1].open)
    connections_.erase(still);
}

void World::hear(Link& link, ConnectionId id, Kind kind, const std::string& bytes) {
  const auto when = local(*link.server);
  switch (kind) {
    case Kind::hello:
      hear_hello(link, id, bytes);
      return;
    case Kind::answer:
      hear_answer(link, id, bytes);
      return;
    case Kind::farewell:
      apply(link, link.lower->farewell(id, link::decode_farewell(bytes).value(), when));
      return;
    case Kind::update:
      hear_update(link, id, bytes);
      return;
    case Kind::verdict:
      hear_verdict(link, bytes);
      return;
    case Kind::feed_asked:
      hear_feed_asked(link, id, bytes);
      return;
    case Kind::feed:
      hear_feed(link, id, bytes);
      return;
    case Kind::feed_confirmed:
      hear_feed_confirmed(link, bytes);
      return;
    case Kind::close:
      apply(link, closed(link, id, {Code::closed, "The peer closed the connection."}, when));
      return;
  }
}

void World::hear_hello(Link& link, ConnectionId id, const std::string& bytes) {
  auto hello = link::decode_hello(bytes).value();
  read_key(hello, link.server->options);
  std::optional<link::PathEntry> secondary_above;
  for (const auto& [serial, other] : link.server->links) {
    if (!other->upper || !other->standing()) continue;
    const auto& sender = other->upper->lower()->sender;
    if (find_in_path(hello.path, sender.server_id)) secondary_above = link::PathEntry{sender.server_id, sender.name};
  }
  apply(link, link.lower->hello(id, hello, secondary_above, local(*link.server)));
}

void World::hear_answer(Link& link, ConnectionId id, const std::string& bytes) {
  auto answer = link::decode_hello_answer(bytes);
  if (answer && std::holds_alternative<link::HelloAccepted>(*answer))
    read_key(std::get<link::HelloAccepted>(*answer), link.server->options);
  std::optional<std::string> held_by;
  if (answer && std::holds_alternative<link::HelloAccepted>(*answer)) {
    for (const auto& record : link.server->secondaries) {
      if (record.id != link.registration && record.server_id == std::get<link::HelloAccepted>(*answer).sender.server_id)
        held_by = record.name;
    }
  }
  apply(link, link.upper->hello_answered(id, std::move(answer), std::move(held_by), local(*link.server)));
}

// ---- Time and looking

void World::advance(Duration duration) {
  const auto until = now_ + duration;
  while (!queue_.empty() && queue_.begin()->first.first <= until) {
    auto next = queue_.extract(queue_.begin());
    now_ = std::max(now_, next.key().first);
    ++steps_;
    if (before_step) before_step(steps_);
    next.mapped()();
  }
  now_ = until;
}

Link* World::upper_link(std::string_view upper, std::string_view lower) {
  auto& here = server(upper);
  for (const auto& record : here.secondaries) {
    if (record.name != lower) continue;
    for (auto& [serial, link] : here.links) {
      if (link->upper && link->registration == record.id) return link.get();
    }
  }
  return nullptr;
}

Link* World::lower_link(std::string_view lower) {
  auto& here = server(lower);
  if (!here.primary) return nullptr;
  // An older one may still be taking its leave.
  for (auto at = here.links.rbegin(); at != here.links.rend(); ++at) {
    if (at->second->lower) return at->second.get();
  }
  return nullptr;
}

bool World::connected(std::string_view upper, std::string_view lower) {
  const auto *above = upper_link(upper, lower), *below = lower_link(lower);
  return above && below && above->status().state == hierarchy::LinkState::connected &&
         below->status().state == hierarchy::LinkState::connected && above->standing() == below->standing();
}

std::uint64_t World::dials(std::string_view dialler) const {
  const auto found = dials_.find(dialler);
  return found == dials_.end() ? 0 : found->second;
}

}  // namespace daikan::scenario
