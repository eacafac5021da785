// certificate roll begin, status, finish, cancel; certificate set.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"
#include "net/own_key_file.h"

namespace daikan::cli {
namespace {

std::string words_of(std::string_view state) {
  if (state == "seen") return "uses the new key";
  if (state == "confirmed") return "accepts the new key";
  if (state == "by_file") return "older version: needs the certificate as a file";
  return "has not answered yet";
}

void print_roll_over(Context& context, const json::value& roll) {
  if (context.as_json()) {
    print_json(context.terminal, roll);
    return;
  }
  const auto phase = text_of(roll, "phase");
  if (phase == "none") {
    context.terminal.line("No roll-over is under way.");
    return;
  }
  print_fields(context.terminal, {{"Phase", phase == "announcing" ? "announced; the old key is used" : "the new key is used"},
                                  {"New fingerprint", shown(text_of(roll, "fingerprint"))},
                                  {"Begun", local_time(text_of(roll, "started_at"))},
                                  {"By", shown(text_of(roll, "started_by"))}});
  Table table({"PEER", "ROLE", "LINK", "STATE"});
  for (const auto& peer : elements(roll, "peers")) {
    table.add({shown(text_of(peer, "name")), text_of(peer, "role"), state_cell(context.terminal, text_of(peer, "link")),
               words_of(text_of(peer, "state"))});
  }
  if (!table.empty()) table.print(context.terminal);
}

awaitable<Result<>> call(Context& context, ApiSession& session, std::string method, std::string path) {
  auto roll = co_await session.call(std::move(method), std::move(path));
  if (!roll) co_return fail(std::move(roll.error()));
  print_roll_over(context, *roll);
  co_return Result<>{};
}

bool is_pem(std::string_view content) { return content.find("-----BEGIN ") != std::string_view::npos; }

/// What is sent as the key file: PEM of one, two or three files, or base64 of a PKCS#12 file.
Result<std::string> key_file_text(const CertificateSet& options) {
  auto content = read_file(options.file, limits::kMaxOwnKeyFileBytes);
  if (!content) return content;
  if (!is_pem(*content)) {
    if (!options.key.empty() || !options.chain.empty()) {
      return fail(Code::invalid_request, fmt::format("{} is not PEM, so no other file belongs to it.", options.file),
                  "Give a PKCS#12 file alone, or the certificate, --key and --chain as PEM.");
    }
    auto text = to_base64({reinterpret_cast<const std::uint8_t*>(content->data()), content->size()});
    net::wipe(*content);
    return text;
  }
  for (const auto& more : {options.key, options.chain}) {
    if (more.empty()) continue;
    auto part = read_file(more, limits::kMaxOwnKeyFileBytes);
    if (!part) return part;
    if (!is_pem(*part)) {
      return fail(Code::certificate_unreadable, fmt::format("{} is not PEM.", more), "Convert it, or give everything as one PKCS#12 file.");
    }
    *content += "\n" + *part;
    net::wipe(*part);
  }
  return content;
}

/// Empty: the file is not encrypted, or the server says that it is.
Result<std::string> passphrase_of(Context& context, const CertificateSet& options, std::string_view text) {
  if (!options.password_file.empty()) return read_secret(options.password_file);
  const bool asks = !is_pem(text) || text.find("ENCRYPTED") != std::string_view::npos;
  if (!asks || !context.terminal.can_ask()) return std::string();
  return context.terminal.ask_secret(fmt::format("Passphrase of {}", options.file));
}

/// The server speaks of fields; the person of files and options.
Error in_words_of_the_command(Error error, const CertificateSet& options) {
  if (error.field == "file") error.message = options.file + ": " + error.message;
  if (error.field == "passphrase") {
    error.message = options.file + ": " + error.message;
    error.remedy += " It is asked at a terminal, or read with --password-file FILE.";
  }
  return error;
}

}  // namespace

awaitable<Result<>> certificate_set(Context& context, ApiSession& session, CertificateSet options) {
  auto text = key_file_text(options);
  if (!text) co_return fail(std::move(text.error()));
  auto passphrase = passphrase_of(context, options, *text);
  if (!passphrase) co_return fail(std::move(passphrase.error()));
  json::object body{{"file", *text}};
  if (!passphrase->empty()) body["passphrase"] = *passphrase;
  net::wipe(*text);
  net::wipe(*passphrase);
  auto set = co_await session.call("PUT", "/server/certificate", std::move(body));
  if (!set) co_return fail(in_words_of_the_command(std::move(set.error()), options));
  if (context.as_json()) {
    print_json(context.terminal, *set);
    co_return Result<>{};
  }
  const auto& roll = member(*set, "roll_over");
  const bool used = text_of(roll, "phase") != "announcing";
  print_fields(context.terminal, {{"Fingerprint", shown(text_of(*set, "fingerprint"))},
                                  {"Subject", shown(text_of(*set, "subject"))},
                                  {"Issuer", member(*set, "issuer").is_null() ? "itself" : shown(text_of(*set, "issuer"))},
                                  {"Valid until", local_time(text_of(*set, "not_after"))},
                                  {"Chain", fmt::format("{} certificates", json::serialize(member(*set, "chain")))},
                                  {"State", used ? "in use" : "announced; used once every peer has confirmed"}});
  if (text_of(roll, "phase") != "none") print_roll_over(context, roll);
  context.terminal.note("Consoles have pinned the certificate of before: log in again, with this fingerprint, once the new one is used.");
  co_return Result<>{};
}

awaitable<Result<>> roll_begin(Context& context, ApiSession& session, NoOptions) {
  return call(context, session, "POST", "/server/roll_over");
}
awaitable<Result<>> roll_status(Context& context, ApiSession& session, NoOptions) {
  return call(context, session, "GET", "/server/roll_over");
}
awaitable<Result<>> roll_finish(Context& context, ApiSession& session, NoOptions) {
  return call(context, session, "POST", "/server/roll_over/finish");
}
awaitable<Result<>> roll_cancel(Context& context, ApiSession& session, NoOptions) {
  return call(context, session, "DELETE", "/server/roll_over");
}

}  // namespace daikan::cli
