// Reports over this server and those below it: the same table as JSON, CSV or a page for the printer. What is missing is named.
#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/history_export.h"
#include "api/history_filters.h"
#include "api/problem.h"
#include "api/report_devices.h"
#include "api/requests.h"
#include "api/rolled_up.h"
#include "base/limits_feed.h"
#include "base/time_text.h"
#include "store/tables_devices.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using server::RolledUpServer;

constexpr std::string_view kQuery[] = {"format", "include_secondaries", "depth", "details", "severity", "from", "until"};

struct Report {
  std::string kind;
  bool include_secondaries = true;
  std::int64_t depth = 0;
  bool details = false;
  hierarchy::EventFilter filter;
  std::vector<RolledUpServer> servers;  ///< Those it is about, without this one.
  std::vector<std::string_view> columns;
  std::vector<json::object> rows;
  bool complete = true;  ///< False: there are more events than a report holds.
  json::array missing;
  json::object sum;  ///< Of devices.
};

Result<bool> flag_of(const Target& target, std::string_view name, bool fallback) {
  const auto text = target.find_query(name);
  if (!text) return fallback;
  if (*text == "true" || *text == "false") return *text == "true";
  return fail(Code::invalid_request, fmt::format("{} is neither true nor false.", name), "Give true or false.", std::string(name));
}

Result<Report> wanted(const Call& call) {
  Report report;
  report.kind = call.parameter("kind");
  if (report.kind != "servers" && report.kind != "events" && report.kind != "devices") {
    return fail(Code::not_found, "There is no such report.", "There are the reports servers, events and devices.");
  }
  const auto include = flag_of(call.target, "include_secondaries", true);
  const auto details = flag_of(call.target, "details", false);
  const auto depth = number_of(call.target, "depth", limits::kHighestMaxDepth, {0, limits::kHighestMaxDepth});
  auto filter = event_filter(call.target);
  if (!include) return fail(include.error());
  if (!details) return fail(details.error());
  if (!depth) return fail(depth.error());
  if (!filter) return fail(filter.error());
  report.include_secondaries = *include;
  report.details = *details;
  report.depth = *include ? *depth : 0;
  report.filter = std::move(*filter);
  return report;
}

void add_servers(Report& report, const server::Facts& facts) {
  report.columns = {"server", "state", "current", "heard_at", "version"};
  if (report.details) report.columns.insert(report.columns.end(), {"since", "reason", "groups", "secondaries", "applied_at"});
  for (const auto& each : report.servers) {
    auto all = rolled_up_server_json(each);
    json::object row;
    all["server"] = path_in_words(each, facts.name);
    for (const auto column : report.columns) row[column] = all.at(column);
    report.rows.push_back(std::move(row));
  }
}

void add_every_event(Report& report, const std::vector<store::RolledUpEvent>& events, const std::map<ServerId, std::string>& paths) {
  report.columns = {"server", "at", "severity", "kind", "message", "origin_sequence"};
  for (const auto& each : events) {
    report.rows.push_back({{"server", paths.at(each.origin)},
                           {"at", to_rfc3339(each.event.at)},
                           {"severity", hierarchy::to_string(each.event.severity)},
                           {"kind", each.event.kind},
                           {"message", each.event.message},
                           {"origin_sequence", each.origin_sequence}});
  }
}

void add_counts(Report& report, const std::vector<store::RolledUpEvent>& events, const std::map<ServerId, std::string>& paths) {
  report.columns = {"server", "critical", "error", "warning", "info"};
  std::map<std::string, std::array<std::uint64_t, 4>> counts;
  for (const auto& [id, path] : paths) counts[path] = {};
  for (const auto& each : events) ++counts[paths.at(each.origin)].at(static_cast<std::size_t>(each.event.severity));
  for (const auto& [path, of] : counts) {
    report.rows.push_back({{"server", path}, {"critical", of[3]}, {"error", of[2]}, {"warning", of[1]}, {"info", of[0]}});
  }
}

awaitable<Result<>> add_events(Context& context, Report& report) {
  using Events = std::vector<store::RolledUpEvent>;
  const auto paths = server_paths(context, report.servers);
  std::function<Result<Events>(store::Transaction&)> work = [filter = report.filter](store::Transaction& transaction) -> Result<Events> {
    return store::rolled_up_events(transaction, {.after = 0, .before = 0, .limit = limits::kMaxReportEvents + 1}, filter);
  };
  auto events = co_await context.services.storage.read<Events>(std::move(work));
  if (!events) co_return fail(std::move(events.error()));
  report.complete = events->size() <= limits::kMaxReportEvents;
  if (!report.complete) events->pop_back();
  std::erase_if(*events, [&](const auto& each) { return !paths.contains(each.origin); });
  if (report.details) {
    add_every_event(report, *events, paths);
  } else {
    add_counts(report, *events, paths);
  }
  co_return Result<>{};
}

awaitable<Result<>> add_devices(Context& context, Report& report) {
  std::function<Result<hierarchy::DeviceCounts>(store::Transaction&)> work =
      [](store::Transaction& transaction) -> Result<hierarchy::DeviceCounts> { return store::device_counts(transaction); };
  const auto own = co_await context.services.storage.read<hierarchy::DeviceCounts>(std::move(work));
  if (!own) co_return fail(own.error());
  auto made = devices_report({context.services.facts, *own, report.servers, now()}, report.details ? Columns::all : Columns::few);
  report.columns = std::move(made.columns);
  report.rows = std::move(made.rows);
  report.sum = std::move(made.sum);
  report.missing = std::move(made.missing);
  co_return Result<>{};
}

json::array missing(const Report& report, const server::Facts& facts) {
  json::array out;
  for (const auto& each : report.servers) {
    if (each.now == RolledUpServer::Now::current) continue;
    out.push_back(json::object{{"server", path_in_words(each, facts.name)},
                               {"heard_at", each.heard_at ? json::value(to_rfc3339(*each.heard_at)) : json::value(nullptr)}});
  }
  return out;
}

/// What is wrong with what is shown of a server.
std::string in_words(const json::object& missing) {
  const auto& at = missing.at("heard_at");
  const auto* devices = missing.if_contains("devices");
  if (devices && *devices == "unknown") return "it never told how many devices it has";
  auto words = at.is_null() ? std::string("never heard from") : fmt::format("not heard from since {}", std::string(at.as_string()));
  if (devices) words += "; its numbers of devices are of then";
  return words;
}

json::object sum_row(const Report& report) {
  auto row = report.sum;
  row["server"] = report.sum.at("complete").as_bool() ? "SUM" : "SUM OF WHAT IS KNOWN";
  return row;
}

std::string csv(const Report& report, const json::array& away) {
  std::string out = fmt::format("{}\r\n", fmt::join(report.columns, ","));
  const auto line = [&](const json::object& row) {
    for (std::size_t i = 0; i < report.columns.size(); ++i) {
      if (i > 0) out += ',';
      out += row.contains(report.columns[i]) ? csv_field(row.at(report.columns[i])) : std::string();
    }
    out += "\r\n";
  };
  for (const auto& row : report.rows) line(row);
  if (!report.sum.empty()) line(sum_row(report));
  // A reader of the table sees them too: as lines of their own, behind the others.
  for (const auto& each : away) {
    out += csv_field(json::value(fmt::format("MISSING: {}: {}", std::string(each.at("server").as_string()), in_words(each.as_object()))));
    out += "\r\n";
  }
  if (!report.complete) out += "MISSING: more events than a report holds\r\n";
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string cell(const json::value& value) {
  if (value.is_null()) return "–";
  if (value.is_bool()) return value.as_bool() ? "yes" : "no";
  return value.is_string() ? escaped(value.as_string()) : json::serialize(value);
}

/// Without style sheets or scripts: it prints as it is, and the policy of this port allows none.
std::string page(const Report& report, const json::array& away, const std::string& name, TimePoint at) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}: {1}</title></head><body>\n"
      "<h1>{1} of “{0}” and the servers below it</h1>\n<p>Made at {2}.</p>\n",
      escaped(name),
      report.kind == "servers"  ? "Servers"
      : report.kind == "events" ? "Events"
                                : "Devices",
      to_rfc3339(at));
  if (!away.empty()) out += "<h2>Missing</h2>\n<ul>\n";
  for (const auto& each : away) {
    out += fmt::format("<li>{}: {}</li>\n", cell(each.at("server")), escaped(in_words(each.as_object())));
  }
  if (!away.empty()) out += "</ul>\n";
  if (!report.complete) out += "<p>There are more events than a report holds; ask for a shorter time.</p>\n";
  out += "<table border=\"1\" cellspacing=\"0\" cellpadding=\"4\">\n<thead><tr>";
  for (const auto column : report.columns) out += fmt::format("<th scope=\"col\">{}</th>", column);
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : report.rows) {
    out += "<tr>";
    for (const auto column : report.columns) out += fmt::format("<td>{}</td>", cell(row.at(column)));
    out += "</tr>\n";
  }
  out += "</tbody>";
  if (!report.sum.empty()) {
    const auto sum = sum_row(report);
    out += "\n<tfoot><tr>";
    for (const auto column : report.columns) {
      out += fmt::format("<td>{}</td>", sum.contains(column) ? cell(sum.at(column)) : std::string());
    }
    out += "</tr></tfoot>";
  }
  return out + "</table>\n</body></html>\n";
}

awaitable<net::Response> make_report(Context& context, Call call) {
  auto report = wanted(call);
  if (!report) co_return problem(report.error());
  const auto format = std::string(call.target.find_query("format").value_or("json"));
  if (format != "json" && format != "csv" && format != "html") {
    co_return problem(Error(Code::invalid_request, "There is no such format of a report.", "Give json, csv or html.", "format"));
  }
  const auto& facts = context.services.facts;
  auto servers = co_await server::rolled_up_servers(context.services.storage, context.services.links, facts);
  if (!servers) co_return problem(servers.error());
  report->servers = std::move(*servers);
  std::erase_if(report->servers, [&](const auto& each) { return each.path.size() > static_cast<std::size_t>(report->depth); });
  if (report->kind != "devices") report->missing = missing(*report, facts);
  if (report->kind == "servers") {
    add_servers(*report, facts);
  } else if (report->kind == "devices") {
    if (auto added = co_await add_devices(context, *report); !added) co_return problem(added.error());
  } else if (auto added = co_await add_events(context, *report); !added) {
    co_return problem(added.error());
  }
  const auto at = now();
  auto away = std::move(report->missing);
  if (format == "csv") co_return text_answer(200, csv(*report, away), "text/csv; charset=utf-8; header=present");
  if (format == "html") co_return text_answer(200, page(*report, away, facts.name, at), "text/html; charset=utf-8");
  json::array rows;
  for (auto& row : report->rows) rows.push_back(std::move(row));
  json::object made{{"kind", report->kind},         {"made_at", to_rfc3339(at)},
                    {"server", facts.name},         {"include_secondaries", report->include_secondaries},
                    {"depth", report->depth},       {"details", report->details},
                    {"complete", report->complete}, {"missing", std::move(away)},
                    {"rows", std::move(rows)}};
  if (!report->sum.empty()) made["sum"] = std::move(report->sum);
  co_return json_answer(200, made);
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/reports/{kind}", .answer = make_report, .needs = needs::on_server(Right::read), .query = kQuery}};

}  // namespace

std::span<const Route> reports_routes() { return kRoutes; }

}  // namespace daikan::api
