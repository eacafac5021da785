#include "server/delivery.h"

#include <array>

#include <fmt/format.h>

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

awaitable<Result<>> mail(Destination destination, Notification notification, net::SteadyTime deadline) {
  net::MailServer server{.endpoint = destination.endpoint,
                         .security = security_of(destination.transport),
                         .trust = {destination.fingerprint},
                         .user = destination.user,
                         .password = destination.secret,
                         .own_name = notification.host};
  auto mail = mail_of(destination, notification, now());
  auto sent = co_await net::send_mail(std::move(server), std::move(mail), deadline);
  co_return sent;
}

awaitable<Result<>> post(Destination destination, Notification notification, net::SteadyTime deadline) {
  net::WebPost post;
  post.target.endpoint = destination.endpoint;
  post.target.scheme = destination.transport == Transport::tls ? net::WebTarget::Scheme::https : net::WebTarget::Scheme::http;
  post.target.path = destination.path;
  post.trust = {destination.fingerprint};
  post.body = json_of(notification);
  post.headers = webhook_headers(destination.secret, post.body, now());
  auto status = co_await net::http_post(std::move(post), deadline);
  if (!status) co_return fail(std::move(status.error()));
  if (*status >= 200 && *status < 300) co_return Result<>{};
  const bool elsewhere = *status >= 300 && *status < 400;
  co_return fail(Code::refused, fmt::format("{}: the webhook answered with status {}.", destination.endpoint.str(), *status),
                 elsewhere ? "Redirects are not followed: give the address it points to." : "Check the address and the receiver's log.");
}

}  // namespace

awaitable<Result<>> deliver(Destination destination, Notification notification) {
  const auto deadline = std::chrono::steady_clock::now() + limits::kNotificationTime;
  Result<> sent;
  switch (destination.kind) {
    case hierarchy::DestinationKind::email:
      sent = co_await mail(std::move(destination), std::move(notification), deadline);
      break;
    case hierarchy::DestinationKind::webhook:
      sent = co_await post(std::move(destination), std::move(notification), deadline);
      break;
    case hierarchy::DestinationKind::syslog:
      sent = co_await net::send_syslog({destination.endpoint, syslog_transport_of(destination.transport), {destination.fingerprint}},
                                       syslog_lines(notification), deadline);
      break;
  }
  co_return sent;
}

}  // namespace daikan::server
