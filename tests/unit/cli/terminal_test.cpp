#include "cli/terminal.h"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <time.h>

#include "cli/exit_code.h"
#include "cli/table.h"
#include "unit/cli/test_terminal.h"

namespace daikan::cli::test {
namespace {

constexpr Terminal::Traits kAsking{.asking = Asking::possible};

TEST(Terminal, AsksOnTheErrorStreamSoThatResultsStayClean) {
  TestTerminal given(kAsking, "olga\n");
  EXPECT_EQ(*given.terminal.ask("User"), "olga");
  EXPECT_EQ(given.err.str(), "User: ");
  EXPECT_EQ(given.out.str(), "");
}

TEST(Terminal, AnEmptyAnswerIsThePreset) {
  TestTerminal given(kAsking, "\n");
  EXPECT_EQ(*given.terminal.ask("Address", "hq:13000"), "hq:13000");
  EXPECT_EQ(given.err.str(), "Address [hq:13000]: ");
}

TEST(Terminal, NothingIsAskedWhenPiped) {
  TestTerminal given({}, "olga\n");
  EXPECT_EQ(given.terminal.ask("User").error().code, Code::invalid_request);
  EXPECT_EQ(given.terminal.ask_secret("Password").error().code, Code::invalid_request);
  EXPECT_EQ(given.err.str(), "");
}

TEST(Terminal, TheEndOfTheInputCancels) {
  TestTerminal given(kAsking, "");
  EXPECT_EQ(given.terminal.ask("User").error().code, Code::cancelled);
}

TEST(Terminal, AnAnswerBeyondEveryBoundIsRefused) {
  TestTerminal given(kAsking, std::string(10'000, 'x'));
  EXPECT_EQ(given.terminal.ask("User").error().code, Code::invalid_request);
}

TEST(Terminal, OnlyYesIsYes) {
  TestTerminal given(kAsking, "y\nyes\nsure\n\n");
  EXPECT_TRUE(*given.terminal.confirm("Same?"));
  EXPECT_TRUE(*given.terminal.confirm("Same?"));
  EXPECT_FALSE(*given.terminal.confirm("Same?"));
  EXPECT_FALSE(*given.terminal.confirm("Same?"));
}

TEST(Terminal, ASecretKeepsItsSpaces) {
  TestTerminal given(kAsking, " two words \n");
  EXPECT_EQ(*given.terminal.ask_secret("Password"), " two words ");
}

TEST(Terminal, ColoursAreOffUnlessAskedFor) {
  TestTerminal plain;
  EXPECT_EQ(plain.terminal.coloured(Colour::red, "x"), "x");
  TestTerminal coloured({.out_colours = Colours::on});
  EXPECT_EQ(coloured.terminal.coloured(Colour::red, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(coloured.terminal.coloured_note(Colour::red, "x"), "x");
}

TEST(Terminal, TextOfAServerCannotSteerTheTerminal) { EXPECT_EQ(shown("a\x1b[2Jb"), "a\\x1b[2Jb"); }

TEST(Terminal, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("東京"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("●"), 1U);
}

TEST(Terminal, TimesAreShownInTheViewersZone) {
  setenv("TZ", "Asia/Tokyo", 1);
  tzset();
  EXPECT_EQ(local_time("2026-11-23T21:33:00.123456Z"), "2026-11-24 06:33:00");
  setenv("TZ", "UTC", 1);
  tzset();
  EXPECT_EQ(local_time("2026-11-23T21:33:00Z"), "2026-11-23 21:33:00");
  EXPECT_EQ(local_time("yesterday"), "yesterday");
  EXPECT_EQ(local_time(""), "");
}

TEST(Table, AlignsByWidthAndLeavesNoTrailingSpaces) {
  TestTerminal given;
  Table table({"NAME", "STATE", "REASON"});
  table.add({"東京", "up", ""});
  table.add({"branch1", "down", "refused"});
  table.print(given.terminal);
  EXPECT_EQ(given.out.str(),
            "NAME     STATE  REASON\n"
            "東京     up\n"
            "branch1  down   refused\n");
}

TEST(Table, ColoursTakeNoRoom) {
  TestTerminal given({.out_colours = Colours::on});
  Table table({"A", "B"});
  table.add({Cell("x", Colour::green), "y"});
  table.print(given.terminal);
  EXPECT_THAT(given.out.str(), testing::HasSubstr("\x1b[32mx\x1b[0m  y\n"));
}

TEST(ExitCode, EveryCodeHasItsKind) {
  EXPECT_EQ(exit_code_of(Code::internal), ExitCode::internal);
  EXPECT_EQ(exit_code_of(Code::storage_failed), ExitCode::internal);
  EXPECT_EQ(exit_code_of(Code::group_not_found), ExitCode::usage);
  EXPECT_EQ(exit_code_of(Code::port_out_of_range), ExitCode::usage);
  EXPECT_EQ(exit_code_of(Code::wrong_credentials), ExitCode::not_allowed);
  EXPECT_EQ(exit_code_of(Code::permission_denied), ExitCode::not_allowed);
  EXPECT_EQ(exit_code_of(Code::not_found), ExitCode::not_found);
  EXPECT_EQ(exit_code_of(Code::certificate_in_use), ExitCode::conflict);
  EXPECT_EQ(exit_code_of(Code::loop), ExitCode::conflict);
  EXPECT_EQ(exit_code_of(Code::proxy_auth_required), ExitCode::unreachable);
  EXPECT_EQ(exit_code_of(Code::not_connected), ExitCode::unreachable);
  EXPECT_EQ(exit_code_of(Code::certificate_mismatch), ExitCode::certificate);
  EXPECT_EQ(exit_code_of(Code::cancelled), ExitCode::interrupted);
}

TEST(ExitCode, AnErrorIsASentenceAndItsRemedy) {
  TestTerminal given;
  print_error(given.terminal, Output::table, Error(Code::refused, "hq:13000: connection refused.", "Is the server running?"));
  EXPECT_EQ(given.err.str(), "daikan: hq:13000: connection refused.\n  Is the server running?\n");
  EXPECT_EQ(given.out.str(), "");
}

TEST(ExitCode, AnErrorForProgramsIsJson) {
  TestTerminal given;
  print_error(given.terminal, Output::json, Error(Code::name_taken, "Taken.", "Choose.", "name"));
  EXPECT_EQ(given.err.str(),
            "{\n  \"code\": \"name_taken\",\n  \"message\": \"Taken.\",\n  \"remedy\": \"Choose.\",\n  \"field\": \"name\"\n}\n");
}

}  // namespace
}  // namespace daikan::cli::test
