#include "api/history_export.h"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/guarded_source.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr unsigned kMaxExportsPerAccount = 2;  // of limits::kMaxExports, so that one person leaves places to others

class EventPages final : public RecordPages {
 public:
  EventPages(Context& context, hierarchy::EventFilter filter, std::int64_t last)
      : context_(context), filter_(std::move(filter)), last_(last) {}

  std::string_view name() const override { return "events"; }
  std::vector<std::string_view> columns() const override { return {"sequence", "at", "severity", "kind", "message", "secondary_id"}; }
  awaitable<Result<std::vector<json::object>>> next() override {
    const store::EventQuery query{.after = sequence_, .before = 0, .limit = limits::kExportPage};
    auto events = co_await context_.services.history.events(query, filter_);
    if (!events) co_return fail(std::move(events.error()));
    std::vector<json::object> page;
    for (const auto& event : *events) {
      if (event.sequence > last_) break;
      sequence_ = event.sequence;
      page.push_back(event_json(event));
    }
    co_return page;
  }

 private:
  Context& context_;
  hierarchy::EventFilter filter_;
  std::int64_t last_;
  std::int64_t sequence_ = 0;
};

class AuditPages final : public RecordPages {
 public:
  AuditPages(Context& context, hierarchy::AuditFilter filter, std::int64_t last)
      : context_(context), filter_(std::move(filter)), last_(last) {}

  std::string_view name() const override { return "audit"; }
  std::vector<std::string_view> columns() const override {
    return {"sequence", "at", "actor", "source", "through", "action", "object", "outcome", "previous_hash", "hash"};
  }
  awaitable<Result<std::vector<json::object>>> next() override {
    const store::EventQuery query{.after = sequence_, .before = 0, .limit = limits::kExportPage};
    auto records = co_await context_.services.history.audit_records(query, filter_);
    if (!records) co_return fail(std::move(records.error()));
    std::vector<json::object> page;
    for (const auto& record : *records) {
      if (record.sequence > last_) break;
      sequence_ = record.sequence;
      page.push_back(audit_json(record));
    }
    co_return page;
  }

 private:
  Context& context_;
  hierarchy::AuditFilter filter_;
  std::int64_t last_;
  std::int64_t sequence_ = 0;
};

class ExportSource final : public net::BodySource {
 public:
  ExportSource(Context& context, std::string owner, std::unique_ptr<RecordPages> pages, ExportFormat format)
      : context_(context), owner_(std::move(owner)), pages_(std::move(pages)), format_(format) {
    context_.exports.insert(owner_);
  }
  ~ExportSource() override { context_.exports.erase(context_.exports.find(owner_)); }
  ExportSource(const ExportSource&) = delete;
  ExportSource& operator=(const ExportSource&) = delete;

  awaitable<Result<std::string>> next() override {
    if (format_ == ExportFormat::csv && !begun_) {
      begun_ = true;
      co_return fmt::format("{}\r\n", fmt::join(pages_->columns(), ","));
    }
    auto page = co_await pages_->next();
    if (!page) co_return fail(std::move(page.error()));
    std::string text;
    for (const auto& record : *page) text += format_ == ExportFormat::csv ? csv_line(record) : json::serialize(record) + "\n";
    co_return text;
  }

 private:
  static std::string csv_line(const json::object& record) {
    std::string line;
    for (const auto& member : record) line += fmt::format("{}{}", line.empty() ? "" : ",", csv_field(member.value()));
    return line + "\r\n";
  }

  Context& context_;
  std::string owner_;
  std::unique_ptr<RecordPages> pages_;
  ExportFormat format_;
  bool begun_ = false;
};

/// An account of this server, or of the servers above that a request came through.
std::string owner_of(const server::Actor& actor) { return fmt::format("{} {}", fmt::join(actor.through, "/"), actor.name); }

}  // namespace

std::unique_ptr<RecordPages> make_event_pages(Context& context, hierarchy::EventFilter filter, std::int64_t last) {
  return std::make_unique<EventPages>(context, std::move(filter), last);
}

std::unique_ptr<RecordPages> make_audit_pages(Context& context, hierarchy::AuditFilter filter, std::int64_t last) {
  return std::make_unique<AuditPages>(context, std::move(filter), last);
}

net::Response export_answer(Context& context, std::unique_ptr<RecordPages> pages, const ExportRequest& request) {
  const auto owner = owner_of(request.caller.actor);
  if (context.exports.count(owner) >= kMaxExportsPerAccount) {
    return problem(Error(Code::unavailable, fmt::format("{} exports of yours are running already.", kMaxExportsPerAccount),
                         "Try again when one of them has ended."));
  }
  if (context.exports.size() >= limits::kMaxExports) {
    return problem(Error(Code::unavailable, fmt::format("{} exports are running already.", limits::kMaxExports),
                         "Try again when one of them has ended."));
  }
  const bool csv = request.format == ExportFormat::csv;
  net::Response response;
  response.headers.add("content-type", csv ? "text/csv; charset=utf-8" : "application/x-ndjson");
  response.headers.add("content-disposition", fmt::format("attachment; filename=\"{}.{}\"", pages->name(), csv ? "csv" : "jsonl"));
  std::unique_ptr<net::BodySource> source = std::make_unique<ExportSource>(context, owner, std::move(pages), request.format);
  const auto& services = context.services;
  response.body = guard_export(std::move(source), {services.accounts, services.primary}, request.caller.secret, request.right);
  return response;
}

std::string csv_field(const json::value& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) return json::serialize(value);
  std::string text(value.get_string());
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace daikan::api
