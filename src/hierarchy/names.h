// Names people give to groups and servers: what is allowed, and when two are the same.
//
// Knows text only. Called by group_tree, registration_rules, and use cases that rename. The invariant: a name that passed check_name can
// be shown on one line, written in a path, and found again by typing it in either ASCII case.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace daikan::hierarchy {

/// `name` as a key for lookup: ASCII letters in lower case, everything else as it is.
std::string folded(std::string_view name);

/// The same name without regard to ASCII case.
bool same_name(std::string_view a, std::string_view b);

/// Checks 1 to limits::kMaxNameBytes bytes of UTF-8 without '/', control characters, or blanks at either end. Fails with invalid_request on
/// `field`.
Result<> check_name(std::string_view name, std::string_view field = "name");

}  // namespace daikan::hierarchy
