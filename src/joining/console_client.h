// A client of a server's console API (13291) over HTTP/2: pins the certificate, logs in, sends JSON, reads problem documents.
//
// One coroutine at a time. The invariant: nothing but the pinned (or first seen) certificate is ever talked to, also after a reconnect.
// Called by the CLI and by the server's joins; close() before destruction, so that the connection's coroutine has an end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

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
  /// Talks to a server below this one: `base` ("/servers/ID/relay", any number of them) goes before every path but that of log_in.
  void use_base(std::string base);
  const std::string& base() const;
  const Endpoint& server() const;
  /// POST /sessions, or a look at the server with the token given. Fails with wrong_credentials, two_factor_required, rate_limited …
  awaitable<Result<>> log_in(const Credentials& credentials);
  /// The session's secret, after log_in.
  const std::string& secret() const;
  /// The certificate of the connection; nothing before the first call.
  const std::optional<CertificateRecord>& certificate() const;
  awaitable<Result<>> connect();

  /// `path` after /api/v1, beginning with '/'. An answer of 400 and above becomes the problem document's Error (code, detail, remedy,
  /// field); connection failures become net/dialer.h's errors. Reconnects once when an idle connection was closed.
  awaitable<Result<ConsoleAnswer>> call(std::string method, std::string path, std::optional<boost::json::value> body = std::nullopt,
                                        net::Headers headers = {});
  /// The same without reading the body as JSON (SSE, files); `target` is a path as above. The body of an error is read nevertheless.
  awaitable<Result<net::Response>> open(net::Request request);
  /// For passing requests on: sent as it is (target and headers, with the secret), answered as it is, whatever the status. Several may run
  /// at once, beside nothing else. Fails as connect() does, or when the connection breaks before the head of the answer.
  awaitable<Result<net::Response>> forward(net::Request request);
  /// Ends a session that log_in opened, so that none is left behind; never fails.
  awaitable<> log_out();
  awaitable<> close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The Error of a problem document (RFC 9457) or, when the body is none, of the bare status; `server` is named then.
Error error_of_answer(int status, std::string_view body, std::string_view server);

/// {"url", "password"?} as the API takes a proxy.
boost::json::value proxy_to_json(const std::optional<Proxy>& proxy);

/// The identity as GET /server/identity tells it. Fails with not_an_administration_server when it is none.
Result<ServerIdentity> identity_from_json(const boost::json::value& body, std::string_view server);

/// The two ends of a join over their console APIs. `client` is logged in (primary) or will be by log_in (secondary), and outlives the end.
std::unique_ptr<PrimaryEnd> make_primary_end(ConsoleClient& client);
std::unique_ptr<SecondaryEnd> make_secondary_end(ConsoleClient& client);

}  // namespace daikan::joining
