// The running half of link_host: live connections, the ends they belong to, and the queue of ticks.
//
// Private to server/link_*.cpp. Everything here lives on the I/O thread. Coroutines hold a shared_ptr to the runtime and to the end or
// connection they work on; an end that was removed stays valid until the last of them is done.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "link/downstream.h"
#include "link/feed.h"
#include "link/lower_end.h"
#include "link/proof.h"
#include "link/upper_end.h"
#include "net/dialer.h"
#include "net/h2_connection.h"
#include "net/listener.h"
#include "server/detail/line.h"
#include "server/downstream.h"
#include "server/downstream_sets.h"
#include "server/link_host.h"
#include "server/link_sight.h"
#include "server/set_pace.h"
#include "store/tables_feed.h"

namespace daikan::server {

/// One transport connection of one link.
struct LinkConnection {
  link::ConnectionId id{};
  std::unique_ptr<net::H2Connection> h2;
  bool announced = false;  ///< The end knows of it (`connected` was called).
  link::Keys keys;
  bool feed_followed = false;  ///< Upper: its feed is read.
};
using LinkConnectionPtr = std::shared_ptr<LinkConnection>;

/// How the effects of one input were carried out; waited for by the answer to a hello.
struct Outcome {
  enum class State : std::uint8_t { pending, stored, failed } state = State::pending;
};
using OutcomePtr = std::shared_ptr<Outcome>;

struct PendingEffects {
  link::Effects effects;
  OutcomePtr outcome;  ///< Null: nobody waits.
};

/// What the runtime keeps for either end: the connections, the dial in progress and the next tick.
struct RunningEnd {
  virtual ~RunningEnd() = default;
  virtual link::Effects connected(const LinkConnection& connection, std::string address, TimePoint now) = 0;
  virtual link::Effects closed(link::ConnectionId id, Error reason, TimePoint now) = 0;
  virtual link::Effects dial_failed(Error reason, TimePoint now) = 0;
  virtual link::Effects tick(TimePoint now) = 0;
  virtual link::Effects retry_now(TimePoint now) = 0;
  virtual link::Effects renew(TimePoint now) = 0;
  virtual link::Effects stopped(TimePoint now) = 0;
  virtual void use(const link::BackoffBounds& bounds, TimePoint now) = 0;
  virtual std::optional<TimePoint> next_tick() const = 0;
  virtual std::optional<link::ConnectionId> standing() const = 0;
  virtual const hierarchy::LinkStatus& status() const = 0;
  /// Where to dial and whom to expect there.
  virtual net::DialTarget target() const = 0;
  virtual const Pin& pin() const = 0;
  virtual bool accepts(const Pin& pin) const = 0;  ///< That one, or one the peer announced.
  virtual void keys_not_stored(const std::vector<link::KeyChange>& keys) = 0;
  virtual const std::string& fingerprint() const = 0;
  virtual net::H2Role role() const = 0;
  virtual std::optional<RegistrationId> registration() const = 0;
  /// For the link doctor: everything but what this server is.
  virtual LinkSight sight() const = 0;
  virtual link::Effects hello_again(TimePoint now) = 0;
  virtual bool awaits_hello() const = 0;

  LinkConnectionPtr find(link::ConnectionId id) const {
    for (const auto& connection : connections) {
      if (connection->id == id) return connection;
    }
    return nullptr;
  }
  /// The connection that requests go over; null unless the link is up.
  LinkConnectionPtr standing_connection() const {
    const auto id = standing();
    return id ? find(*id) : nullptr;
  }

  std::vector<LinkConnectionPtr> connections;
  std::uint64_t dial_number = 0;  ///< The newest dial; an older one reports nothing.
  std::optional<TimePoint> queued_tick;
  std::vector<PendingEffects> pending;  ///< Effects of one end are carried out one after another.
  bool draining = false;
  unsigned connections_this_minute = 0;
  TimePoint minute;
  bool storing = false;            ///< What a hello told is on its way to the database: the link is not shown as connected yet.
  std::optional<Refusal> refused;  ///< The last connection that proved to be this peer and was closed all the same.
  std::optional<Error> unusable;   ///< Why it cannot be dialled at all (its proxy's password does not open).
};
using RunningEndPtr = std::shared_ptr<RunningEnd>;

struct UpperRunning;
struct LowerRunning;

/// What one secondary has of the database; those that want it at the same time share a transaction. The answer is set before `ready`.
struct DownstreamLook {
  net::Signal ready;
  DownstreamSets::Asked asked;
  std::optional<Result<std::optional<DownstreamSets::Update>>> answer = {};
};
/// That one confirmed a set, to be stored. The answer: whether it is behind all the same, because something else is wanted meanwhile.
struct DownstreamConfirmation {
  net::Signal ready;
  RegistrationId id;
  hierarchy::ConfirmedSet confirmed;
  std::shared_ptr<const link::WantedSet> wanted;
  enum class After : std::uint8_t { even, behind };
  std::optional<Result<After>> answer = {};
};
/// What came up from one secondary, to be stored.
struct FeedArrival {
  net::Signal ready;
  std::string name;                   ///< Of the secondary.
  store::ArrivedFeed feed = {};       ///< Taken from here when it is stored.
  link::FeedUpper::Batch batch = {};  ///< Without its records.
  std::optional<Result<Done>> answer = {};
  bool ends_snapshot() const { return batch.of == link::FeedUpper::Batch::Of::snapshot_end; }
};
template <class Item>
struct Gathered {
  std::vector<std::shared_ptr<Item>> waiting = {};
  bool busy = false;  ///< Somebody takes them; while one transaction is under way, the next ones gather.
};

struct LinkHost::State : std::enable_shared_from_this<LinkHost::State> {
  State(Storage& storage_, History& history_, const net::Identity& identity_, Facts& facts_, const Sealing& sealing_);

  // link_host.cpp: ends and their ticks.
  void keep(const std::shared_ptr<UpperRunning>& upper);
  void add_secondary(const hierarchy::SecondaryRecord& record);
  void add_primary(const hierarchy::PrimaryRecord& record);
  /// The lower end has nothing more to do: out of every list, its connections closed.
  void drop(const std::shared_ptr<LowerRunning>& ended);
  /// The administrator ended the link to the primary: the end tells it, beside a new primary if there is one.
  void leave_primary();
  void begin(const RunningEndPtr& end, link::Effects effects);
  /// Has `effects` carried out after those of earlier inputs to the same end; returns at once. `outcome` is set once it is known.
  void act(const RunningEndPtr& end, link::Effects effects, OutcomePtr outcome = nullptr);
  void queue_tick(const RunningEndPtr& end);
  awaitable<> run_ticks();
  link::SelfPtr make_self() const;
  void self_changed();
  RunningEndPtr end_of(const Pin& pin) const;
  RunningEndPtr find(const RunningEnd* end) const;
  /// The lower end that this connection belongs to, leaving ones included; null when it has gone.
  std::shared_ptr<LowerRunning> lower_of(link::ConnectionId connection) const;
  std::uint64_t seed() { return random(); }
  awaitable<> renew_links();

  // link_keys.cpp: keys that are announced and changed.
  void sign(std::optional<link::NextIdentity>& next, const LinkConnection& connection, link::Says says) const;
  /// Reads and checks what a peer announces. Fails with protocol_error when it did not prove the key; a key that is somebody else's already
  /// is left out.
  Result<> read_next(std::optional<link::NextIdentity>& next, const RunningEnd& end, link::ConnectionId id, link::Says says) const;
  static void store_keys(store::Transaction& transaction, const std::optional<RegistrationId>& peer, const link::HelloFacts& facts);
  void take_keys(const RunningEndPtr& end, const std::vector<link::KeyChange>& keys);

  // link_effects.cpp: Effects, in their order.
  awaitable<> drain(RunningEndPtr end);
  awaitable<Outcome::State> carry_out(RunningEndPtr end, link::Effects effects);
  awaitable<> store_ended(RunningEndPtr end, TimePoint at);
  awaitable<bool> store_facts(RunningEndPtr end, link::HelloFacts facts);
  awaitable<> send_hello(RunningEndPtr end, link::Effects::SendHello hello);
  awaitable<> send_farewell(RunningEndPtr end, link::Effects::SendFarewell farewell);
  void log_events(const RunningEndPtr& end, std::vector<link::LinkEvent> events);
  awaitable<> append_events(std::vector<hierarchy::Event> lines);
  void hello_answered(const std::shared_ptr<UpperRunning>& upper, link::ConnectionId id, Result<link::HelloAnswer> answer);

  // link_connections.cpp: how connections come to be and end.
  Result<> make_contexts();
  bool knows(const Pin& pin) const { return end_of(pin) != nullptr || is_guest(pin); }
  bool is_guest(const Pin& pin) const { return guests.knows && guests.knows(pin); }
  awaitable<> serve(std::unique_ptr<net::TlsStream> stream);
  LinkConnectionPtr open_connection(RunningEnd& end, std::unique_ptr<net::TlsStream> stream);
  awaitable<> run_connection(RunningEndPtr end, LinkConnectionPtr connection, std::optional<std::uint64_t> dial_of);
  void ended(const RunningEndPtr& end, const LinkConnection& connection, std::optional<std::uint64_t> dial_of, Error reason);
  awaitable<> announce(RunningEndPtr end, LinkConnectionPtr connection);
  awaitable<> dial(RunningEndPtr end, std::uint64_t number);
  /// A dial's failure in the words of the side that dials. `met` is the fingerprint of the certificate that came, empty when none did.
  Error worded(Error error, const RunningEnd& end, const std::string& met = {}) const;
  void refused(const Error& error, const net::TlsStream& stream);
  awaitable<> note_unrecognised(hierarchy::UnrecognisedRecord record);
  bool may_note(const std::string& source);
  static bool too_often(RunningEnd& end);

  // link_checks.cpp: what the link doctor asks.
  RunningEndPtr end_of(const std::optional<RegistrationId>& id) const;
  awaitable<CheckDial> dial_once(RunningEndPtr end);

  // link_requests.cpp: what the primary asks of us.
  awaitable<net::Response> answer(link::ConnectionId connection, net::Request request);
  awaitable<net::Response> answer_hello(link::ConnectionId connection, std::string body);
  awaitable<net::Response> answer_farewell(link::ConnectionId connection, std::string body);
  awaitable<net::Response> answer_relay(net::Request request);

  // link_feed.cpp: the feed, both ends of it.
  /// Reads the feed of a secondary whose link stands, once for each connection.
  void follow_feed(const RunningEndPtr& end);
  awaitable<> read_feeds(std::shared_ptr<UpperRunning> upper, LinkConnectionPtr connection);
  /// Until it ends; returns why.
  awaitable<Error> read_feed(std::shared_ptr<UpperRunning> upper, LinkConnectionPtr connection);
  awaitable<Result<>> store_feed(std::shared_ptr<UpperRunning> upper, link::FeedUpper& feed, std::int64_t snapshot);
  awaitable<Result<>> confirm_feed(LinkConnectionPtr connection, hierarchy::FeedCursor cursor);
  awaitable<net::Response> answer_feed(net::Request request);
  awaitable<net::Response> answer_feed_confirmed(net::Request request);
  /// Says what this server is and how its secondaries are, whenever that changes.
  awaitable<> tell_status();
  // link_downstream.cpp: what secondaries inherit, and what this server does.
  awaitable<> watch_downstream();
  awaitable<> refresh_downstream();
  /// Unless it runs already, or what failed is not due again.
  void begin_bringing(const store::BehindDownstream& behind);
  awaitable<> bring_down(std::shared_ptr<UpperRunning> upper, SetPace::Attempt attempt);
  awaitable<Result<bool>> bring_down_once(std::shared_ptr<UpperRunning> upper);
  awaitable<Result<link::DownstreamAnswer>> exchange(LinkConnectionPtr connection, std::string update);
  // link_gathered.cpp: what many of them want of the database, together.
  awaitable<Result<std::optional<DownstreamSets::Update>>> next_update(DownstreamSets::Asked asked);
  awaitable<> look_for_updates();
  /// Whether the secondary is behind all the same.
  awaitable<Result<bool>> note_confirmed(RegistrationId id, hierarchy::ConfirmedSet confirmed,
                                         std::shared_ptr<const link::WantedSet> wanted);
  awaitable<> store_confirmations();
  awaitable<Result<>> store_arrival(std::shared_ptr<FeedArrival> arrival);
  awaitable<> store_arrivals();
  awaitable<> note_failure(std::shared_ptr<UpperRunning> upper, Error error);
  awaitable<net::Response> answer_downstream(std::shared_ptr<LowerRunning> end, std::string body);
  awaitable<> load_progress();

  Storage& storage;
  History& history;
  const net::Identity& identity;
  Facts& facts;
  const Sealing& sealing;
  net::Executor executor;
  net::TaskGroup tasks;
  net::Signal changed;
  net::Signal ticks_changed;
  net::Signal outcomes;  ///< Some Outcome was set.
  bool renamed = false;
  std::shared_ptr<net::TlsContext> listening;
  std::shared_ptr<net::TlsContext> dialling_primary;
  std::shared_ptr<net::TlsContext> dialling_secondary;
  std::unique_ptr<net::Listener> listener;
  RelayedHandler relayed;
  Guests guests;
  OwnKeys own_keys;
  Downstream downstream;
  DownstreamSets downstream_sets{downstream};
  Gathered<DownstreamLook> looks;
  Gathered<DownstreamConfirmation> confirmations;
  Gathered<FeedArrival> arrivals;
  std::string downstream_stamp = {};         ///< At the last look at what secondaries should inherit.
  net::SteadyTime downstream_look_due = {};  ///< Whatever the stamp says.
  Line sets_at_once;
  LinkPace pace;
  std::unordered_map<RegistrationId, std::shared_ptr<UpperRunning>> uppers;
  std::map<Pin, RegistrationId> by_pin;  ///< Registered keys and announced ones.
  std::unordered_map<ServerId, RegistrationId> by_server;
  std::shared_ptr<LowerRunning> lower;                 ///< Null: this server is a root.
  std::vector<std::shared_ptr<LowerRunning>> leaving;  ///< Former primaries that are still to be told, the oldest first; bounded.
  link::SelfPtr self;
  std::set<std::pair<TimePoint, RunningEnd*>> tick_queue;
  std::uint64_t next_connection = 1;
  std::mt19937_64 random;
  LinkHost::Counters counters;
  struct Attempts {
    TimePoint minute;
    unsigned count = 0;
  };
  std::map<std::string, Attempts> attempts;  ///< Per source_key, bounded.
  Attempts all_attempts;
  std::deque<Refusal> refusals;  ///< Newest first, at most limits::kMaxRefusalsKept.
  bool stopping = false;
};

/// A record of the database and the state machine that runs it.
template <class Record, class End>
struct RunningLink : RunningEnd {
  RunningLink(Record record_, link::Peer peer, link::SelfPtr self, std::uint64_t seed)
      : record(std::move(record_)), end(std::move(peer), std::move(self), seed) {}

  link::Effects connected(const LinkConnection& connection, std::string address, TimePoint now) override {
    return end.connected(connection.id, std::move(address), now, connection.keys);
  }
  link::Effects closed(link::ConnectionId id, Error reason, TimePoint now) override { return end.closed(id, std::move(reason), now); }
  link::Effects dial_failed(Error reason, TimePoint now) override { return end.dial_failed(std::move(reason), now); }
  link::Effects tick(TimePoint now) override { return end.tick(now); }
  link::Effects retry_now(TimePoint now) override { return end.retry_now(now); }
  link::Effects renew(TimePoint now) override { return end.renew(now); }
  link::Effects stopped(TimePoint now) override { return end.stopped(now); }
  void use(const link::BackoffBounds& bounds, TimePoint now) override { end.use(bounds, now); }
  std::optional<TimePoint> next_tick() const override { return end.next_tick(); }
  std::optional<link::ConnectionId> standing() const override { return end.standing(); }
  const hierarchy::LinkStatus& status() const override { return end.status(); }
  net::DialTarget target() const override { return {record.address.value_or(Endpoint{}), record.proxy}; }
  const Pin& pin() const override { return record.certificate.pin; }
  bool accepts(const Pin& pin) const override { return end.accepts(pin); }
  void keys_not_stored(const std::vector<link::KeyChange>& keys) override { end.keys_not_stored(keys, record.certificate); }
  const std::string& fingerprint() const override { return record.certificate.fingerprint; }
  LinkSight sight() const override;

  Record record;
  End end;
};

template <class Record, class End>
LinkSight RunningLink<Record, End>::sight() const {
  LinkSight sight;
  sight.direction = record.direction;
  sight.peer = record.name;
  sight.expected_fingerprint = record.certificate.fingerprint;
  sight.address = record.address;
  sight.proxy = record.proxy;
  if (sight.proxy) sight.proxy->user.clear();
  if (sight.proxy) sight.proxy->password.clear();
  sight.created_at = record.created_at;
  sight.last_connected_at = record.last_connected_at;
  sight.stands = end.standing().has_value();
  sight.refused_peer = refused;
  return sight;
}

struct UpperRunning final : RunningLink<hierarchy::SecondaryRecord, link::UpperEnd> {
  using RunningLink::RunningLink;
  net::H2Role role() const override { return net::H2Role::client; }
  std::optional<RegistrationId> registration() const override { return record.id; }
  /// What the lower end said it has applied, and whether the full set was asked for.
  link::DownstreamApplied told = {};
  std::optional<std::uint64_t> full_beyond = {};
  enum class Bringing : std::uint8_t { no, now, once_more } bringing = Bringing::no;
  SetPace set_pace;
  bool understands_policies() const;
  LinkSight sight() const override {
    auto sight = RunningLink::sight();
    sight.role = link::Role::upper;
    sight.we_dial = record.direction == hierarchy::Direction::primary_dials;
    if (end.lower()) sight.told = end.lower()->sender;
    return sight;
  }
  link::Effects hello_again(TimePoint now) override { return end.hello_again(now); }
  bool awaits_hello() const override { return end.awaits_hello(); }
};

struct LowerRunning final : RunningLink<hierarchy::PrimaryRecord, link::LowerEnd> {
  using RunningLink::RunningLink;
  net::H2Role role() const override { return net::H2Role::server; }
  std::optional<RegistrationId> registration() const override { return std::nullopt; }
  LinkSight sight() const override {
    auto sight = RunningLink::sight();
    sight.role = link::Role::lower;
    sight.we_dial = record.direction == hierarchy::Direction::secondary_dials;
    sight.path = end.ancestors();
    sight.told = end.upper();
    return sight;
  }
  link::Effects hello_again(TimePoint) override { return {}; }  // a lower end sends no request
  bool awaits_hello() const override { return false; }
};

}  // namespace daikan::server
