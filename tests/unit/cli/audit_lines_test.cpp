#include "cli/audit_lines.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cli/history_query.h"

namespace daikan::cli {
namespace {

using hierarchy::AuditLink;
using testing::HasSubstr;

struct Exported {
  std::string text;
  std::vector<AuditLink> links;
};

/// `count` records as the server exports them.
Exported exported(std::int64_t count) {
  Exported made;
  std::string last(hierarchy::kAuditChainBegin);
  for (std::int64_t i = 1; i <= count; ++i) {
    hierarchy::AuditRecord record{i, from_micros(i * 1'000'000), "olga", "", "", "group.add", "group Köln", "done"};
    const auto hash = hierarchy::audit_hash(last, record);
    made.text += fmt::format(
        R"({{"sequence":{},"at":"{}","actor":"olga","source":"","through":"","action":"group.add","object":"group Köln","outcome":"done","previous_hash":"{}","hash":"{}"}})"
        "\n",
        i, to_rfc3339(record.at), last, hash);
    made.links.push_back({i, hash});
    last = hash;
  }
  return made;
}

Result<> walk(const std::string& text, AuditLines::Known known = {}) {
  AuditLines lines(std::move(known));
  for (std::size_t i = 0; i < text.size(); i += 7) {
    if (auto fed = lines.feed(std::string_view(text).substr(i, 7)); !fed) return fed;
  }
  return lines.end();
}

TEST(AuditLines, WholeExportIsWholeInWhateverPiecesItComes) {
  const auto log = exported(4);
  EXPECT_TRUE(walk(log.text));
  EXPECT_TRUE(walk(log.text.substr(0, log.text.size() - 1)));
  EXPECT_TRUE(walk(log.text, {AuditLink{}, log.links.back(), log.links[1].hash}));
  EXPECT_TRUE(walk(""));
  AuditLines lines({});
  ASSERT_TRUE(lines.feed(log.text));
  ASSERT_TRUE(lines.end());
  EXPECT_EQ(lines.records(), 4);
  EXPECT_EQ(lines.first(), 1);
  EXPECT_EQ(lines.last()->hash, log.links.back().hash);
}

TEST(AuditLines, ChangedRecordIsNamed) {
  auto log = exported(4);
  log.text.replace(log.text.rfind("olga"), 4, "ivan");
  const auto walked = walk(log.text);
  ASSERT_FALSE(walked);
  EXPECT_EQ(walked.error().code, Code::storage_failed);
  EXPECT_THAT(walked.error().message, HasSubstr("broken at record 4"));
}

TEST(AuditLines, MissingEndShowsByTheServersHeadOrANotedHash) {
  const auto whole = exported(4);
  const auto cut = exported(3);
  EXPECT_TRUE(walk(cut.text));
  auto walked = walk(cut.text, {AuditLink{}, whole.links[3], ""});
  ASSERT_FALSE(walked);
  EXPECT_THAT(walked.error().message, HasSubstr("Record 4, the last one, is missing"));
  walked = walk(cut.text, {std::nullopt, std::nullopt, whole.links[3].hash});
  ASSERT_FALSE(walked);
  EXPECT_EQ(walked.error().field, "head");
  auto other = whole.links[3];
  other.hash[0] = other.hash[0] == '0' ? '1' : '0';
  EXPECT_FALSE(walk(whole.text, {AuditLink{}, other, ""}));
}

TEST(AuditLines, EmptyExportOfALogThatHasRecordsIsABreak) { EXPECT_FALSE(walk("", {AuditLink{}, exported(2).links[1], ""})); }

TEST(AuditLines, LinesThatAreNoRecordsAreNamed) {
  const auto line = exported(1).text;
  for (const auto& text :
       {std::string("nonsense"), std::string("[]"), std::string("{}"), std::string("sequence,at,actor"),
        std::string(line).replace(line.find("olga"), 4, "\\u0000\"x"), std::string(line).replace(line.find("Z\""), 1, "+00:00")}) {
    const auto walked = walk(line + text);
    ASSERT_FALSE(walked) << text;
    EXPECT_EQ(walked.error().code, Code::invalid_request);
    EXPECT_THAT(walked.error().message, HasSubstr("Line 2"));
  }
  EXPECT_FALSE(walk(std::string(2 * 1024 * 1024, 'x')));
}

TEST(HistoryQuery, TimesAreWrittenForTheApi) {
  const auto now = from_micros(100'000'000'000);
  EXPECT_EQ(time_parameter("2026-11-23", now, "--since"), "2026-11-23T00:00:00.000000Z");
  EXPECT_EQ(time_parameter("90m", now, "--since"), to_rfc3339(now - std::chrono::minutes(90)));
  EXPECT_EQ(time_parameter("1d", now, "--since"), to_rfc3339(now - std::chrono::days(1)));
  for (const auto* text : {"", "m", "1w", "-1h", "1e3h", "yesterday", "999999999999d"}) {
    const auto value = time_parameter(text, now, "--since");
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().field, "--since");
  }
}

TEST(HistoryQuery, ParametersAreEncodedAndEmptyOnesLeftOut) {
  EXPECT_EQ(with_parameter("/audit", "actor", ""), "/audit");
  EXPECT_EQ(with_parameter("/audit", "actor", "a&b"), "/audit?actor=a%26b");
  EXPECT_EQ(audit_path("/audit", {.actor = "olga", .object = "é"}), "/audit?actor=olga&object=%C3%A9");
  EXPECT_FALSE(audit_path("/audit", {.since = "soon"}));
}

}  // namespace
}  // namespace daikan::cli
