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

// Never destroyed: sessions of static objects may end after it. It is reachable, so it is no leak.
PageSlots& slots() {
  static auto* const pool = new PageSlots;
  return *pool;
}

#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
constexpr bool kPooled = false;  // the sanitizer sees overruns only in memory of its own
#else
constexpr bool kPooled = true;
#endif

bool fits(std::size_t size) { return kPooled && size >= kSmallestSlotRequest && size <= PageSlots::kSlotBytes; }

bool in_slot(const void* address) {
  // Slots are page-aligned and heap blocks of glibc never are, which spares the lock for nearly every call.
  return kPooled && address != nullptr && reinterpret_cast<std::uintptr_t>(address) % 4096 == 0 && slots().owns(address);
}

void* allocate(std::size_t size, void* /*user*/) {
  if (fits(size)) {
    if (void* slot = slots().take()) return slot;
  }
  return std::malloc(size);
}

void release(void* address, void* /*user*/) {
  if (in_slot(address)) {
    slots().give_back(address);
  } else {
    std::free(address);
  }
}

void* allocate_zeroed(std::size_t count, std::size_t size, void* user) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  if (fits(bytes)) return allocate(bytes, user);  // a slot is zeroed
  return std::calloc(count, size);
}

void* reallocate(void* address, std::size_t size, void* user) {
  if (!in_slot(address)) return std::realloc(address, size);
  if (size <= PageSlots::kSlotBytes) return address;
  void* larger = std::malloc(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, address, PageSlots::kSlotBytes);
  release(address, user);
  return larger;
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

void PageSlots::give_back(void* slot) {
  ::madvise(slot, kSlotBytes, MADV_DONTNEED);  // also zeroes it for the next taker
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

nghttp2_mem* h2_memory() {
  static nghttp2_mem memory{nullptr, allocate, release, allocate_zeroed, reallocate};
  return &memory;
}

}  // namespace daikan::net
