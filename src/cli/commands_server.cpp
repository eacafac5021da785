// certificate: the server itself.
#include <ostream>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"

namespace daikan::cli {

awaitable<Result<>> certificate_export(Context& context, ApiSession& session, CertificateExport options) {
  net::Request request{.method = "GET", .target = "/server/certificate", .headers = {}, .body = {}, .remote_ip = {}};
  if (options.pem) request.target += "?format=pem";
  auto response = co_await session.open(std::move(request));
  if (!response) co_return fail(std::move(response.error()));
  auto file = co_await response->body.read_all(limits::kMaxCertificateFileBytes);
  if (!file) co_return fail(std::move(file.error()));
  if (options.file == "-") {
    context.terminal.out() << *file << std::flush;
    co_return Result<>{};
  }
  if (auto written = write_file(options.file, *file, 0644); !written) co_return written;
  auto certificate = read_certificate(options.file);
  if (!certificate) co_return fail(std::move(certificate.error()));
  if (context.as_json()) {
    json::object told;
    told["file"] = options.file;
    told["fingerprint"] = certificate->record.fingerprint;
    print_json(context.terminal, told);
  } else {
    context.terminal.line(fmt::format("Written to {}. Fingerprint:\n  {}", options.file, certificate->record.fingerprint));
  }
  co_return Result<>{};
}

awaitable<Result<>> certificate_show(Context& context, ApiSession& session, NoOptions) {
  auto server = co_await session.get("/server");
  if (!server) co_return fail(std::move(server.error()));
  if (context.as_json()) {
    json::object told;
    for (const auto* key : {"id", "name", "fingerprint", "certificate", "certificate_not_after", "certificate_issuer", "certificate_chain"})
      told[key] = member(*server, key);
    print_json(context.terminal, told);
    co_return Result<>{};
  }
  const auto& issuer = member(*server, "certificate_issuer");
  print_fields(context.terminal, {{"Server", shown(text_of(*server, "name"))},
                                  {"Server id", shown(text_of(*server, "id"))},
                                  {"Fingerprint", shown(text_of(*server, "fingerprint"))},
                                  {"Issuer", issuer.is_null() ? "itself" : shown(text_of(*server, "certificate_issuer"))},
                                  {"Valid until", local_time(text_of(*server, "certificate_not_after"))}});
  co_return Result<>{};
}

}  // namespace daikan::cli
