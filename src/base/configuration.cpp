#include "base/configuration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/toml_text.h"

namespace daikan {
namespace {

/// One value as it was given, and where.
struct Given {
  std::vector<std::string> texts;
  std::string where;  ///< "daikand.toml:3" or "--log-level"
};

using Assign = Result<> (*)(Configuration&, const Property&, const Given&);
using Show = std::vector<std::string> (*)(const Configuration&);

struct Row {
  Property property;
  Assign assign;
  Show show;
};

tl::unexpected<Error> refuse(const Property& property, const Given& given, std::string_view allowed) {
  return fail(Code::configuration_invalid,
              fmt::format("{}: “{}” is not a value for {}.", given.where, quotable(fmt::format("{}", fmt::join(given.texts, ", ")), 80),
                          property.name),
              std::string(allowed), std::string(property.name));
}

bool is_plain(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Result<std::string> plain(const Property& property, const Given& given, std::size_t most_bytes) {
  const auto& text = given.texts.front();
  if (text.size() > most_bytes || !is_plain(text)) {
    return refuse(property, given, fmt::format("Allowed: at most {} bytes of UTF-8 on one line.", most_bytes));
  }
  return text;
}

Result<std::int64_t> number(const Property& property, const Given& given) {
  const auto& text = given.texts.front();
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || value < property.least || value > property.most) {
    return refuse(property, given,
                  fmt::format("Allowed: a whole number from {} to {}{}{}.", property.least, property.most, property.unit.empty() ? "" : " ",
                              property.unit));
  }
  return value;
}

// A listening address may say port 0 ("any free port"), which no address of another server may.
Result<Endpoint> listening(std::string_view text, std::uint16_t default_port) {
  const bool any_port = text.ends_with(":0") && (text.ends_with("]:0") || text.find(':') == text.size() - 2);
  auto endpoint = parse_endpoint(any_port ? text.substr(0, text.size() - 2) : text, default_port);
  if (endpoint && any_port) endpoint->port = 0;
  return endpoint;
}

Result<std::vector<Endpoint>> addresses(const Property& property, const Given& given, std::uint16_t default_port) {
  if (given.texts.empty() || given.texts.size() > limits::kMaxListeningAddresses) {
    return fail(Code::configuration_invalid, fmt::format("{}: {} addresses for {}.", given.where, given.texts.size(), property.name),
                fmt::format("Allowed: 1 to {} addresses.", limits::kMaxListeningAddresses), std::string(property.name));
  }
  std::vector<Endpoint> out;
  for (const auto& text : given.texts) {
    auto endpoint = listening(text, default_port);
    if (!endpoint) {
      return fail(Code::configuration_invalid, fmt::format("{}: {}: {}", given.where, property.name, endpoint.error().message),
                  fmt::format("Allowed: an IP address or “*” for all, with an optional port from 0 to 65535, e.g. *:{0}, 127.0.0.1:{0} or "
                              "[::]:{0}.",
                              default_port),
                  std::string(property.name));
    }
    out.push_back(std::move(*endpoint));
  }
  return out;
}

Result<> choice(const Property& property, const Given& given) {
  std::istringstream choices{std::string(property.choices)};
  for (std::string one; choices >> one;) {
    if (one == given.texts.front()) return {};
  }
  return refuse(property, given, fmt::format("Allowed: {}.", property.choices));
}

constexpr std::size_t kMaxPathBytes = 4095;

template <std::filesystem::path Configuration::* Member>
Result<> assign_path(Configuration& configuration, const Property& property, const Given& given) {
  auto text = plain(property, given, kMaxPathBytes);
  if (!text) return fail(text.error());
  if (text->empty() && !property.initial.empty()) return refuse(property, given, "Allowed: the path of a folder.");
  configuration.*Member = *text;
  return {};
}

template <std::vector<Endpoint> Configuration::* Member, std::uint16_t Port>
Result<> assign_addresses(Configuration& configuration, const Property& property, const Given& given) {
  auto list = addresses(property, given, Port);
  if (!list) return fail(list.error());
  configuration.*Member = std::move(*list);
  return {};
}

template <auto Member>
Result<> assign_number(Configuration& configuration, const Property& property, const Given& given) {
  const auto value = number(property, given);
  if (!value) return fail(value.error());
  auto& target = configuration.*Member;
  target = std::remove_reference_t<decltype(target)>(*value);
  return {};
}

Result<> assign_name(Configuration& configuration, const Property& property, const Given& given) {
  auto text = plain(property, given, limits::kMaxNameBytes);
  if (!text) return fail(text.error());
  if (text->find('/') != std::string::npos) return refuse(property, given, "Allowed: a name without “/”.");
  configuration.name = *text;
  return {};
}

Result<> assign_web(Configuration& configuration, const Property& property, const Given& given) {
  auto text = plain(property, given, kMaxPathBytes);
  if (!text) return fail(text.error());
  configuration.web = *text;
  return {};
}

Result<> assign_database(Configuration& configuration, const Property& property, const Given& given) {
  auto text = plain(property, given, kMaxPathBytes);
  if (!text) return fail(text.error());
  const auto has = [&](std::string_view scheme) { return text->starts_with(scheme) && text->size() > scheme.size(); };
  if (!text->empty() && !has("sqlite:") && !has("postgresql://") && !has("postgres://")) {
    return refuse(property, given, "Allowed: sqlite:PATH or postgresql://user@host:port/name; empty for SQLite in the data folder.");
  }
  configuration.database = *text;
  return {};
}

Result<> assign_log_level(Configuration& configuration, const Property& property, const Given& given) {
  auto checked = choice(property, given);
  if (checked) configuration.log_level = given.texts.front();
  return checked;
}

Result<> assign_log_format(Configuration& configuration, const Property& property, const Given& given) {
  auto checked = choice(property, given);
  if (checked) configuration.log_format = given.texts.front() == "json" ? LogFormat::json : LogFormat::text;
  return checked;
}

std::vector<std::string> show_addresses(const std::vector<Endpoint>& list) {
  std::vector<std::string> out;
  for (const auto& endpoint : list) out.push_back(endpoint.str());
  return out;
}

using C = Configuration;
using K = PropertyKind;

// The table. A new setting is a member of Configuration and a row here.
const std::array<Row, 14>& rows() {
  static const std::array<Row, 14> table = {{
      {{"data", K::path, "/var/lib/daikan", "The data folder: key, certificate and, by default, the database. Made with mode 0700."},
       &assign_path<&C::data>,
       [](const C& c) { return std::vector{c.data.string()}; }},
      {{"name", K::text, "", "The display name of this server. Empty: the name it had before, at first the host's name."},
       &assign_name,
       [](const C& c) { return std::vector{c.name}; }},
      {{"console", K::addresses, "*:13291", "Where the console API listens. “*” is IPv4 and IPv6; port 0 takes any free port."},
       &assign_addresses<&C::console, limits::kConsolePort>,
       [](const C& c) { return show_addresses(c.console); }},
      {{"link", K::addresses, "*:13000", "Where links from other Administration Servers are accepted."},
       &assign_addresses<&C::link, limits::kLinkPort>,
       [](const C& c) { return show_addresses(c.link); }},
      {{"database", K::text, "",
        "sqlite:PATH or postgresql://user@host:port/name (keep its password in a .pgpass file). Empty: SQLite in the data folder."},
       &assign_database,
       [](const C& c) { return std::vector{c.database}; }},
      {{"log_level", K::choice, "info", "The least severe lines that are logged to standard error.", "", 0, 0, "debug info warning error"},
       &assign_log_level,
       [](const C& c) { return std::vector{c.log_level}; }},
      {{"log_format", K::choice, "text", "Log lines for people, or one JSON object a line.", "", 0, 0, "text json"},
       &assign_log_format,
       [](const C& c) { return std::vector<std::string>{c.log_format == LogFormat::json ? "json" : "text"}; }},
      {{"max_depth", K::number, "16", "How many levels the hierarchy may have, this server's level included.", "levels", 2,
        limits::kHighestMaxDepth},
       &assign_number<&C::max_depth>,
       [](const C& c) { return std::vector{std::to_string(c.max_depth)}; }},
      {{"web", K::text, "auto", "The folder with the pages of the web console. auto: those installed with this program. Empty: none."},
       &assign_web,
       [](const C& c) { return std::vector{c.web.string()}; }},
      {{"event_retention_days", K::number, "90", "How long events are kept.", "days", 1, 3650},
       &assign_number<&C::event_retention>,
       [](const C& c) { return std::vector{std::to_string(c.event_retention.count())}; }},
      {{"warning_retention_days", K::number, "0", "How long events of the severity “warning” are kept; 0: as event_retention_days.", "days",
        0, 3650},
       &assign_number<&C::warning_retention>,
       [](const C& c) { return std::vector{std::to_string(c.warning_retention.count())}; }},
      {{"error_retention_days", K::number, "0",
        "How long events of the severities “error” and “critical” are kept; 0: as event_retention_days.", "days", 0, 3650},
       &assign_number<&C::error_retention>,
       [](const C& c) { return std::vector{std::to_string(c.error_retention.count())}; }},
      {{"audit_retention_days", K::number, "0", "How long audit records are kept; 0: for good.", "days", 0, 36500},
       &assign_number<&C::audit_retention>,
       [](const C& c) { return std::vector{std::to_string(c.audit_retention.count())}; }},
      {{"shutdown_seconds", K::number, "5", "How long a clean end may take before the process gives up.", "seconds", 1, 300},
       &assign_number<&C::shutdown>,
       [](const C& c) { return std::vector{std::to_string(c.shutdown.count())}; }},
  }};
  return table;
}

const Row* find_row(std::string_view name) {
  const auto& table = rows();
  const auto found = std::find_if(table.begin(), table.end(), [&](const Row& row) { return row.property.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> line(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) line[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(line[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(line[j], std::min({replaced, line[j] + 1, line[j - 1] + 1}));
    }
  }
  return line[b.size()];
}

tl::unexpected<Error> unknown_key(std::string_view key, std::string_view where) {
  std::string_view nearest;
  std::size_t distance = 4;  // farther is no slip of the keyboard
  if (key.size() <= 40) {
    for (const auto& row : rows()) {
      const auto d = edit_distance(key, row.property.name);
      if (d < distance && d < row.property.name.size()) distance = d, nearest = row.property.name;
    }
  }
  std::vector<std::string_view> names;
  for (const auto& row : rows()) names.push_back(row.property.name);
  return fail(Code::configuration_invalid, fmt::format("{}: There is no setting “{}”.", where, quotable(key, 60)),
              nearest.empty() ? fmt::format("Known settings: {}.", fmt::join(names, ", ")) : fmt::format("Did you mean “{}”?", nearest));
}

/// A value of the kind the property wants, as texts; nothing when it is of another kind.
std::optional<std::vector<std::string>> texts_of(const Property& property, const TomlEntry::Value& value) {
  if (property.kind == K::number) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::vector{std::to_string(*integer)};
    return std::nullopt;
  }
  if (const auto* text = std::get_if<std::string>(&value)) return std::vector{*text};
  if (const auto* list = std::get_if<std::vector<std::string>>(&value); list && property.kind == K::addresses) return *list;
  return std::nullopt;
}

std::string_view wanted(PropertyKind kind) {
  if (kind == K::number) return "Write a whole number without quotes.";
  if (kind == K::addresses) return "Write a list of texts: [\"127.0.0.1:13291\"].";
  return "Write a text in quotes.";
}

Result<> apply_file(Configuration& configuration, std::string_view text, std::string_view source) {
  const auto entries = read_toml(text, source);
  if (!entries) return fail(entries.error());
  for (const auto& entry : *entries) {
    const auto where = fmt::format("{}:{}", source, entry.line);
    const auto* row = find_row(entry.key);
    if (!row) return unknown_key(entry.key, where);
    auto texts = texts_of(row->property, entry.value);
    if (!texts) {
      return fail(Code::configuration_invalid, fmt::format("{}: {} has a value of the wrong kind.", where, row->property.name),
                  std::string(wanted(row->property.kind)), std::string(row->property.name));
    }
    if (auto assigned = row->assign(configuration, row->property, {std::move(*texts), where}); !assigned) return assigned;
  }
  return {};
}

std::string option_name(std::string_view property) {
  std::string name = "--" + std::string(property);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

Result<> apply_options(Configuration& configuration, const GivenOptions& options) {
  for (const auto& [name, values] : options) {
    const auto* row = find_row(name);
    const auto where = option_name(name);
    if (!row) return unknown_key(name, where);
    if (values.size() != 1 && row->property.kind != K::addresses) {
      return fail(Code::configuration_invalid, fmt::format("{} is given {} times.", where, values.size()), "Give it once.", name);
    }
    if (auto assigned = row->assign(configuration, row->property, {values, where}); !assigned) return assigned;
  }
  return {};
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

std::span<const Property> properties() {
  static const std::vector<Property> list = [] {
    std::vector<Property> out;
    for (const auto& row : rows()) out.push_back(row.property);
    return out;
  }();
  return list;
}

Result<Configuration> make_configuration(std::string_view toml, std::string_view source, const GivenOptions& options) {
  Configuration configuration;
  for (const auto& row : rows()) {
    if (auto assigned = row.assign(configuration, row.property, {{std::string(row.property.initial)}, "default"}); !assigned) {
      return fail(std::move(assigned.error()));
    }
  }
  if (auto applied = apply_file(configuration, toml, source); !applied) return fail(std::move(applied.error()));
  if (auto applied = apply_options(configuration, options); !applied) return fail(std::move(applied.error()));
  return configuration;
}

Result<Configuration> load_configuration(const std::optional<std::filesystem::path>& file, const GivenOptions& options) {
  if (!file) return make_configuration("", "", options);
  std::error_code ec;
  std::ifstream in(*file, std::ios::binary);
  if (!in || std::filesystem::is_directory(*file, ec)) {
    return fail(Code::configuration_invalid, fmt::format("{}: The configuration file cannot be read.", file->string()),
                "Check the path given with --config and who may read the file.");
  }
  std::string text(limits::kMaxConfigurationBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limits::kMaxConfigurationBytes) {
    return fail(Code::configuration_invalid, fmt::format("{}: The configuration file is too large.", file->string()),
                fmt::format("Allowed: at most {} bytes.", limits::kMaxConfigurationBytes));
  }
  return make_configuration(text, file->string(), options);
}

std::string print_configuration(const Configuration& configuration) {
  std::string out = "# Configuration of daikand. Every change needs a restart.\n";
  for (const auto& row : rows()) {
    const auto& property = row.property;
    const auto values = row.show(configuration);
    std::vector<std::string> quoted;
    for (const auto& value : values) quoted.push_back(property.kind == K::number ? value : in_quotes(value));
    out += fmt::format("\n# {}\n", property.description);
    if (property.kind == K::number) out += fmt::format("# From {} to {} {}.\n", property.least, property.most, property.unit);
    if (property.kind == K::choice) out += fmt::format("# One of: {}.\n", property.choices);
    if (!property.initial.empty()) out += fmt::format("# Default: {}\n", property.initial);
    const auto all = fmt::format("{}", fmt::join(quoted, ", "));
    out += property.kind == K::addresses ? fmt::format("{} = [{}]\n", property.name, all) : fmt::format("{} = {}\n", property.name, all);
  }
  return out;
}

}  // namespace daikan
