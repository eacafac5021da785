// How a primary and a secondary come to agree on what the secondary inherits: what is sent, what is applied, what is refused.
//
// Pure functions of values. The primary computes the wanted set anew whenever something changes and keeps what was confirmed; the secondary
// keeps what it applied. Called by server/link_downstream.cpp, which sends, stores and waits. Invariants: an update is applied as a whole
// or not at all; one whose revision is not beyond what is applied changes nothing, so what was deleted does not come back by a replay;
// after the last fault one difference, or one full set, makes the hashes agree. docs/protocol.md section 13.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "hierarchy/inherited.h"
#include "link/messages.h"

namespace daikan::link {

using hierarchy::AppliedSet;
using hierarchy::ConfirmedSet;
using hierarchy::InheritedLevel;
using hierarchy::InheritedObject;
using hierarchy::InheritedSet;
using hierarchy::ObjectKey;

inline constexpr std::string_view kDownstreamPath = "/link/v1/downstream";
/// Peers without it are sent no set and are shown as not understanding policies.
inline constexpr std::string_view kDownstream = "downstream";

/// Upper to lower.
struct DownstreamUpdate {
  std::uint64_t from = 0;  ///< The difference is against this revision.
  std::uint64_t to = 0;    ///< At least 1, and beyond `from`.
  enum class Extent : std::uint8_t { difference, full } extent = Extent::difference;
  std::string hash;  ///< Of the set once this is applied.
  std::vector<InheritedLevel> chain = {};
  std::vector<InheritedObject> changed = {};
  std::vector<ObjectKey> removed = {};
  friend bool operator==(const DownstreamUpdate&, const DownstreamUpdate&) = default;
};

/// Its answer. An Error: this server cannot apply it, and why.
struct DownstreamApplied {
  std::uint64_t revision = 0;
  std::string hash;
  friend bool operator==(const DownstreamApplied&, const DownstreamApplied&) = default;
};
/// The difference does not fit what is applied here.
struct FullNeeded {
  std::uint64_t revision = 0;  ///< What is applied; the full set's must be beyond it.
  friend bool operator==(const FullNeeded&, const FullNeeded&) = default;
};
using DownstreamAnswer = std::variant<DownstreamApplied, FullNeeded, Error>;

// Above.
/// A set and what both ends know it by, counted once for however many secondaries it is.
struct WantedSet {
  WantedSet(InheritedSet from);  // NOLINT(google-explicit-constructor): any set may be wanted
  InheritedSet set;
  hierarchy::Manifest manifest;
  std::string hash;
};

/// What the next update has to be, seen from what was confirmed and what the lower end says it has (in its hello or its last answer).
/// Nothing when both have the wanted set already.
std::optional<DownstreamUpdate> update_for(const WantedSet& wanted, const ConfirmedSet& confirmed, const DownstreamApplied& told);
/// The same as a full set beyond revision `beyond`, after full_needed.
DownstreamUpdate full_update(const WantedSet& wanted, std::uint64_t beyond);
// The two steps of both: the head, without a chain and objects, and then those. What is put into it depends on the head's extent and hash
// and, in a difference, on what was confirmed; not on revisions.
std::optional<DownstreamUpdate> head_for(const WantedSet& wanted, const ConfirmedSet& confirmed, const DownstreamApplied& told);
DownstreamUpdate full_head(const WantedSet& wanted, std::uint64_t beyond);
DownstreamUpdate filled(DownstreamUpdate head, const WantedSet& wanted, const hierarchy::Manifest& confirmed);
/// What counts as confirmed once `applied` was answered to an update to `wanted`. Fails with protocol_error when it is something else.
Result<ConfirmedSet> confirmed_by(const DownstreamApplied& applied, const DownstreamUpdate& sent, const WantedSet& wanted);

// Below.
/// What becomes of `applied`: another set to be stored, or the answer as it is.
struct Verdict {
  std::optional<AppliedSet> store;  ///< To be made durable before the answer leaves.
  DownstreamAnswer answer;
};
/// `self`: this server's id; a set that came by way of it is refused (loop).
Verdict judge(const AppliedSet& applied, const DownstreamUpdate& update, const ServerId& self);

/// Throws std::logic_error for what is beyond the bounds, except the size: check it against limits::kMaxDownstreamBytes.
std::string encode(const DownstreamUpdate& update);
/// The same in two parts, one behind the other: the revisions, and all else, which is alike for many secondaries.
std::string encode_revisions(const DownstreamUpdate& update);
std::string encode_content(const DownstreamUpdate& update);
std::string encode(const DownstreamAnswer& answer);
/// Fail with protocol_error, which names the field at fault. `bytes` may be of any size and content.
Result<DownstreamUpdate> decode_downstream_update(std::string_view bytes);
Result<DownstreamAnswer> decode_downstream_answer(std::string_view bytes);

}  // namespace daikan::link
