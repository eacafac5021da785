// Whole trees of servers in one process and in virtual time, made of the real rules and the real ends of links.
//
// The world plays what surrounds them: hosts (which carry out Effects), databases (records survive a crash, memory does not), the pin
// check, wires that are cut, slow or lose connections at any point, and clocks. Everything is deterministic by its seed.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "hierarchy/invitation.h"
#include "hierarchy/registration_rules.h"
#include "link/downstream.h"
#include "link/feed.h"
#include "link/lower_end.h"
#include "link/roll_over.h"
#include "link/upper_end.h"

namespace daikan::scenario {

using hierarchy::Direction;
using hierarchy::LinkStatus;

struct ServerOptions {
  std::string name = {};
  unsigned max_depth = 16;
  link::ProtocolRange protocol = link::kProtocol;
  std::string software = "daikan 0.1.0";
  Duration clock{0};                           ///< Its clock runs this much ahead.
  std::optional<std::string> same_id_as = {};  ///< Copied data folder.
  std::optional<std::string> same_key_as = {};
  bool old = false;  ///< Of a version that does not know of next identities.
};

enum class Rules : std::uint8_t { checked, unchecked };

/// What a connection carries; in order, and lost with the connection.
enum class Kind : std::uint8_t { hello, answer, farewell, update, verdict, feed_asked, feed, feed_confirmed, close };

struct Server;

/// What the host of an upper end remembers while it brings down what the secondary inherits.
struct Bringing {
  struct Sent {
    std::uint64_t exchange;
    link::ConnectionId connection;
    link::DownstreamUpdate update;
    hierarchy::InheritedSet wanted;
  };
  std::optional<Sent> sent;
  bool later = false;  ///< It is looked at again in a while.
  link::DownstreamApplied told;
  std::optional<std::uint64_t> full_beyond;
  std::optional<Error> failure;
};

/// What a server keeps of inherited objects; a backup holds it.
struct Flow {
  std::map<std::string, hierarchy::InheritedObject> own;  ///< By the word that the story has for it.
  hierarchy::AppliedSet applied;
  std::map<RegistrationId, hierarchy::ConfirmedSet> confirmed;
};

/// What a server keeps of what flows up (store/tables_feed.h); a backup holds it.
struct Feed {
  using Key = std::tuple<ServerId, std::string, std::string>;  ///< Origin, subject, kind.
  struct Told {
    hierarchy::FeedRecord record;
    std::optional<RegistrationId> via;
    std::uint64_t snapshot = 0;
  };
  hierarchy::FeedState state;
  std::deque<link::FeedItem> kept;
  std::map<Key, Told> states;
  std::map<std::pair<ServerId, std::uint64_t>, hierarchy::FeedRecord> happened;
  std::map<RegistrationId, hierarchy::FeedCursor> cursors;
  std::vector<std::uint64_t> gaps;  ///< How many records each resynchronisation has lost.
  std::size_t bound = 1'000'000;    ///< Records that nobody confirmed.
};

/// Upper: the feed that is read.
struct Following {
  link::ConnectionId connection;
  link::FeedUpper upper;
  link::FeedDecoder decoder;
  std::uint64_t snapshot;
};
/// Lower: how far it was sent.
struct Serving {
  link::ConnectionId connection;
  std::uint64_t epoch;
  std::uint64_t position;
};

/// One end of a link with what its host knows.
struct Link {
  std::uint64_t serial = 0;
  Server* server = nullptr;
  std::string target;  ///< The address: a server's name.
  RegistrationId registration;
  std::optional<link::UpperEnd> upper;
  std::optional<link::LowerEnd> lower;
  std::uint64_t dial = 0;   ///< The dial in progress or last made.
  std::uint64_t timer = 0;  ///< The tick that counts.
  Bringing bringing;        ///< Upper: what the secondary inherits is on its way.
  std::optional<Following> following;
  std::optional<Serving> serving;
  bool accepts(const Pin& pin) const { return upper ? upper->accepts(pin) : lower->accepts(pin); }
  const LinkStatus& status() const { return upper ? upper->status() : lower->status(); }
  std::optional<link::ConnectionId> standing() const { return upper ? upper->standing() : lower->standing(); }
};

struct Logged {
  TimePoint at;
  std::string about;
  link::LinkEvent event;
};

struct Server {
  std::string key;  ///< What the story calls it; options.name is what it calls itself.
  ServerOptions options;
  ServerId id;
  CertificateRecord certificate;
  std::vector<hierarchy::SecondaryRecord> secondaries;                   // stored
  std::optional<hierarchy::PrimaryRecord> primary;                       // stored
  std::vector<Logged> events;                                            // stored
  std::vector<hierarchy::InvitationRecord> invitations;                  // stored
  std::map<std::optional<RegistrationId>, CertificateRecord> announced;  // stored: next keys of peers
  link::RollOver roll_over;                                              // stored
  std::optional<CertificateRecord> next_key;                             // stored
  Flow flow;                                                             // stored
  Flow backup;                                                           // elsewhere
  Feed feed;                                                             // stored
  Feed feed_backup;                                                      // elsewhere
  std::map<RegistrationId, std::string> groups;                          // stored: of secondaries, when not the root group
  bool running = true;
  link::ServerPath ancestors;            // memory, as everything below
  std::optional<Result<>> join_outcome;  ///< Of the last join with an invitation.
  std::map<std::uint64_t, std::unique_ptr<Link>> links;
};

class World {
 public:
  explicit World(std::uint64_t seed) : jitter_(seed), seeds_(seed) {}

  void add_server(ServerOptions options);
  Server& server(std::string_view name);
  const std::map<std::string, std::unique_ptr<Server>, std::less<>>& servers() const { return servers_; }

  // Administrators.
  Result<> add_secondary(std::string_view upper, std::string_view lower, Direction direction, Rules rules = Rules::checked);
  Result<> set_primary(std::string_view lower, std::string_view upper, Direction direction, Rules rules = Rules::checked);
  void remove_secondary(std::string_view upper, std::string_view lower);
  void clear_primary(std::string_view lower);
  void rename(std::string_view name, std::string new_name);
  void move_address(std::string_view lower, std::string target);  ///< Edits the primary's address.
  void retry(std::string_view name);
  Result<> roll(std::string_view name);
  Result<> finish_roll(std::string_view name);
  Result<> cancel_roll(std::string_view name);
  void repin(std::string_view name, std::string_view peer);  ///< By certificate file.
  void invite(std::string_view upper, std::string_view file, Duration valid);
  void revoke(std::string_view file);
  void join(std::string_view lower, std::string_view file);
  void wipe(std::string_view name);  ///< Set up anew with its old key: another id, no records.

  // What flows down.
  enum class Inherited : std::uint8_t { removed, kept };
  void put_object(std::string_view owner, const std::string& object, const std::string& group,
                  const hierarchy::InheritedKind& kind = hierarchy::InheritedKind::policy);
  void drop_object(std::string_view owner, const std::string& object);
  void move_secondary(std::string_view upper, std::string_view lower, const std::string& group);
  void end_inheritance(std::string_view lower, Inherited inherited);  ///< Beside clear_primary().
  void back_up(std::string_view name);
  void restore(std::string_view name);  ///< What flows, as it was when it was backed up; with a restart.
  void replay(std::string_view lower);  ///< All updates that were ever sent to it come once more, the newest first.
  void upgrade(std::string_view name);  ///< An old version becomes a new one.
  /// What the primary computes for this secondary now.
  hierarchy::InheritedSet wanted(std::string_view upper, std::string_view lower);
  /// Empty when both ends agree on it; otherwise what is different.
  std::string disagreement(std::string_view upper, std::string_view lower);
  struct Traffic {
    std::uint64_t updates = 0;
    std::uint64_t full = 0;
    std::uint64_t objects = 0;
  };
  Traffic traffic(std::string_view lower) const;  ///< Sent to it so far.

  // What flows up.
  void have_feeds() { feeds_ = true; }  ///< Before any link is made. Without it nothing is said, so that other stories have fewer steps.
  void say(std::string_view name, hierarchy::FeedRecord record);                  ///< In its own name.
  void garble(std::string_view a, std::string_view b, bool doubles, bool swaps);  ///< The lower end sends its feed so, until mend().
  std::size_t heard(std::string_view name, const std::string& subject);           ///< How often this happened, by what it knows.
  std::string told(std::string_view name, std::string_view origin, const std::string& subject);  ///< "nothing", or the state.

  // Faults.
  void cut(std::string_view a, std::string_view b);
  void mend(std::string_view a, std::string_view b);
  void mend_all();
  void slow(std::string_view a, std::string_view b, Duration delay);
  void reset(std::string_view a, std::string_view b);  ///< Every connection between them is torn.
  void crash(std::string_view name);                   ///< Memory lost, records kept.
  void start(std::string_view name);

  // Time.
  void advance(Duration duration);
  TimePoint now() const { return now_; }
  std::uint64_t steps() const { return steps_; }
  /// Called before each thing that happens, with its number.
  std::function<void(std::uint64_t)> before_step;

  // Looking.
  Link* upper_link(std::string_view upper, std::string_view lower);
  Link* lower_link(std::string_view lower);
  /// Both ends show connected, over one and the same connection.
  bool connected(std::string_view upper, std::string_view lower);
  std::uint64_t dials(std::string_view dialler) const;
  hierarchy::InvitationRecord* invitation(std::string_view file);

 private:
  struct File {
    std::string upper;
    Pin key;
    Pin primary;
  };
  /// One connection that is made with the key of an invitation.
  struct Visit {
    Server* upper;
    Server* lower;
    File file;
    bool dead = false;
  };
  using VisitPtr = std::shared_ptr<Visit>;
  struct End {
    Server* server = nullptr;
    std::uint64_t link = 0;
    bool open = true;
    TimePoint last_delivery;
  };
  struct Wire {
    bool up = true;
    Duration delay = std::chrono::milliseconds(5);
    bool doubles = false, swaps = false;  ///< The frames of a feed.
    std::optional<std::string> held = {};
  };
  struct Connection {
    End ends[2];
    bool dead = false;
  };
  struct Dialled {
    Server* from = nullptr;
    std::uint64_t link;
    std::uint64_t dial;
    Pin own;  ///< The dialler's key.
  };

  void at(TimePoint when, std::function<void()> what) { queue_.emplace(std::pair{when, ++order_}, std::move(what)); }
  static link::Effects closed(Link& link, link::ConnectionId id, const Error& reason, TimePoint now);
  TimePoint local(const Server& server) const { return now_ + server.options.clock; }
  Wire& wire(std::string_view a, std::string_view b);
  link::SelfPtr self_of(const Server& server) const;
  static Link* find(Server& server, std::uint64_t link);
  Link& open_link(Server& server, const std::string& target);
  void open_upper(Server& server, const hierarchy::SecondaryRecord& record);
  void open_lower(Server& server);
  hierarchy::Surroundings surroundings(const Server& server) const;

  void apply(Link& link, link::Effects effects);
  void store(Link& link, const link::HelloFacts& facts);
  void store_ended(Link& link, TimePoint when);
  void leave_former(Server& here, const Pin& next);
  void spread(Server& server);
  void arm(Link& link);
  void dial(Link& link);
  void arrive(const Dialled& dialled);
  void dial_failed(const Dialled& dialled, const Error& reason, Duration after);
  Link* accepting(Server& target, const Link& from);
  void connect(const Dialled& dialled, Link& accepting_link, Duration delay);
  void send(link::ConnectionId id, const Link& from, Kind kind, std::string bytes);
  void deliver(link::ConnectionId id, int to, Kind kind, const std::string& bytes);
  void hear(Link& link, link::ConnectionId id, Kind kind, const std::string& bytes);
  void hear_hello(Link& link, link::ConnectionId id, const std::string& bytes);
  void hear_answer(Link& link, link::ConnectionId id, const std::string& bytes);
  bool between(const Connection& connection, std::string_view a, std::string_view b) const;
  void kill(link::ConnectionId id, Connection& connection, const Error& reason, Duration longest);

  hierarchy::InheritedSet wanted(const Server& here, const RegistrationId& id) const;
  void flow_changed(Server& here);
  void bring_down(Link& link);
  void bring_later(Link& link);
  void heard_progress(Link& link);
  static void tell_progress(Link& link);
  void hear_update(Link& link, link::ConnectionId id, const std::string& bytes);
  void hear_verdict(Link& link, const std::string& bytes);
  static link::DownstreamAnswer take(Server& here, const link::DownstreamUpdate& update);
  void append(Server& here, const hierarchy::FeedRecord& record);
  void end_snapshot(Server& here, const RegistrationId& via, std::uint64_t snapshot);
  void another_feed(Server& here);
  void forget_feed(Server& here, const RegistrationId& via);
  void follow(Link& link);
  void follow_later(Link& link);
  void hear_feed(Link& link, link::ConnectionId id, const std::string& bytes);
  void store_batch(Server& here, const RegistrationId& via, const link::FeedUpper::Batch& batch, std::uint64_t snapshot);
  void hear_feed_asked(Link& link, link::ConnectionId id, const std::string& bytes);
  static void hear_feed_confirmed(Link& link, const std::string& bytes);
  void serve(Server& here);
  void mark_later(Link& link);
  std::vector<std::string> garbled(Wire& line, std::string bytes);
  CertificateRecord made_certificate();
  void store_keys(Link& link, const std::vector<link::KeyChange>& keys);
  void carry_out(Server& server, const link::RollOver::Step& step);
  void renew(Server& server);
  void lose_visits(std::string_view a, std::string_view b = {});
  void carry(const VisitPtr& visit, std::function<void()> step);
  void visit_arrives(Visit& arriving, const VisitPtr& visit);
  void claim(const VisitPtr& visit, const std::string& asked);
  void admit(const VisitPtr& visit, const std::string& told);
  void tell(const VisitPtr& visit, const link::ClaimOutcome& outcome);
  static hierarchy::InvitationRecord* invitation_of(Server& upper, const Pin& key);

  std::map<std::string, std::unique_ptr<Server>, std::less<>> servers_;
  std::map<std::string, File, std::less<>> files_;
  std::vector<VisitPtr> visits_;
  std::map<std::pair<std::string, std::string>, Wire> wires_;
  std::map<link::ConnectionId, Connection> connections_;
  std::map<std::pair<TimePoint, std::uint64_t>, std::function<void()>> queue_;
  std::map<std::string, std::uint64_t, std::less<>> dials_;
  std::map<std::string, std::vector<std::string>, std::less<>> updates_;  ///< Ever sent, by the secondary they were for.
  TimePoint now_ = from_micros(1'790'000'000'000'000);
  std::uint64_t order_ = 0, serial_ = 0, steps_ = 0, next_connection_ = 0, next_id_ = 0, exchanges_ = 0, edits_ = 0, frames_ = 0;
  bool feeds_ = false;
  link::Jitter jitter_;
  std::uint64_t seeds_;
};

}  // namespace daikan::scenario
