#include "server/sealed_stream.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

#include "base/limits.h"

namespace daikan::server {
namespace {

// magic 8 · version 1 · derivation 1 · passes 4 · memory 8 · salt 16 · stream 24 · key check 32 · checksum 32. Numbers are little-endian.
constexpr std::string_view kMagic = "DAIKANBK";
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kArgon2id = 1;
constexpr std::size_t kCheckedBytes = 62;  // what the key check is made over
constexpr std::size_t kSummedBytes = 94;   // what the checksum is made over
constexpr std::size_t kDigestBytes = 32;
constexpr std::uint32_t kPasses = 4;
constexpr std::uint64_t kMemoryBytes = 64ULL * 1024 * 1024;  // as a login costs
constexpr std::size_t kTagBytes = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kLargestSealed = limits::kBackupChunkBytes + kTagBytes;

static_assert(crypto_pwhash_SALTBYTES == 16 && crypto_secretstream_xchacha20poly1305_HEADERBYTES == 24);
static_assert(crypto_secretstream_xchacha20poly1305_KEYBYTES == 32);

using Digest = std::array<std::uint8_t, kDigestBytes>;
using HeadBytes = std::array<std::uint8_t, SealedHead::kBytes>;

/// The stream's key and the one that proves it, wiped when they are no longer needed.
struct Keys {
  std::array<std::uint8_t, 64> bytes{};
  Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys() { sodium_memzero(bytes.data(), bytes.size()); }
  const std::uint8_t* stream() const { return bytes.data(); }
  const std::uint8_t* check() const { return bytes.data() + 32; }
};

void put(std::uint8_t* at, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) at[i] = static_cast<std::uint8_t>(number >> (8 * i));
}

std::uint64_t get(const std::uint8_t* at, std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes; i-- > 0;) number = number << 8 | at[i];
  return number;
}

Digest digest(std::span<const std::uint8_t> bytes, const std::uint8_t* key) {
  Digest out{};
  crypto_generichash(out.data(), out.size(), bytes.data(), bytes.size(), key, key ? 32 : 0);
  return out;
}

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

Result<> derive(std::string_view passphrase, const SealedHead& head, Keys& keys) {
  if (sodium_init() < 0) std::abort();
  if (crypto_pwhash(keys.bytes.data(), keys.bytes.size(), passphrase.data(), passphrase.size(), head.salt.data(), head.passes,
                    static_cast<std::size_t>(head.memory_bytes), crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(Code::unavailable, fmt::format("The key of the backup needs {} MiB of memory.", head.memory_bytes / 1024 / 1024),
                "Free that much, or use another machine.");
  }
  return {};
}

HeadBytes bytes_of(const SealedHead& head) {
  HeadBytes bytes{};
  std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
  bytes[8] = kVersion;
  bytes[9] = kArgon2id;
  put(&bytes[10], head.passes, 4);
  put(&bytes[14], head.memory_bytes, 8);
  std::copy(head.salt.begin(), head.salt.end(), &bytes[22]);
  std::copy(head.stream.begin(), head.stream.end(), &bytes[38]);
  std::copy(head.key_check.begin(), head.key_check.end(), &bytes[kCheckedBytes]);
  const auto sum = digest(std::span(bytes).first(kSummedBytes), nullptr);
  std::copy(sum.begin(), sum.end(), &bytes[kSummedBytes]);
  return bytes;
}

tl::unexpected<Error> altered(std::string_view where) {
  return fail(Code::backup_altered, fmt::format("The backup was altered or damaged: {} is not what was written.", where),
              "Use another copy of the file, or an older backup.");
}

tl::unexpected<Error> truncated() {
  return fail(Code::backup_truncated, "The backup is not whole: its end is missing.",
              "Use another copy of the file, or an older backup; was it copied to its end?");
}

/// What is authenticated with a chunk besides itself: its length, and with the first one the head.
std::vector<std::uint8_t> beside(const std::optional<HeadBytes>& head, std::size_t sealed_bytes) {
  std::vector<std::uint8_t> out(4);
  put(out.data(), sealed_bytes, 4);
  if (head) out.insert(out.end(), head->begin(), head->end());
  return out;
}

}  // namespace

Result<SealedHead> parse_sealed_head(std::span<const std::uint8_t> bytes) {
  const auto known = std::min(bytes.size(), kMagic.size());
  if (bytes.empty() || !std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(known), bytes_of(kMagic))) {
    return fail(Code::backup_unreadable, "This file is no backup of a Daikan server.", "Check the file's name.");
  }
  if (bytes.size() > 8 && bytes[8] != kVersion) {
    return fail(Code::version_unsupported, fmt::format("The backup has the format {}, this program knows format {}.", bytes[8], kVersion),
                "Use a newer daikan.");
  }
  if (bytes.size() < SealedHead::kBytes) return truncated();
  const auto sum = digest(bytes.first(kSummedBytes), nullptr);
  if (!std::equal(sum.begin(), sum.end(), bytes.begin() + kSummedBytes)) return altered("its head");
  SealedHead head;
  head.passes = static_cast<std::uint32_t>(get(&bytes[10], 4));
  head.memory_bytes = get(&bytes[14], 8);
  // A checksum proves nothing about who made it: what the head asks for stays within bounds.
  if (bytes[9] != kArgon2id || head.passes < crypto_pwhash_OPSLIMIT_MIN || head.passes > limits::kMaxKeyDerivationPasses ||
      head.memory_bytes < crypto_pwhash_MEMLIMIT_MIN || head.memory_bytes > limits::kMaxKeyDerivationBytes) {
    return altered("its head");
  }
  std::copy_n(&bytes[22], head.salt.size(), head.salt.begin());
  std::copy_n(&bytes[38], head.stream.size(), head.stream.begin());
  std::copy_n(&bytes[kCheckedBytes], head.key_check.size(), head.key_check.begin());
  return head;
}

struct SealedWriter::State {
  Sink sink;
  crypto_secretstream_xchacha20poly1305_state stream{};
  std::optional<HeadBytes> head;  ///< Until it was authenticated with the first chunk.
  std::string waiting;
  ~State() { sodium_memzero(&stream, sizeof stream); }

  Result<> seal(std::string_view plain, unsigned char tag) {
    const auto sealed_bytes = plain.size() + kTagBytes;
    std::string out(4 + sealed_bytes, '\0');
    auto* at = reinterpret_cast<std::uint8_t*>(out.data());
    put(at, sealed_bytes, 4);
    const auto also = beside(head, sealed_bytes);
    head.reset();
    crypto_secretstream_xchacha20poly1305_push(&stream, at + 4, nullptr, bytes_of(plain), plain.size(), also.data(), also.size(), tag);
    return sink(out);
  }
};

SealedWriter::SealedWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealedWriter::SealedWriter(SealedWriter&&) noexcept = default;
SealedWriter::~SealedWriter() = default;

Result<SealedWriter> SealedWriter::begin(std::string_view passphrase, Sink sink) {
  if (sodium_init() < 0) std::abort();
  SealedHead head;
  head.passes = kPasses;
  head.memory_bytes = kMemoryBytes;
  randombytes_buf(head.salt.data(), head.salt.size());
  Keys keys;
  if (auto derived = derive(passphrase, head, keys); !derived) return fail(std::move(derived.error()));
  auto state = std::make_unique<State>();
  state->sink = std::move(sink);
  crypto_secretstream_xchacha20poly1305_init_push(&state->stream, head.stream.data(), keys.stream());
  const auto unchecked = bytes_of(head);
  head.key_check = digest(std::span(unchecked).first(kCheckedBytes), keys.check());
  state->head = bytes_of(head);
  if (auto written = state->sink({reinterpret_cast<const char*>(state->head->data()), state->head->size()}); !written) {
    return fail(std::move(written.error()));
  }
  return SealedWriter(std::move(state));
}

Result<> SealedWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto taken = bytes.substr(0, limits::kBackupChunkBytes - state_->waiting.size());
    state_->waiting += taken;
    bytes.remove_prefix(taken.size());
    if (state_->waiting.size() < limits::kBackupChunkBytes) break;
    if (auto sealed = state_->seal(state_->waiting, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE); !sealed) return sealed;
    sodium_memzero(state_->waiting.data(), state_->waiting.size());
    state_->waiting.clear();
  }
  return {};
}

Result<> SealedWriter::finish() {
  auto sealed = state_->seal(state_->waiting, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
  sodium_memzero(state_->waiting.data(), state_->waiting.size());
  state_->waiting.clear();
  return sealed;
}

struct SealedReader::State {
  Source source;
  crypto_secretstream_xchacha20poly1305_state stream{};
  std::optional<HeadBytes> head;
  bool ended = false;
  ~State() { sodium_memzero(&stream, sizeof stream); }
};

SealedReader::SealedReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealedReader::SealedReader(SealedReader&&) noexcept = default;
SealedReader::~SealedReader() = default;

Result<SealedReader> SealedReader::begin(std::string_view passphrase, Source source) {
  auto first = source(SealedHead::kBytes);
  if (!first) return fail(std::move(first.error()));
  auto head = parse_sealed_head({bytes_of(*first), first->size()});
  if (!head) return fail(std::move(head.error()));
  Keys keys;
  if (auto derived = derive(passphrase, *head, keys); !derived) return fail(std::move(derived.error()));
  auto state = std::make_unique<State>();
  state->source = std::move(source);
  state->head.emplace();
  std::copy_n(bytes_of(*first), SealedHead::kBytes, state->head->begin());
  const auto check = digest(std::span(*state->head).first(kCheckedBytes), keys.check());
  if (sodium_memcmp(check.data(), head->key_check.data(), check.size()) != 0) {
    return fail(Code::wrong_credentials, "The passphrase is not the one this backup was made with.", "Give that one.", "passphrase");
  }
  // Its only failure is a version of the algorithm that no header of this length has.
  if (crypto_secretstream_xchacha20poly1305_init_pull(&state->stream, head->stream.data(), keys.stream()) != 0) return altered("its head");
  return SealedReader(std::move(state));
}

Result<std::optional<std::string>> SealedReader::next() {
  if (state_->ended) return std::nullopt;
  auto length = state_->source(4);
  if (!length) return fail(std::move(length.error()));
  if (length->size() < 4) return truncated();
  const auto sealed_bytes = get(bytes_of(*length), 4);
  if (sealed_bytes < kTagBytes || sealed_bytes > kLargestSealed) return altered("the length of a piece");
  auto sealed = state_->source(sealed_bytes);
  if (!sealed) return fail(std::move(sealed.error()));
  if (sealed->size() < sealed_bytes) return truncated();
  std::string plain(sealed_bytes - kTagBytes, '\0');
  const auto also = beside(state_->head, sealed_bytes);
  state_->head.reset();
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_->stream, reinterpret_cast<std::uint8_t*>(plain.data()), nullptr, &tag,
                                                 bytes_of(*sealed), sealed->size(), also.data(), also.size()) != 0) {
    return altered("a piece of it");
  }
  if (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
    auto behind = state_->source(1);
    if (!behind) return fail(std::move(behind.error()));
    if (!behind->empty()) return altered("what stands behind its end");
    state_->ended = true;
    if (plain.empty()) return std::nullopt;
  }
  return plain;
}

}  // namespace daikan::server
