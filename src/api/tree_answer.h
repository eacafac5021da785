// A secondary's answer to GET /tree, checked before it becomes part of this server's own answer.
//
// Knows the shape of a tree and the bounds of one survey, not who is asked or how. Called by the tree's handler. The invariant: what was
// taken from all secondaries together stays below the bounds, whatever one of them sends.
#pragma once

#include <cstddef>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/limits.h"
#include "base/result.h"

namespace daikan::api {

/// What one survey may still take.
struct TreeBudget {
  std::size_t bytes = limits::kMaxTreeSurveyBytes;  ///< Texts of all answers.
  std::size_t nodes = limits::kMaxTreeNodes;        ///< Servers in all answers, also those that are away and what was known below them.

  /// Takes `received` further bytes. Fails with too_large when the survey has no more room.
  Result<> take_bytes(std::size_t received);
};

/// The node of the answer `status` and `body`; its servers are taken from `budget`. Fails with the secondary's own error, protocol_error
/// (no tree) or too_large (more servers than the survey may still take; nothing is taken then).
Result<boost::json::object> tree_node_from(int status, std::string_view body, TreeBudget& budget);

}  // namespace daikan::api
