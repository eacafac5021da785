#include "hierarchy/schedule.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/limits_tasks.h"
#include "base/text.h"
#include "base/time_text.h"

namespace daikan::hierarchy {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<int, 13> kLongestDay = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr int kDaysSearched = 41 * 366;  // 29 February and one weekday: up to 40 years apart, across 2100

tl::unexpected<Error> wrong(std::string message, std::string remedy) {
  return fail(Code::invalid_request, std::move(message), std::move(remedy), "schedule");
}

std::vector<std::string_view> words_of(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  while (true) {
    const auto end = text.find(separator);
    words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + 1);
  }
}

/// The text in lower case, its words one blank apart.
std::string tidied(std::string_view text) {
  std::string out;
  bool blank = false;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '\t') {
      blank = !out.empty();
      continue;
    }
    if (std::exchange(blank, false)) out += ' ';
    out += c;
  }
  return out;
}

/// What one of the five fields may hold.
struct FieldRule {
  std::string_view name;
  int least;
  int most;
  std::span<const std::string_view> names = {};
  int first_name = 0;
};
const std::array<FieldRule, 5> kFields = {{{"minute", 0, 59},
                                           {"hour", 0, 23},
                                           {"day", 1, 31},
                                           {"month", 1, 12, kMonths, 1},
                                           {"weekday", 0, 7, kWeekdays, 0}}};  // 7 is Sunday as well

tl::unexpected<Error> wrong_field(const FieldRule& rule, std::string_view text) {
  return wrong(fmt::format("The {} “{}” of the schedule is not understood.", rule.name, quotable(text, 40)),
               fmt::format("Give {} to {}{}, a range (2-5), a list (1,3,5), a step (*/15), or *.", rule.least, rule.most,
                           rule.names.empty() ? "" : fmt::format(" or a name ({}, {} …)", rule.names[0], rule.names[1])));
}

std::optional<int> value_of(const FieldRule& rule, std::string_view text) {
  for (std::size_t i = 0; i < rule.names.size(); ++i) {
    if (text == rule.names[i]) return rule.first_name + static_cast<int>(i);
  }
  if (text.empty() || text.size() > 2) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value < rule.least || value > rule.most) return std::nullopt;
  return value;
}

/// One element of a list: "*", "5", "2-5", "*/15", "0-30/10".
Result<> add_element(const FieldRule& rule, std::string_view element, std::bitset<60>& into) {
  auto range = element;
  int step = 1;
  if (const auto slash = element.find('/'); slash != std::string_view::npos) {
    const FieldRule steps{rule.name, 1, std::max(rule.most, 1)};
    const auto value = value_of(steps, element.substr(slash + 1));
    range = element.substr(0, slash);
    // A step of a single value would be that value alone: a slip, not a wish.
    if (!value || (range != "*" && range.find('-') == std::string_view::npos)) return wrong_field(rule, element);
    step = *value;
  }
  int from = rule.least;
  int until = rule.name == "weekday" ? 6 : rule.most;
  if (range != "*") {
    const auto dash = range.find('-');
    const auto first = value_of(rule, range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : value_of(rule, range.substr(dash + 1));
    if (!first || !last) return wrong_field(rule, element);
    if (*first > *last) {
      return wrong(fmt::format("The range “{}” of the schedule's {} ends before it begins.", element, rule.name),
                   "Write it as two ranges with a comma.");
    }
    from = *first;
    until = *last;
  }
  for (int value = from; value <= until; value += step) into.set(static_cast<std::size_t>(value));
  return {};
}

Result<std::bitset<60>> parse_field(const FieldRule& rule, std::string_view text) {
  std::bitset<60> values;
  for (const auto element : words_of(text, ',')) {
    if (auto added = add_element(rule, element, values); !added) return fail(std::move(added.error()));
  }
  if (rule.name == "weekday" && values.test(7)) values.set(0);
  return values;
}

template <std::size_t N>
std::bitset<N> narrowed(const std::bitset<60>& values) {
  std::bitset<N> out;
  for (std::size_t i = 0; i < N; ++i) out.set(i, values.test(i));
  return out;
}

bool date_ever_comes(const CronFields& cron) {
  for (std::size_t month = 1; month <= 12; ++month) {
    for (std::size_t day = 1; cron.months.test(month) && day <= static_cast<std::size_t>(kLongestDay[month]); ++day) {
      if (cron.days.test(day)) return true;
    }
  }
  return false;
}

Result<CronFields> parse_cron(std::string_view text) {
  const auto words = words_of(text, ' ');
  if (text.empty() || words.size() != kFields.size()) {
    return wrong(fmt::format("The schedule has {} fields behind “cron”.", text.empty() ? 0 : words.size()),
                 "Give five: minute, hour, day, month, weekday; for example “cron 30 3 * * mon-fri”.");
  }
  std::array<std::bitset<60>, 5> values;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto parsed = parse_field(kFields[i], words[i]);
    if (!parsed) return fail(std::move(parsed.error()));
    values[i] = *parsed;
  }
  CronFields cron;
  cron.minutes = values[0];
  cron.hours = narrowed<24>(values[1]);
  cron.days = narrowed<32>(values[2]);
  cron.months = narrowed<13>(values[3]);
  cron.weekdays = narrowed<7>(values[4]);
  const bool any_day = words[2].starts_with('*') || words[4].starts_with('*');
  cron.days_rule = any_day ? CronFields::Days::both : CronFields::Days::either;
  cron.text = text;
  if (cron.days_rule == CronFields::Days::both && !date_ever_comes(cron)) {
    return wrong(fmt::format("No year has a day “{}” in the month “{}”: the task would never start.", words[2], words[3]),
                 "Choose a day that the month has.");
  }
  return cron;
}

bool is_event_kind(std::string_view word) {
  return !word.empty() && word.size() <= 64 &&
         std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Result<std::vector<std::string>> parse_kinds(std::string_view text) {
  std::vector<std::string> kinds;
  for (const auto word : words_of(text, ' ')) {
    if (!is_event_kind(word)) {
      return wrong(fmt::format("“{}” is not a kind of event.", quotable(word, 40)),
                   "Give the kinds that start the task, for example “on link_refused link_disconnected”.");
    }
    if (word.starts_with("task_") || word == "backup_made") {
      return wrong(fmt::format("Events of tasks (“{}”) start no task: they could start each other for ever.", word),
                   "Choose another kind of event, or a time.");
    }
    if (std::find(kinds.begin(), kinds.end(), word) == kinds.end()) kinds.emplace_back(word);
  }
  if (kinds.size() > limits::kMaxScheduleKinds) {
    return wrong(fmt::format("The schedule names {} kinds of events.", kinds.size()),
                 fmt::format("Give at most {}, or make a second task.", limits::kMaxScheduleKinds));
  }
  return kinds;
}

bool day_matches(const CronFields& cron, sys_days day) {
  const year_month_day date(day);
  if (!cron.months.test(static_cast<unsigned>(date.month()))) return false;
  const bool by_date = cron.days.test(static_cast<unsigned>(date.day()));
  const bool by_weekday = cron.weekdays.test(weekday(day).c_encoding());
  return cron.days_rule == CronFields::Days::either ? by_date || by_weekday : by_date && by_weekday;
}

/// The first matching minute of the day from `from` on (minutes since midnight).
std::optional<int> minute_from(const CronFields& cron, int from) {
  for (int minute = from; minute < 24 * 60; ++minute) {
    if (!cron.hours.test(static_cast<std::size_t>(minute / 60))) {
      minute += 59 - minute % 60;
    } else if (cron.minutes.test(static_cast<std::size_t>(minute % 60))) {
      return minute;
    }
  }
  return std::nullopt;
}

std::optional<TimePoint> next_cron_time(const CronFields& cron, TimePoint after) {
  const auto first = floor<minutes>(after) + minutes(1);
  auto day = floor<days>(first);
  int from = static_cast<int>((first - day).count());
  for (int searched = 0; searched < kDaysSearched; ++searched, day += days(1), from = 0) {
    if (!day_matches(cron, day)) continue;
    if (const auto minute = minute_from(cron, from)) return TimePoint(day + minutes(*minute));
  }
  return std::nullopt;
}

/// Spreads texts that differ in one letter over all numbers (FNV-1a, and splitmix64 behind it).
std::uint64_t scattered(std::string_view seed, std::uint64_t number) {
  std::uint64_t hash = 1469598103934665603ULL ^ number;
  for (const char c : seed) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  hash += 0x9e3779b97f4a7c15ULL;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31);
}

}  // namespace

Result<Schedule> parse_schedule(std::string_view given) {
  if (given.size() > limits::kMaxScheduleBytes) {
    return wrong(fmt::format("The schedule has more than {} bytes.", limits::kMaxScheduleBytes), "Make it shorter, or make two tasks.");
  }
  const auto text = tidied(given);
  const auto blank = text.find(' ');
  const auto word = std::string_view(text).substr(0, blank);
  const auto rest = blank == std::string::npos ? std::string_view() : std::string_view(text).substr(blank + 1);
  Schedule schedule;
  if (text == "manual") return schedule;
  if (word == "once") {
    const auto at = time_from_text(rest);
    if (!at) {
      return wrong(fmt::format("“{}” is not a time.", quotable(rest, 40)),
                   "Give one with its zone, for example “once 2026-12-01T03:00:00Z”.");
    }
    schedule.kind = Schedule::Kind::once;
    schedule.at = *at;
    return schedule;
  }
  if (word == "cron") {
    auto cron = parse_cron(rest);
    if (!cron) return fail(std::move(cron.error()));
    schedule.kind = Schedule::Kind::cron;
    schedule.cron = std::move(*cron);
    return schedule;
  }
  if (word == "on") {
    auto kinds = parse_kinds(rest);
    if (!kinds) return fail(std::move(kinds.error()));
    schedule.kind = Schedule::Kind::events;
    schedule.events = std::move(*kinds);
    return schedule;
  }
  return wrong(fmt::format("The schedule “{}” is not understood.", quotable(text, 40)),
               "Begin it with manual, once, cron or on; for example “cron 30 3 * * mon-fri” (UTC).");
}

std::string to_text(const Schedule& schedule) {
  switch (schedule.kind) {
    case Schedule::Kind::once:
      return "once " + to_rfc3339(schedule.at);
    case Schedule::Kind::cron:
      return "cron " + schedule.cron.text;
    case Schedule::Kind::events:
      return fmt::format("on {}", fmt::join(schedule.events, " "));
    case Schedule::Kind::manual:
      break;
  }
  return "manual";
}

std::optional<TimePoint> next_time(const Schedule& schedule, TimePoint after) {
  if (schedule.kind == Schedule::Kind::cron) return next_cron_time(schedule.cron, after);
  if (schedule.kind == Schedule::Kind::once && schedule.at > after) return schedule.at;
  return std::nullopt;
}

Duration random_delay(std::string_view seed, TimePoint scheduled, Duration most) {
  if (most.count() <= 0) return Duration(0);
  return Duration(static_cast<std::int64_t>(scattered(seed, static_cast<std::uint64_t>(to_micros(scheduled))) %
                                            static_cast<std::uint64_t>(most.count())));
}

StartPlan plan_start(const Schedule& schedule, const StartRule& rule, TimePoint handled, TimePoint now) {
  const auto scheduled = next_time(schedule, handled);
  if (!scheduled) return {};
  StartPlan plan{StartPlan::Action::wait, *scheduled, *scheduled + random_delay(rule.seed, *scheduled, rule.most_delay)};
  if (plan.due > now) return plan;
  const bool missed = now - plan.due > limits::kTaskLateness;
  plan.action = missed && rule.missed == MissedStarts::skip ? StartPlan::Action::skip : StartPlan::Action::start;
  return plan;
}

}  // namespace daikan::hierarchy
