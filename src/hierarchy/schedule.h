// When a task starts: by hand, once, again and again like cron, or on events; and the rules of delay and of missed starts.
//
// Values and rules only: no clock, no timer; `server/task_scheduler` asks here. Times are UTC. Invariant: a schedule that was parsed is one
// that can come true, and its text parses to the same schedule.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace daikan::hierarchy {

/// The five fields of a cron line, each the set of its values that match.
struct CronFields {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     ///< 1 to 31.
  std::bitset<13> months;   ///< 1 to 12.
  std::bitset<7> weekdays;  ///< 0 is Sunday.
  /// A day matches when both its date and its weekday do; but where both are given (neither begins with "*"), when one of them does.
  enum class Days : std::uint8_t { both, either } days_rule = Days::both;
  std::string text;  ///< "0 3 * * mon-fri", in lower case with single blanks.
  friend bool operator==(const CronFields&, const CronFields&) = default;
};

struct Schedule {
  enum class Kind : std::uint8_t { manual, once, cron, events } kind = Kind::manual;
  TimePoint at = {};                     ///< once
  CronFields cron = {};                  ///< cron
  std::vector<std::string> events = {};  ///< events: the kinds that start it.
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// "manual"; "once 2026-12-01T03:00:00Z"; "cron MINUTE HOUR DAY MONTH WEEKDAY" with "*", lists, ranges, steps and English names of months
/// and weekdays; "on KIND…". Fails with invalid_request on the field "schedule", saying which part and why: also for days that never come
/// (30 February), for a field out of range, and for events of tasks, which could start each other for ever.
Result<Schedule> parse_schedule(std::string_view text);
std::string to_text(const Schedule& schedule);

/// The first moment after `after` that a once or cron schedule names; nothing when there is none any more, or it is of another kind.
std::optional<TimePoint> next_time(const Schedule& schedule, TimePoint after);

/// How much later than `scheduled` this server starts: below `most`, the same for the same seed and moment, spread evenly over seeds.
Duration random_delay(std::string_view seed, TimePoint scheduled, Duration most);

enum class MissedStarts : std::uint8_t { skip, run };

/// What a scheduler does with a task at `now`.
struct StartPlan {
  enum class Action : std::uint8_t { none, wait, start, skip } action = Action::none;
  TimePoint scheduled;  ///< What the schedule says.
  TimePoint due;        ///< The same with the delay.
};
struct StartRule {
  Duration most_delay{0};
  std::string seed;
  MissedStarts missed = MissedStarts::skip;
};
/// `handled`: every start through that moment was decided on. A start that is later than limits::kTaskLateness was missed. After start and
/// skip, everything through `now` is handled: what was missed several times runs once.
StartPlan plan_start(const Schedule& schedule, const StartRule& rule, TimePoint handled, TimePoint now);

}  // namespace daikan::hierarchy
