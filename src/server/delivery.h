// One notification on its way: the destination with its secret open, the protocol of its kind.
//
// Called by Notifications. Knows neither queue nor database.
#pragma once

#include <optional>

#include "hierarchy/notification.h"
#include "net/async.h"
#include "server/notification_texts.h"

namespace daikan::server {

/// What a receiver that was reached said.
struct Delivery {
  std::optional<Error> refused;   ///< This text, for good: what is sent again as it is will be refused again.
  std::optional<Error> left_out;  ///< Taken, but not for these recipients.
};

/// Taken: the mail server took the mail, the webhook answered 2xx, the syslog lines left. Fails when it may work later. `destination` holds
/// its secret open. At most limits::kNotificationTime.
net::awaitable<Result<Delivery>> deliver(hierarchy::Destination destination, Notification notification);

/// Any mail through the destination's server; sender and recipients are the destination's. As deliver().
net::awaitable<Result<Delivery>> deliver_mail(hierarchy::Destination destination, net::Mail mail, net::SteadyTime deadline);
/// This machine's name, or "localhost" when it has none that can be sent.
std::string host_name();

}  // namespace daikan::server
