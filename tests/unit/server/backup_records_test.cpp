#include "server/backup_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::server::test {
namespace {

const BackupManifest kManifest{{{"server_name", "hq"}, {"schema_version", "1"}}};
const store::TableShape kTable{"settings", {"name", "value"}};

std::string row(std::initializer_list<store::Value> values) { return encode_row(std::span(values.begin(), values.size())); }

Result<std::vector<BackupRecord>> read(std::string_view bytes, std::size_t at_once = 1000) {
  RecordReader reader;
  std::vector<BackupRecord> found;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, at_once));
    bytes.remove_prefix(std::min(at_once, bytes.size()));
    for (;;) {
      auto record = reader.next();
      if (!record) return fail(std::move(record.error()));
      if (!*record) break;
      found.push_back(std::move(**record));
    }
  }
  if (!reader.complete()) return fail(Code::backup_truncated, "Not complete.");
  return found;
}

void expect_refused(std::string_view bytes) {
  const auto outcome = read(bytes);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::backup_altered);
}

TEST(BackupRecords, ComeBackAsTheyWereHoweverTheyAreCut) {
  const auto bytes = encode(kManifest) + encode(KeyFile{"server.key", std::string("a\0b", 3)}) + encode(kTable) +
                     row({std::string("päth"), std::string(70'000, 'x')}) + row({nullptr, std::int64_t{-5}}) + encode(BackupEnd{2});
  for (const std::size_t at_once : {1UL, 7UL, 1000UL, 1'000'000UL}) {
    const auto found = read(bytes, at_once);
    ASSERT_TRUE(found) << found.error().text();
    ASSERT_EQ(found->size(), 6U);
    EXPECT_EQ(std::get<BackupManifest>((*found)[0]), kManifest);
    EXPECT_EQ(std::get<KeyFile>((*found)[1]), (KeyFile{"server.key", std::string("a\0b", 3)}));
    EXPECT_EQ(std::get<store::TableShape>((*found)[2]).columns, kTable.columns);
    EXPECT_EQ(std::get<BackupRow>((*found)[3]).values, (std::vector<store::Value>{std::string("päth"), std::string(70'000, 'x')}));
    EXPECT_EQ(std::get<BackupRow>((*found)[4]).values, (std::vector<store::Value>{nullptr, std::int64_t{-5}}));
    EXPECT_EQ(std::get<BackupEnd>((*found)[5]).rows, 2U);
  }
}

TEST(BackupRecords, StandInTheirOrderOnly) {
  expect_refused(encode(kTable));
  expect_refused(encode(kManifest) + encode(kManifest));
  expect_refused(encode(kManifest) + row({std::string("a"), std::string("b")}));
  expect_refused(encode(kManifest) + encode(kTable) + row({std::string("a")}));
  expect_refused(encode(kManifest) + encode(BackupEnd{0}) + encode(kTable));
}

TEST(BackupRecords, AMissingRowIsNoticed) { expect_refused(encode(kManifest) + encode(kTable) + encode(BackupEnd{1})); }

TEST(BackupRecords, LengthsAreHeldAgainstWhatIsThere) {
  using namespace std::string_literals;
  expect_refused("\0\0\0\0"s);
  expect_refused("\xff\xff\xff\xff\x01"s);
  expect_refused("\x05\0\0\0\x01\xff\xff\xff\x7f"s);
  expect_refused("\x01\0\0\0\x09"s);
  expect_refused(encode(kManifest) + encode(kTable) + "\x02\0\0\0\x04\x03"s);
}

TEST(BackupRecords, OnlyKeysAndCertificatesOfPlainNamesAreFilesOfABackup) {
  for (const auto* name : {"server.key", "server.cer", "secrets.key", "next-server.key", "chain.pem"})
    EXPECT_TRUE(is_key_file_name(name)) << name;
  for (const auto* name :
       {"", ".key", "../server.key", "a/server.key", "daikan.db", "endpoints.json", ".hidden.key", "server.key.new", "söme.key"}) {
    EXPECT_FALSE(is_key_file_name(name)) << name;
  }
  expect_refused(encode(kManifest) + encode(KeyFile{"../../etc/passwd", "x"}));
  expect_refused(encode(kManifest) + encode(KeyFile{"server.key", std::string(limits::kMaxCertificateFileBytes + 1, 'x')}));
}

}  // namespace
}  // namespace daikan::server::test
