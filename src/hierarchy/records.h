// The nouns of the hierarchy: groups, registered secondaries, this server's primary, and the state of a link.
//
// Values only. `store` saves them, `server` changes them, `api` shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/certificate.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"

namespace daikan::hierarchy {

/// An administration group. The root group "Managed devices" has no parent, always exists and cannot be removed.
struct Group {
  GroupId id;
  std::optional<GroupId> parent;
  std::string name;
  std::int64_t revision = 1;  ///< Counts edits; the ETag.
};

inline constexpr std::string_view kRootGroupName = "Managed devices";

enum class Direction : std::uint8_t {
  secondary_dials,  ///< Ways 1 and 2.
  primary_dials,    ///< Way 3: the secondary stands in a DMZ.
};

enum class LinkState : std::uint8_t { never_connected, connecting, connected, disconnected, refused };

std::string_view to_string(Direction);
std::string_view to_string(LinkState);
std::optional<Direction> direction_from_string(std::string_view);

/// A secondary as its primary registered it. `server_id` is empty until the secondary said hello (way 2) or was asked (way 1).
struct SecondaryRecord {
  RegistrationId id;
  std::string name;
  GroupId group;
  Direction direction = Direction::secondary_dials;
  std::optional<Endpoint>
      address;                 ///< Mandatory when the primary dials; otherwise the console address it was added with, for people to read.
  std::optional<Proxy> proxy;  ///< Only when the primary dials.
  CertificateRecord certificate;
  std::optional<ServerId> server_id;
  std::string version;  ///< As told in its last hello; empty before.
  TimePoint created_at;
  std::optional<TimePoint> last_connected_at;
  std::optional<TimePoint> ended_at = std::nullopt;  ///< When it said that it has left; nothing again after its next accepted hello.
  std::int64_t revision = 1;                         ///< Counts edits; the ETag.
};

/// Who this server's primary is, as its own administrator said. At most one.
struct PrimaryRecord {
  Direction direction = Direction::secondary_dials;
  std::optional<Endpoint> address;  ///< Mandatory when this secondary dials; absent when it waits for the primary (DMZ).
  std::optional<Proxy> proxy;
  CertificateRecord certificate;
  std::optional<ServerId> server_id;  ///< Known after the first hello.
  std::string name;                   ///< As told in its last hello; empty before.
  std::string version;
  TimePoint created_at;
  std::optional<TimePoint> last_connected_at;
  std::optional<TimePoint> ended_at = std::nullopt;  ///< When it said that it removed this server; nothing after its next accepted hello.
  std::int64_t revision = 1;
};

/// The live state of one link, in memory only; joining.md section 5.
struct LinkStatus {
  LinkState state = LinkState::never_connected;
  TimePoint since;                        ///< When `state` was entered.
  std::optional<Error> reason;            ///< Why it is disconnected or refused; the last failure while connecting.
  std::optional<Duration> round_trip;     ///< Of the last PING.
  std::optional<Duration> clock_skew;     ///< The peer's clock minus ours, as told in the hello. Reported, never trusted.
  std::string peer_address;               ///< "ip:port" the live connection comes from or goes to.
  std::optional<TimePoint> next_attempt;  ///< When the dialling side tries again.
};

/// A server that dialled with a valid TLS handshake and a certificate nobody registered (joining.md section 3).
struct UnrecognisedRecord {
  CertificateRecord certificate;
  std::string source;  ///< IP address of the last attempt.
  TimePoint first_seen;
  TimePoint last_seen;
  std::int64_t attempts = 1;
  std::optional<TimePoint> ignored_at = std::nullopt;  ///< Since when an administrator does not want to see it.
};

}  // namespace daikan::hierarchy
