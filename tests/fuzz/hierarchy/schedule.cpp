// Schedules: what parses is written so that it parses to the same, and the next start is after the moment asked for.
#include "hierarchy/schedule.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daikan;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto schedule = hierarchy::parse_schedule(text);
  if (!schedule) {
    if (schedule.error().field != "schedule" || schedule.error().remedy.empty()) std::abort();
    return 0;
  }
  const auto again = hierarchy::parse_schedule(to_text(*schedule));
  if (!again || *again != *schedule) std::abort();
  const auto after = from_micros(1'700'000'000'000'000);
  const auto next = hierarchy::next_time(*schedule, after);
  if (next && *next <= after) std::abort();
  if (!next && schedule->kind == hierarchy::Schedule::Kind::cron) std::abort();
  return 0;
}
