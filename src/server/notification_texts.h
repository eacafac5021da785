// What a notification says: a mail, a JSON document, lines for syslog.
//
// Pure. Called by delivery.cpp alone. `more` is how many further events it stands for without listing them.
#pragma once

#include <string>
#include <vector>

#include "hierarchy/notification.h"
#include "net/http.h"
#include "net/mail.h"

namespace daikan::server {

struct Notification {
  std::string server_name;
  std::string server_id;
  std::string host;                      ///< Of this machine.
  std::vector<hierarchy::Event> events;  ///< At least one, oldest first.
  std::size_t more = 0;
};

net::Mail mail_of(const hierarchy::Destination& destination, const Notification& notification, TimePoint at);

/// {"server": {"id", "name"}, "events": [as GET /events], "more": N}
std::string json_of(const Notification& notification);
/// content-type, user-agent and, with a key, daikan-signature: "t=SECONDS,v1=HEX", HEX being the HMAC-SHA-256 of "SECONDS.BODY" under
/// `key`.
net::Headers webhook_headers(std::string_view key, std::string_view body, TimePoint at);

std::vector<std::string> syslog_lines(const Notification& notification);

}  // namespace daikan::server
