#include "hierarchy/next_step.h"

namespace daikan::hierarchy {
namespace {

/// The remedy of the last failure with what else can be done; either may be missing.
std::string remedy_and(const LinkStatus& link, const std::string& otherwise) {
  const std::string remedy = link.reason ? link.reason->remedy : std::string();
  if (remedy.empty()) return otherwise;
  return otherwise.empty() ? remedy : remedy + " " + otherwise;
}

bool is_refused_for(const LinkStatus& link, Code code) {
  return link.state == LinkState::refused && link.reason && link.reason->code == code;
}

}  // namespace

std::string next_step(const SecondaryRecord& secondary, const LinkStatus& link) {
  const bool we_dial = secondary.direction == Direction::primary_dials;
  switch (link.state) {
    case LinkState::connected:
      return {};
    case LinkState::connecting:
      return remedy_and(link, "");
    case LinkState::never_connected:
      // Only a join with an account knows the server's id before the first hello.
      if (secondary.server_id) {
        return "The join of this server was begun and not finished: run it again (daikan secondary add), or remove the registration "
               "(daikan "
               "secondary remove).";
      }
      return "On the secondary, set this server as its primary with this server's certificate (daikan primary set --address "
             "THIS_SERVER:13000 "
             "--certificate FILE), or remove the registration (daikan secondary remove).";
    case LinkState::disconnected:
      if (we_dial)
        return remedy_and(link,
                          "This server dials again by itself; if the secondary is gone for good, remove it (daikan secondary remove).");
      return "It dials again by itself once it can. If it has left or is gone for good, remove it (daikan secondary remove).";
    case LinkState::refused:
      break;
  }
  if (is_refused_for(link, Code::removed)) {
    return "It has left: remove it (daikan secondary remove), or wait; it returns by itself when its administrator sets this primary "
           "again.";
  }
  if (is_refused_for(link, Code::unknown_to_secondary)) return remedy_and(link, "If it has left, remove it (daikan secondary remove).");
  return remedy_and(link, "");
}

std::string next_step(const PrimaryRecord& primary, const LinkStatus& link) {
  const bool we_dial = primary.direction == Direction::secondary_dials;
  switch (link.state) {
    case LinkState::connected:
      return {};
    case LinkState::connecting:
      return remedy_and(link, "");
    case LinkState::never_connected:
      return "On the primary, add this server as a secondary that it dials (daikan secondary add --dmz ADDRESS:13000 --certificate FILE), "
             "or "
             "clear the primary here (daikan primary clear).";
    case LinkState::disconnected:
      if (we_dial)
        return remedy_and(link, "This server dials again by itself; if the primary is gone for good, clear it (daikan primary clear).");
      return "The primary dials again by itself once it can. If it has removed this server or is gone for good, clear it (daikan primary "
             "clear).";
    case LinkState::refused:
      break;
  }
  if (is_refused_for(link, Code::removed)) {
    return "The primary removed this server: clear it here (daikan primary clear), or ask its administrator to add this server again; it "
           "then "
           "connects by itself.";
  }
  if (is_refused_for(link, Code::unknown_to_primary))
    return remedy_and(link, "If the primary has removed it, clear it here (daikan primary clear).");
  return remedy_and(link, "");
}

}  // namespace daikan::hierarchy
