#include "cli/audit_lines.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/time_text.h"
#include "cli/json_text.h"

namespace daikan::cli {
namespace {

tl::unexpected<Error> broken(std::int64_t sequence, std::string_view reason) {
  return fail(Code::storage_failed, fmt::format("The audit chain is broken at record {}: {}", sequence, reason),
              "Keep the database as it is; compare with an older export or a backup to see what was changed.");
}

tl::unexpected<Error> unreadable(std::int64_t number, std::string_view why) {
  return fail(Code::invalid_request, fmt::format("Line {} is not an audit record: {}.", number, why),
              "Give a file of “daikan audit export” in the format jsonl.");
}

}  // namespace

Result<hierarchy::AuditRecord> audit_record_from(std::string_view line, std::int64_t number) {
  boost::system::error_code bad;
  const auto value = json::parse(line, bad);
  if (bad || !value.is_object()) return unreadable(number, "it is not a JSON object");
  const auto& object = value.get_object();
  hierarchy::AuditRecord record;
  const auto* sequence = object.if_contains("sequence");
  if (sequence == nullptr || !sequence->is_int64() || sequence->get_int64() < 1) return unreadable(number, "it has no sequence");
  record.sequence = sequence->get_int64();
  std::string at;
  const std::pair<std::string_view, std::string*> texts[] = {{"at", &at},
                                                             {"actor", &record.actor},
                                                             {"source", &record.source},
                                                             {"through", &record.through},
                                                             {"action", &record.action},
                                                             {"object", &record.object},
                                                             {"outcome", &record.outcome},
                                                             {"previous_hash", &record.previous_hash},
                                                             {"hash", &record.hash}};
  for (const auto& [name, into] : texts) {
    const auto* member = object.if_contains(name);
    if (member == nullptr || !member->is_string()) return unreadable(number, fmt::format("it has no {}", name));
    *into = std::string(member->get_string());
  }
  const auto time = time_from_text(at);
  // Another spelling of the same moment would be another text than the one that was hashed.
  if (!time || to_rfc3339(*time) != at) return unreadable(number, "its time is not written as the server writes it");
  record.at = *time;
  return record;
}

AuditLines::AuditLines(Known known) : known_(std::move(known)), verifier_(known_.anchor) {
  std::transform(known_.noted.begin(), known_.noted.end(), known_.noted.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  met_ = known_.noted.empty() || (known_.anchor && known_.anchor->hash == known_.noted);
}

Result<> AuditLines::take(std::string_view line) {
  ++line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return {};
  const auto record = audit_record_from(line, line_);
  if (!record) return fail(record.error());
  if (const auto found = verifier_.add(*record)) return broken(found->sequence, found->reason);
  if (first_ == 0) first_ = record->sequence;
  if (record->hash == known_.noted) met_ = true;
  if (known_.head && record->sequence == known_.head->sequence && record->hash != known_.head->hash) {
    return broken(record->sequence, fmt::format("Record {} is not the one the server keeps as the end of the chain.", record->sequence));
  }
  return {};
}

Result<> AuditLines::feed(std::string_view piece) {
  rest_ += piece;
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    if (auto taken = take(std::string_view(rest_).substr(begin, end - begin)); !taken) return taken;
    begin = end + 1;
  }
  rest_.erase(0, begin);
  if (rest_.size() > limits::kMaxJsonBytes) return unreadable(line_ + 1, "it is too long");
  return {};
}

Result<> AuditLines::end() {
  if (!rest_.empty()) {
    if (auto taken = take(std::exchange(rest_, {})); !taken) return taken;
  }
  if (known_.head && verifier_.last() && verifier_.last()->sequence < known_.head->sequence) {
    const auto found = verifier_.end(*known_.head);
    if (found) return broken(found->sequence, found->reason);
  }
  if (met_) return {};
  return fail(
      Code::storage_failed,
      fmt::format("The noted hash {} belongs to no record of the chain: records at its end were removed, or all of it was written anew.",
                  known_.noted),
      "Check that the hash was noted from this server and that its record is not older than audit_retention_days.", "head");
}

}  // namespace daikan::cli
