// One POST of a text to a web server, and its status (RFC 9112), for webhooks.
//
// Knows nothing of events. The answer's body is not read, redirects are not followed: what a server says can cause no further request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"
#include "net/wire.h"

namespace daikan::net {

/// Where to: "https://host[:port]/path?query" or "http://…".
struct WebTarget {
  Endpoint endpoint;
  enum class Scheme : std::uint8_t { http, https } scheme = Scheme::https;
  std::string path = "/";  ///< With its query.
  std::string str() const;
};
/// Fails with invalid_request and `field`: another scheme, a user or password in it, a fragment, anything but visible ASCII.
Result<WebTarget> parse_web_target(std::string_view url, std::string_view field);

/// Reads the head of an answer, in any portions; at most limits::kMaxHeaderListBytes.
class AnswerHead {
 public:
  /// The status once the head is whole; interim answers (1xx) are passed over. Fails with protocol_error.
  Result<std::optional<int>> feed(std::string_view bytes);

 private:
  std::string rest_;
};

/// Sends and waits for the status; whatever it is, it is no error. `headers` besides host, content-length and connection.
struct WebPost {
  WebTarget target;
  Trust trust;
  Headers headers;
  std::string body;
};
awaitable<Result<int>> http_post(WebPost post, SteadyTime deadline);

}  // namespace daikan::net
