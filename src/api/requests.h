// From checked request fields to the values use cases take: addresses, proxies, certificates, ids, pages, revisions.
//
// Internal to this room; pure. Errors carry the field at fault.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "api/json.h"
#include "api/router.h"
#include "base/address.h"
#include "hierarchy/records.h"
#include "net/http.h"
#include "server/seen.h"

namespace daikan::api {

inline constexpr std::size_t kMaxAddressTextBytes = limits::kMaxAddressBytes + 19;  // brackets, zone, colon and port
inline constexpr std::size_t kMaxProxyUrlBytes = 512;
inline constexpr std::size_t kMaxPathBytes = limits::kMaxGroupDepth * (limits::kMaxNameBytes + 1);
inline constexpr std::size_t kMaxCertificateTextBytes = limits::kMaxCertificateFileBytes / 2 * 3;  // base64 or PEM of the largest file
inline constexpr std::size_t kMaxFingerprintBytes = 128;  // 95 with colons, and spaces a person typed
inline constexpr std::size_t kUuidBytes = 36;
inline constexpr std::string_view kDirections[] = {"secondary_dials", "primary_dials"};

/// Fields of ProxyRequest.
inline constexpr Field kProxyFields[] = {{.name = "url", .presence = Presence::required, .max_bytes = kMaxProxyUrlBytes},
                                         {.name = "password", .max_bytes = limits::kMaxPasswordBytes}};

/// Absent, null or empty: nothing.
Result<std::optional<Endpoint>> endpoint_of(const boost::json::object& body, std::string_view name, std::uint16_t default_port);
Result<std::optional<Proxy>> proxy_of(const boost::json::object& body, std::string_view name);
/// PEM stays as it is, anything else is base64 of DER (white space is skipped). Fails with certificate_unreadable.
Result<std::vector<std::uint8_t>> certificate_of(const boost::json::object& body, std::string_view name);
/// "AB:CD:…"; empty when absent. Fails with invalid_request.
Result<std::string> fingerprint_of(const boost::json::object& body, std::string_view name);
Result<std::optional<ServerId>> server_id_of(const boost::json::object& body, std::string_view name);
/// The default is secondary_dials.
hierarchy::Direction direction_of(const boost::json::object& body, std::string_view name);

/// A whole number in the query; `fallback` when absent. Fails with invalid_request.
struct Bounds {
  std::int64_t least;
  std::int64_t most;
};
Result<std::int64_t> number_of(const Target& target, std::string_view name, std::int64_t fallback, Bounds bounds);
/// A time in the query (base/time_text.h); nothing when absent. Fails with invalid_request.
Result<std::optional<TimePoint>> time_of(const Target& target, std::string_view name);
/// A text in the query of at most limits::kMaxFilterBytes; empty when absent. Fails with invalid_request.
Result<std::string> filter_text_of(const Target& target, std::string_view name);
/// The query's `limit`.
Result<unsigned> limit_of(const Target& target);

/// What If-Match (absent, "*", or a list of ETags) says the caller has seen.
server::Seen seen_of(const net::Headers& headers);
std::string etag_of(std::int64_t revision);

}  // namespace daikan::api
