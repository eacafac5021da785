// Where events are told to, besides the log: destinations and the rule of each. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "hierarchy/history.h"

namespace daikan::hierarchy {

using DestinationId = Id<struct DestinationTag>;

enum class DestinationKind : std::uint8_t { email, webhook, syslog };
std::string_view to_string(DestinationKind);
std::optional<DestinationKind> destination_kind_from_string(std::string_view);

/// How the bytes travel: email: plain, starttls, tls; webhook: plain (http), tls (https); syslog: udp, plain (TCP), tls.
enum class Transport : std::uint8_t { plain, starttls, tls, udp };
std::string_view to_string(Transport);
std::optional<Transport> transport_from_string(std::string_view);

struct Destination {
  DestinationId id;
  std::string name;
  DestinationKind kind = DestinationKind::email;
  Transport transport = Transport::tls;
  Endpoint endpoint;
  std::string path;         ///< webhook, with its query
  std::string fingerprint;  ///< Of the certificate; empty: the machine's authorities decide.
  std::string user;         ///< email
  std::string secret;       ///< email: password; webhook: key of the signature. Sealed in the database.
  std::string sender;       ///< email
  std::vector<std::string> recipients;
  Severity least = Severity::warning;
  std::vector<std::string> kinds;  ///< Only these; empty: all.
  TimePoint created_at;
  std::int64_t delivered_through = 0;  ///< Sequence of the last event that was delivered or did not concern it.
  std::optional<TimePoint> last_delivered_at;
  std::optional<TimePoint> failing_since;
  std::string last_error;
  std::int64_t revision = 1;  ///< Counts edits; the ETag.
};

/// Whether `event` is told to `destination`.
bool concerns(const Destination& destination, const Event& event);

}  // namespace daikan::hierarchy
