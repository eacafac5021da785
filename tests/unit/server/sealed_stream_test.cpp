#include "server/sealed_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::server::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view kPassphrase = "correct horse battery staple";

std::string sealed(std::string_view plain) {
  std::string file;
  auto writer = SealedWriter::begin(kPassphrase, [&](std::string_view bytes) -> Result<> {
    file += bytes;
    return {};
  });
  EXPECT_TRUE(writer && writer->write(plain) && writer->finish());
  return file;
}

Result<std::string> opened(std::string_view file, std::string_view passphrase = kPassphrase) {
  std::size_t at = 0;
  auto reader = SealedReader::begin(passphrase, [&](std::size_t most) -> Result<std::string> {
    const auto piece = std::string(file.substr(std::min(at, file.size()), most));
    at += piece.size();
    return piece;
  });
  if (!reader) return fail(std::move(reader.error()));
  std::string plain;
  for (;;) {
    auto piece = reader->next();
    if (!piece) return fail(std::move(piece.error()));
    if (!*piece) return plain;
    plain += **piece;
  }
}

Code refusal(std::string_view file, std::string_view passphrase = kPassphrase) {
  const auto outcome = opened(file, passphrase);
  EXPECT_FALSE(outcome);
  if (outcome) return Code::internal;
  EXPECT_FALSE(outcome.error().remedy.empty());
  return outcome.error().code;
}

std::string text_of(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

TEST(SealedStream, WhatWasWrittenIsReadAtEveryLengthAroundAChunk) {
  const auto chunk = limits::kBackupChunkBytes;
  for (const auto bytes : {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 3 * chunk}) {
    const auto plain = text_of(bytes);
    const auto back = opened(sealed(plain));
    ASSERT_TRUE(back) << bytes << ": " << back.error().text();
    EXPECT_TRUE(*back == plain) << bytes;
  }
}

TEST(SealedStream, NothingOfTheContentIsInTheFileAndNoTwoFilesAreAlike) {
  const std::string plain = "the proxy password and the server's key";
  const auto one = sealed(plain);
  EXPECT_EQ(one.find("proxy"), std::string::npos);
  EXPECT_NE(one, sealed(plain));
}

TEST(SealedStream, AnotherPassphraseIsToldApartFromADamagedFile) {
  const auto file = sealed(text_of(1000));
  EXPECT_EQ(refusal(file, "correct horse battery staplf"), Code::wrong_credentials);
  EXPECT_EQ(refusal(file, ""), Code::wrong_credentials);
}

TEST(SealedStream, AFileCutAnywhereIsTruncated) {
  const auto file = sealed(text_of(2 * limits::kBackupChunkBytes + 100));
  const auto after_first = SealedHead::kBytes + 4 + limits::kBackupChunkBytes + 17;
  for (const auto kept : {std::size_t{8}, std::size_t{9}, SealedHead::kBytes - 1, SealedHead::kBytes, SealedHead::kBytes + 3,
                          after_first - 1, after_first, file.size() - 1}) {
    EXPECT_EQ(refusal(file.substr(0, kept)), Code::backup_truncated) << kept;
  }
}

TEST(SealedStream, AnAlteredByteIsNoticedWhereverItIs) {
  const auto file = sealed(text_of(100));
  for (std::size_t at = 0; at < file.size(); at += at < SealedHead::kBytes ? 13 : 9) {
    auto altered = file;
    altered[at] = static_cast<char>(altered[at] ^ 0x40);
    const auto outcome = opened(altered);
    ASSERT_FALSE(outcome) << at;
    // The first bytes say what it is; a length that grew looks like a missing end.
    const auto code = outcome.error().code;
    EXPECT_TRUE(code == Code::backup_altered || (at < 8 && code == Code::backup_unreadable) ||
                (at == 8 && code == Code::version_unsupported) ||
                (at >= SealedHead::kBytes && at < SealedHead::kBytes + 4 && code == Code::backup_truncated))
        << at << ": " << outcome.error().text();
  }
}

TEST(SealedStream, PiecesCannotBeSwappedRepeatedOrLeftOut) {
  const auto chunk = limits::kBackupChunkBytes;
  const auto file = sealed(text_of(3 * chunk));
  const auto piece = 4 + chunk + 17;
  const auto head = file.substr(0, SealedHead::kBytes);
  const auto part = [&](std::size_t n) { return file.substr(SealedHead::kBytes + n * piece, piece); };
  const auto end = file.substr(SealedHead::kBytes + 3 * piece);
  ASSERT_TRUE(opened(head + part(0) + part(1) + part(2) + end));
  EXPECT_EQ(refusal(head + part(1) + part(0) + part(2) + end), Code::backup_altered);
  EXPECT_EQ(refusal(head + part(0) + part(0) + part(2) + end), Code::backup_altered);
  EXPECT_EQ(refusal(head + part(0) + part(2) + end), Code::backup_altered);
  EXPECT_EQ(refusal(head + end), Code::backup_altered);
  EXPECT_EQ(refusal(file + "x"), Code::backup_altered);
  EXPECT_EQ(refusal(sealed(text_of(3 * chunk)).substr(0, SealedHead::kBytes) + file.substr(SealedHead::kBytes)), Code::backup_altered);
}

TEST(SealedStream, SomethingElseIsNoBackup) {
  EXPECT_EQ(refusal(""), Code::backup_unreadable);
  EXPECT_EQ(refusal("DAIKAN"), Code::backup_truncated);
  EXPECT_EQ(refusal("SQLite format 3 and a lot behind it"), Code::backup_unreadable);
}

TEST(SealedStream, CostsBeyondTheBoundsAreRefusedBeforeAnyMemoryIsTaken) {
  // A head whose checksum is right, as anybody can make it: only the bounds protect.
  const auto file = sealed("x");
  const auto head = parse_sealed_head({reinterpret_cast<const std::uint8_t*>(file.data()), SealedHead::kBytes});
  ASSERT_TRUE(head);
  EXPECT_LE(head->memory_bytes, limits::kMaxKeyDerivationBytes);
  EXPECT_LE(head->passes, limits::kMaxKeyDerivationPasses);
}

TEST(SealedStream, AFullDiskEndsTheWriting) {
  std::size_t room = 200;
  auto writer = SealedWriter::begin(kPassphrase, [&](std::string_view bytes) -> Result<> {
    if (bytes.size() > room) return fail(Code::storage_failed, "The disk is full.", "Make room.");
    room -= bytes.size();
    return {};
  });
  ASSERT_TRUE(writer);
  const auto outcome = writer->write(text_of(limits::kBackupChunkBytes));
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("full"));
}

}  // namespace
}  // namespace daikan::server::test
