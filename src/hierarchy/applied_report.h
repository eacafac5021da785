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

struct AppliedReport {
  struct Failure {
    std::string code;     ///< A stable code, at most 64 bytes.
    std::string message;  ///< At most limits::kMaxLinkTextBytes; control characters become blanks in the text.
    friend bool operator==(const Failure&, const Failure&) = default;
  };
  std::uint64_t revision = 0;  ///< 0: nothing was confirmed yet.
  std::string hash;            ///< Of the confirmed set; empty at revision 0.
  std::optional<TimePoint> applied_at;
  std::optional<TimePoint> behind_since;           ///< Something else is wanted since then.
  std::optional<Failure> failure;                  ///< Of the last attempt to bring it there.
  std::map<ObjectKey, std::int64_t> objects = {};  ///< Confirmed, with their revisions.
  std::uint64_t untold = 0;                        ///< Confirmed objects that found no room in the text; reports that were read only.
  friend bool operator==(const AppliedReport&, const AppliedReport&) = default;
};

/// Objects that do not fit are counted in `untold` instead.
std::string to_text(const AppliedReport& report);
/// Lines of a kind that is not known are skipped, so that newer versions can say more. Nothing when a known one is malformed.
std::optional<AppliedReport> applied_report_from_text(std::string_view text);

/// The confirmed objects of `manifest` with their revisions: those that `wanted` has in the same state, and for the others what `before`
/// said of them. One that neither knows is left out.
std::map<ObjectKey, std::int64_t> confirmed_objects(const Manifest& manifest, const InheritedSet& wanted, const AppliedReport& before);

enum class ObjectForce : std::uint8_t {
  in_force,  ///< This revision, or a newer one, is confirmed.
  behind,    ///< Another revision, or none, is confirmed; it is on its way.
  failed,    ///< The same, and the last attempt failed.
  untold,    ///< The report had no room for it.
};
std::string_view to_string(ObjectForce force);
/// Of one object in the revision that its owner wants in force.
ObjectForce force_of(const AppliedReport& report, const ObjectKey& key, std::int64_t revision);
/// Of the whole set.
ObjectForce force_of(const AppliedReport& report);

}  // namespace daikan::hierarchy
