// Where HTTP/2 sessions live: an nghttp2 allocator that keeps each session's large buffers in page slots.
//
// nghttp2 allocates a 16 KiB frame buffer per session and, for an idle link, never writes beyond its first bytes. From a page-aligned
// slot of untouched memory such a buffer costs one page instead of five. Called by H2Session only. Any thread may allocate and free.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include <nghttp2/nghttp2.h>

namespace daikan::net {

/// Slots of kSlotBytes each, cut from large mappings; a freed slot gives its pages back to the kernel and is used again.
class PageSlots {
 public:
  static constexpr std::size_t kSlotBytes = 20 * 1024;  ///< nghttp2's frame buffer is 16 KiB and a few bytes
  static constexpr std::size_t kSlotsPerMapping = 256;

  PageSlots() = default;
  ~PageSlots();
  PageSlots(const PageSlots&) = delete;
  PageSlots& operator=(const PageSlots&) = delete;

  /// A zeroed slot, or nullptr when the kernel gives no memory.
  void* take();
  /// `slot` came from take() of this object.
  void give_back(void* slot);
  /// Zeroes `slot` by giving its pages back to the kernel.
  static void vacate(void* slot);
  bool owns(const void* address) const;
  std::size_t taken() const;

 private:
  bool grow();

  mutable std::mutex mutex_;
  std::vector<std::byte*> mappings_;
  std::vector<void*> free_;
  std::size_t taken_ = 0;
};

/// The slots of all sessions of the process.
PageSlots& h2_slots();
/// One session's allocator; outlives its session.
class H2Memory {
 public:
  H2Memory();
  H2Memory(const H2Memory&) = delete;
  H2Memory& operator=(const H2Memory&) = delete;

  nghttp2_mem* hooks() { return &hooks_; }
  /// Lets the frame buffer's pages go. Only while nghttp2 has nothing to write: then it holds nothing.
  void vacate_frame_buffer();

 private:
  static void* allocate(std::size_t size, void* self);
  static void release(void* address, void* self);
  static void* allocate_zeroed(std::size_t count, std::size_t size, void* self);
  static void* reallocate(void* address, std::size_t size, void* self);

  nghttp2_mem hooks_;
  void* frame_buffer_ = nullptr;  // the first slot taken
};

}  // namespace daikan::net
