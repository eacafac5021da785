#include "cli/command_line.h"

#include <cstdlib>

#include "cli/command_line_parts.h"
#include "cli/completion.h"

namespace daikan::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 internal, 2 command line or field, 3 authentication or permission, 4 not found, 5 conflict,\n"
    "6 unreachable, 7 certificate, 130 interrupted.\n\n"
    "Environment: DAIKAN_SERVER (profile), DAIKAN_HOME (folder of profiles.json), NO_COLOR.\n\n"
    "First steps:\n"
    "  daikan init --data /var/lib/daikan --user admin\n"
    "  daikan login https://hq.example.com:13291 --as hq --user admin\n"
    "  daikan --server hq secondary add --group \"Managed devices\" branch1.example.com";

// What the completion scripts call: no command of its own, because any word may follow it.
constexpr std::string_view kComplete = "complete";

void add_globals(CLI::App& app, Globals& globals) {
  if (const char* server = std::getenv("DAIKAN_SERVER"); server != nullptr) globals.server = server;
  app.add_option("--server", globals.server, "The profile to use, as named at login")->type_name("PROFILE");
  app.add_option("--relay", globals.relay, "Run the command on a server below, reached through the profile's server")
      ->type_name("NAME[/NAME...]");
  const std::map<std::string, Output> outputs = {{"table", Output::table}, {"json", Output::json}};
  app.add_option("-o,--output", globals.output, "For people (table) or for programs (json)")
      ->transform(CLI::Transformer(outputs).description(""))
      ->type_name("table|json");
}

std::string deepest_command(const CLI::App& app) {
  std::string name = "daikan";
  const auto* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().back();
    name += " " + at->get_name();
  }
  return name;
}

std::string sentence(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (!text.empty() && text.back() != '.') text += '.';
  return text;
}

}  // namespace

CLI::App* add_noun(CLI::App& app, const std::string& name, const std::string& what) {
  auto* noun = app.add_subcommand(name, what);
  noun->require_subcommand(1);
  return noun;
}

CLI::App* add_verb(CLI::App* noun, const std::string& name, const std::string& what, const std::string& examples) {
  auto* verb = noun->add_subcommand(name, what);
  verb->footer("Examples:\n" + examples + "\n\nAlso: --server PROFILE, --relay NAME, --output table|json; see daikan --help.");
  return verb;
}

Result<std::variant<ParsedCommand, HelpText>> parse_command_line(const std::vector<std::string>& arguments) {
  CLI::App app("Administers Daikan servers: joins them into a hierarchy of primary and secondary Administration Servers.", "daikan");
  app.fallthrough();
  app.require_subcommand(1);
  app.get_formatter()->column_width(38);
  app.set_version_flag("--version", "daikan " DAIKAN_VERSION);
  app.footer(kExitCodes);
  ParsedCommand parsed;
  add_globals(app, parsed.globals);
  add_access_commands(app, parsed.command);
  add_server_commands(app, parsed.command);
  add_secondary_commands(app, parsed.command);
  add_primary_commands(app, parsed.command);
  add_invitation_commands(app, parsed.command);
  add_history_commands(app, parsed.command);
  add_user_commands(app, parsed.command);
  add_backup_commands(app, parsed.command);
  add_task_commands(app, parsed.command);
  add_policy_commands(app, parsed.command);
  add_device_commands(app, parsed.command);
  if (!arguments.empty() && arguments.front() == kComplete) {
    parsed.command = [completion = complete(app, {arguments.begin() + 1, arguments.end()})](Context& context) {
      return print_completion(context, completion);
    };
    return parsed;
  }
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
  } catch (const CLI::CallForHelp&) {
    return HelpText{app.help()};
  } catch (const CLI::CallForVersion& version) {
    return HelpText{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return fail(Code::invalid_request, sentence(error.what()), "Read: " + deepest_command(app) + " --help.");
  }
  return parsed;
}

Output wanted_output(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--output=json" || arguments[i] == "-ojson") return Output::json;
    if ((arguments[i] == "--output" || arguments[i] == "-o") && i + 1 < arguments.size() && arguments[i + 1] == "json") return Output::json;
  }
  return Output::table;
}

}  // namespace daikan::cli
