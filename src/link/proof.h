// What is signed to prove a key to a peer: texts that mean one thing only, bound to one connection. Pure.
//
// `binding` is the TLS exporter of the connection (RFC 9266, 32 bytes): a signature over it is worth nothing anywhere else.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/ids.h"

namespace daikan::link {

using ChannelBinding = std::array<std::uint8_t, 32>;

/// Signed with the own key of the server that came with `invitation`.
std::string claim_proof(const ChannelBinding& binding, const InvitationId& invitation);

/// Signed with a key that is announced in a hello (`says` upper) or in its answer (lower).
enum class Says : std::uint8_t { upper, lower };
std::string next_identity_proof(const ChannelBinding& binding, Says says);

}  // namespace daikan::link
