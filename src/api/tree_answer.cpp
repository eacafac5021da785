#include "api/tree_answer.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "api/json.h"
#include "api/problem.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

/// A level of the tree is two levels of JSON arrays and objects and the node itself.
constexpr std::size_t kTreeJsonDepth = 3 * limits::kHighestMaxDepth + 8;

tl::unexpected<Error> too_much(std::string_view what) {
  return fail(Code::too_large, fmt::format("The answer was left out: all trees together have more than {}.", what),
              "Ask for a smaller depth, or ask the servers below one by one.");
}

/// How many servers stand in `node`, itself counted, or nothing when it has not a tree's shape. Stops counting beyond `most`.
std::optional<std::size_t> servers_in(const json::object& node, std::size_t most) {
  const auto* below = node.if_contains("secondaries");
  if (!below || !below->is_array() || text_of(node, "id").empty()) return std::nullopt;
  std::size_t count = 1;
  for (const auto& element : below->get_array()) {
    if (count > most) return count;
    const auto* entry = element.if_object();
    if (!entry) return std::nullopt;
    const auto* server = entry->if_contains("server");
    if (!server || server->is_null()) {
      ++count;
      if (const auto* known = entry->if_contains("last_known")) {
        if (!known->is_array()) return std::nullopt;
        count += known->get_array().size();
      }
      continue;
    }
    if (!server->is_object()) return std::nullopt;
    const auto further = servers_in(server->get_object(), most - count);
    if (!further) return std::nullopt;
    count += *further;
  }
  return count;
}

}  // namespace

Result<> TreeBudget::take_bytes(std::size_t received) {
  if (received > bytes) return too_much(fmt::format("{} MiB", limits::kMaxTreeSurveyBytes / (1024 * 1024)));
  bytes -= received;
  return {};
}

Result<json::object> tree_node_from(int status, std::string_view body, TreeBudget& budget) {
  const bool good = status == 200;
  auto document = parse_json(body, {.max_bytes = limits::kMaxTreeBytes,
                                    .max_depth = good ? kTreeJsonDepth : limits::kMaxJsonDepth,
                                    .max_values = limits::kMaxTreeValues});
  if (!good) return fail(error_from_json(document ? *document : json::value()));
  if (!document && document.error().code == Code::too_large) return fail(document.error());
  auto* node = document ? document->if_object() : nullptr;
  const auto count = node ? servers_in(*node, budget.nodes) : std::nullopt;
  if (!count) {
    return fail(Code::protocol_error, "The secondary's answer is no tree.", "See whether both servers run compatible versions.");
  }
  if (*count > budget.nodes) return too_much(fmt::format("{} servers", limits::kMaxTreeNodes));
  budget.nodes -= *count;
  return std::move(*node);
}

}  // namespace daikan::api
