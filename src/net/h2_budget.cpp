#include "net/h2_budget.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace daikan::net {
namespace {

constexpr std::size_t kFrameHeadBytes = 9;        // RFC 9113 section 4.1
constexpr std::size_t kPrefaceBytes = 24;         // RFC 9113 section 3.4
constexpr std::size_t kLargestPaddingOnly = 256;  // pad length and 255 bytes of padding
constexpr std::uint8_t kData = 0;
constexpr std::uint8_t kHeaders = 1;
constexpr std::uint8_t kEndStream = 0x1;
constexpr std::uint8_t kPadded = 0x8;

}  // namespace

FrameBudget::FrameBudget(SteadyTime now) : tokens_(limits::kControlFrameBurst), refilled_(now) {}

void FrameBudget::refill(SteadyTime now) {
  if (now <= refilled_) return;
  const double seconds = std::chrono::duration<double>(now - refilled_).count();
  tokens_ = std::min<double>(limits::kControlFrameBurst, tokens_ + seconds * limits::kControlFramesPerSecond);
  refilled_ = now;
}

bool FrameBudget::take(unsigned tokens) {
  tokens_ -= tokens;
  return tokens_ >= 0;
}

void FrameBudget::give(unsigned tokens) { tokens_ = std::min<double>(limits::kControlFrameBurst, tokens_ + tokens); }

FrameMeter::FrameMeter(H2Role role) : skip_(role == H2Role::server ? kPrefaceBytes : 0) {}

unsigned FrameMeter::tokens_of(std::span<const std::uint8_t> bytes) {
  unsigned tokens = 0;
  while (!bytes.empty()) {
    if (skip_ > 0) {
      const auto skipped = std::min(skip_, bytes.size());
      skip_ -= skipped;
      bytes = bytes.subspan(skipped);
      continue;
    }
    const auto taken = std::min(kFrameHeadBytes - head_bytes_, bytes.size());
    std::memcpy(head_ + head_bytes_, bytes.data(), taken);
    head_bytes_ += taken;
    bytes = bytes.subspan(taken);
    if (head_bytes_ < kFrameHeadBytes) break;
    head_bytes_ = 0;
    skip_ = (std::size_t{head_[0]} << 16U) | (std::size_t{head_[1]} << 8U) | head_[2];
    tokens += tokens_of_frame();
  }
  return tokens;
}

unsigned FrameMeter::tokens_of_frame() const {
  const auto type = head_[3];
  const auto flags = head_[4];
  if (type == kHeaders) return 0;  // bounded by the streams granted
  if (type != kData) return 1;
  const bool nothing_in_it = skip_ == 0 || ((flags & kPadded) != 0 && skip_ <= kLargestPaddingOnly);
  return nothing_in_it && (flags & kEndStream) == 0 ? 1 : 0;
}

}  // namespace daikan::net
