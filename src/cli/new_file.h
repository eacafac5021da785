// A file that gets its name only once it is whole.
//
// Used by commands that write what they fetched. Invariant: it writes to, renames and removes only what it made itself; a file or link that
// somebody put in its way in a shared folder is neither followed nor touched.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daikan::cli {

class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// All of these fail with storage_failed, naming the file. `mode` as in chmod.
  Result<> open(unsigned mode);
  Result<> write(std::string_view content);
  Result<> keep();  ///< Replaces what has its name; on the disk when this returns.

  const std::string& partial() const { return partial_; }  ///< What it is called until then.
  std::uint64_t bytes() const { return bytes_; }

 private:
  tl::unexpected<Error> failed() const;

  std::string path_;
  std::string partial_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
  bool kept_ = false;
};

}  // namespace daikan::cli
