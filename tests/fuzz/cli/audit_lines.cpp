// An exported audit log from a file of anybody: never a crash, and whatever is taken for a record is chained as it says.
#include "cli/audit_lines.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto record = daikan::cli::audit_record_from(bytes.substr(0, bytes.find('\n')), 1)) {
    if (daikan::hierarchy::audit_encoding(record->previous_hash, *record).find(record->actor) == std::string::npos) std::abort();
  }
  daikan::cli::AuditLines lines({});
  const std::size_t portion = 1 + data[0];
  while (!bytes.empty()) {
    if (!lines.feed(bytes.substr(0, portion))) return 0;
    bytes.remove_prefix(std::min(portion, bytes.size()));
  }
  static_cast<void>(lines.end());
  return 0;
}
