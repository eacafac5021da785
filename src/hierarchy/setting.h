// Settings of an application: which there are, of which kind, within which bounds; and what a value is.
//
// An application is described by a bounded subset of JSON Schema 2020-12 (nested objects, string, integer, number, boolean, enum, array of
// strings). Here it is a flat list by dotted path; `server/policy_json` writes it as a schema document and reads values from JSON. Pure
// values and rules. Invariant: a value that check_value let pass can be stored as one line of text and is read back the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace daikan::hierarchy {

using SettingValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// For people: "true", "30", "debug", "10.0.0.0/8, ::1"; "none" for an empty list.
std::string shown_value(const SettingValue& value);

enum class SettingKind : std::uint8_t { boolean, integer, number, text, choice, texts };

struct Setting {
  std::string path;  ///< "events.info_days"
  std::string title;
  std::string description;
  SettingKind kind = SettingKind::text;
  SettingValue initial;
  std::optional<double> minimum = std::nullopt;  ///< integer, number
  std::optional<double> maximum = std::nullopt;
  std::size_t max_length = 0;             ///< text, and each of texts: bytes; 0: limits::kMaxSettingTextBytes.
  std::vector<std::string> choices = {};  ///< choice
  std::string unit = {};                  ///< "days"; empty without one.
  enum class Lists : std::uint8_t { replace, merge } lists = Lists::replace;  ///< texts: what an open value above and one below become.
  enum class Change : std::uint8_t { at_once, after_restart } change = Change::at_once;
  enum class Format : std::uint8_t { any, network } format = Format::any;  ///< texts: what each item is.
};

/// An object of the schema that holds settings: the part before their last dot.
struct SettingSection {
  std::string path;
  std::string title;
  std::string description = {};
};

struct Application {
  std::string name;  ///< "daikan-server"
  std::string title;
  std::string description;
  std::int64_t version = 1;  ///< Of the schema: one more for every release that changes it.
  std::vector<SettingSection> sections;
  std::vector<Setting> settings;  ///< By path.

  const Setting* find(std::string_view path) const;
};

/// Every application this program knows, by name.
std::span<const Application> applications();
const Application* find_application(std::string_view name);
/// The application that governs Administration Servers themselves.
inline constexpr std::string_view kServerApplication = "daikan-server";
const Application& server_application();

/// Fails with invalid_request on "settings.PATH": the wrong kind, outside the bounds, not among the choices, too long, or a text with
/// control characters.
Result<> check_value(const Setting& setting, const SettingValue& value);
/// What is true of every value, also of a setting that is not known here (of a newer version above).
Result<> check_any_value(std::string_view path, const SettingValue& value);
/// 1 to limits::kMaxSettingPathBytes of lower-case letters, digits, '_' and single dots between them.
bool is_setting_path(std::string_view path);

/// One setting in a policy: its value, and whether anything below may differ.
struct PolicySetting {
  std::string path;
  SettingValue value;
  enum class Lock : std::uint8_t { open, locked } lock = Lock::open;
  friend bool operator==(const PolicySetting&, const PolicySetting&) = default;
};

/// One line for each setting, sorted by path: "path TAB open|locked TAB kind TAB value". The same settings give the same bytes.
std::string to_text(std::span<const PolicySetting> settings);
/// The reverse; nothing for anything else, or beyond the bounds of limits_policies.h.
std::optional<std::vector<PolicySetting>> settings_from_text(std::string_view text);

}  // namespace daikan::hierarchy
