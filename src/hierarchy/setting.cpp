#include "hierarchy/setting.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/limits_policies.h"
#include "base/network.h"
#include "base/text.h"

namespace daikan::hierarchy {
namespace {

constexpr std::array<std::string_view, 6> kKindWords = {"true or false", "a whole number",     "a number",
                                                        "a text",        "one of its choices", "a list of texts"};

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

tl::unexpected<Error> wrong(std::string_view path, std::string message, std::string remedy) {
  return fail(Code::invalid_request, std::move(message), std::move(remedy), fmt::format("settings.{}", path));
}

Result<> check_text(std::string_view path, std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return wrong(path, fmt::format("The setting “{}” has a text of {} bytes; at most {} are allowed.", path, text.size(), most),
                 "Shorten it.");
  }
  if (!is_utf8(text) || has_control(text)) {
    return wrong(path, fmt::format("The setting “{}” has a text with control characters.", path), "Leave out line breaks and tabs.");
  }
  return {};
}

Result<> check_bounds(const Setting& setting, double value) {
  const bool fits =
      std::isfinite(value) && (!setting.minimum || value >= *setting.minimum) && (!setting.maximum || value <= *setting.maximum);
  if (fits) return {};
  const auto unit = setting.unit.empty() ? std::string() : " " + setting.unit;
  const auto bounds = setting.minimum && setting.maximum ? fmt::format("from {} to {}{}", *setting.minimum, *setting.maximum, unit)
                      : setting.minimum                  ? fmt::format("at least {}{}", *setting.minimum, unit)
                      : setting.maximum                  ? fmt::format("at most {}{}", *setting.maximum, unit)
                                                         : std::string("a finite number");
  return wrong(setting.path, fmt::format("The setting “{}” cannot be {}: it is {}.", setting.path, value, bounds),
               "Choose a value within these bounds.");
}

Result<> check_choice(const Setting& setting, const std::string& value) {
  if (std::find(setting.choices.begin(), setting.choices.end(), value) != setting.choices.end()) return {};
  std::string words;
  for (const auto& each : setting.choices) words += (words.empty() ? "" : ", ") + each;
  return wrong(setting.path, fmt::format("The setting “{}” cannot be “{}”.", setting.path, quotable(value, 60)),
               fmt::format("Choose one of {}.", words));
}

Result<> check_network(std::string_view path, const std::string& item) {
  if (Network::parse(item)) return {};
  return wrong(path, fmt::format("The setting “{}” has “{}”, which is no network.", path, quotable(item, 60)),
               "Write an address, or a network with nothing behind its prefix: 10.0.0.0/8, 2001:db8::/32, 192.0.2.7.");
}

bool is_kind(SettingKind kind, const SettingValue& value) {
  switch (kind) {
    case SettingKind::boolean:
      return std::holds_alternative<bool>(value);
    case SettingKind::integer:
      return std::holds_alternative<std::int64_t>(value);
    case SettingKind::number:
      return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
    case SettingKind::text:
    case SettingKind::choice:
      return std::holds_alternative<std::string>(value);
    case SettingKind::texts:
      return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

/// The part before the next `end`, which is taken off `text` with it.
std::string_view take(std::string_view& text, char end) {
  const auto at = text.find(end);
  const auto part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return part;
}

std::string value_text(const SettingValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "b\ttrue" : "b\tfalse";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("i\t{}", *whole);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("n\t{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return "s\t" + *text;
  std::string out = "l";
  for (const auto& item : std::get<std::vector<std::string>>(value)) out += "\t" + item;
  return out;
}

template <class Number>
std::optional<SettingValue> read_number(std::string_view text) {
  Number number{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return SettingValue(number);
}

/// `text` is what follows the kind: empty, or a tab and the value.
std::optional<SettingValue> read_value(std::string_view kind, std::string_view text) {
  if (kind == "l") {
    std::vector<std::string> items;
    while (!text.empty()) {
      text.remove_prefix(1);
      const auto at = text.find('\t');
      items.emplace_back(text.substr(0, at));
      text = at == std::string_view::npos ? std::string_view{} : text.substr(at);
    }
    return SettingValue(std::move(items));
  }
  if (text.empty()) return std::nullopt;
  text.remove_prefix(1);
  if (kind == "s") return SettingValue(std::string(text));
  if (kind == "i") return read_number<std::int64_t>(text);
  if (kind == "n") return read_number<double>(text);
  if (kind == "b" && (text == "true" || text == "false")) return SettingValue(text == "true");
  return std::nullopt;
}

std::optional<PolicySetting> read_line(std::string_view line) {
  PolicySetting setting;
  setting.path = take(line, '\t');
  const auto lock = take(line, '\t');
  if (lock != "open" && lock != "locked") return std::nullopt;
  setting.lock = lock == "locked" ? PolicySetting::Lock::locked : PolicySetting::Lock::open;
  const auto kind = line.substr(0, 1);
  if (line.size() > 1 && line[1] != '\t') return std::nullopt;
  auto value = read_value(kind, line.empty() ? line : line.substr(1));
  if (!value || !is_setting_path(setting.path) || !check_any_value(setting.path, *value)) return std::nullopt;
  setting.value = std::move(*value);
  return setting;
}

}  // namespace

std::string shown_value(const SettingValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  std::string out;
  for (const auto& item : std::get<std::vector<std::string>>(value)) out += (out.empty() ? "" : ", ") + item;
  return out.empty() ? "none" : out;
}

const Setting* Application::find(std::string_view path) const {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const Setting& each) { return each.path == path; });
  return found == settings.end() ? nullptr : &*found;
}

bool is_setting_path(std::string_view path) {
  if (path.empty() || path.size() > limits::kMaxSettingPathBytes || path.front() == '.' || path.back() == '.') return false;
  if (path.find("..") != std::string_view::npos) return false;
  return std::all_of(path.begin(), path.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; });
}

Result<> check_any_value(std::string_view path, const SettingValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return check_text(path, *text, limits::kMaxSettingTextBytes);
  if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number)) {
    return wrong(path, fmt::format("The setting “{}” has a number that is not finite.", path), "Choose another value.");
  }
  const auto* items = std::get_if<std::vector<std::string>>(&value);
  if (!items) return {};
  if (items->size() > limits::kMaxSettingItems) {
    return wrong(path, fmt::format("The setting “{}” has {} items; at most {} are allowed.", path, items->size(), limits::kMaxSettingItems),
                 "Leave some out.");
  }
  for (const auto& item : *items) {
    if (auto checked = check_text(path, item, limits::kMaxSettingTextBytes); !checked) return checked;
  }
  return {};
}

Result<> check_value(const Setting& setting, const SettingValue& value) {
  if (!is_kind(setting.kind, value)) {
    return wrong(setting.path, fmt::format("The setting “{}” is {}.", setting.path, kKindWords.at(static_cast<std::size_t>(setting.kind))),
                 "Give a value of this kind.");
  }
  if (auto checked = check_any_value(setting.path, value); !checked) return checked;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return check_bounds(setting, static_cast<double>(*whole));
  if (const auto* number = std::get_if<double>(&value)) return check_bounds(setting, *number);
  const auto most = setting.max_length == 0 ? limits::kMaxSettingTextBytes : setting.max_length;
  if (const auto* text = std::get_if<std::string>(&value)) {
    return setting.kind == SettingKind::choice ? check_choice(setting, *text) : check_text(setting.path, *text, most);
  }
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
    for (const auto& item : *items) {
      if (auto checked = check_text(setting.path, item, most); !checked) return checked;
      if (setting.format != Setting::Format::network) continue;
      if (auto checked = check_network(setting.path, item); !checked) return checked;
    }
  }
  return {};
}

std::string to_text(std::span<const PolicySetting> settings) {
  std::vector<const PolicySetting*> sorted;
  for (const auto& each : settings) sorted.push_back(&each);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->path < b->path; });
  std::string text;
  for (const auto* each : sorted) {
    text += fmt::format("{}\t{}\t{}\n", each->path, each->lock == PolicySetting::Lock::locked ? "locked" : "open", value_text(each->value));
  }
  return text;
}

std::optional<std::vector<PolicySetting>> settings_from_text(std::string_view text) {
  if (text.size() > limits::kMaxPolicyTextBytes || (!text.empty() && text.back() != '\n')) return std::nullopt;
  std::vector<PolicySetting> settings;
  while (!text.empty()) {
    auto setting = read_line(take(text, '\n'));
    if (!setting || settings.size() == limits::kMaxPolicySettings) return std::nullopt;
    if (!settings.empty() && settings.back().path >= setting->path) return std::nullopt;
    settings.push_back(std::move(*setting));
  }
  return settings;
}

}  // namespace daikan::hierarchy
