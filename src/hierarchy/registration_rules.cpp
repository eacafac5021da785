#include "hierarchy/registration_rules.h"

#include <fmt/format.h>

#include "hierarchy/names.h"

namespace daikan::hierarchy {
namespace {

std::string name_of(const PrimaryRecord& primary) {
  if (!primary.name.empty()) return primary.name;
  if (primary.address) return primary.address->str();
  return "the primary";
}

bool is_server(const std::optional<ServerId>& known, const ServerId& id) { return known && *known == id; }
bool is_server(const std::optional<ServerId>& known, const std::optional<ServerId>& other) { return known && other && *known == *other; }

/// Address and proxy belong to the side that dials.
Result<> check_dialling(Direction direction, Direction own_side_dials, const std::optional<Endpoint>& address,
                        const std::optional<Proxy>& proxy) {
  const bool dials = direction == own_side_dials;
  if (dials && !address) {
    return own_side_dials == Direction::primary_dials
               ? fail(Code::address_required, "The secondary's address is missing; this server is to dial it.",
                      "Give the network name or IP address under which this server reaches the secondary's link port.", "address")
               : fail(Code::address_required, "The primary's address is missing; this server is to dial it.",
                      "Give the network name or IP address under which this server reaches the primary's link port.", "address");
  }
  if (!dials && proxy) {
    return fail(Code::invalid_request, "A proxy was given, but the other server dials this one.",
                "Set the proxy on the server that dials, or let this server dial.", "proxy");
  }
  return {};
}

Result<> check_not_above(const Surroundings& here, const SecondaryCandidate& candidate) {
  if (here.primary && (here.primary->certificate.pin == candidate.pin || is_server(here.primary->server_id, candidate.server_id))) {
    return fail(Code::loop,
                fmt::format("“{}” is the primary of this server: {} > {}.", name_of(*here.primary), name_of(*here.primary), here.self.name),
                "A server cannot be above and below the same server. Clear this server's primary first, or add another server.",
                "certificate");
  }
  const PathEntry* above = candidate.server_id ? find_in_path(here.ancestors, *candidate.server_id) : nullptr;
  if (!above) return {};
  auto path = here.ancestors;
  path.push_back(here.self);
  return fail(Code::loop, fmt::format("“{}” stands above this server: {}.", above->name, in_words(path)),
              "A server cannot be above and below the same server. Move this server out from under it first, or add another server.",
              "certificate");
}

Result<> check_not_registered(const Surroundings& here, const SecondaryCandidate& candidate) {
  for (const auto& record : here.secondaries) {
    if (candidate.edited == record.id) continue;
    if (record.certificate.pin == candidate.pin) {
      return fail(Code::certificate_in_use, fmt::format("This certificate is already registered for “{}”.", record.name),
                  fmt::format("Choose the file of the new server, or remove “{}” first.", record.name), "certificate");
    }
    if (is_server(record.server_id, candidate.server_id)) {
      return fail(
          Code::identity_conflict, fmt::format("This server is already registered as “{}”, with another certificate.", record.name),
          fmt::format(
              "If its key was replaced, give “{}” the new certificate; if it is a copied server, give the copy an identity of its own.",
              record.name),
          "certificate");
    }
    if (same_name(record.name, candidate.name)) {
      return fail(Code::name_taken, fmt::format("A secondary called “{}” is already registered.", record.name), "Choose another name.",
                  "name");
    }
  }
  return {};
}

tl::unexpected<Error> own_certificate(const Surroundings& here, std::string_view other) {
  return fail(Code::own_certificate, fmt::format("This certificate is the one of this server, “{}”.", here.self.name),
              fmt::format("Choose the certificate file of the {} server.", other), "certificate");
}

}  // namespace

Result<> check_add_secondary(const Surroundings& here, const SecondaryCandidate& candidate) {
  if (auto checked = check_name(candidate.name); !checked) return checked;
  if (auto checked = check_dialling(candidate.direction, Direction::primary_dials, candidate.address, candidate.proxy); !checked)
    return checked;
  if (candidate.pin == here.own_pin) return own_certificate(here, "secondary");
  if (is_server(candidate.server_id, here.self.id)) {
    return fail(Code::loop, fmt::format("The server to add is this server itself, “{}”.", here.self.name),
                "Give the address of another server.", "address");
  }
  if (auto checked = check_not_above(here, candidate); !checked) return checked;
  return check_not_registered(here, candidate);
}

Result<> check_set_primary(const Surroundings& here, const PrimaryCandidate& candidate) {
  if (auto checked = check_dialling(candidate.direction, Direction::secondary_dials, candidate.address, candidate.proxy); !checked)
    return checked;
  if (candidate.pin == here.own_pin) return own_certificate(here, "primary");
  if (is_server(candidate.server_id, here.self.id)) {
    return fail(Code::loop, fmt::format("The primary given is this server itself, “{}”.", here.self.name),
                "Give the address of another server.", "address");
  }
  for (const auto& record : here.secondaries) {
    if (record.certificate.pin != candidate.pin && !is_server(record.server_id, candidate.server_id)) continue;
    return fail(
        Code::loop, fmt::format("“{}” is a secondary of this server: {} > {}.", record.name, here.self.name, record.name),
        fmt::format(
            "A server cannot be above and below the same server. Remove “{}” from the secondaries first, or choose another primary.",
            record.name),
        "certificate");
  }
  for (const auto& server : here.below) {
    if (!is_server(candidate.server_id, server.id)) continue;
    return fail(Code::loop, fmt::format("“{}” stands below this server: {} > … > {}.", server.name, here.self.name, server.name),
                "A server cannot be above and below the same server. Choose another primary.", "certificate");
  }
  if (here.primary && here.primary->certificate.pin != candidate.pin && candidate.existing == ExistingPrimary::keep) {
    return fail(Code::already_has_primary, fmt::format("“{}” already has a primary: “{}”.", here.self.name, name_of(*here.primary)),
                "A server has at most one primary. Leave the present one first (daikan primary clear), or replace it (daikan primary set "
                "--replace).");
  }
  return {};
}

}  // namespace daikan::hierarchy
