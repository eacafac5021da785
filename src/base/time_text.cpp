#include "base/time_text.h"

#include <charconv>

namespace daikan {
namespace {

using namespace std::chrono;

/// Takes fixed parts off the front of a text; once something did not fit, nothing does.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) return fail();
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) fail();
  }
  /// ".5" as microseconds.
  Duration fraction() {
    if (!take('.')) return Duration(0);
    Duration value(0);
    std::size_t count = 0;
    while (count < 6 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') value = value * 10 + Duration(digits(1)), ++count;
    if (count == 0) fail();
    for (; count < 6; ++count) value *= 10;
    return value;
  }
  minutes zone() {
    if (take('Z') || take('z')) return minutes(0);
    const int sign = take('-') ? -1 : 1;
    if (sign > 0) expect('+');
    const int hour = digits(2);
    expect(':');
    const int minute = digits(2);
    if (hour > 23 || minute > 59) fail();
    return minutes(sign * (hour * 60 + minute));
  }
  bool is_good() const { return good_; }
  bool is_done() const { return good_ && rest_.empty(); }

 private:
  int fail() {
    good_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::optional<TimePoint> time_from_text(std::string_view text) {
  Parts parts(text);
  const int y = parts.digits(4);
  parts.expect('-');
  const auto m = static_cast<unsigned>(parts.digits(2));
  parts.expect('-');
  const auto d = static_cast<unsigned>(parts.digits(2));
  const year_month_day date{year(y), month(m), day(d)};
  if (!parts.is_good() || !date.ok() || y < 1970) return std::nullopt;
  TimePoint at = time_point_cast<Duration>(sys_days(date));
  if (parts.is_done()) return at;
  if (!parts.take('T') && !parts.take('t')) parts.expect(' ');
  const int hour = parts.digits(2);
  parts.expect(':');
  const int minute = parts.digits(2);
  parts.expect(':');
  const int second = parts.digits(2);
  const auto fraction = parts.fraction();
  const auto zone = parts.zone();
  if (!parts.is_done() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  at += hours(hour) + minutes(minute) + seconds(second) + fraction - zone;
  if (at.time_since_epoch() < Duration(0)) return std::nullopt;
  return at;
}

}  // namespace daikan
