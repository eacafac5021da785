#include "cli/device_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits_devices.h"
#include "base/text.h"
#include "cli/json_text.h"
#include "hierarchy/device.h"

namespace daikan::cli {
namespace {

constexpr std::string_view kMark = "\xef\xbb\xbf";  // what some programs write before UTF-8
constexpr std::array<std::pair<std::string_view, std::string DeviceLine::*>, 4> kColumns = {
    {{"name", &DeviceLine::name}, {"status", &DeviceLine::status}, {"group", &DeviceLine::group}, {"reason", &DeviceLine::reason}}};

tl::unexpected<Error> bad_line(std::size_t line, std::string_view why, std::string remedy) {
  return fail(Code::invalid_request, fmt::format("Line {}: {}.", line, why), std::move(remedy));
}

std::string DeviceLine::* column_named(std::string_view name) {
  const auto found = std::find_if(kColumns.begin(), kColumns.end(), [&](const auto& each) { return each.first == name; });
  return found == kColumns.end() ? nullptr : found->second;
}

Result<> check(const DeviceLine& row) {
  if (row.name.empty()) return bad_line(row.line, "there is no name", "Give every device a name.");
  if (hierarchy::device_status_from_string(row.status)) return {};
  if (row.status.empty()) return bad_line(row.line, "there is no status", "Write ok, warning, critical or unknown.");
  return bad_line(row.line, fmt::format("“{}” is no status", quotable(row.status, 60)), "Write ok, warning, critical or unknown.");
}

/// Cuts CSV into records of fields.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : rest_(text) {}

  /// Nothing at the end. Empty lines are passed over.
  Result<std::optional<std::vector<std::string>>> next() {
    while (rest_.starts_with('\n') || rest_.starts_with("\r\n")) take_line_end();
    if (rest_.empty()) return std::optional<std::vector<std::string>>();
    begins_at_ = line_;
    std::vector<std::string> fields;
    for (;;) {
      auto field = rest_.starts_with('"') ? quoted() : Result<std::string>(plain());
      if (!field) return fail(std::move(field.error()));
      fields.push_back(std::move(*field));
      if (!rest_.starts_with(',')) break;
      if (fields.size() > kColumns.size()) return bad_line(begins_at_, "it has too many fields", "Give as many as the head line has.");
      rest_.remove_prefix(1);
    }
    if (!rest_.empty() && !rest_.starts_with('\n') && !rest_.starts_with("\r\n")) {
      return bad_line(line_, "something stands behind a quotation mark that ends a field", "Write a quotation mark within a field twice.");
    }
    take_line_end();
    return std::optional(std::move(fields));
  }
  std::size_t begins_at() const { return begins_at_; }

 private:
  void take_line_end() {
    if (rest_.starts_with('\r')) rest_.remove_prefix(1);
    if (!rest_.starts_with('\n')) return;
    rest_.remove_prefix(1);
    ++line_;
  }

  std::string plain() {
    auto end = std::min(rest_.find_first_of(",\n"), rest_.size());
    auto field = rest_.substr(0, end);
    // Of "\r\n" the first belongs to the end of the line.
    if (end < rest_.size() && rest_[end] == '\n' && field.ends_with('\r')) {
      field.remove_suffix(1);
      --end;
    }
    rest_.remove_prefix(end);
    return std::string(field);
  }

  Result<std::string> quoted() {
    std::string field;
    std::size_t at = 1;
    for (;; ++at) {
      if (at >= rest_.size()) return bad_line(begins_at_, "a quotation mark is not closed", "Write one at the end of the field.");
      if (rest_[at] == '"') {
        if (at + 1 >= rest_.size() || rest_[at + 1] != '"') break;
        ++at;
      }
      if (rest_[at] == '\n') ++line_;
      field += rest_[at];
    }
    rest_.remove_prefix(at + 1);
    return field;
  }

  std::string_view rest_;
  std::size_t line_ = 1;
  std::size_t begins_at_ = 1;
};

Result<> keep(std::vector<DeviceLine>& rows, DeviceLine row) {
  if (auto checked = check(row); !checked) return checked;
  if (rows.size() >= limits::kMaxDevices) {
    return fail(Code::too_large, fmt::format("There are more than {} devices in the file.", limits::kMaxDevices),
                "That is all a server has room for: tell parts of them to other servers of the hierarchy.");
  }
  rows.push_back(std::move(row));
  return {};
}

Result<std::vector<std::string DeviceLine::*>> columns_of(const std::vector<std::string>& head, std::size_t line) {
  std::vector<std::string DeviceLine::*> columns;
  for (const auto& name : head) {
    const auto column = column_named(trim(name));
    if (column == nullptr) {
      return bad_line(line, fmt::format("the head line has a column “{}”", quotable(name, 60)),
                      "Begin the file with a line of the columns name, status, group and reason; name and status are needed.");
    }
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      return bad_line(line, fmt::format("the column “{}” is there twice", quotable(name, 60)), "Keep one of them.");
    }
    columns.push_back(column);
  }
  for (const auto needed : {&DeviceLine::name, &DeviceLine::status}) {
    if (std::find(columns.begin(), columns.end(), needed) != columns.end()) continue;
    return bad_line(line, "the head line has not both columns name and status",
                    "Begin the file with a line of the columns name, status, group and reason.");
  }
  return columns;
}

Result<std::vector<DeviceLine>> read_csv(std::string_view text) {
  CsvReader reader(text);
  auto head = reader.next();
  if (!head) return fail(std::move(head.error()));
  if (!*head) return fail(Code::invalid_request, "There is nothing in the file.", "Begin it with a line of the columns name and status.");
  const auto columns = columns_of(**head, reader.begins_at());
  if (!columns) return fail(columns.error());
  std::vector<DeviceLine> rows;
  for (;;) {
    auto fields = reader.next();
    if (!fields) return fail(std::move(fields.error()));
    if (!*fields) return rows;
    if ((*fields)->size() != columns->size()) {
      return bad_line(reader.begins_at(), fmt::format("it has {} fields and the head line has {}", (*fields)->size(), columns->size()),
                      "Put a field that holds a comma into quotation marks.");
    }
    DeviceLine row;
    row.line = reader.begins_at();
    for (std::size_t i = 0; i < columns->size(); ++i) row.*(*columns)[i] = std::move((**fields)[i]);
    if (auto kept = keep(rows, std::move(row)); !kept) return fail(std::move(kept.error()));
  }
}

Result<DeviceLine> row_of(std::string_view line, std::size_t number) {
  boost::system::error_code bad;
  const auto value = json::parse(line, bad);
  if (bad || !value.is_object()) return bad_line(number, "it is not a JSON object", "Write one object a line, or CSV with a head line.");
  DeviceLine row;
  row.line = number;
  for (const auto& member : value.get_object()) {
    const auto column = column_named(member.key());
    if (column == nullptr) {
      return bad_line(number, fmt::format("there is no “{}” of a device", quotable(member.key(), 60)),
                      "The members are name, status, group and reason.");
    }
    if (member.value().is_null()) continue;
    if (!member.value().is_string()) {
      return bad_line(number, fmt::format("{} is not a text", std::string_view(member.key())), "Write it in quotation marks.");
    }
    row.*column = std::string(member.value().get_string());
  }
  return row;
}

Result<std::vector<DeviceLine>> read_json_lines(std::string_view text) {
  std::vector<DeviceLine> rows;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line == "\r") continue;
    auto row = row_of(line, number);
    if (!row) return fail(std::move(row.error()));
    if (auto kept = keep(rows, std::move(*row)); !kept) return fail(std::move(kept.error()));
  }
  return rows;
}

}  // namespace

Result<std::vector<DeviceLine>> read_device_file(std::string_view text) {
  if (!is_utf8(text)) return fail(Code::invalid_request, "The file is not UTF-8 text.", "Save it as UTF-8.");
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{' ? read_json_lines(text) : read_csv(text);
}

}  // namespace daikan::cli
