// What is inside a backup: records of a manifest, of key files, of tables with their rows, and of the end.
//
// Pure: values to bytes and back. Each record is its length (4 bytes, little-endian), its kind (1 byte) and its content. The reader is a
// parser of bytes that were authenticated, and nevertheless believes nothing: every length is held against what is there and limits.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "store/snapshot.h"

namespace daikan::server {

/// Whose backup it is: "server_id", "server_name", "version", "schema_version", "made_at", "engine".
struct BackupManifest {
  std::map<std::string, std::string> entries;
  friend bool operator==(const BackupManifest&, const BackupManifest&) = default;
};

/// A key or certificate of the data folder.
struct KeyFile {
  std::string name;
  std::string content;
  friend bool operator==(const KeyFile&, const KeyFile&) = default;
};

struct BackupRow {
  std::vector<store::Value> values;
};

struct BackupEnd {
  std::uint64_t rows = 0;
};

using BackupRecord = std::variant<BackupManifest, KeyFile, store::TableShape, BackupRow, BackupEnd>;

std::string encode(const BackupManifest&);
std::string encode(const KeyFile&);
std::string encode(const store::TableShape&);
std::string encode_row(std::span<const store::Value>);
std::string encode(const BackupEnd&);

class RecordReader {
 public:
  void feed(std::string_view bytes);
  /// The next whole record, or nothing until more was fed. Fails with backup_altered: not a record, or one that cannot stand here (the
  /// manifest first and once, a row only behind its table and with as many values as that has columns, nothing behind the end).
  Result<std::optional<BackupRecord>> next();
  /// Whether the end was read and nothing is left over.
  bool complete() const { return ended_ && waiting_.size() == at_; }

 private:
  Result<> check_place(const BackupRecord& record);

  std::string waiting_;
  std::size_t at_ = 0;
  bool begun_ = false;
  bool ended_ = false;
  std::optional<std::size_t> columns_;  ///< Of the table whose rows are being read.
  std::size_t tables_ = 0;
  std::size_t key_files_ = 0;
  std::uint64_t rows_ = 0;
};

/// Whether a file of this name belongs into a backup, and may be written by a restore: a plain name that ends in .key, .cer, .crt or .pem.
bool is_key_file_name(std::string_view name);

}  // namespace daikan::server
