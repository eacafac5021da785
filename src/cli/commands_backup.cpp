// backup, restore: the server as one file, and back.
#include <charconv>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"
#include "cli/new_file.h"
#include "server/restore.h"

namespace daikan::cli {
namespace {

enum class Twice : std::uint8_t { yes, no };

Result<std::string> given_passphrase(Context& context, const std::string& file, Twice twice) {
  if (!file.empty()) return read_secret(file);
  if (!context.terminal.can_ask()) {
    return fail(Code::invalid_request, "The passphrase is missing.", "Name a file with --passphrase-file, or - for standard input.",
                "passphrase");
  }
  auto passphrase = context.terminal.ask_secret("Passphrase of the backup");
  if (!passphrase || twice == Twice::no) return passphrase;
  auto again = context.terminal.ask_secret("The same again");
  if (!again) return again;
  if (*again != *passphrase) return fail(Code::invalid_request, "The two passphrases differ.", "Type the same twice.", "passphrase");
  return passphrase;
}

/// The file as it comes, to its announced length.
awaitable<Result<>> download(ApiSession& session, const std::string& passphrase, NewFile& file) {
  json::object body;
  body["passphrase"] = passphrase;
  net::Request request{.method = "POST", .target = "/backups", .headers = {}, .body = json::serialize(body), .remote_ip = {}};
  request.headers.add("content-type", "application/json");
  auto response = co_await session.open(std::move(request));
  if (!response) co_return fail(std::move(response.error()));
  std::uint64_t announced = 0;
  const auto length = response->headers.find("content-length").value_or("");
  std::from_chars(length.data(), length.data() + length.size(), announced);
  auto source = response->body.into_source();
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) break;
    if (auto written = file.write(*piece); !written) co_return written;
  }
  if (file.bytes() != announced) {
    co_return fail(Code::closed, fmt::format("The backup ended after {} of {} bytes.", file.bytes(), announced), "Make it again.");
  }
  co_return Result<>{};
}

json::object summary_json(const server::BackupSummary& summary) {
  json::object told;
  told["server_id"] = summary.server_id;
  told["server_name"] = summary.server_name;
  told["version"] = summary.version;
  told["fingerprint"] = summary.fingerprint;
  told["made_at"] = to_rfc3339(summary.made_at);
  told["rows"] = summary.rows;
  return told;
}

}  // namespace

awaitable<Result<>> backup(Context& context, ApiSession& session, BackupOptions options) {
  auto passphrase = given_passphrase(context, options.passphrase_file, Twice::yes);
  if (!passphrase) co_return fail(std::move(passphrase.error()));
  NewFile file(options.file);
  if (auto opened = file.open(0600); !opened) co_return opened;
  auto downloaded = co_await download(session, *passphrase, file);
  if (!downloaded) co_return downloaded;
  // What was never read back is no backup.
  auto summary = server::check_backup(file.partial(), *passphrase);
  if (!summary) co_return fail(std::move(summary.error()));
  if (auto kept = file.keep(); !kept) co_return kept;
  if (context.as_json()) {
    auto told = summary_json(*summary);
    told["file"] = options.file;
    told["bytes"] = file.bytes();
    print_json(context.terminal, told);
  } else {
    context.terminal.line(fmt::format("Written to {}: {} rows of {} in {} bytes, read back to the end.", options.file, summary->rows,
                                      shown(summary->server_name), file.bytes()));
    context.terminal.line("Keep the passphrase where this server is not: without it nobody can restore.");
  }
  co_return Result<>{};
}

awaitable<Result<>> restore(Context& context, RestoreOptions options) {
  auto passphrase = given_passphrase(context, options.passphrase_file, Twice::no);
  if (!passphrase) co_return fail(std::move(passphrase.error()));
  const server::RestoreRequest request{
      .file = options.file, .data = options.data, .database = options.database, .passphrase = std::move(*passphrase)};
  auto restored = server::restore(request, now());
  if (!restored) co_return fail(std::move(restored.error()));
  if (context.as_json()) {
    print_json(context.terminal, summary_json(*restored));
    co_return Result<>{};
  }
  context.terminal.line(fmt::format("{} is restored in {}, as it was at {}.", shown(restored->server_name), options.data,
                                    local_time(to_rfc3339(restored->made_at))));
  print_fields(context.terminal, {{"Server id", shown(restored->server_id)}, {"Fingerprint", shown(restored->fingerprint)}});
  context.terminal.line("Start it with the link port it had, and never beside the server it was: both would claim the same links.");
  co_return Result<>{};
}

}  // namespace daikan::cli
