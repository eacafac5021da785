// The link doctor: one link examined from this end, every step told apart, with nothing in it that must stay secret.
//
// Called by the API, which asks the other end for the same and merges both (link_diagnosis.h). Changes nothing: the dial it makes is none
// of the link's own, and the attempt it hurries would have come by itself. Invariant: no proxy user, password or credential leaves here.
#pragma once

#include <optional>

#include "server/facts.h"
#include "server/link_diagnosis.h"
#include "server/link_host.h"
#include "server/storage.h"

namespace daikan::server {

struct LinkCheck {
  LinkSight sight;
  CheckedSteps steps;
};

/// Checks the link to the secondary `id`, or to this server's primary without one. not_found when there is no such link. Takes at most
/// limits::kDialTime and limits::kCheckHelloTime together.
awaitable<Result<LinkCheck>> check_link(LinkHost& links, Storage& storage, std::optional<RegistrationId> id);

/// `text` without what proves anything: the user and password of `proxy` in every form they are sent in, and the user part of any URL.
std::string without_secrets(std::string text, const std::optional<Proxy>& proxy);

}  // namespace daikan::server
