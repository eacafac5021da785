#include "net/h2_memory.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <sys/mman.h>

namespace daikan::net {
namespace {

constexpr std::size_t kMappingBytes = PageSlots::kSlotBytes * PageSlots::kSlotsPerMapping;
// Requests of this size are the frame buffers; everything smaller is dense enough for the ordinary heap.
constexpr std::size_t kSmallestSlotRequest = 12 * 1024;

#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
constexpr bool kPooled = false;  // the sanitizer sees overruns only in memory of its own
#else
constexpr bool kPooled = true;
#endif

bool fits(std::size_t size) { return kPooled && size >= kSmallestSlotRequest && size <= PageSlots::kSlotBytes; }

bool in_slot(const void* address) {
  // Slots are page-aligned and heap blocks of glibc never are, which spares the lock for nearly every call.
  return kPooled && address != nullptr && reinterpret_cast<std::uintptr_t>(address) % 4096 == 0 && h2_slots().owns(address);
}

}  // namespace

PageSlots::~PageSlots() {
  for (auto* mapping : mappings_) ::munmap(mapping, kMappingBytes);
}

bool PageSlots::grow() {
  void* memory = ::mmap(nullptr, kMappingBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  ::madvise(memory, kMappingBytes, MADV_NOHUGEPAGE);  // a huge page would make the untouched parts resident
  auto* mapping = static_cast<std::byte*>(memory);
  mappings_.insert(std::upper_bound(mappings_.begin(), mappings_.end(), mapping), mapping);
  for (std::size_t i = kSlotsPerMapping; i > 0; --i) free_.push_back(mapping + (i - 1) * kSlotBytes);
  return true;
}

void* PageSlots::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty() && !grow()) return nullptr;
  void* slot = free_.back();
  free_.pop_back();
  ++taken_;
  return slot;
}

void PageSlots::vacate(void* slot) { ::madvise(slot, kSlotBytes, MADV_DONTNEED); }

void PageSlots::give_back(void* slot) {
  vacate(slot);
  const std::lock_guard lock(mutex_);
  free_.push_back(slot);
  --taken_;
}

bool PageSlots::owns(const void* address) const {
  const std::lock_guard lock(mutex_);
  const auto* wanted = static_cast<const std::byte*>(address);
  const auto after = std::upper_bound(mappings_.begin(), mappings_.end(), wanted,
                                      [](const std::byte* value, const std::byte* mapping) { return value < mapping; });
  return after != mappings_.begin() && wanted < *(after - 1) + kMappingBytes;
}

std::size_t PageSlots::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

// Never destroyed: sessions of static objects may end after it. It is reachable, so it is no leak.
PageSlots& h2_slots() {
  static auto* const slots = new PageSlots;
  return *slots;
}

H2Memory::H2Memory() : hooks_{this, allocate, release, allocate_zeroed, reallocate} {}

void H2Memory::vacate_frame_buffer() {
  if (frame_buffer_ != nullptr) PageSlots::vacate(frame_buffer_);
}

void* H2Memory::allocate(std::size_t size, void* self) {
  if (fits(size)) {
    if (void* slot = h2_slots().take()) {
      auto& first = static_cast<H2Memory*>(self)->frame_buffer_;
      if (first == nullptr) first = slot;
      return slot;
    }
  }
  return std::malloc(size);
}

void H2Memory::release(void* address, void* self) {
  if (!in_slot(address)) return std::free(address);
  auto& first = static_cast<H2Memory*>(self)->frame_buffer_;
  if (first == address) first = nullptr;
  h2_slots().give_back(address);
}

void* H2Memory::allocate_zeroed(std::size_t count, std::size_t size, void* self) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  if (!fits(bytes)) return std::calloc(count, size);
  void* memory = allocate(bytes, self);
  if (memory != nullptr && !in_slot(memory)) std::memset(memory, 0, bytes);  // a slot is zeroed
  return memory;
}

void* H2Memory::reallocate(void* address, std::size_t size, void* self) {
  if (address == nullptr) return allocate(size, self);  // how nghttp2 makes its buffers
  if (!in_slot(address)) return std::realloc(address, size);
  if (size <= PageSlots::kSlotBytes) return address;
  void* larger = std::malloc(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, address, PageSlots::kSlotBytes);
  release(address, self);
  return larger;
}

}  // namespace daikan::net
