#include "net/read_buffer.h"

#include <vector>

namespace daikan::net {
namespace {

constexpr std::size_t kKept = 8;
thread_local std::vector<std::unique_ptr<std::array<std::uint8_t, ReadBuffer::kBytes>>> kept;

}  // namespace

ReadBuffer::ReadBuffer() {
  if (kept.empty()) {
    bytes_.reset(new std::array<std::uint8_t, kBytes>);  // not zeroed
  } else {
    bytes_ = std::move(kept.back());
    kept.pop_back();
  }
}

ReadBuffer::~ReadBuffer() {
  if (kept.size() < kKept) kept.push_back(std::move(bytes_));
}

}  // namespace daikan::net
