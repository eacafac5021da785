#include "server/delivery.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "net/http_post.h"
#include "net/syslog.h"

namespace daikan::server {
namespace {

using hierarchy::Destination;
using hierarchy::Transport;
using net::awaitable;

net::MailSecurity security_of(Transport transport) {
  if (transport == Transport::tls) return net::MailSecurity::tls;
  return transport == Transport::starttls ? net::MailSecurity::starttls : net::MailSecurity::plain;
}

net::SyslogTransport syslog_transport_of(Transport transport) {
  if (transport == Transport::tls) return net::SyslogTransport::tls;
  return transport == Transport::udp ? net::SyslogTransport::udp : net::SyslogTransport::tcp;
}

/// Whether the receiver does not want this text. Other answers are about the address, the login or the moment, which somebody can put
/// right.
bool is_for_good(unsigned status) {
  constexpr std::array<unsigned, 9> kOthers = {401, 404, 405, 407, 408, 410, 421, 425, 429};
  return status >= 400 && status < 500 && std::find(kOthers.begin(), kOthers.end(), status) == kOthers.end();
}

awaitable<Result<Delivery>> post(Destination destination, Notification notification, net::SteadyTime deadline) {
  net::WebPost post;
  post.target.endpoint = destination.endpoint;
  post.target.scheme = destination.transport == Transport::tls ? net::WebTarget::Scheme::https : net::WebTarget::Scheme::http;
  post.target.path = destination.path;
  post.trust = {destination.fingerprint};
  post.body = json_of(notification);
  post.headers = webhook_headers(destination.secret, post.body, now());
  auto status = co_await net::http_post(std::move(post), deadline);
  if (!status) co_return fail(std::move(status.error()));
  if (*status >= 200 && *status < 300) co_return Delivery{};
  const bool elsewhere = *status >= 300 && *status < 400;
  Error error(Code::refused, fmt::format("{}: the webhook answered with status {}.", destination.endpoint.str(), *status),
              elsewhere ? "Redirects are not followed: give the address it points to." : "Check the address and the receiver's log.");
  if (!is_for_good(static_cast<unsigned>(*status))) co_return fail(std::move(error));
  co_return Delivery{std::move(error), std::nullopt};
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  std::string text(name.data());
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  return plain ? text : "localhost";
}

awaitable<Result<Delivery>> deliver_mail(Destination destination, net::Mail mail, net::SteadyTime deadline) {
  net::MailServer server{.endpoint = destination.endpoint,
                         .security = security_of(destination.transport),
                         .trust = {destination.fingerprint},
                         .user = destination.user,
                         .password = destination.secret,
                         .own_name = host_name()};
  mail.from = destination.sender;
  mail.to = destination.recipients;
  auto sent = co_await net::send_mail(std::move(server), std::move(mail), deadline);
  if (!sent) co_return fail(std::move(sent.error()));
  co_return Delivery{std::move(sent->refused), std::move(sent->left_out)};
}

awaitable<Result<Delivery>> deliver(Destination destination, Notification notification) {
  const auto deadline = std::chrono::steady_clock::now() + limits::kNotificationTime;
  Result<Delivery> sent = Delivery{};
  switch (destination.kind) {
    case hierarchy::DestinationKind::email: {
      auto mail = mail_of(destination, notification, now());
      sent = co_await deliver_mail(std::move(destination), std::move(mail), deadline);
      break;
    }
    case hierarchy::DestinationKind::webhook:
      sent = co_await post(std::move(destination), std::move(notification), deadline);
      break;
    case hierarchy::DestinationKind::syslog: {
      auto lines = co_await net::send_syslog({destination.endpoint, syslog_transport_of(destination.transport), {destination.fingerprint}},
                                             syslog_lines(notification), deadline);
      if (!lines) sent = fail(std::move(lines.error()));
      break;
    }
  }
  co_return sent;
}

}  // namespace daikan::server
