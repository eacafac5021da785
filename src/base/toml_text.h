// A TOML text as a flat list of keys, for configuration.cpp alone.
//
// The only place that knows toml++. Settings need texts, whole numbers and lists of texts; everything else is reported as "another" value
// and refused by the caller. Invariant: any bytes at all end in a list or an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace daikan {

struct TomlEntry {
  struct Another {};
  using Value = std::variant<Another, std::string, std::int64_t, std::vector<std::string>>;

  std::string key;
  std::size_t line = 0;
  Value value;
};

/// The keys in the order of their lines. Fails with configuration_invalid; the message begins with "SOURCE:LINE: ".
Result<std::vector<TomlEntry>> read_toml(std::string_view text, std::string_view source);

}  // namespace daikan
