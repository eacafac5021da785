// The other end's answer to POST /link_checks, checked before it becomes part of this server's own answer.
//
// Knows the shape of a check, not who is asked or how. Called by the handler of link checks. Invariant: what leaves here has the shape of
// spec/openapi.yaml (LinkCheckStep, LinkEnd), texts that are safe to show, and nothing the other server added.
#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "server/link_diagnosis.h"

namespace daikan::api {

struct OtherEnd {
  server::CheckedSteps steps;  ///< Those it saw itself.
  boost::json::object end;     ///< Its `this_end`.
};

/// Fails with the other server's own error, too_large, or protocol_error (no check of a link).
Result<OtherEnd> other_end_from(int status, std::string_view body);

boost::json::object check_step_json(const server::CheckedStep& step);

}  // namespace daikan::api
