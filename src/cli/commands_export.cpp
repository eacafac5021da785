// event export, audit export, audit verify: whole logs, a piece at a time.
#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/audit_lines.h"
#include "cli/commands_report.h"
#include "cli/history_query.h"
#include "cli/link_text.h"
#include "cli/new_file.h"
#include "cli/table.h"

namespace daikan::cli {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr int kAttempts = 3;  // of a verification that a trimming overtook
constexpr std::size_t kHashDigits = 64;

/// Where an export goes: standard output, or a file that has its name only once it is whole.
class Sink {
 public:
  Sink(Terminal& terminal, std::string file) : terminal_(terminal), is_file_(file != "-"), file_(std::move(file)) {}

  bool is_file() const { return is_file_; }
  Result<> open() { return is_file_ ? file_.open(0600) : Result<>{}; }
  Result<> write(const std::string& piece) {
    if (is_file_) return file_.write(piece);
    terminal_.out() << piece;
    return judged();
  }
  Result<> close() {
    if (is_file_) return file_.keep();
    terminal_.out() << std::flush;
    return judged();
  }

 private:
  Result<> judged() const {
    if (terminal_.out()) return {};
    return fail(Code::storage_failed, "Standard output cannot be written.", "Check where it goes, and the free space there.");
  }
  Terminal& terminal_;
  bool is_file_;
  NewFile file_;
};

awaitable<Result<>> download(Context& context, ApiSession& session, std::string path, ExportTarget to) {
  net::Request request{
      .method = "GET", .target = with_parameter(std::move(path), "format", to.format), .headers = {}, .body = {}, .remote_ip = {}};
  auto response = co_await session.open(std::move(request));
  if (!response) co_return fail(std::move(response.error()));
  Sink sink(context.terminal, to.file);
  if (auto opened = sink.open(); !opened) co_return opened;
  const auto source = response->body.into_source();
  std::size_t bytes = 0;
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) break;
    bytes += piece->size();
    if (auto written = sink.write(*piece); !written) co_return written;
  }
  if (auto closed = sink.close(); !closed) co_return closed;
  if (sink.is_file()) context.terminal.note(fmt::format("{}: {} bytes.", to.file, bytes));
  co_return Result<>{};
}

hierarchy::AuditLink link_of(const json::value& chain, std::string_view end) {
  const auto& link = member(chain, end);
  const auto& sequence = member(link, "sequence");
  return {sequence.is_int64() ? sequence.get_int64() : 0, text_of(link, "hash")};
}

/// Ends with the server's chain walked; `known` has its ends.
awaitable<Result<>> walk_server(ApiSession& session, AuditLines& lines) {
  net::Request request{.method = "GET", .target = "/audit/export", .headers = {}, .body = {}, .remote_ip = {}};
  auto response = co_await session.open(std::move(request));
  if (!response) co_return fail(std::move(response.error()));
  const auto source = response->body.into_source();
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) co_return lines.end();
    if (auto fed = lines.feed(*piece); !fed) co_return fed;
  }
}

Result<> walk_file(const std::string& file, AuditLines& lines) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return fail(Code::not_found, fmt::format("{} cannot be read.", file), "Check the path and its rights.");
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::string piece(kPieceBytes, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto fed = lines.feed(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())));
    if (!fed) return fed;
  }
  if (in.bad()) return fail(Code::invalid_request, fmt::format("{} cannot be read to its end.", file), "Check the file.");
  return lines.end();
}

std::string in_cell(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  return value.is_string() ? shown(value.get_string()) : json::serialize(value);
}

std::string missing_words(const json::value& missing) {
  const auto devices = text_of(missing, "devices");
  const auto heard = text_of(missing, "heard_at");
  if (devices == "unknown") return "it never told how many devices it has";
  auto words = heard.empty() ? std::string("never heard from") : "not heard from since " + local_time(heard);
  return devices == "old" ? words + "; its numbers of devices are of then" : words;
}

void print_report(Context& context, const json::value& made) {
  const auto rows = elements(made, "rows");
  std::vector<std::string> names;
  if (!rows.empty() && rows[0].is_object()) {
    for (const auto& field : rows[0].get_object()) names.emplace_back(field.key());
  }
  std::vector<std::string> heads;
  for (const auto& name : names) {
    auto& head = heads.emplace_back(shown(name));
    std::transform(head.begin(), head.end(), head.begin(), [](char c) { return c == '_' ? ' ' : static_cast<char>(std::toupper(c)); });
  }
  Table table(std::move(heads));
  for (const auto& row : rows) {
    std::vector<Cell> cells;
    for (const auto& name : names) cells.emplace_back(in_cell(member(row, name)));
    table.add(std::move(cells));
  }
  if (const auto& sum = member(made, "sum"); sum.is_object() && !names.empty()) {
    std::vector<Cell> cells = {truth_of(sum, "complete") ? "SUM" : "SUM OF WHAT IS KNOWN"};
    for (auto name = names.begin() + 1; name != names.end(); ++name) cells.emplace_back(text_of(sum, *name));
    table.add(std::move(cells));
  }
  if (!table.empty()) table.print(context.terminal);
  for (const auto& each : elements(made, "missing")) {
    context.terminal.line(fmt::format("Missing: {}: {}", shown(text_of(each, "server")), missing_words(each)));
  }
  if (made.is_object() && member(made, "complete") == json::value(false)) {
    context.terminal.line("Missing: there are more events than a report holds; ask for a shorter time.");
  }
}

void print_verified(Context& context, const AuditLines& lines) {
  const auto head = lines.last().value_or(hierarchy::AuditLink{});
  if (context.as_json()) {
    const json::object told{
        {"whole", true}, {"records", lines.records()}, {"first", lines.first()}, {"last", head.sequence}, {"head", head.hash}};
    print_json(context.terminal, told);
    return;
  }
  const auto which =
      lines.records() == 0 ? std::string("no records") : fmt::format("{} records, {} to {}", lines.records(), lines.first(), head.sequence);
  context.terminal.line(fmt::format("The audit chain is whole: {}.", which));
  context.terminal.line(
      fmt::format("Its head is {}. Note it outside of this server: only so a chain that was written anew shows.", head.hash));
}

awaitable<Result<>> verify_server(Context& context, ApiSession& session, VerifyOptions options) {
  for (int attempt = 1;; ++attempt) {
    auto chain = co_await session.get("/audit/chain");
    if (!chain) co_return fail(std::move(chain.error()));
    AuditLines lines({link_of(*chain, "anchor"), link_of(*chain, "head"), options.head});
    auto walked = co_await walk_server(session, lines);
    if (walked) {
      print_verified(context, lines);
      co_return walked;
    }
    // Old records that were trimmed meanwhile look like missing ones.
    auto after = co_await session.get("/audit/chain");
    if (!after || attempt == kAttempts || link_of(*after, "anchor") == link_of(*chain, "anchor")) co_return walked;
  }
}

}  // namespace

awaitable<Result<>> report(Context& context, ApiSession& session, ReportOptions options) {
  if (!options.format.empty() && options.file.empty()) {
    co_return fail(Code::invalid_request, "--format is given without a file.", "Name the file, or - for standard output.", "--format");
  }
  auto path = with_parameter("/reports/" + options.kind, "severity", options.severity);
  if (options.own) path = with_parameter(std::move(path), "include_secondaries", "false");
  if (options.details) path = with_parameter(std::move(path), "details", "true");
  if (options.depth >= 0) path = with_parameter(std::move(path), "depth", std::to_string(options.depth));
  for (const auto& [name, text] : {std::pair("from", options.since), std::pair("until", options.until)}) {
    if (text.empty()) continue;
    auto time = time_parameter(text, now(), std::string_view(name) == "from" ? "--since" : "--until");
    if (!time) co_return fail(std::move(time.error()));
    path = with_parameter(std::move(path), name, *time);
  }
  if (!options.file.empty()) {
    ExportTarget to{options.file, options.format};
    co_return co_await download(context, session, std::move(path), std::move(to));
  }
  auto made = co_await session.get(std::move(path));
  if (!made) co_return fail(std::move(made.error()));
  if (context.as_json()) {
    print_json(context.terminal, *made);
  } else {
    print_report(context, *made);
  }
  co_return Result<>{};
}

awaitable<Result<>> event_export(Context& context, ApiSession& session, EventExport options) {
  auto path = co_await event_path(session, "/events/export", std::move(options.only));
  if (!path) co_return fail(std::move(path.error()));
  auto done = co_await download(context, session, std::move(*path), std::move(options.to));
  co_return done;
}

awaitable<Result<>> audit_export(Context& context, ApiSession& session, AuditExport options) {
  auto path = audit_path("/audit/export", options.only);
  if (!path) co_return fail(std::move(path.error()));
  auto done = co_await download(context, session, std::move(*path), std::move(options.to));
  co_return done;
}

awaitable<Result<>> audit_verify(Context& context, VerifyOptions options) {
  if (!options.head.empty() && (options.head.size() != kHashDigits || !from_hex(options.head))) {
    co_return fail(Code::invalid_request, fmt::format("“{}” is not the hash of a record.", quotable(options.head, 80)),
                   "Write the 64 hexadecimal digits that audit verify, or the event audit_head, shows.", "head");
  }
  if (options.file.empty()) {
    SessionCommand command = [options](Context& same, ApiSession& session) { return verify_server(same, session, options); };
    auto verified = co_await with_session(context, std::move(command));
    co_return verified;
  }
  AuditLines lines({std::nullopt, std::nullopt, options.head});
  auto walked = walk_file(options.file, lines);
  if (walked) print_verified(context, lines);
  co_return walked;
}

}  // namespace daikan::cli
