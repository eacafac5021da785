#include "api/history_export.h"

#include <boost/json/value.hpp>
#include <gmock/gmock.h>

namespace daikan::api {
namespace {

TEST(CsvField, QuotesWhatRfc4180Asks) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(csv_field("two\r\nlines"), "\"two\r\nlines\"");
  EXPECT_EQ(csv_field(-12), "-12");
  EXPECT_EQ(csv_field(nullptr), "");
}

TEST(CsvField, NoTextIsAFormula) {
  EXPECT_EQ(csv_field("=1+1"), "'=1+1");
  EXPECT_EQ(csv_field("+1"), "'+1");
  EXPECT_EQ(csv_field("-1"), "'-1");
  EXPECT_EQ(csv_field("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_field("\t=1"), "'\t=1");
  EXPECT_EQ(csv_field("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
}

Result<Target> target(const std::string& query) { return parse_target("/api/v1/events?" + query); }

TEST(HistoryFilters, ReadEveryParameterOfEvents) {
  const auto id = RegistrationId::make(from_micros(1));
  const auto filter =
      event_filter(*target("severity=error&kind=x&secondary=" + id.str() + "&from=2026-11-23&until=2026-11-24T00:00:00Z&text=a%20b"));
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->least, hierarchy::Severity::error);
  EXPECT_EQ(filter->kind, "x");
  EXPECT_EQ(filter->secondary, id);
  EXPECT_EQ(*filter->until - *filter->from, std::chrono::days(1));
  EXPECT_EQ(filter->text, "a b");
}

TEST(HistoryFilters, NameTheParameterAtFault) {
  for (const auto& [query, field] : std::vector<std::pair<std::string, std::string>>{{"severity=bad", "severity"},
                                                                                     {"secondary=x", "secondary"},
                                                                                     {"from=yesterday", "from"},
                                                                                     {"until=1", "until"},
                                                                                     {"text=" + std::string(300, 'x'), "text"}}) {
    const auto filter = event_filter(*target(query));
    ASSERT_FALSE(filter) << query;
    EXPECT_EQ(filter.error().code, Code::invalid_request);
    EXPECT_EQ(filter.error().field, field);
  }
  EXPECT_EQ(audit_filter(*target("from=x")).error().field, "from");
  EXPECT_EQ(export_format(*target("format=xml")).error().field, "format");
  EXPECT_EQ(export_format(*target("format=csv")), ExportFormat::csv);
  EXPECT_EQ(export_format(*target("a=b")), ExportFormat::json_lines);
}

}  // namespace
}  // namespace daikan::api
