// An object that another server wrote, as JSON: the one place where such a text is read.
//
// Pure. Called by role_content, task_content and policy_json. Invariant: what arrives is as hostile as any input. Whatever its size,
// encoding and depth, reading it costs what its bound allows; a field that is absent or of another kind is told apart from no valid one
// only where the caller asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/clock.h"
#include "base/result.h"

namespace daikan::server {

/// invalid_request: "What another server tells of WHAT is not understood: WHY."
tl::unexpected<Error> not_understood(std::string_view what, std::string_view why);

class ForeignObject {
 public:
  struct Bounds {
    std::string_view what;  ///< "a role"; for the error.
    std::size_t most_bytes = 0;
    std::size_t most_depth = 4;
  };
  /// Fails with invalid_request: too long, no UTF-8, no JSON object, or nested too deeply.
  static Result<ForeignObject> read(std::string_view text, const Bounds& bounds);

  /// Empty when it is absent or no text.
  std::string text(std::string_view name) const;
  std::optional<std::int64_t> number(std::string_view name) const;
  /// False when it is absent or no truth value.
  bool truth(std::string_view name) const;
  /// Microseconds since 1970; nothing for what no clock says (before 1970, after 9999).
  std::optional<TimePoint> time(std::string_view name) const;
  /// Null when it is absent or no list, or no object.
  const boost::json::array* list(std::string_view name) const;
  const boost::json::object* object(std::string_view name) const;

 private:
  explicit ForeignObject(boost::json::object object) : object_(std::move(object)) {}
  boost::json::object object_;
};

}  // namespace daikan::server
