#include "server/backup_records.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"

namespace daikan::server {
namespace {

enum class Kind : std::uint8_t { manifest = 1, key_file = 2, table = 3, row = 4, end = 5 };
enum class Cell : std::uint8_t { null = 0, integer = 1, text = 2 };

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kMaxManifestEntries = 64;

void put_number(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> (8 * i)));
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size(), kLengthBytes);
  out += text;
}

std::string framed(Kind kind, std::string_view content) {
  std::string out;
  put_number(out, content.size() + 1, kLengthBytes);
  out.push_back(static_cast<char>(kind));
  return out += content;
}

tl::unexpected<Error> not_a_record(std::string_view why) {
  return fail(Code::backup_altered, "The content of the backup cannot be understood: " + std::string(why) + ".",
              "Use the daikan of the version that made it, or another backup.");
}

/// Takes values from the front; once something did not fit, everything that follows is empty and `failed`.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number(std::size_t bytes) {
    const auto taken = take(bytes);
    std::uint64_t out = 0;
    for (std::size_t i = taken.size(); i-- > 0;) out = out << 8 | static_cast<unsigned char>(taken[i]);
    return out;
  }
  std::string text() { return std::string(take(number(kLengthBytes))); }
  bool done() const { return rest_.empty() || failed_; }
  bool failed() const { return failed_; }

 private:
  std::string_view take(std::uint64_t bytes) {
    if (failed_ || bytes > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  std::string_view rest_;
  bool failed_ = false;
};

Result<BackupRecord> take_manifest(Taker& from) {
  BackupManifest manifest;
  while (!from.done()) {
    auto name = from.text();
    manifest.entries[std::move(name)] = from.text();
    if (manifest.entries.size() > kMaxManifestEntries) return not_a_record("its manifest is too long");
  }
  return BackupRecord(std::move(manifest));
}

Result<BackupRecord> take_key_file(Taker& from) {
  KeyFile file;
  file.name = from.text();
  file.content = from.text();
  if (!is_key_file_name(file.name)) return not_a_record("a key file has a name of another kind");
  if (file.content.size() > limits::kMaxCertificateFileBytes) return not_a_record("a key file is too long");
  return BackupRecord(std::move(file));
}

Result<BackupRecord> take_table(Taker& from) {
  store::TableShape shape;
  shape.name = from.text();
  while (!from.done()) {
    shape.columns.push_back(from.text());
    if (shape.columns.size() > limits::kMaxBackupColumns) return not_a_record("a table has too many columns");
  }
  if (shape.columns.empty()) return not_a_record("a table has no columns");
  return BackupRecord(std::move(shape));
}

Result<BackupRecord> take_row(Taker& from) {
  BackupRow row;
  while (!from.done()) {
    switch (static_cast<Cell>(from.number(1))) {
      case Cell::null:
        row.values.emplace_back(nullptr);
        break;
      case Cell::integer:
        row.values.emplace_back(static_cast<std::int64_t>(from.number(8)));
        break;
      case Cell::text:
        row.values.emplace_back(from.text());
        break;
      default:
        return not_a_record("a value is of no known kind");
    }
    if (row.values.size() > limits::kMaxBackupColumns) return not_a_record("a row has too many values");
  }
  return BackupRecord(std::move(row));
}

Result<BackupRecord> take_record(Kind kind, Taker& from) {
  switch (kind) {
    case Kind::manifest:
      return take_manifest(from);
    case Kind::key_file:
      return take_key_file(from);
    case Kind::table:
      return take_table(from);
    case Kind::row:
      return take_row(from);
    case Kind::end:
      return BackupRecord(BackupEnd{from.number(8)});
  }
  return not_a_record("a record is of no known kind");
}

}  // namespace

std::string encode(const BackupManifest& manifest) {
  std::string content;
  for (const auto& [name, value] : manifest.entries) {
    put_text(content, name);
    put_text(content, value);
  }
  return framed(Kind::manifest, content);
}

std::string encode(const KeyFile& file) {
  std::string content;
  put_text(content, file.name);
  put_text(content, file.content);
  return framed(Kind::key_file, content);
}

std::string encode(const store::TableShape& shape) {
  std::string content;
  put_text(content, shape.name);
  for (const auto& column : shape.columns) put_text(content, column);
  return framed(Kind::table, content);
}

std::string encode_row(std::span<const store::Value> values) {
  std::string content;
  for (const auto& value : values) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      content.push_back(static_cast<char>(Cell::integer));
      put_number(content, static_cast<std::uint64_t>(*number), 8);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      content.push_back(static_cast<char>(Cell::text));
      put_text(content, *text);
    } else {
      content.push_back(static_cast<char>(Cell::null));
    }
  }
  return framed(Kind::row, content);
}

std::string encode(const BackupEnd& end) {
  std::string content;
  put_number(content, end.rows, 8);
  return framed(Kind::end, content);
}

void RecordReader::feed(std::string_view bytes) {
  waiting_.erase(0, at_);
  at_ = 0;
  waiting_ += bytes;
}

Result<std::optional<BackupRecord>> RecordReader::next() {
  const auto waiting = std::string_view(waiting_).substr(at_);
  if (waiting.size() < kLengthBytes) return std::nullopt;
  const auto length = Taker(waiting).number(kLengthBytes);
  if (length < 1 || length > limits::kMaxBackupRecordBytes) return not_a_record("a record is too long, or empty");
  if (waiting.size() < kLengthBytes + length) return std::nullopt;
  const auto content = waiting.substr(kLengthBytes, length);
  at_ += kLengthBytes + length;
  Taker from(content.substr(1));
  auto record = take_record(static_cast<Kind>(content[0]), from);
  if (!record) return fail(std::move(record.error()));
  if (from.failed() || !from.done()) return not_a_record("a record ends in the middle of a value, or goes on behind the last");
  if (auto placed = check_place(*record); !placed) return fail(std::move(placed.error()));
  return std::optional<BackupRecord>(std::move(*record));
}

Result<> RecordReader::check_place(const BackupRecord& record) {
  if (ended_) return not_a_record("something stands behind its end");
  if (std::holds_alternative<BackupManifest>(record) == begun_) return not_a_record("its manifest is not the first record");
  begun_ = true;
  if (std::holds_alternative<KeyFile>(record)) {
    columns_.reset();
    if (++key_files_ > limits::kMaxBackupKeyFiles) return not_a_record("there are too many key files");
  } else if (const auto* shape = std::get_if<store::TableShape>(&record)) {
    columns_ = shape->columns.size();
    if (++tables_ > limits::kMaxBackupTables) return not_a_record("there are too many tables");
  } else if (const auto* row = std::get_if<BackupRow>(&record)) {
    ++rows_;
    if (columns_ != row->values.size()) return not_a_record("a row does not fit its table");
  } else if (const auto* end = std::get_if<BackupEnd>(&record)) {
    ended_ = true;
    if (end->rows != rows_) return not_a_record("rows are missing");
  }
  return {};
}

bool is_key_file_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> kEndings = {".key", ".cer", ".crt", ".pem"};
  const auto fits = [&](std::string_view ending) { return name.size() > ending.size() && name.ends_with(ending); };
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  };
  return name.size() <= limits::kMaxNameBytes && !name.starts_with('.') && std::all_of(name.begin(), name.end(), plain) &&
         std::any_of(kEndings.begin(), kEndings.end(), fits);
}

}  // namespace daikan::server
