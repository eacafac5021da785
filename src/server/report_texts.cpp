#include "server/report_texts.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace daikan::server {
namespace {

constexpr std::array<std::string_view, 8> kColumns = {"name",   "group",   "state",     "since",
                                                      "reason", "version", "server_id", "last_connected_at"};

std::string field(std::string text) {
  // A spreadsheet calculates with what begins so.
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string time_of(const std::optional<TimePoint>& time) { return time ? to_rfc3339(*time) : std::string(); }

std::array<std::string, 8> values_of(const ReportLine& line) {
  const auto& record = line.record;
  const bool seen = line.link.since != TimePoint{};
  return {record.name,
          line.group,
          std::string(to_string(line.link.state)),
          seen ? to_rfc3339(line.link.since) : std::string(),
          line.link.reason ? line.link.reason->message : std::string(),
          record.version,
          record.server_id ? record.server_id->str() : std::string(),
          time_of(record.last_connected_at)};
}

}  // namespace

std::string report_as_csv(std::span<const ReportLine> lines) {
  auto text = fmt::format("{}\r\n", fmt::join(kColumns, ","));
  for (const auto& line : lines) {
    auto values = values_of(line);
    for (auto& value : values) value = field(std::move(value));
    text += fmt::format("{}\r\n", fmt::join(values, ","));
  }
  return text;
}

std::string report_as_text(std::string_view server, std::span<const ReportLine> lines, TimePoint at) {
  std::map<std::string_view, std::size_t> counts;
  std::size_t name_width = 4;
  std::size_t group_width = 5;
  for (const auto& line : lines) {
    ++counts[to_string(line.link.state)];
    name_width = std::max(name_width, line.record.name.size());
    group_width = std::max(group_width, line.group.size());
  }
  auto text = fmt::format("The secondary Administration Servers of “{}” on {}:\n\n", server, to_rfc3339(at));
  for (const auto& [state, count] : counts) text += fmt::format("  {} {}\n", count, state);
  if (lines.empty()) text += "  none\n";
  if (!lines.empty()) text += fmt::format("\n{:{}}  {:{}}  {:15}  SINCE\n", "NAME", name_width, "GROUP", group_width, "STATE");
  for (const auto& line : lines) {
    const auto values = values_of(line);
    text += fmt::format("{:{}}  {:{}}  {:15}  {}\n", quotable(values[0]), name_width, quotable(values[1], 1000), group_width, values[2],
                        values[3].empty() ? "-" : values[3]);
    if (!values[4].empty()) text += fmt::format("    {}\n", quotable(values[4], 1000));
  }
  return text;
}

}  // namespace daikan::server
