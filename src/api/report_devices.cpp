#include "api/report_devices.h"

#include "api/devices.h"
#include "api/rolled_up.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using server::RolledUpServer;

constexpr std::string_view kNumbers[] = {"ok", "warning", "critical", "unknown", "total"};

/// null for each where nothing was told.
void add_numbers(json::object& row, const std::optional<hierarchy::DeviceCounts>& counts) {
  const auto numbers = counts ? device_counts_json(*counts) : json::object();
  for (const auto name : kNumbers) row[name] = counts ? numbers.at(name) : json::value(nullptr);
}

json::object only(const json::object& all, const std::vector<std::string_view>& columns) {
  json::object row;
  for (const auto column : columns) row[column] = all.at(column);
  return row;
}

json::object own_row(const DevicesOfAll& of) {
  json::object all{{"server", of.facts.name},
                   {"current", true},
                   {"heard_at", to_rfc3339(of.at)},
                   {"told_at", time_json(of.own.told_at)},
                   {"state", nullptr},
                   {"version", of.facts.version}};
  add_numbers(all, of.own);
  return all;
}

json::object row_of(const RolledUpServer& server, const std::string& path) {
  auto all = rolled_up_server_json(server);
  all["server"] = path;
  all["told_at"] = time_json(server.devices ? server.devices->told_at : std::nullopt);
  add_numbers(all, server.devices);
  return all;
}

}  // namespace

DevicesReport devices_report(const DevicesOfAll& of, Columns columns) {
  DevicesReport report;
  report.columns = {"server", "ok", "warning", "critical", "unknown", "total", "current", "heard_at"};
  if (columns == Columns::all) report.columns.insert(report.columns.end(), {"told_at", "state", "version"});
  report.rows.push_back(only(own_row(of), report.columns));
  auto sum = of.own;
  std::uint64_t servers = 1;
  for (const auto& each : of.servers) {
    const auto path = path_in_words(each, of.facts.name);
    report.rows.push_back(only(row_of(each, path), report.columns));
    const bool current = each.now == RolledUpServer::Now::current;
    if (each.devices) {
      sum += *each.devices;
      ++servers;
    }
    if (each.devices && current) continue;
    report.missing.push_back(
        json::object{{"server", path}, {"heard_at", time_json(each.heard_at)}, {"devices", each.devices ? "old" : "unknown"}});
  }
  add_numbers(report.sum, sum);
  report.sum["servers"] = servers;
  report.sum["complete"] = report.missing.empty();
  return report;
}

}  // namespace daikan::api
