// A client of a server's console API (13291) over HTTP/2: pins the certificate, logs in, sends JSON, reads problem documents.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "joining/join.h"
#include "net/http.h"
#include "net/tls_stream.h"

namespace daikan::joining {

struct ConsoleAnswer {
  int status = 0;
  net::Headers headers;
  boost::json::value body;  ///< null when the answer had none
};

class ConsoleClient {
 public:
  /// `fingerprint`: the only certificate accepted (certificate_mismatch otherwise, both fingerprints in the message); empty: any, then
  /// certificate() tells which one came. Nothing is sent before the first call.
  ConsoleClient(net::Executor executor, Endpoint server, std::string fingerprint);
  ~ConsoleClient();

  /// Sends a bearer secret with every further request.
  void use_secret(std::string secret);
  /// POST /sessions. Fails with wrong_credentials, two_factor_required, rate_limited …
  awaitable<Result<>> log_in(const Credentials& credentials);
  /// The session's secret, after log_in.
  const std::string& secret() const;
  /// The certificate of the connection; nothing before the first call.
  const std::optional<CertificateRecord>& certificate() const;
  awaitable<Result<>> connect();

  /// `path` after /api/v1, beginning with '/'. An answer of 400 and above becomes the problem document's Error (code, detail, remedy,
  /// field); connection failures become net/dialer.h's errors. Reconnects once when an idle connection was closed.
  awaitable<Result<ConsoleAnswer>> call(std::string_view method, std::string path, std::optional<boost::json::value> body = std::nullopt);
  /// The same without reading the body as JSON (SSE, files).
  awaitable<Result<net::Response>> open(net::Request request);
  awaitable<> close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The two ends of a join over their console APIs. `client` is logged in (primary) or will be by log_in (secondary), and outlives the end.
std::unique_ptr<PrimaryEnd> make_primary_end(ConsoleClient& client);
std::unique_ptr<SecondaryEnd> make_secondary_end(ConsoleClient& client);

}  // namespace daikan::joining
