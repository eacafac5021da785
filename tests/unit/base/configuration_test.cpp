#include "base/configuration.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan {
namespace {

Error error_of(std::string_view toml, const GivenOptions& options = {}) {
  const auto made = make_configuration(toml, "daikand.toml", options);
  EXPECT_FALSE(made);
  return made ? Error(Code::internal, "accepted") : made.error();
}

TEST(Configuration, HasDefaultsWithoutFileAndOptions) {
  const auto made = load_configuration(std::nullopt, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->data, "/var/lib/daikan");
  EXPECT_EQ(made->console, (std::vector<Endpoint>{{"*", 13291}}));
  EXPECT_EQ(made->link, (std::vector<Endpoint>{{"*", 13000}}));
  EXPECT_EQ(made->log_level, "info");
  EXPECT_EQ(made->log_format, LogFormat::text);
  EXPECT_EQ(made->max_depth, limits::kDefaultMaxDepth);
  EXPECT_EQ(made->event_retention, std::chrono::days(90));
  EXPECT_EQ(made->shutdown, std::chrono::seconds(5));
}

TEST(Configuration, CommandLineWinsOverFileAndFileOverDefault) {
  const auto made = make_configuration("name = \"file\"\nmax_depth = 8\nlog_format = \"json\"\n", "f", {{"name", {"line"}}});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->name, "line");
  EXPECT_EQ(made->max_depth, 8U);
  EXPECT_EQ(made->log_format, LogFormat::json);
}

TEST(Configuration, TakesListsOfAddressesAndPortZero) {
  const auto made = make_configuration("console = [\"127.0.0.1:0\", \"[::1]:0\", \"10.0.0.1\"]\nlink = \"*:0\"\n", "f", {});
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->console, (std::vector<Endpoint>{{"127.0.0.1", 0}, {"::1", 0}, {"10.0.0.1", 13291}}));
  EXPECT_EQ(made->link, (std::vector<Endpoint>{{"*", 0}}));
}

TEST(Configuration, NamesFileLineKeyAndWhatIsAllowed) {
  const auto error = error_of("name = \"hq\"\n\nlog_level = \"loud\"\n");
  EXPECT_EQ(error.code, Code::configuration_invalid);
  EXPECT_EQ(error.message, "daikand.toml:3: “loud” is not a value for log_level.");
  EXPECT_EQ(error.remedy, "Allowed: debug info warning error.");
  EXPECT_EQ(error.field, "log_level");
}

TEST(Configuration, NamesTheOptionThatIsWrong) {
  const auto error = error_of("", {{"max_depth", {"65"}}});
  EXPECT_EQ(error.message, "--max-depth: “65” is not a value for max_depth.");
  EXPECT_EQ(error.remedy, "Allowed: a whole number from 2 to 64 levels.");
}

TEST(Configuration, RefusesNumbersOutsideTheirBoundsAndNoNumbers) {
  for (const auto* text : {"1", "65", "-3", "8x", "", "99999999999999999999"}) {
    EXPECT_EQ(error_of("", {{"max_depth", {text}}}).code, Code::configuration_invalid) << text;
  }
}

TEST(Configuration, SuggestsTheNearestKeyForAnUnknownOne) {
  EXPECT_EQ(error_of("log_levl = \"info\"\n").remedy, "Did you mean “log_level”?");
  EXPECT_EQ(error_of("\ncolour = \"red\"\n").message, "daikand.toml:2: There is no setting “colour”.");
  EXPECT_TRUE(error_of("xyzzyxyzzy = 1\n").remedy.starts_with("Known settings: data, name, console"));
}

TEST(Configuration, RefusesValuesOfTheWrongKind) {
  EXPECT_EQ(error_of("max_depth = \"8\"\n").remedy, "Write a whole number without quotes.");
  EXPECT_EQ(error_of("name = 8\n").remedy, "Write a text in quotes.");
  EXPECT_EQ(error_of("console = 13291\n").remedy, "Write a list of texts: [\"127.0.0.1:13291\"].");
  EXPECT_EQ(error_of("console = [13291]\n").code, Code::configuration_invalid);
  EXPECT_EQ(error_of("[console]\nport = 1\n").code, Code::configuration_invalid);
}

TEST(Configuration, TellsTheLineThatIsNotToml) {
  const auto error = error_of("name = \"hq\"\nmax_depth = = 3\n");
  EXPECT_TRUE(error.message.starts_with("daikand.toml:2: This is not TOML: ")) << error.message;
}

TEST(Configuration, RefusesTableHeadersThatBeginWithNoKey) {
  for (const auto* text : {"[:", "[:1]", "[[=", "[", "[]", "[ ", "= 1"}) {
    EXPECT_TRUE(error_of(text).message.starts_with("daikand.toml:1: This is not TOML: ")) << text;
  }
}

TEST(Configuration, TakesAnyLanguageInQuotesAndCommentsAndNowhereElse) {
  const auto made = make_configuration("\xef\xbb\xbf# 管理サーバー ü\nname = \"東京 \\\" ü\" # ü\nlog_level = 'info'\n", "f", {});
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->name, "東京 \" ü");
  for (const auto* text : {"ü = 1", "name = é", "name = \"a\" ü", "name = 'a'　", "\xc6\xa4\xca\xa4"}) {
    EXPECT_TRUE(error_of(text).message.starts_with("daikand.toml:1: This is not TOML: ")) << text;
  }
}

TEST(Configuration, ReportsTheFirstWrongLine) { EXPECT_TRUE(error_of("zzz = 1\naaa = 1\n").message.starts_with("daikand.toml:1: ")); }

TEST(Configuration, RefusesAddressesThatCannotBeListenedOn) {
  for (const auto* text : {"", "127.0.0.1:70000", "127.0.0.1:-1", "[::1", "http://x", "a b"}) {
    const auto error = error_of("", {{"console", {text}}});
    EXPECT_EQ(error.code, Code::configuration_invalid) << text;
    EXPECT_TRUE(error.remedy.starts_with("Allowed: an IP address")) << error.remedy;
  }
  EXPECT_EQ(error_of("link = []\n").remedy, "Allowed: 1 to 32 addresses.");
}

TEST(Configuration, RefusesDatabasesItDoesNotKnow) {
  EXPECT_EQ(error_of("database = \"mysql://x\"\n").field, "database");
  EXPECT_EQ(error_of("database = \"sqlite:\"\n").field, "database");
  EXPECT_TRUE(make_configuration("database = \"postgresql://daikan@db/daikan\"\n", "f", {}));
}

TEST(Configuration, RefusesControlCharactersAndSlashesInNames) {
  EXPECT_EQ(error_of("name = \"a\\u0000b\"\n").field, "name");
  EXPECT_EQ(error_of("name = \"a\\nb\"\n").field, "name");
  EXPECT_EQ(error_of("name = \"a/b\"\n").field, "name");
  EXPECT_EQ(error_of("data = \"\"\n").field, "data");
}

TEST(Configuration, RefusesAnOptionGivenTwice) {
  EXPECT_EQ(error_of("", {{"name", {"a", "b"}}}).message, "--name is given 2 times.");
  const auto made = make_configuration("", "", {{"console", {"127.0.0.1:1", "127.0.0.1:2"}}});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->console.size(), 2U);
}

TEST(Configuration, PrintsAFileThatSaysTheSame) {
  const auto made = make_configuration("name = \"Zürich \\\"A\\\" \\\\\"\nconsole = [\"[::1]:0\", \"*\"]\nshutdown_seconds = 9\n", "f", {});
  ASSERT_TRUE(made);
  const auto printed = print_configuration(*made);
  const auto again = make_configuration(printed, "printed", {});
  ASSERT_TRUE(again) << again.error().text() << "\n" << printed;
  EXPECT_EQ(again->name, made->name);
  EXPECT_EQ(again->console, made->console);
  EXPECT_EQ(again->shutdown, std::chrono::seconds(9));
  EXPECT_EQ(print_configuration(*again), printed);
  for (const auto& property : properties()) EXPECT_NE(printed.find(property.description), std::string::npos) << property.name;
}

TEST(Configuration, SaysWhichFileCannotBeReadOrIsTooLarge) {
  const auto missing = load_configuration("/nonexistent/daikand.toml", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "/nonexistent/daikand.toml: The configuration file cannot be read.");
  EXPECT_FALSE(load_configuration("/tmp", {}));

  const auto file = std::filesystem::temp_directory_path() / ("daikan-large-" + std::to_string(::getpid()) + ".toml");
  std::ofstream(file) << std::string(limits::kMaxConfigurationBytes + 1, '#');
  const auto large = load_configuration(file, {});
  std::filesystem::remove(file);
  ASSERT_FALSE(large);
  EXPECT_NE(large.error().message.find("too large"), std::string::npos);
}

}  // namespace
}  // namespace daikan
