// A stream of bytes sealed under a passphrase: the container of a backup (docs/adr/0007-backups.md describes the format).
//
// Knows bytes, not what they mean. Written by Backups, read by restore(). The invariants: the key never leaves this file, a reader hands
// out no byte that was not authenticated, and a stream that ends before its marked end, or goes on behind it, is never taken for a whole
// one.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daikan::server {

/// The head of a sealed stream, before anything of it is believed.
struct SealedHead {
  static constexpr std::size_t kBytes = 126;
  std::uint32_t passes = 0;
  std::uint64_t memory_bytes = 0;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 24> stream{};
  std::array<std::uint8_t, 32> key_check{};
};

/// `bytes`: at most the first SealedHead::kBytes. Fails with backup_unreadable (something else), version_unsupported, backup_truncated or
/// backup_altered (its checksum, or costs beyond limits.h).
Result<SealedHead> parse_sealed_head(std::span<const std::uint8_t> bytes);

class SealedWriter {
 public:
  using Sink = std::function<Result<>(std::string_view)>;
  /// Derives the key, which takes a tenth of a second and 64 MiB, and writes the head.
  static Result<SealedWriter> begin(std::string_view passphrase, Sink sink);
  SealedWriter(SealedWriter&&) noexcept;
  ~SealedWriter();

  /// Fails as the sink does.
  Result<> write(std::string_view bytes);
  /// Marks the end. Without it every reader refuses the stream.
  Result<> finish();

 private:
  struct State;
  explicit SealedWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class SealedReader {
 public:
  /// Reads up to that many bytes; fewer only at the end.
  using Source = std::function<Result<std::string>(std::size_t)>;
  /// Fails as parse_sealed_head, or with wrong_credentials when the passphrase is not the one.
  static Result<SealedReader> begin(std::string_view passphrase, Source source);
  SealedReader(SealedReader&&) noexcept;
  ~SealedReader();

  /// The next piece; nothing once the marked end was reached and nothing is behind it. Fails with backup_truncated or backup_altered.
  Result<std::optional<std::string>> next();

 private:
  struct State;
  explicit SealedReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace daikan::server
