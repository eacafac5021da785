// What an end of a link wants done: the only way out of the state machines.
//
// Fields stand in the order in which they are carried out. A host that cannot carry one out (the database fails, the connection is gone)
// says so by closed(connection, error), and the state machine goes on from there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "hierarchy/history.h"
#include "link/messages.h"

namespace daikan::link {

/// One transport connection. The host numbers them, never the same number twice in one process; an event of a connection that an end
/// has already let go is ignored, so a dead connection's late news cannot hurt its successor.
enum class ConnectionId : std::uint64_t {};

/// What became of a peer's keys.
struct KeyChange {
  enum class What : std::uint8_t {
    announced,  ///< `certificate` is accepted beside the one that is registered.
    withdrawn,  ///< It is no longer.
    taken,      ///< The peer came with it: it is the registered one now, and the one before is not accepted any more.
    renewed,    ///< The same key in another certificate: what is shown of the peer changes, what is accepted does not.
  } what = What::announced;
  CertificateRecord certificate;
};

/// The keys of one connection.
struct Keys {
  Pin own;
  Pin peer;
  /// What the peer presented, where it is another certificate for the key that is registered; told once.
  std::optional<CertificateRecord> renewed = {};
};

/// What an accepted hello, or its answer, says of this server's own roll-over.
struct RollOverNews {
  Pin own;                       ///< The key this server made the connection with.
  std::optional<Pin> confirmed;  ///< The next key of this server that the peer accepts.
  enum class Peer : std::uint8_t { understands, does_not } peer = Peer::understands;
};

/// What a hello taught: for record_secondary_hello / record_primary_hello.
struct HelloFacts {
  ServerId server_id;
  std::string name;
  std::string software;
  TimePoint connected_at;
  std::vector<KeyChange> keys = {};  ///< In this order.
};

/// One line for the server's event log. Logged once per change, never per retry.
struct LinkEvent {
  hierarchy::Severity severity = hierarchy::Severity::info;
  /// link_connected, link_replaced, link_disconnected, link_refused, link_failed, secondary_left, removed_by_primary, leave_untold,
  /// clock_skew, peer_certificate_announced, peer_certificate_changed, peer_certificate_renewed
  std::string kind;
  std::string message;
};

struct Effects {
  struct SendHello {
    ConnectionId connection;
    Hello hello;
  };
  struct Reply {
    ConnectionId connection;
    HelloAnswer answer;
  };
  struct SendFarewell {
    ConnectionId connection;
    Farewell farewell;
  };
  struct Close {
    ConnectionId connection;
    Error reason;
  };

  /// 1. Commit this before anything below leaves the process and before status() is shown as it now is.
  std::optional<HelloFacts> store;
  /// 1. The peer said that it ended the link: for record_secondary_ended / record_primary_ended, so that a restart does not forget it.
  std::optional<TimePoint> ended;

  /// 2. Upper: POST it; its outcome comes back as hello_answered(). Failing to send is an outcome too.
  std::optional<SendHello> hello;
  /// 2. Lower: the answer to the hello just handed in. Present after every hello(), whatever became of the connection.
  std::optional<Reply> reply;
  /// 2. Upper: POST it; wait for its answer at most limits::kFarewellTime, then carry out the close of the same connection.
  std::optional<SendFarewell> farewell;

  /// 3. End these connections, each after what step 2 sends on it has left (HTTP/2: GOAWAY with grace). The end has forgotten them
  /// already: closed() need not be reported for them, and is ignored if it is.
  std::vector<Close> close;

  /// 4. Start a dial now. A dial still in progress is cancelled first and reports nothing.
  bool dial = false;

  /// 5. At any time after 1. The events belong to this link.
  std::vector<LinkEvent> events;
  /// 5. Present after every accepted hello.
  std::optional<RollOverNews> roll_over;
  /// 5. Lower: this server's ancestors are these now (root first, ending with the primary; empty: this server is a root). Hand a Self with
  /// them to every own upper end.
  std::optional<ServerPath> path_changed;
};

}  // namespace daikan::link
