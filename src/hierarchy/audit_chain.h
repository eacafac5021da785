// The chain of the audit log: each record carries a hash of its own content and of the record before it.
//
// Pure. The store chains what it appends, the command line verifies what it was given; both call the one hash here. What the chain proves,
// and what it does not, is in docs/operations.md: it shows that records were changed, left out or moved, but whoever can rewrite the
// database can compute a new chain as well, and only a head noted elsewhere tells that one from the old.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hierarchy/history.h"

namespace daikan::hierarchy {

/// What the first record of all follows: 64 zeros.
inline constexpr std::string_view kAuditChainBegin = "0000000000000000000000000000000000000000000000000000000000000000";

/// A place in the chain: after record `sequence`, whose hash is `hash`.
struct AuditLink {
  std::int64_t sequence = 0;
  std::string hash = std::string(kAuditChainBegin);
  friend bool operator==(const AuditLink&, const AuditLink&) = default;
};

/// Where the kept part begins (the last record that was trimmed, or the beginning) and where it ends.
struct AuditChain {
  AuditLink anchor;
  AuditLink head;
};

/// What is hashed: "daikan-audit-1:" and then, each as its length in bytes (decimal), a colon, the bytes and a comma: previous hash,
/// sequence, time (RFC 3339 in UTC with six digits), actor, source, through, action, object, outcome. No two different records have the
/// same text.
std::string audit_encoding(std::string_view previous_hash, const AuditRecord& record);
/// SHA-256 of that, in lower-case hexadecimal.
std::string audit_hash(std::string_view previous_hash, const AuditRecord& record);

/// Walks a chain record by record, oldest first.
class AuditVerifier {
 public:
  /// `anchor`: where the first record must connect; nothing: wherever it says, as in a file that was exported in part.
  explicit AuditVerifier(std::optional<AuditLink> anchor) : last_(std::move(anchor)) {}

  struct Break {
    std::int64_t sequence = 0;  ///< Of the first record that is wrong, or missing.
    std::string reason;         ///< A sentence.
  };
  /// The break that `record` shows, if it shows one; afterwards nothing more is to be added.
  std::optional<Break> add(const AuditRecord& record);
  /// After the last record: whether `head` was reached.
  std::optional<Break> end(const AuditLink& head) const;

  const std::optional<AuditLink>& last() const { return last_; }  ///< The record added last, or the anchor.
  std::int64_t records() const { return records_; }

 private:
  std::optional<AuditLink> last_;
  std::int64_t records_ = 0;
};

}  // namespace daikan::hierarchy
