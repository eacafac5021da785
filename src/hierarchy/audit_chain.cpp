#include "hierarchy/audit_chain.h"

#include <fmt/format.h>

#include "base/sha256.h"

namespace daikan::hierarchy {

std::string audit_encoding(std::string_view previous_hash, const AuditRecord& record) {
  std::string text = "daikan-audit-1:";
  const auto add = [&text](std::string_view part) { text += fmt::format("{}:{},", part.size(), part); };
  add(previous_hash);
  add(std::to_string(record.sequence));
  add(to_rfc3339(record.at));
  add(record.actor);
  add(record.source);
  add(record.through);
  add(record.action);
  add(record.object);
  add(record.outcome);
  return text;
}

std::string audit_hash(std::string_view previous_hash, const AuditRecord& record) {
  return sha256_hex(audit_encoding(previous_hash, record));
}

std::optional<AuditVerifier::Break> AuditVerifier::add(const AuditRecord& record) {
  if (!last_) last_ = AuditLink{record.sequence - 1, record.previous_hash};
  const auto expected = last_->sequence + 1;
  if (record.sequence > expected) {
    const auto missing = record.sequence - expected;
    return Break{expected, missing == 1 ? fmt::format("Record {} is missing.", expected)
                                        : fmt::format("Records {} to {} are missing.", expected, record.sequence - 1)};
  }
  if (record.sequence < expected) {
    return Break{record.sequence, fmt::format("Record {} stands where record {} should.", record.sequence, expected)};
  }
  if (record.previous_hash != last_->hash) {
    return Break{
        record.sequence,
        fmt::format("Record {} does not follow the record before it: that one was changed together with its hash.", record.sequence)};
  }
  if (record.hash != audit_hash(record.previous_hash, record)) {
    return Break{record.sequence, fmt::format("Record {} was changed: its hash does not belong to its content.", record.sequence)};
  }
  last_ = AuditLink{record.sequence, record.hash};
  ++records_;
  return std::nullopt;
}

std::optional<AuditVerifier::Break> AuditVerifier::end(const AuditLink& head) const {
  const auto last = last_.value_or(AuditLink{});
  if (last == head) return std::nullopt;
  if (last.sequence < head.sequence) {
    return Break{last.sequence + 1, last.sequence + 1 == head.sequence
                                        ? fmt::format("Record {}, the last one, is missing.", head.sequence)
                                        : fmt::format("Records {} to {}, the last ones, are missing.", last.sequence + 1, head.sequence)};
  }
  return Break{last.sequence, fmt::format("Record {} is not the one that the server keeps as the end of the chain.", last.sequence)};
}

}  // namespace daikan::hierarchy
