#include "cli/history_query.h"

#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time_text.h"

namespace daikan::cli {
namespace {

constexpr int kMostUnits = 100'000;  // days, hours or minutes back; more is a slip of the keyboard

std::optional<Duration> duration_of(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  int count = 0;
  const auto* last = text.data() + text.size() - 1;
  const auto [end, ec] = std::from_chars(text.data(), last, count);
  if (ec != std::errc() || end != last || count < 0 || count > kMostUnits) return std::nullopt;
  if (*last == 'm') return std::chrono::minutes(count);
  if (*last == 'h') return std::chrono::hours(count);
  if (*last == 'd') return std::chrono::days(count);
  return std::nullopt;
}

Result<std::string> with_times(std::string path, const std::string& since, const std::string& until) {
  for (const auto& [name, option, text] :
       {std::tuple("from", "--since", std::cref(since)), std::tuple("until", "--until", std::cref(until))}) {
    if (text.get().empty()) continue;
    auto value = time_parameter(text.get(), now(), option);
    if (!value) return fail(std::move(value.error()));
    path = with_parameter(std::move(path), name, *value);
  }
  return path;
}

}  // namespace

std::string with_parameter(std::string path, std::string_view name, std::string_view value) {
  if (value.empty()) return path;
  return fmt::format("{}{}{}={}", path, path.find('?') == std::string::npos ? "?" : "&", name, percent_encoded(value));
}

Result<std::string> time_parameter(std::string_view text, TimePoint now, std::string_view option) {
  if (const auto back = duration_of(text)) return to_rfc3339(now - *back);
  if (const auto at = time_from_text(text)) return to_rfc3339(*at);
  return fail(Code::invalid_request, fmt::format("“{}” is not a time for {}.", quotable(text, 60), option),
              "Write 2026-11-23T21:33:00Z, a date, or how long ago: 90m, 24h, 7d.", std::string(option));
}

awaitable<Result<std::string>> event_path(ApiSession& session, std::string base, EventOptions options) {
  auto path = with_parameter(std::move(base), "severity", options.severity);
  path = with_parameter(std::move(path), "kind", options.kind);
  if (!options.secondary.empty()) {
    // An id is taken as it is: events outlive the secondary they are about.
    std::string id = options.secondary;
    if (!RegistrationId::parse(id)) {
      auto secondary = co_await find_secondary(session, options.secondary);
      if (!secondary) co_return fail(std::move(secondary.error()));
      id = text_of(*secondary, "id");
    }
    path = with_parameter(std::move(path), "secondary", id);
  }
  path = with_parameter(std::move(path), "text", options.text);
  auto timed = with_times(std::move(path), options.since, options.until);
  co_return timed;
}

Result<std::string> audit_path(std::string base, const AuditOptions& options) {
  auto path = with_parameter(std::move(base), "actor", options.actor);
  path = with_parameter(std::move(path), "action", options.action);
  path = with_parameter(std::move(path), "object", options.object);
  return with_times(std::move(path), options.since, options.until);
}

}  // namespace daikan::cli
