// The tree of servers drawn with lines, state marks and reasons.
#pragma once

#include <string>

#include "cli/json_text.h"
#include "cli/terminal.h"

namespace daikan::cli {

/// `node` as GET /tree answers it. A server that could not be asked shows why.
std::string draw_tree(const Terminal& terminal, const json::value& node);

}  // namespace daikan::cli
