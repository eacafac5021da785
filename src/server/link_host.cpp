#include "server/link_host.h"

#include <random>

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "base/limits_downstream.h"
#include "server/detail/link_runtime.h"
#include "store/tables.h"
#include "store/tables_keys.h"

namespace daikan::server {
namespace {

/// How far the wall clock may step back before every wait that was planned with it is planned anew.
constexpr Duration kClockStep = std::chrono::seconds(5);

struct Loaded {
  std::vector<hierarchy::SecondaryRecord> secondaries;
  std::optional<hierarchy::PrimaryRecord> primary;
  std::map<store::PeerKey, CertificateRecord> announced;
};

template <class Record>
link::Peer peer_with(const Record& record, const Loaded& loaded, const store::PeerKey& key) {
  auto peer = link::peer_of(record);
  if (const auto next = loaded.announced.find(key); next != loaded.announced.end()) peer.announced = next->second;
  return peer;
}

}  // namespace

LinkHost::State::State(Storage& storage_, History& history_, const net::Identity& identity_, Facts& facts_, const Sealing& sealing_)
    : storage(storage_),
      history(history_),
      identity(identity_),
      facts(facts_),
      sealing(sealing_),
      executor(storage_.executor()),
      tasks(executor),
      changed(executor),
      ticks_changed(executor),
      outcomes(executor),
      sets_at_once(executor, limits::kMaxSetsAtOnce),
      random(std::random_device{}()) {
  self = make_self();
  downstream.introduce(facts.id, facts.name);
}

link::SelfPtr LinkHost::State::make_self() const {
  auto made = std::make_shared<link::Self>();
  made->id = facts.id;
  made->name = facts.name;
  made->software = "daikan " + facts.version;
  made->max_depth = facts.max_depth;
  if (lower) made->ancestors = lower->end.ancestors();
  made->capabilities = {std::string(link::kNextIdentity), std::string(link::kFeed), std::string(link::kDownstream)};
  const auto* announced = own_keys.announced ? own_keys.announced() : nullptr;
  made->certificate = announced != nullptr ? announced->certificate() : identity.certificate();
  return made;
}

void LinkHost::State::self_changed() {
  self = make_self();
  if (lower) act(lower, lower->end.self_changed(self, now()));
  for (const auto& [id, upper] : uppers) act(upper, upper->end.self_changed(self, now()));
}

RunningEndPtr LinkHost::State::end_of(const Pin& pin) const {
  if (const auto found = by_pin.find(pin); found != by_pin.end()) return uppers.at(found->second);
  if (lower && lower->accepts(pin)) return lower;
  for (const auto& former : leaving) {
    if (former->accepts(pin)) return former;
  }
  return nullptr;
}

RunningEndPtr LinkHost::State::find(const RunningEnd* end) const {
  if (const auto registration = end->registration()) return uppers.at(*registration);
  if (lower.get() == end) return lower;
  for (const auto& former : leaving) {
    if (former.get() == end) return former;
  }
  return nullptr;
}

void LinkHost::State::keep(const std::shared_ptr<UpperRunning>& upper) {
  by_pin[upper->pin()] = upper->record.id;
  if (const auto& announced = upper->end.peer().announced) by_pin.emplace(announced->pin, upper->record.id);
  if (upper->record.server_id) by_server[*upper->record.server_id] = upper->record.id;
  uppers[upper->record.id] = upper;
}

void LinkHost::State::add_secondary(const hierarchy::SecondaryRecord& record) {
  auto upper = std::make_shared<UpperRunning>(record, link::peer_of(record), self, seed());
  keep(upper);
  begin(upper, upper->end.start(now()));
}

void LinkHost::State::add_primary(const hierarchy::PrimaryRecord& record) {
  lower = std::make_shared<LowerRunning>(record, link::peer_of(record), self, seed());
  begin(lower, lower->end.start(now()));
}

void LinkHost::State::begin(const RunningEndPtr& end, link::Effects effects) {
  end->use(pace.backoff, now());
  act(end, std::move(effects));
  changed.notify_all();
}

void LinkHost::State::act(const RunningEndPtr& end, link::Effects effects, OutcomePtr outcome) {
  queue_tick(end);
  if (effects.store) end->storing = true;
  end->pending.push_back({std::move(effects), std::move(outcome)});
  if (end->draining) return;
  end->draining = true;
  tasks.spawn(drain(end));
}

void LinkHost::State::queue_tick(const RunningEndPtr& end) {
  const auto next = end->next_tick();
  if (next == end->queued_tick) return;
  if (end->queued_tick) tick_queue.erase({*end->queued_tick, end.get()});
  end->queued_tick = next;
  if (!next) return;
  tick_queue.insert({*next, end.get()});
  if (tick_queue.begin()->second == end.get()) ticks_changed.notify_all();
}

awaitable<> LinkHost::State::run_ticks() {
  TimePoint last = now();
  while (!stopping) {
    const TimePoint present = now();
    if (present + kClockStep < last) {
      for (const auto& [id, upper] : uppers) act(upper, upper->retry_now(present));
      if (lower) act(lower, lower->retry_now(present));
    }
    last = present;
    while (!tick_queue.empty() && tick_queue.begin()->first <= present) {
      // The queue holds raw pointers; whoever drops an end takes it out of the queue first.
      const RunningEndPtr end = find(tick_queue.begin()->second);
      tick_queue.erase(tick_queue.begin());
      end->queued_tick.reset();
      act(end, end->tick(present));
    }
    auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    if (!tick_queue.empty()) until = std::min(until, std::chrono::steady_clock::now() + (tick_queue.begin()->first - present));
    co_await ticks_changed.wait(until);
  }
}

LinkHost::LinkHost(Storage& storage, History& history, const net::Identity& identity, Facts& facts, const Sealing& sealing)
    : state_(std::make_shared<State>(storage, history, identity, facts, sealing)) {}

LinkHost::~LinkHost() = default;

void LinkHost::set_own_keys(OwnKeys keys) {
  state_->own_keys = std::move(keys);
  state_->self = state_->make_self();
}

void LinkHost::set_guests(Guests guests) { state_->guests = std::move(guests); }

awaitable<Result<>> LinkHost::start(std::vector<Endpoint> endpoints, RelayedHandler relayed) {
  state_->relayed = std::move(relayed);
  auto contexts = state_->make_contexts();
  if (!contexts) co_return fail(std::move(contexts.error()));
  std::function<Result<Loaded>(store::Transaction&)> load = [](store::Transaction& transaction) -> Result<Loaded> {
    return Loaded{store::all_secondaries(transaction), store::find_primary(transaction), store::announced_keys(transaction)};
  };
  auto loaded = co_await state_->storage.read<Loaded>(std::move(load));
  if (!loaded) co_return fail(std::move(loaded.error()));

  State* state = state_.get();
  state->listener = std::make_unique<net::Listener>(
      state->executor, state->listening, [state](const Pin& pin, const CertificateRecord&) { return state->knows(pin); },
      net::ListenerLimits{limits::kMaxHandshakesInProgress, 0, 0});
  auto started = state->listener->start(
      endpoints, [state](std::unique_ptr<net::TlsStream> stream) { return state->serve(std::move(stream)); },
      [state](const Error& error, const net::TlsStream& stream) { state->refused(error, stream); });
  if (!started) co_return fail(std::move(started.error()));

  const auto open = [state](const RunningEndPtr& end, std::optional<Proxy>& proxy, std::string_view whose) {
    auto opened = open_proxy(state->sealing, proxy, whose);
    if (opened) {
      proxy = std::move(*opened);
    } else {
      end->unusable = std::move(opened.error());
    }
  };
  if (loaded->primary) {
    auto peer = peer_with(*loaded->primary, *loaded, std::nullopt);
    state->lower = std::make_shared<LowerRunning>(std::move(*loaded->primary), std::move(peer), state->self, state->seed());
    open(state->lower, state->lower->record.proxy, "the primary Administration Server");
  }
  for (auto& record : loaded->secondaries) {
    auto peer = peer_with(record, *loaded, record.id);
    auto upper = std::make_shared<UpperRunning>(std::move(record), std::move(peer), state->self, state->seed());
    open(upper, upper->record.proxy, "the secondary Administration Server “" + upper->record.name + "”");
    state->keep(upper);
  }
  co_await state->load_progress();
  if (state->lower) state->begin(state->lower, state->lower->end.start(now()));
  for (const auto& [id, upper] : state->uppers) state->begin(upper, upper->end.start(now()));
  state->tasks.spawn(state->run_ticks());
  state->tasks.spawn(state->tell_status());
  state->tasks.spawn(state->watch_downstream());
  co_return Result<>{};
}

awaitable<> LinkHost::stop() {
  State* state = state_.get();
  state->stopping = true;
  const Error reason(Code::closed, "This Administration Server is stopping.", "It connects again when it is back.");
  std::vector<RunningEndPtr> ends;
  for (const auto& [id, upper] : state->uppers) ends.push_back(upper);
  if (state->lower) ends.push_back(state->lower);
  ends.insert(ends.end(), state->leaving.begin(), state->leaving.end());
  for (const auto& end : ends) {
    end->stopped(now());
    for (const auto& connection : end->connections) connection->h2->close(reason, std::chrono::milliseconds(200));
  }
  if (state->listener) co_await state->listener->stop();
  state->tasks.cancel();
  co_await state->tasks.join();
}

std::vector<Endpoint> LinkHost::endpoints() const { return state_->listener ? state_->listener->endpoints() : std::vector<Endpoint>{}; }

void LinkHost::secondary_added(const hierarchy::SecondaryRecord& record) {
  // Before its first hello can be heard.
  if (state_->own_keys.added) state_->own_keys.added(record.id);
  state_->add_secondary(record);
}

void LinkHost::secondary_removed(RegistrationId id) {
  const auto found = state_->uppers.find(id);
  if (found == state_->uppers.end()) return;
  const auto upper = found->second;
  std::erase_if(state_->by_pin, [id](const auto& entry) { return entry.second == id; });
  if (upper->record.server_id) state_->by_server.erase(*upper->record.server_id);
  if (upper->queued_tick) state_->tick_queue.erase({*upper->queued_tick, upper.get()});
  upper->queued_tick.reset();
  upper->dial_number++;
  auto effects = upper->end.removed(now());
  state_->uppers.erase(found);
  state_->act(upper, std::move(effects));
  state_->changed.notify_all();
  if (state_->own_keys.removed) state_->own_keys.removed(id);
}

void LinkHost::server_renamed() {
  state_->self_changed();
  state_->renamed = true;
  state_->changed.notify_all();
}

void LinkHost::set_pace(const LinkPace& pace) {
  state_->pace = pace;
  std::vector<RunningEndPtr> ends(state_->leaving.begin(), state_->leaving.end());
  for (const auto& [id, upper] : state_->uppers) ends.push_back(upper);
  if (state_->lower) ends.push_back(state_->lower);
  for (const auto& end : ends) {
    end->use(pace.backoff, now());
    state_->queue_tick(end);
    for (const auto& connection : end->connections) connection->h2->set_liveness(pace.ping_after_idle, pace.ping_answer);
  }
  state_->changed.notify_all();
}

void LinkHost::identity_changed() {
  if (auto made = state_->make_contexts(); !made) {
    spdlog::error("link: the new certificate cannot be used: {}", made.error().text());
    return;
  }
  if (state_->listener) state_->listener->use(state_->listening);
  state_->self_changed();
}

void LinkHost::announcement_changed() { state_->self_changed(); }

void LinkHost::renew_links() { state_->tasks.spawn(state_->renew_links()); }

awaitable<> LinkHost::State::renew_links() {
  std::vector<RunningEndPtr> ends;
  for (const auto& [id, upper] : uppers) ends.push_back(upper);
  if (lower) ends.push_back(lower);
  for (const auto& end : ends) {
    if (stopping) co_return;
    const auto standing = end->standing_connection();
    if (standing && standing->keys.own != identity.certificate().pin) act(end, end->renew(now()));
    const bool on = co_await net::sleep_for(limits::kRollOverPause);
    if (!on) co_return;
  }
}

namespace {

hierarchy::LinkStatus shown(const RunningEnd& end) {
  auto status = end.status();
  if (end.storing && status.state == hierarchy::LinkState::connected) status.state = hierarchy::LinkState::connecting;
  if (const auto connection = end.standing_connection()) status.round_trip = connection->h2->round_trip();
  return status;
}

}  // namespace

hierarchy::LinkStatus LinkHost::status(RegistrationId id) const {
  const auto found = state_->uppers.find(id);
  return found == state_->uppers.end() ? hierarchy::LinkStatus{} : shown(*found->second);
}

std::optional<hierarchy::LinkStatus> LinkHost::primary_status() const {
  if (!state_->lower) return std::nullopt;
  return shown(*state_->lower);
}

hierarchy::ServerPath LinkHost::ancestors() const { return state_->lower ? state_->lower->end.ancestors() : hierarchy::ServerPath{}; }

std::optional<RegistrationId> LinkHost::resolve(std::string_view id) const {
  if (const auto registration = RegistrationId::parse(id); registration && state_->uppers.contains(*registration)) return registration;
  const auto server = ServerId::parse(id);
  if (!server) return std::nullopt;
  const auto found = state_->by_server.find(*server);
  return found == state_->by_server.end() ? std::nullopt : std::optional(found->second);
}

Downstream& LinkHost::downstream() { return state_->downstream; }
const Downstream& LinkHost::downstream() const { return state_->downstream; }

bool LinkHost::understands_policies(RegistrationId id) const {
  const auto found = state_->uppers.find(id);
  return found != state_->uppers.end() && (!found->second->end.lower() || found->second->understands_policies());
}

awaitable<> LinkHost::wait_for_change(net::SteadyTime until) { co_await state_->changed.wait(until); }

LinkHost::Counters LinkHost::counters() const {
  auto counters = state_->counters;
  for (const auto& [id, upper] : state_->uppers) counters.links_up += upper->end.standing() ? 1 : 0;
  return counters;
}

}  // namespace daikan::server
