// The secondaries of this server: add, list, show, remove. Every change is one transaction with its audit record and event.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hierarchy/records.h"
#include "server/dial_edit.h"
#include "server/facts.h"
#include "server/history.h"
#include "server/link_host.h"
#include "server/once.h"
#include "server/seen.h"

namespace daikan::server {

struct SecondaryView {
  hierarchy::SecondaryRecord record;
  std::string group_path;
  hierarchy::LinkStatus link;
  /// Of add() alone: whether this call made the record or found the same one (the API answers 201 or 200).
  enum class Added : std::uint8_t { there, made } added = Added::there;
};

struct AddSecondary {
  std::string name;   ///< Empty: the address, or the certificate's subject.
  std::string group;  ///< Path; empty: the root group.
  hierarchy::Direction direction = hierarchy::Direction::secondary_dials;
  std::optional<Endpoint> address;
  std::optional<Proxy> proxy;
  std::vector<std::uint8_t> certificate;  ///< DER or PEM. Empty: `fingerprint` names an unrecognised server.
  std::string fingerprint;                ///< Checked against the certificate when both are given.
  std::optional<ServerId> server_id;      ///< Known in way 1.
  std::optional<Once> once = {};
};

/// An edit in place: what is absent stays as it is.
struct EditSecondary {
  std::optional<std::string> name;
  std::optional<std::string> group;  ///< Path; moves it there.
  DialEdit dial;                     ///< The certificate replaces the pin of the same server.
  Seen seen;
};

class Secondaries {
 public:
  Secondaries(Storage& storage, History& history, LinkHost& links, const Facts& facts);

  awaitable<Result<std::vector<SecondaryView>>> list();
  awaitable<Result<SecondaryView>> find(RegistrationId id);
  /// Idempotent: the same certificate, group, name and direction again returns the record there is. Errors: hierarchy/registration_rules.h,
  /// certificate_unreadable, certificate_expired, certificate_mismatch, group_not_found; nothing is changed on an error.
  awaitable<Result<SecondaryView>> add(const Actor& actor, AddSecondary request);
  /// Changes what the edit names; the link follows (a new name or group keeps it, anything else makes it anew). A way that this server
  /// dials is tried first. Errors: as add(), not_found, conflict (`seen`), and those of a dial, on the field at fault; nothing is changed
  /// on an error.
  awaitable<Result<SecondaryView>> edit(const Actor& actor, RegistrationId id, EditSecondary edit);
  /// The secondary is told over the link if it is up. not_found, conflict (`seen`).
  awaitable<Result<>> remove(const Actor& actor, RegistrationId id, Seen seen = {});

 private:
  Storage& storage_;
  History& history_;
  LinkHost& links_;
  const Facts& facts_;
  unsigned tests_ = 0;  ///< Tests of edits that run now.
};

}  // namespace daikan::server
