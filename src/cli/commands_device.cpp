// device import, list, counts, remove.
#include "cli/commands_device.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_devices.h"
#include "base/text.h"
#include "cli/device_file.h"
#include "cli/files.h"
#include "cli/history_query.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

using Lines = std::vector<DeviceLine>;

struct Told {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::size_t rows = 0;
};

json::object row_json(const DeviceLine& line) {
  json::object row{{"name", line.name}, {"status", line.status}};
  if (!line.group.empty()) row["group"] = line.group;
  if (!line.reason.empty()) row["reason"] = line.reason;
  return row;
}

/// As many rows from `first` as one request takes; at least one.
json::array next_part(const Lines& lines, std::size_t first) {
  json::array part;
  std::size_t bytes = 0;
  for (auto i = first; i < lines.size() && part.size() < limits::kMaxDevicesAtOnce; ++i) {
    auto row = row_json(lines[i]);
    bytes += json::serialize(row).size() + 1;
    if (bytes > limits::kMaxDeviceRequestBytes && !part.empty()) break;
    part.push_back(std::move(row));
  }
  return part;
}

/// "devices[3].name" → 3.
std::optional<std::size_t> row_of(std::string_view field) {
  constexpr std::string_view kBefore = "devices[";
  if (!field.starts_with(kBefore)) return std::nullopt;
  field.remove_prefix(kBefore.size());
  std::size_t row = 0;
  const auto [end, bad] = std::from_chars(field.data(), field.data() + field.size(), row);
  return bad == std::errc() && end != field.data() + field.size() && *end == ']' ? std::optional(row) : std::nullopt;
}

/// Says where in the file it was, and what was taken before.
Error in_file(Error error, const Lines& lines, const Told& told) {
  if (const auto row = row_of(error.field); row && told.rows + *row < lines.size()) {
    error.message = fmt::format("Line {}: {}", lines[told.rows + *row].line, error.message);
  }
  if (told.rows > 0) {
    error.message += fmt::format(" The {} devices before line {} were taken ({} new, {} changed).", told.rows, lines[told.rows].line,
                                 told.added, told.changed);
  }
  return error;
}

std::int64_t number_of(const json::value& answer, std::string_view key) {
  const auto& value = member(answer, key);
  return value.is_int64() ? value.get_int64() : 0;
}

Cell status_cell(const std::string& status) {
  auto colour = Colour::plain;
  if (status == "ok") colour = Colour::green;
  if (status == "warning") colour = Colour::yellow;
  if (status == "critical") colour = Colour::red;
  return {shown(status), colour};
}

awaitable<Result<json::value>> find_device(ApiSession& session, std::string name) {
  auto found = co_await session.get("/devices?name=" + percent_encoded(name));
  if (!found) co_return fail(std::move(found.error()));
  for (const auto& each : elements(*found, "items")) co_return each;
  co_return fail(Code::not_found, fmt::format("There is no device “{}”.", shown(name)), "daikan device list shows them.", "NAME");
}

}  // namespace

awaitable<Result<>> device_import(Context& context, ApiSession& session, DeviceFile options) {
  auto text = read_file(options.file, limits::kMaxDeviceFileBytes);
  if (!text) co_return fail(std::move(text.error()));
  auto lines = read_device_file(*text);
  if (!lines) co_return fail(std::move(lines.error()));
  Told told;
  while (told.rows < lines->size()) {
    auto part = next_part(*lines, told.rows);
    const auto rows = part.size();
    json::object body;
    body["devices"] = std::move(part);
    auto answer = co_await session.call("PUT", "/devices", std::move(body));
    if (!answer) co_return fail(in_file(std::move(answer.error()), *lines, told));
    told.added += number_of(*answer, "added");
    told.changed += number_of(*answer, "changed");
    told.unchanged += number_of(*answer, "unchanged");
    told.rows += rows;
  }
  if (context.as_json()) {
    print_json(context.terminal, json::object{{"added", told.added}, {"changed", told.changed}, {"unchanged", told.unchanged}});
  } else {
    context.terminal.line(
        fmt::format("{} devices: {} new, {} changed, {} unchanged.", told.rows, told.added, told.changed, told.unchanged));
  }
  co_return Result<>{};
}

awaitable<Result<>> device_list(Context& context, ApiSession& session, DeviceListOptions options) {
  const auto wanted = static_cast<std::size_t>(options.limit);
  auto path = with_parameter("/devices", "group", options.group);
  path = with_parameter(std::move(path), "status", options.status);
  path = with_parameter(std::move(path), "text", options.begins);
  json::array all;
  std::string cursor;
  do {
    const auto most = std::min<std::size_t>(wanted - all.size(), limits::kLargestPage);
    auto page = co_await session.get(with_parameter(with_parameter(path, "limit", std::to_string(most)), "cursor", cursor));
    if (!page) co_return fail(std::move(page.error()));
    for (const auto& item : elements(*page, "items")) all.push_back(item);
    cursor = text_of(*page, "next_cursor");
  } while (!cursor.empty() && all.size() < wanted);
  if (!cursor.empty()) {
    context.terminal.note(
        fmt::format("These are the first {}; there may be more: narrow it with --group, --status or --begins, or raise "
                    "--limit.",
                    all.size()));
  }
  if (context.as_json()) {
    print_json(context.terminal, all);
    co_return Result<>{};
  }
  Table table({"NAME", "STATUS", "GROUP", "TOLD", "REASON"});
  for (const auto& each : all) {
    const auto reason = text_of(each, "reason");
    table.add({shown(text_of(each, "name")), status_cell(text_of(each, "status")), shown(text_of(each, "group")),
               local_time(text_of(each, "told_at")), reason.empty() ? Cell("-") : Cell(shown(reason))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> device_counts(Context& context, ApiSession& session, DeviceGroup options) {
  auto counts = co_await session.get(with_parameter("/device_counts", "group", options.group));
  if (!counts) co_return fail(std::move(counts.error()));
  if (context.as_json()) {
    print_json(context.terminal, *counts);
    co_return Result<>{};
  }
  Table table({"OK", "WARNING", "CRITICAL", "UNKNOWN", "TOTAL", "TOLD"});
  const auto told = text_of(*counts, "told_at");
  table.add({text_of(*counts, "ok"), text_of(*counts, "warning"), text_of(*counts, "critical"), text_of(*counts, "unknown"),
             text_of(*counts, "total"), told.empty() ? Cell("never") : Cell(local_time(told))});
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> device_remove(Context& context, ApiSession& session, DeviceName options) {
  auto id = options.name;
  auto found = co_await find_device(session, options.name);
  if (found) {
    id = text_of(*found, "id");
  } else if (found.error().code != Code::not_found || !uuid_from_string(options.name)) {
    co_return fail(std::move(found.error()));
  }
  auto removed = co_await session.call("DELETE", "/devices/" + percent_encoded(id));
  if (!removed) co_return fail(std::move(removed.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("Removed {}.", shown(found ? text_of(*found, "name") : id)));
  co_return Result<>{};
}

}  // namespace daikan::cli
