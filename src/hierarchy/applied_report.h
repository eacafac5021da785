// What a primary says of one of its secondaries: what is applied there, since when something newer is on its way, and why it failed.
//
// Values and their text, which is the payload of FeedKind::applied and so travels up through servers that may be older or newer. Called by
// whoever records a confirmation and by whoever shows proof of force. Invariant: the text is within limits::kMaxFeedPayloadBytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "hierarchy/inherited.h"

namespace daikan::hierarchy {

/// An object as a server confirmed it.
struct ConfirmedObject {
  std::int64_t revision = 0;
  std::string proof;  ///< The first kProofBytes of its digest; empty when an older version told of it.
  friend bool operator==(const ConfirmedObject&, const ConfirmedObject&) = default;
};
inline constexpr std::size_t kProofBytes = 16;  // 64 bits, hexadecimal: enough between what one owner wrote at different times

struct AppliedReport {
  struct Failure {
    std::string code;     ///< A stable code, at most 64 bytes.
    std::string message;  ///< At most limits::kMaxLinkTextBytes; control characters become blanks in the text.
    friend bool operator==(const Failure&, const Failure&) = default;
  };
  std::uint64_t revision = 0;  ///< 0: nothing was confirmed yet.
  std::string hash;            ///< Of the confirmed set; empty at revision 0.
  std::optional<TimePoint> applied_at;
  std::optional<TimePoint> behind_since;  ///< Something else is wanted since then.
  std::optional<Failure> failure;         ///< Of the last attempt to bring it there.
  std::map<ObjectKey, ConfirmedObject> objects = {};
  std::uint64_t untold = 0;  ///< Confirmed objects that found no room in the text; reports that were read only.
  friend bool operator==(const AppliedReport&, const AppliedReport&) = default;
};

/// Objects that do not fit are counted in `untold` instead.
std::string to_text(const AppliedReport& report);
/// Lines of a kind that is not known are skipped, so that newer versions can say more. Nothing when a known one is malformed.
std::optional<AppliedReport> applied_report_from_text(std::string_view text);

/// The confirmed objects of `manifest`, with their revisions: those that `wanted` has in the same state, and for the others what `before`
/// said of them. One that neither knows is left out.
std::map<ObjectKey, ConfirmedObject> confirmed_objects(const Manifest& manifest, const InheritedSet& wanted, const AppliedReport& before);

enum class ObjectForce : std::uint8_t {
  in_force,  ///< It is confirmed as it is wanted.
  behind,    ///< Another revision, or none, is confirmed; it is on its way.
  failed,    ///< The same, and the last attempt failed.
  untold,    ///< The report had no room for it.
};
std::string_view to_string(ObjectForce force);
/// What its owner wants in force.
struct WantedObject {
  ObjectKey key;
  std::int64_t revision = 0;
  std::string digest;
};
/// Of one object. Its digest decides: after its owner was restored from a backup the revisions begin again from there, and one may be a
/// lower number, or the same number for something else. Only of an object without a proof the revision does.
ObjectForce force_of(const AppliedReport& report, const WantedObject& wanted);
/// Of the whole set.
ObjectForce force_of(const AppliedReport& report);

}  // namespace daikan::hierarchy
