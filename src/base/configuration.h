// The settings of daikand: one table of properties feeds the TOML file, the command line, --print-config and the documentation.
//
// Knows names, kinds, defaults and bounds; not what a setting does. daikan::daemon reads it once at the start; nothing changes it later.
// Order: default, then file, then command line. Invariant: a Configuration that was returned has every value within its bounds.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace daikan {

enum class LogFormat : std::uint8_t { text, json };

struct Configuration {
  std::filesystem::path data;
  std::string name;               ///< Empty: as stored, or the host's name at the first start.
  std::vector<Endpoint> console;  ///< Port 0: the kernel chooses one.
  std::vector<Endpoint> link;
  std::string database;  ///< Empty: SQLite in the data folder.
  std::string log_level;
  LogFormat log_format = LogFormat::text;
  unsigned max_depth = 0;
  std::filesystem::path web;  ///< "auto": those beside the program (api/web_folder.h); empty: no pages are served.
  std::chrono::days event_retention{};
  std::chrono::days warning_retention{};  ///< 0: as event_retention.
  std::chrono::days error_retention{};    ///< 0: as event_retention.
  std::chrono::days audit_retention{};    ///< 0: for good.
  std::chrono::seconds shutdown{};
};

enum class PropertyKind : std::uint8_t { text, path, choice, number, addresses };

/// One setting. `--print-config` and docs/operations.md show exactly these texts.
struct Property {
  std::string_view name;  ///< The key in the file; on the command line "--" and the name with '-' for '_'.
  PropertyKind kind;
  std::string_view initial;  ///< The default, written as on the command line.
  std::string_view description;
  std::string_view unit = {};  ///< "days"; empty without one.
  std::int64_t least = 0;      ///< number
  std::int64_t most = 0;
  std::string_view choices = {};  ///< choice: "text json"
};

/// In the order of --print-config. Every one needs a restart to take effect.
std::span<const Property> properties();

/// What the command line gave: property name to its values in order (only `addresses` may have more than one).
using GivenOptions = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Defaults, then the text of a file, then the options. Fails with configuration_invalid: the message begins with "FILE:LINE: " and names
/// the key, the remedy says what is allowed; an unknown key comes with the nearest known one. `source` is the file's name in messages.
Result<Configuration> make_configuration(std::string_view toml, std::string_view source, const GivenOptions& options);

/// The same from a file, at most limits::kMaxConfigurationBytes; no file: defaults and options only.
Result<Configuration> load_configuration(const std::optional<std::filesystem::path>& file, const GivenOptions& options);

/// A TOML file that says the same, each key with its description, bounds and default as a comment.
std::string print_configuration(const Configuration& configuration);

}  // namespace daikan
