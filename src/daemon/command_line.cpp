#include "daemon/command_line.h"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace daikan::daemon {
namespace {

std::string description_of(const Property& property) {
  std::string text(property.description);
  if (property.kind == PropertyKind::number) text += fmt::format(" {} to {} {}.", property.least, property.most, property.unit);
  if (property.kind == PropertyKind::choice) text += fmt::format(" One of: {}.", property.choices);
  if (property.kind == PropertyKind::addresses) text += " May be repeated.";
  if (!property.initial.empty()) text += fmt::format(" Default: {}", property.initial);
  return text;
}

std::string_view placeholder(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::path:
      return "DIR";
    case PropertyKind::number:
      return "N";
    case PropertyKind::addresses:
      return "ADDR:PORT";
    case PropertyKind::text:
    case PropertyKind::choice:
      break;
  }
  return "TEXT";
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("daikand is a Daikan Administration Server: it links servers into a hierarchy and answers their consoles.", "daikand");
  app.set_version_flag("--version", "daikand " DAIKAN_VERSION);
  app.footer(
      "Example: daikand --data /var/lib/daikan --name hq --console 127.0.0.1:13291\nExit codes: 0 ended cleanly, 2 configuration, "
      "3 cannot listen, 4 data folder or database, 1 anything else.");
  std::string config;
  bool check = false;
  bool print = false;
  app.add_option("--config", config, "A TOML file with settings; options on the command line go before it.")->type_name("FILE");
  app.add_flag("--check-config", check, "Check the configuration and exit with 0, or with 2 and the first error.");
  app.add_flag("--print-config", print, "Print the configuration that would be used, as a commented TOML file, and exit.");
  GivenOptions given;
  for (const auto& property : properties()) {
    std::string flag = "--" + std::string(property.name);
    std::replace(flag.begin(), flag.end(), '_', '-');
    app.add_option(flag, given[std::string(property.name)], description_of(property))
        ->type_name(std::string(placeholder(property.kind)))
        ->take_all()
        ->allow_extra_args(false);
  }

  CommandLine line;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    line.action = CommandLine::Action::say;
    line.text = app.help();
    return line;
  } catch (const CLI::CallForVersion&) {
    line.action = CommandLine::Action::say;
    line.text = app.version() + "\n";
    return line;
  } catch (const CLI::ParseError& error) {
    return fail(Code::configuration_invalid, std::string(error.what()), "See daikand --help.");
  }
  if (!config.empty()) line.config = config;
  if (check) line.action = CommandLine::Action::check_configuration;
  if (print) line.action = CommandLine::Action::print_configuration;
  std::erase_if(given, [](const auto& option) { return option.second.empty(); });
  line.options = std::move(given);
  return line;
}

}  // namespace daikan::daemon
