// Which secondaries may be registered here, and which primary this server may be told: the rules of one server, from what it knows itself.
//
// Pure; called by the use cases in `server` inside the transaction that writes the record, so that two administrators at once cannot both
// pass. A loop over several servers made at the same moment passes here and is refused by the link ends (link/upper_end.h, lower_end.h).
// Every error says what is wrong on what and what to do (joining.md section 6).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/address.h"
#include "base/certificate.h"
#include "base/ids.h"
#include "base/result.h"
#include "hierarchy/records.h"
#include "hierarchy/server_path.h"

namespace daikan::hierarchy {

/// What this server knows. The views must outlive the call.
struct Surroundings {
  PathEntry self;
  Pin own_pin;
  std::span<const SecondaryRecord> secondaries;  ///< Registered here; at least those that share pin, server or name.
  const PrimaryRecord* primary = nullptr;        ///< Null: none set.
  ServerPath ancestors;                          ///< As told in the primary's last hello; empty when none came yet.
  std::span<const PathEntry> below = {};         ///< Servers known further down, if any.
};

/// A secondary about to be registered, or a registered one about to be edited.
struct SecondaryCandidate {
  std::string name;
  Direction direction = Direction::secondary_dials;
  std::optional<Endpoint> address;
  std::optional<Proxy> proxy;
  Pin pin;
  std::optional<ServerId> server_id;     ///< When it is known already (ways 1 and 3).
  std::optional<RegistrationId> edited;  ///< The record that is being edited: not in its own way.
};

/// Fails with invalid_request or name_taken ("name"), own_certificate, certificate_in_use ("certificate", names the record), loop (names
/// the server and the path), identity_conflict (the server is registered under another certificate), address_required ("address") or
/// invalid_request ("proxy": only the dialling side has one).
Result<> check_add_secondary(const Surroundings& here, const SecondaryCandidate& candidate);

enum class ExistingPrimary : std::uint8_t { keep, replace };

struct PrimaryCandidate {
  Direction direction = Direction::secondary_dials;
  std::optional<Endpoint> address;
  std::optional<Proxy> proxy;
  Pin pin;
  std::optional<ServerId> server_id;                 ///< When it is known already (way 1).
  ExistingPrimary existing = ExistingPrimary::keep;  ///< replace: the request says that another primary gives way.
};

/// Fails with own_certificate, already_has_primary (another one is set and `existing` is keep), loop (the candidate is a secondary of this
/// server or stands below it), address_required ("address") or invalid_request ("proxy"). Setting the same primary again is an edit.
Result<> check_set_primary(const Surroundings& here, const PrimaryCandidate& candidate);

}  // namespace daikan::hierarchy
