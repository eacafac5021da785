// An exported audit log, line by line: from JSON back to records, and along their chain.
//
// Pure: fed with pieces of text from a file or from a server. Called by `daikan audit verify`. Invariant: it holds one line, never the log.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "hierarchy/audit_chain.h"

namespace daikan::cli {

/// One line of `daikan audit export`. Fails with invalid_request, naming line `number`.
Result<hierarchy::AuditRecord> audit_record_from(std::string_view line, std::int64_t number);

class AuditLines {
 public:
  /// `anchor`, `expected`: both ends as the server keeps them; nothing for a file. `noted`: a hash that must occur; may be empty.
  struct Known {
    std::optional<hierarchy::AuditLink> anchor;
    std::optional<hierarchy::AuditLink> head;
    std::string noted;
  };
  explicit AuditLines(Known known);

  /// Fails with storage_failed (the chain is broken: which record and how) or invalid_request (not an export); feed nothing afterwards.
  Result<> feed(std::string_view piece);
  /// After the last piece. Fails as feed() does: also when the end is missing, or the noted hash was not met.
  Result<> end();

  std::int64_t records() const { return verifier_.records(); }
  const std::optional<hierarchy::AuditLink>& last() const { return verifier_.last(); }
  std::int64_t first() const { return first_; }  ///< Sequence of the first record; 0 without one.

 private:
  Result<> take(std::string_view line);
  Known known_;
  hierarchy::AuditVerifier verifier_;
  std::string rest_;
  std::int64_t line_ = 0;
  std::int64_t first_ = 0;
  bool met_ = false;  ///< The noted hash was seen.
};

}  // namespace daikan::cli
