#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <stdlib.h>

namespace daikan::cli::test {
namespace {

using testing::HasSubstr;

using Arguments = std::vector<std::string>;

ParsedCommand parsed(const Arguments& arguments) {
  auto outcome = parse_command_line(arguments);
  if (!outcome) throw std::runtime_error(outcome.error().message);
  return std::get<ParsedCommand>(*outcome);
}

std::string help(const Arguments& arguments) {
  auto outcome = parse_command_line(arguments);
  if (!outcome) return "error: " + outcome.error().message;
  return std::get<HelpText>(*outcome).text;
}

/// Every verb there is, as it would be typed.
const std::vector<Arguments> kVerbs = {
    {"init"},
    {"login"},
    {"logout"},
    {"profiles"},
    {"profiles", "remove"},
    {"token", "create"},
    {"token", "list"},
    {"token", "revoke"},
    {"version"},
    {"completion"},
    {"backup"},
    {"restore"},
    {"api"},
    {"certificate", "export"},
    {"certificate", "show"},
    {"group", "add"},
    {"group", "list"},
    {"group", "remove"},
    {"secondary", "add"},
    {"secondary", "list"},
    {"secondary", "show"},
    {"secondary", "remove"},
    {"unrecognised", "list"},
    {"unrecognised", "add"},
    {"unrecognised", "ignore"},
    {"unrecognised", "unignore"},
    {"unrecognised", "forget"},
    {"link", "check"},
    {"primary", "set"},
    {"primary", "show"},
    {"primary", "clear"},
    {"probe"},
    {"tree"},
    {"event", "list"},
    {"event", "follow"},
    {"audit", "list"},
    {"operation", "list"},
    {"operation", "show"},
};

TEST(CommandLine, EveryVerbHasAnExampleInItsHelp) {
  for (auto arguments : kVerbs) {
    const auto verb = testing::PrintToString(arguments);
    arguments.push_back("--help");
    EXPECT_THAT(help(arguments), HasSubstr("Examples:\n")) << verb;
    EXPECT_THAT(help(arguments), HasSubstr("daikan ")) << verb;
  }
}

TEST(CommandLine, GlobalOptionsStandBeforeOrBehindTheNoun) {
  for (const auto& arguments : {Arguments{"--server", "hq", "--relay", "a/b", "-o", "json", "secondary", "list"},
                                Arguments{"secondary", "list", "--output", "json", "--server=hq", "--relay", "a/b"}}) {
    const auto command = parsed(arguments);
    EXPECT_EQ(command.globals.server, "hq");
    EXPECT_EQ(command.globals.relay, "a/b");
    EXPECT_EQ(command.globals.output, Output::json);
    EXPECT_TRUE(command.command);
  }
}

TEST(CommandLine, TheServerMayComeFromTheEnvironment) {
  setenv("DAIKAN_SERVER", "branch1", 1);
  EXPECT_EQ(parsed({"tree"}).globals.server, "branch1");
  EXPECT_EQ(parsed({"tree", "--server", "hq"}).globals.server, "hq");
  unsetenv("DAIKAN_SERVER");
}

TEST(CommandLine, EveryMistakeIsAUsageErrorThatNamesTheHelp) {
  struct Mistake {
    Arguments arguments;
    std::string help;
  };
  for (const auto& [arguments, wanted] :
       std::vector<Mistake>{{{}, "daikan --help"},
                            {{"nonsense"}, "daikan --help"},
                            {{"secondary"}, "daikan secondary --help"},
                            {{"secondary", "list", "--bogus"}, "daikan secondary list --help"},
                            {{"secondary", "list", "--state", "asleep"}, "daikan secondary list --help"},
                            {{"group", "add"}, "daikan group add --help"},
                            {{"primary", "set", "--address", "x"}, "daikan primary set --help"},
                            {{"tree", "--depth", "65"}, "daikan tree --help"},
                            {{"tree", "--output", "xml"}, "daikan tree --help"},
                            {{"token", "create", "--name", "x", "--hours", "0"}, "daikan token create --help"}}) {
    const auto outcome = parse_command_line(arguments);
    ASSERT_FALSE(outcome) << testing::PrintToString(arguments);
    EXPECT_EQ(outcome.error().code, Code::invalid_request);
    EXPECT_THAT(outcome.error().remedy, HasSubstr(wanted));
    EXPECT_EQ(outcome.error().message.back(), '.');
  }
}

TEST(CommandLine, APasswordIsNeverAnArgument) {
  for (const auto& arguments : {Arguments{"login", "hq", "--password", "x"}, Arguments{"secondary", "add", "b", "--password", "x"},
                                Arguments{"init", "--data", "d", "--user", "u", "--password", "x"}}) {
    EXPECT_FALSE(parse_command_line(arguments));
  }
}

TEST(CommandLine, StandardInputIsADash) {
  EXPECT_TRUE(parse_command_line({"login", "hq", "--user", "u", "--password-file", "-"}));
  EXPECT_TRUE(parse_command_line({"api", "POST", "/groups", "--data", "-"}));
  EXPECT_TRUE(parse_command_line({"certificate", "export", "-"}));
}

TEST(CommandLine, TheVersionIsPrinted) { EXPECT_EQ(help({"--version"}), "daikan " DAIKAN_VERSION "\n"); }

TEST(CommandLine, ErrorsOfTheCommandLineItselfAreJsonWhenAskedFor) {
  EXPECT_EQ(wanted_output({"nonsense", "--output", "json"}), Output::json);
  EXPECT_EQ(wanted_output({"nonsense", "--output=json"}), Output::json);
  EXPECT_EQ(wanted_output({"nonsense", "-o", "json"}), Output::json);
  EXPECT_EQ(wanted_output({"nonsense"}), Output::table);
}

}  // namespace
}  // namespace daikan::cli::test
