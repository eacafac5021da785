#include "api/report_devices.h"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace daikan::api {
namespace {

namespace json = boost::json;
using hierarchy::DeviceCounts;
using server::RolledUpServer;

DeviceCounts counts(std::uint64_t ok, std::uint64_t critical) {
  DeviceCounts made;
  made.of = {ok, 0, critical, 0};
  return made;
}

RolledUpServer below(std::vector<std::string> path, std::optional<DeviceCounts> devices, RolledUpServer::Now now) {
  RolledUpServer server;
  server.path = std::move(path);
  server.devices = devices;
  server.now = now;
  server.heard_at = from_micros(1'700'000'000'000'000);
  return server;
}

DevicesReport report(const std::vector<RolledUpServer>& servers, Columns columns = Columns::few) {
  static server::Facts facts;
  facts.name = "hq";
  return devices_report({facts, counts(5, 1), servers, from_micros(1'700'000'100'000'000)}, columns);
}

TEST(ReportOfDevices, TheSumIsThatOfThisServerAndOfAllBelow) {
  const auto made =
      report({below({"a"}, counts(2, 0), RolledUpServer::Now::current), below({"a", "b"}, counts(0, 3), RolledUpServer::Now::current)});
  ASSERT_EQ(made.rows.size(), 3U);
  EXPECT_EQ(made.rows[0].at("server"), "hq");
  EXPECT_EQ(made.rows[2].at("server"), "hq > a > b");
  EXPECT_EQ(json::serialize(made.sum), R"({"ok":7,"warning":0,"critical":4,"unknown":0,"total":11,"servers":3,"complete":true})");
  EXPECT_TRUE(made.missing.empty());
}

TEST(ReportOfDevices, WhoNeverToldIsNamedAndHasNoZeros) {
  const auto made = report({below({"old"}, std::nullopt, RolledUpServer::Now::current)});
  EXPECT_TRUE(made.rows[1].at("total").is_null());
  EXPECT_TRUE(made.rows[1].at("ok").is_null());
  EXPECT_EQ(made.sum.at("total"), 6);
  EXPECT_EQ(made.sum.at("servers"), 1);
  EXPECT_EQ(made.sum.at("complete"), false);
  ASSERT_EQ(made.missing.size(), 1U);
  EXPECT_EQ(made.missing[0].at("devices"), "unknown");
}

TEST(ReportOfDevices, WhoIsAwayIsCountedAsItToldLastAndNamed) {
  const auto made = report({below({"away"}, counts(2, 0), RolledUpServer::Now::missing)}, Columns::all);
  EXPECT_EQ(made.rows[1].at("total"), 2);
  EXPECT_EQ(made.sum.at("total"), 8);
  EXPECT_EQ(made.sum.at("complete"), false);
  EXPECT_EQ(made.missing[0].at("devices"), "old");
  EXPECT_EQ(made.missing[0].at("heard_at"), "2023-11-14T22:13:20.000000Z");
  for (const auto column : made.columns) EXPECT_TRUE(made.rows[1].contains(column)) << column;
}

}  // namespace
}  // namespace daikan::api
