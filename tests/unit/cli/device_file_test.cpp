#include "cli/device_file.h"

#include <gmock/gmock.h>

namespace daikan::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refused(std::string_view text) {
  const auto rows = read_device_file(text);
  if (rows) return "(taken)";
  EXPECT_EQ(rows.error().code, Code::invalid_request);
  EXPECT_FALSE(rows.error().remedy.empty());
  return rows.error().message;
}

TEST(DeviceFile, CsvHasItsColumnsInAnyOrder) {
  const auto rows = read_device_file("status,name,reason,group\nok,till-1,,Managed devices/Shops\ncritical,till-2,no answer,\n");
  ASSERT_TRUE(rows) << rows.error().text();
  EXPECT_THAT(
      *rows, ElementsAre(DeviceLine{"till-1", "Managed devices/Shops", "ok", "", 2}, DeviceLine{"till-2", "", "critical", "no answer", 3}));
}

TEST(DeviceFile, CsvMayHaveAMarkCarriageReturnsQuotedFieldsEmptyLinesAndNoLastLineEnd) {
  const auto rows = read_device_file("\xef\xbb\xbfname,status,reason\r\n\r\n\"a, \"\"b\"\"\",ok,\"two\nlines\"\r\n\r\nc,unknown,");
  ASSERT_TRUE(rows) << rows.error().text();
  EXPECT_THAT(*rows, ElementsAre(DeviceLine{"a, \"b\"", "", "ok", "two\nlines", 3}, DeviceLine{"c", "", "unknown", "", 6}));
}

TEST(DeviceFile, JsonLinesAreObjectsWithTheSameMembers) {
  const auto rows = read_device_file(
      "\n{\"name\":\"a\",\"status\":\"ok\",\"group\":null}\r\n\n  {\"status\":\"warning\",\"name\":\"b\",\"reason\":\"r\"}");
  ASSERT_TRUE(rows) << rows.error().text();
  EXPECT_THAT(*rows, ElementsAre(DeviceLine{"a", "", "ok", "", 2}, DeviceLine{"b", "", "warning", "r", 4}));
}

TEST(DeviceFile, ABadFileIsRefusedByNamingTheLine) {
  EXPECT_THAT(refused(""), HasSubstr("nothing in the file"));
  EXPECT_THAT(refused("name,group\na,b\n"), HasSubstr("Line 1: the head line has not both"));
  EXPECT_THAT(refused("name,status,colour\n"), HasSubstr("Line 1: the head line has a column “colour”"));
  EXPECT_THAT(refused("name,status,name\n"), HasSubstr("Line 1: the column “name” is there twice"));
  EXPECT_THAT(refused("name,status\na,ok\nb,ok,c\n"), HasSubstr("Line 3: it has 3 fields and the head line has 2"));
  EXPECT_THAT(refused("name,status\na,ok,,,,,,,,\n"), HasSubstr("Line 2: it has too many fields"));
  EXPECT_THAT(refused("name,status\n\na,fine\n"), HasSubstr("Line 3: “fine” is no status"));
  EXPECT_THAT(refused("name,status\na,\n"), HasSubstr("Line 2: there is no status"));
  EXPECT_THAT(refused("name,status\n,ok\n"), HasSubstr("Line 2: there is no name"));
  EXPECT_THAT(refused("name,status\n\"a,ok\n"), HasSubstr("Line 2: a quotation mark is not closed"));
  EXPECT_THAT(refused("name,status\n\"a\"b,ok\n"), HasSubstr("Line 2: something stands behind a quotation mark"));
  EXPECT_THAT(refused("name,status\na\xff,ok\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(refused("{\"name\":\"a\",\"status\":\"ok\"}\n{\"name\":\"b\"}\n"), HasSubstr("Line 2: there is no status"));
  EXPECT_THAT(refused("{\"name\":\"a\",\"status\":\"ok\"}\nname,status\n"), HasSubstr("Line 2: it is not a JSON object"));
  EXPECT_THAT(refused("{\"name\":7,\"status\":\"ok\"}\n"), HasSubstr("Line 1: name is not a text"));
  EXPECT_THAT(refused("{\"name\":\"a\",\"status\":\"ok\",\"ip\":\"x\"}\n"), HasSubstr("Line 1: there is no “ip” of a device"));
}

}  // namespace
}  // namespace daikan::cli
