// What a caller last saw of a record (If-Match), checked inside the transaction that changes it, so that of two who saw the same only one
// wins.
//
// Values only. The API makes one of a request's header; use cases ask it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/result.h"

namespace daikan::server {

class Seen {
 public:
  /// Whatever the record is now.
  Seen() = default;
  /// One of these revisions; none: a state that never was.
  explicit Seen(std::vector<std::int64_t> revisions) : revisions_(std::move(revisions)) {}

  bool demanded() const { return revisions_.has_value(); }
  bool holds(std::int64_t revision) const {
    if (!revisions_) return true;
    for (const auto seen : *revisions_) {
      if (seen == revision) return true;
    }
    return false;
  }
  /// Fails with conflict on the field "If-Match", which the API answers with 412. `what`: "secondary".
  Result<> check(std::int64_t revision, std::string_view what) const {
    if (holds(revision)) return {};
    return fail(Code::conflict, fmt::format("The {} was changed since you read it.", what), "Read it again and decide anew.", "If-Match");
  }

 private:
  std::optional<std::vector<std::int64_t>> revisions_;
};

}  // namespace daikan::server
