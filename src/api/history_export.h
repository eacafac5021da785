// Events and audit records as files: JSON lines and CSV, read from the database page by page as the caller takes them.
//
// Internal to this room. Invariant: an export holds one page in memory, however long the log is and however slowly it is read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "api/history_filters.h"
#include "hierarchy/rights.h"
#include "net/http.h"

namespace daikan::api {

struct Caller;
struct Context;

/// One record after another, as JSON objects of which all have the same members in the same order.
class RecordPages {
 public:
  virtual ~RecordPages() = default;
  virtual std::string_view name() const = 0;  ///< "events"
  virtual std::vector<std::string_view> columns() const = 0;
  /// The next page; empty at the end.
  virtual net::awaitable<Result<std::vector<boost::json::object>>> next() = 0;
};

/// `last`: the sequence of the last record that is still exported.
std::unique_ptr<RecordPages> make_event_pages(Context& context, hierarchy::EventFilter filter, std::int64_t last);
std::unique_ptr<RecordPages> make_audit_pages(Context& context, hierarchy::AuditFilter filter, std::int64_t last);

/// Who takes an export, in which form, and what they need for it until its end.
struct ExportRequest {
  const Caller& caller;
  ExportFormat format;
  hierarchy::Right right;
};
/// 200 with the stream, or 503 when limits::kMaxExports run, or two of this account's.
net::Response export_answer(Context& context, std::unique_ptr<RecordPages> pages, const ExportRequest& request);

/// One field of a line (RFC 4180): in quotes where it must be. A text that a spreadsheet would compute begins with an apostrophe.
std::string csv_field(const boost::json::value& value);

}  // namespace daikan::api
