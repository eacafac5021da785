// The invitation file: one file instead of two certificate files (docs/protocol.md section 10 is its specification).
//
// Knows the text form and the primary's signature under it; not whether an invitation still holds: that the primary alone can say. Written
// by server/invitations, read by the joining server and by the command line, which shows what is in it. Invariant: what parse_invitation
// returns was signed by the certificate in it and is within the bounds of base/limits.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/certificate.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "net/identity.h"

namespace daikan::joining {

struct InvitationFile {
  InvitationId id;
  std::string primary;              ///< What the primary calls itself.
  std::vector<Endpoint> addresses;  ///< Of its links, the likeliest first; never empty.
  CertificateRecord certificate;    ///< The primary's.
  std::string group;                ///< Path, for people to read.
  std::string name;                 ///< What the secondary will be called there; empty: what it calls itself.
  TimePoint expires_at;             ///< In whole seconds.
  std::vector<std::uint8_t> key;    ///< The bootstrap key, PKCS#8 DER: a secret.
};

/// The file's text, signed by `primary`, whose certificate `file.certificate` is.
std::string write_invitation(const InvitationFile& file, const net::Identity& primary);

/// Fails with invitation_unreadable: no invitation, a version this program does not know, a field that is missing, malformed or there
/// twice, or a signature that does not belong to the rest (the file was altered). Line ends may be LF or CRLF. An expired one is read.
Result<InvitationFile> parse_invitation(std::string_view text);

}  // namespace daikan::joining
