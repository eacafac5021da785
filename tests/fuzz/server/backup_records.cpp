// The content of a backup: reading never fails otherwise than by a Result, what was read encodes to what was read, and it makes no
// difference into which pieces the bytes are cut.
#include "server/backup_records.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace daikan::server;

std::string encode_again(const BackupRecord& record) {
  if (const auto* row = std::get_if<BackupRow>(&record)) return encode_row(row->values);
  if (const auto* manifest = std::get_if<BackupManifest>(&record)) return encode(*manifest);
  if (const auto* file = std::get_if<KeyFile>(&record)) return encode(*file);
  if (const auto* table = std::get_if<daikan::store::TableShape>(&record)) return encode(*table);
  return encode(std::get<BackupEnd>(record));
}

struct Outcome {
  std::string bytes;
  bool complete = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::string_view bytes, std::size_t at_once) {
  RecordReader reader;
  Outcome outcome;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, at_once));
    bytes.remove_prefix(std::min(at_once, bytes.size()));
    for (;;) {
      const auto record = reader.next();
      if (!record) return outcome;
      if (!*record) break;
      outcome.bytes += encode_again(**record);
    }
  }
  outcome.complete = reader.complete();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(bytes, bytes.size() + 1);
  if (!(whole == read(bytes, data[0] % 61 + 1))) std::abort();
  // A manifest may come in another order, or with a name twice; everything else is as it was.
  if (whole.bytes.size() > bytes.size()) std::abort();
  return 0;
}
