// What another server may answer to a link check: what is taken of it is safe to show and within its bounds.
#include "api/check_answer.h"

#include <cstdlib>

#include <boost/json/serialize.hpp>

#include "base/text.h"

namespace {

using namespace daikan;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes + 1), size - 1);
  const auto other = api::other_end_from(bytes[0] % 2 == 0 ? 200 : 404, text);
  if (!other) {
    require(!other.error().message.empty() && is_utf8(other.error().text()));
    return 0;
  }
  require(other->steps.size() <= server::kCheckSteps);
  for (const auto& step : other->steps) {
    require((step.outcome == server::StepOutcome::failed) == step.error.has_value());
    static_cast<void>(boost::json::serialize(api::check_step_json(step)));
  }
  const auto end = boost::json::serialize(other->end);
  require(is_utf8(end) && end.find("\\u00") == std::string::npos);
  return 0;
}
