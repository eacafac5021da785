// One notification on its way: the destination with its secret open, the protocol of its kind.
//
// Called by Notifications. Knows neither queue nor database.
#pragma once

#include "hierarchy/notification.h"
#include "net/async.h"
#include "server/notification_texts.h"

namespace daikan::server {

/// Success: the mail server took the mail, the webhook answered 2xx, the syslog lines left. `destination` holds its secret open. At most
/// limits::kNotificationTime.
net::awaitable<Result<>> deliver(hierarchy::Destination destination, Notification notification);

}  // namespace daikan::server
