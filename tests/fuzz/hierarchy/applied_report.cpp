// What a server below says is applied: what is read is written so that it reads to the same.
#include "hierarchy/applied_report.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daikan;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto report = hierarchy::applied_report_from_text(text);
  if (!report) return 0;
  const auto again = hierarchy::applied_report_from_text(hierarchy::to_text(*report));
  if (!again || again->revision != report->revision || again->hash != report->hash || again->failure != report->failure) std::abort();
  return 0;
}
