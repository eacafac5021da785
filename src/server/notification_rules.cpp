// What a destination must be before it is kept.
#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "net/mail.h"
#include "server/notifications.h"

namespace daikan::server {
namespace {

using hierarchy::Destination;
using hierarchy::DestinationKind;
using hierarchy::Transport;

tl::unexpected<Error> invalid(std::string message, std::string remedy, std::string_view field) {
  return fail(Code::invalid_request, std::move(message), std::move(remedy), std::string(field));
}

bool is_kind(std::string_view text) {
  return !text.empty() && text.size() <= limits::kMaxEventKindBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Result<> check_transport(const Destination& destination) {
  using enum Transport;
  const auto transport = destination.transport;
  const auto refuse = [&](std::string_view allowed) {
    return invalid(fmt::format("The transport {} is none of {}.", to_string(transport), to_string(destination.kind)),
                   fmt::format("Choose {}.", allowed), "transport");
  };
  if (destination.kind == DestinationKind::email && transport == udp) return refuse("starttls, tls or plain");
  if (destination.kind == DestinationKind::webhook && transport != tls && transport != plain) return refuse("https or http");
  if (destination.kind == DestinationKind::syslog && transport == starttls) return refuse("tls, plain (TCP) or udp");
  if (!destination.fingerprint.empty() && (transport == plain || transport == udp)) {
    return invalid("A fingerprint is given, but the transport has no certificate.", "Leave it out, or choose a transport with TLS.",
                   "fingerprint");
  }
  return {};
}

Result<> check_mail(const Destination& destination) {
  if (auto checked = net::check_mail_address(destination.sender, "sender"); !checked) return checked;
  const auto count = destination.recipients.size();
  if (count == 0 || count > limits::kMaxMailRecipients) {
    return invalid(fmt::format("{} recipients are given.", count), fmt::format("Give 1 to {}.", limits::kMaxMailRecipients), "recipients");
  }
  for (const auto& recipient : destination.recipients) {
    if (auto checked = net::check_mail_address(recipient, "recipients"); !checked) return checked;
  }
  if (destination.user.empty() != destination.secret.empty()) {
    return invalid("Of user and password only one is given.", "Give both, or neither for a mail server that wants no login.",
                   destination.user.empty() ? "user" : "secret");
  }
  if (!destination.user.empty() && destination.transport == Transport::plain) {
    return invalid("A password for a mail server is never sent without TLS.", "Choose starttls or tls, or leave out the user.",
                   "transport");
  }
  return {};
}

}  // namespace

Result<> check_destination(const Destination& destination) {
  if (auto checked = hierarchy::check_name(destination.name); !checked) return checked;
  if (destination.kinds.size() > limits::kMaxRuleKinds) {
    return invalid(fmt::format("{} kinds of events are given.", destination.kinds.size()),
                   fmt::format("Give at most {}.", limits::kMaxRuleKinds), "kinds");
  }
  for (const auto& kind : destination.kinds) {
    if (!is_kind(kind))
      return invalid(fmt::format("“{}” is not a kind of event.", quotable(kind, 60)), "The events list shows the kinds.", "kinds");
  }
  if (auto checked = check_transport(destination); !checked) return checked;
  if (destination.kind == DestinationKind::email) return check_mail(destination);
  if (!destination.user.empty() || !destination.sender.empty() || !destination.recipients.empty()) {
    return invalid("User, sender and recipients belong to mail only.", "Leave them out.", "kind");
  }
  if (destination.kind == DestinationKind::syslog && !destination.secret.empty()) {
    return invalid("Syslog knows no secret.", "Leave it out.", "secret");
  }
  return {};
}

}  // namespace daikan::server
