// Who may use the local web server of `daikan console`: the browser that was given the address with the token, and nobody else.
//
// Any program of any user of this machine can connect to a port of 127.0.0.1, and any page of the web can make a browser send requests to
// it. So: the address bar must say our host (no rebound name), the sender must be our own page (no other site, no other local port), and
// the cookie must be the one that the one-time token was exchanged for. Pure: values in, a ruling out. Called for every request.
#pragma once

#include <string>

#include "api/router.h"
#include "base/result.h"
#include "net/http.h"

namespace daikan::cli {

class ConsoleGate {
 public:
  enum class Ruling : std::uint8_t {
    open,   ///< It is our browser.
    enter,  ///< It presented the token, which is used up now; give it the cookie.
  };

  /// `host`: "127.0.0.1:13292", as the browser must write it. Token and cookie are random secrets.
  ConsoleGate(std::string host, std::string token, std::string cookie);

  /// Fails with permission_denied: another Host, another Origin, a token that is wrong or used, no cookie.
  Result<Ruling> judge(const net::Request& request, const api::Target& target);
  /// The Set-Cookie of whoever may enter. Its name holds the port, because cookies know no ports.
  std::string set_cookie() const;

 private:
  Result<> judge_origin(const net::Request& request) const;
  std::string cookie_name() const;

  std::string host_;
  std::string token_;  ///< Empty once it is used.
  std::string cookie_;
};

}  // namespace daikan::cli
