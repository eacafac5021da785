// What the two ends say to each other, as our own values, and their bytes (spec/link.proto).
//
// Knows the encoding and its bounds, nothing of order or meaning. Protobuf stays in messages.cpp. Called by server/link_host for every
// message that comes or goes. Invariant: a decoded value is within the bounds of docs/protocol.md; nothing behind it checks them again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/certificate.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "hierarchy/server_path.h"

namespace daikan::link {

using hierarchy::PathEntry;
using hierarchy::ServerPath;

// The link's HTTP interface.
inline constexpr std::string_view kHelloPath = "/link/v1/hello";
inline constexpr std::string_view kFarewellPath = "/link/v1/farewell";
inline constexpr std::string_view kClaimPath = "/link/v1/invitation/claim";
inline constexpr std::string_view kOutcomePath = "/link/v1/invitation/outcome";
inline constexpr std::string_view kRelayPrefix = "/link/v1/relay";  ///< Followed by the console API's path behind "/api/v1".
inline constexpr std::string_view kMediaType = "application/x-protobuf";

/// Versions of the protocol a server speaks; both ends use the highest they share.
struct ProtocolRange {
  std::uint32_t min = 1;
  std::uint32_t max = 1;
  friend bool operator==(const ProtocolRange&, const ProtocolRange&) = default;
};
inline constexpr ProtocolRange kProtocol{1, 1};

/// The capability of those that read and say next identities; others ignore the fields.
inline constexpr std::string_view kNextIdentity = "next_identity";

/// A key that a peer will use, or uses already on newer connections.
struct NextIdentity {
  CertificateRecord certificate;  ///< decode() fills in the DER alone; the host reads pin and fingerprint and checks the signature.
  std::vector<std::uint8_t> signature;
  friend bool operator==(const NextIdentity& a, const NextIdentity& b) {
    return a.certificate.der == b.certificate.der && a.signature == b.signature;
  }
};

/// What each end tells of itself.
struct Introduction {
  ServerId server_id;
  std::string name;
  std::string software;  ///< "daikan 0.1.0"
  ProtocolRange protocol = kProtocol;
  std::vector<std::string> capabilities;
  unsigned max_depth = 0;  ///< Levels of servers it allows, 1 to limits::kHighestMaxDepth.
  TimePoint time;          ///< The sender's clock. Reported, never trusted.
  friend bool operator==(const Introduction&, const Introduction&) = default;
};

/// Upper to lower, first on every connection.
struct Hello {
  Introduction sender;
  ServerPath path;  ///< Root first, ends with the sender; never empty.
  std::optional<NextIdentity> next = {};
  std::optional<Pin> confirmed = {};  ///< Of the receiver's next identity: accepted beside the one it has.
  friend bool operator==(const Hello&, const Hello&) = default;
};

/// How far the lower end has come; the upper end continues from there.
struct Progress {
  std::uint64_t downstream_revision = 0;
  std::string downstream_hash;  ///< 32 bytes, or empty at revision 0.
  std::uint64_t feed_epoch = 0;
  std::uint64_t feed_sequence = 0;
  friend bool operator==(const Progress&, const Progress&) = default;
};

struct HelloAccepted {
  Introduction sender;
  Progress progress;
  std::optional<NextIdentity> next = {};
  std::optional<Pin> confirmed = {};
  friend bool operator==(const HelloAccepted&, const HelloAccepted&) = default;
};

/// Accepted, or the reason of the refusal. A code this version does not know arrives as Code::conflict.
using HelloAnswer = std::variant<HelloAccepted, Error>;

/// Upper to lower: the upper end ends the link. Code::removed, or why it does not accept the answer to its hello.
struct Farewell {
  Error reason;
  friend bool operator==(const Farewell&, const Farewell&) = default;
};

/// Upper to the server that came with an invitation: who are you?
struct ClaimRequest {
  InvitationId invitation;
  Introduction sender;
  friend bool operator==(const ClaimRequest&, const ClaimRequest&) = default;
};

/// Its answer. The certificate is not looked at here: who reads it checks the signature (link/proof.h) with it.
struct Claim {
  Introduction sender;
  std::vector<std::uint8_t> certificate;  ///< DER
  std::vector<std::uint8_t> signature;
  friend bool operator==(const Claim&, const Claim&) = default;
};

struct Registered {
  std::string name;
  std::string group;  ///< Path.
  friend bool operator==(const Registered&, const Registered&) = default;
};
/// What became of it.
using ClaimOutcome = std::variant<Registered, Error>;

/// Texts longer than the bounds are cut at a character; everything else must be within them already (throws std::logic_error: a bug).
std::string encode(const Hello& hello);
std::string encode(const HelloAnswer& answer);
std::string encode(const Farewell& farewell);
std::string encode(const ClaimRequest& request);
std::string encode(const Claim& claim);
std::string encode(const ClaimOutcome& outcome);

/// Each fails with protocol_error, which names the field at fault: not the message it should be, a bound of docs/protocol.md, or text that
/// is not UTF-8 or holds control characters. Unknown fields are ignored. `bytes` may be of any size and content.
Result<Hello> decode_hello(std::string_view bytes);
Result<HelloAnswer> decode_hello_answer(std::string_view bytes);
Result<Farewell> decode_farewell(std::string_view bytes);
Result<ClaimRequest> decode_claim_request(std::string_view bytes);
Result<Claim> decode_claim(std::string_view bytes);
Result<ClaimOutcome> decode_claim_outcome(std::string_view bytes);

}  // namespace daikan::link
