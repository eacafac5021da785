#include "server/notification_texts.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/sha256.h"
#include "base/text.h"
#include "net/syslog.h"

namespace daikan::server {
namespace {

namespace json = boost::json;
using hierarchy::Severity;

constexpr std::size_t kMostSubjectBytes = 150;

unsigned syslog_severity(Severity severity) {
  switch (severity) {
    case Severity::info:
      return 6;
    case Severity::warning:
      return 4;
    case Severity::error:
      return 3;
    case Severity::critical:
      return 2;
  }
  return 6;
}

std::string subject_of(const Notification& notification) {
  const auto worst = std::max_element(notification.events.begin(), notification.events.end(),
                                      [](const auto& a, const auto& b) { return a.severity < b.severity; });
  const auto others = notification.events.size() - 1 + notification.more;
  auto text = fmt::format("[{}] {}: {}", notification.server_name, to_string(worst->severity), worst->message);
  if (others == 0) return quotable(text, kMostSubjectBytes);
  return fmt::format("{} ({} more)", quotable(text, kMostSubjectBytes), others);
}

json::value secondary_of(const hierarchy::Event& event) {
  return event.secondary ? json::value(event.secondary->str()) : json::value(nullptr);
}

}  // namespace

net::Mail mail_of(const hierarchy::Destination& destination, const Notification& notification, TimePoint at) {
  net::Mail mail;
  mail.from = destination.sender;
  mail.to = destination.recipients;
  mail.subject = subject_of(notification);
  mail.at = at;
  const auto domain = destination.sender.substr(destination.sender.rfind('@') + 1);
  // The last twelve digits of the id are enough: sequence and time are this server's own.
  mail.message_id =
      fmt::format("{}.{}.{}@{}", notification.events.front().sequence, to_micros(at), destination.id.str().substr(24), domain);
  mail.body = fmt::format("What happened on the Administration Server “{}” ({}):\n\n", notification.server_name, notification.host);
  for (const auto& event : notification.events) {
    mail.body +=
        fmt::format("{}  {}  {}\n    {}\n", to_rfc3339(event.at), to_string(event.severity), event.kind, quotable(event.message, 2000));
  }
  if (notification.more > 0) mail.body += fmt::format("\n{} more events are not listed here.\n", notification.more);
  mail.body += fmt::format("\nThis was sent by the notification destination “{}”.\n", destination.name);
  return mail;
}

std::string json_of(const Notification& notification) {
  json::array events;
  for (const auto& event : notification.events) {
    events.push_back(json::object{{"sequence", event.sequence},
                                  {"at", to_rfc3339(event.at)},
                                  {"severity", to_string(event.severity)},
                                  {"kind", event.kind},
                                  {"message", event.message},
                                  {"secondary_id", secondary_of(event)}});
  }
  return json::serialize(json::object{{"server", {{"id", notification.server_id}, {"name", notification.server_name}}},
                                      {"events", std::move(events)},
                                      {"more", notification.more}});
}

net::Headers webhook_headers(std::string_view key, std::string_view body, TimePoint at) {
  net::Headers headers;
  headers.add("content-type", "application/json");
  headers.add("user-agent", "daikan/" DAIKAN_VERSION);
  if (key.empty()) return headers;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  headers.add("daikan-signature", fmt::format("t={},v1={}", seconds, hmac_sha256_hex(key, fmt::format("{}.{}", seconds, body))));
  return headers;
}

std::vector<std::string> syslog_lines(const Notification& notification) {
  std::vector<std::string> lines;
  for (const auto& event : notification.events) {
    lines.push_back(net::syslog_text({.severity = syslog_severity(event.severity),
                                      .at = event.at,
                                      .host = notification.host,
                                      .kind = event.kind,
                                      .sequence = event.sequence,
                                      .message = event.message}));
  }
  return lines;
}

}  // namespace daikan::server
