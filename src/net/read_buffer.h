// A buffer of one TLS record, borrowed for one read: an idle connection holds none.
//
// Each thread keeps a few to lend again. Used by the HTTP connections on their I/O thread; a borrowed buffer may outlast a suspension.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace daikan::net {

class ReadBuffer {
 public:
  static constexpr std::size_t kBytes = 16 * 1024;

  ReadBuffer();
  ~ReadBuffer();
  ReadBuffer(const ReadBuffer&) = delete;
  ReadBuffer& operator=(const ReadBuffer&) = delete;
  std::span<std::uint8_t> bytes() { return *bytes_; }

 private:
  std::unique_ptr<std::array<std::uint8_t, kBytes>> bytes_;
};

}  // namespace daikan::net
