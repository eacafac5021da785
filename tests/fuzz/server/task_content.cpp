// What other servers tell of tasks: what is understood is written so that it is understood the same again.
#include "server/task_content.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daikan;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto task = server::task_from_content({}, text)) {
    const auto written = server::content_of(*task);
    const auto again = server::task_from_content({}, written);
    if (!again || server::content_of(*again) != written) std::abort();
  }
  // What only a newer version knows is no task here.
  if (!server::newer_kind_of_task(text).empty() && server::task_from_content({}, text)) std::abort();
  if (const auto result = server::result_from_payload(text)) {
    const auto written = server::payload_of(*result);
    const auto again = server::result_from_payload(written);
    if (!again) std::abort();  // texts are quoted, and what was cut is cut again
  }
  return 0;
}
