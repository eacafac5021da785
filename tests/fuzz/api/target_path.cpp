// Request targets: what passes is clean and consistent, is routed without surprise, and names no file outside the console's folder.
#include <cstdlib>

#include "api/router.h"
#include "base/limits.h"
#include "base/text.h"

namespace {

using namespace daikan;
using namespace daikan::api;

void require(bool holds) {
  if (!holds) std::abort();
}

const Router& router() {
  static const std::vector<RouteKey> keys = {
      {"GET", "/api/v1/secondaries"},     {"GET", "/api/v1/secondaries/{id}"},        {"DELETE", "/api/v1/secondaries/{id}"},
      {"GET", "/api/v1/operations/{id}"}, {"POST", "/api/v1/operations/{id}/cancel"}, {"GET", "/api/v1/servers/{id}/relay/{rest...}"}};
  static const Router made(keys);
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto target = parse_target(text);
  if (!target) {
    require(target.error().code == Code::invalid_request && is_utf8(target.error().text()));
    return 0;
  }
  require(size <= limits::kMaxTargetBytes && target->path.starts_with('/') && target->segments.size() == target->offsets.size());
  for (std::size_t i = 0; i < target->segments.size(); ++i) {
    const auto& segment = target->segments[i];
    require(is_utf8(segment) && segment != "." && segment != ".." && segment.find('\0') == std::string::npos);
    require(target->offsets[i] <= target->path.size() && target->path[target->offsets[i] - 1] == '/');
    // A segment encoded anew is decoded to the same.
    const auto again = parse_target("/" + percent_encode(segment));
    const bool longer = 1 + percent_encode(segment).size() > limits::kMaxTargetBytes;
    require(longer || segment.empty() || (again && again->segments.front() == segment));
  }
  for (const auto& [name, value] : target->query) require(is_utf8(name) && is_utf8(value));
  for (const auto* method : {"GET", "DELETE", "PATCH"}) {
    const auto match = router().match(method, *target);
    if (match.outcome == Router::Outcome::found && !match.rest.empty()) require(target->path.ends_with(match.rest));
    for (const auto& [name, value] : match.parameters) require(!value.empty());
  }
  return 0;
}
