// One mail: its text (RFC 5322, 2045, 2047) and its way to a mail server (RFC 5321, 3207, 4954).
//
// Knows nothing of events. Invariant: nothing a caller puts into a mail can become a header, a recipient or a command: addresses are
// checked, headers are encoded, the body is base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/wire.h"

namespace daikan::net {

enum class MailSecurity : std::uint8_t { plain, starttls, tls };

struct MailServer {
  Endpoint endpoint;
  MailSecurity security = MailSecurity::starttls;
  Trust trust;
  std::string user;  ///< Empty: no AUTH. Never with `plain`.
  std::string password;
  std::string own_name;  ///< For EHLO.
};

struct Mail {
  std::string from;
  std::vector<std::string> to;
  std::string subject;  ///< UTF-8
  std::string body;     ///< UTF-8, lines end with "\n"
  TimePoint at;
  std::string message_id;  ///< "part@host", without brackets
};

/// "local@domain" in ASCII, at most 254 bytes, without display name, quotes or comments. Fails with invalid_request and `field`.
Result<> check_mail_address(std::string_view address, std::string_view field);

/// The whole message with CRLF line ends, without the dot at its end.
std::string mail_text(const Mail& mail);

/// What a mail server said to a mail that it was handed.
struct MailAnswer {
  std::optional<Error> refused;   ///< A 5xx to the mail itself: the same one will be refused again.
  std::optional<Error> left_out;  ///< It took the mail, but not for these recipients.
};

/// Hands `mail` to the server, which takes it for at least one recipient, or refuses it for good. The server's own words are quoted. Fails
/// with the dial's errors, wrong_credentials (AUTH refused), tls_failed (STARTTLS is wanted and not offered: never without), refused (not
/// now, the sender, or every recipient), protocol_error or timed_out.
awaitable<Result<MailAnswer>> send_mail(MailServer server, Mail mail, SteadyTime deadline);

}  // namespace daikan::net
