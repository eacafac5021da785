// Key files that administrators bring, read on a thread of their own: a passphrase may cost a second, in which no link may wait.
//
// Knows files and passphrases, no roll-over. Called by RollOver on the I/O thread. Invariant: one is read at a time, and what is handed in
// is overwritten when it was read.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "net/async.h"
#include "net/identity.h"

namespace daikan::server {

struct BroughtKey {
  std::string content;
  std::string passphrase;  ///< Empty: the file is not encrypted.
};

class KeyFileReader {
 public:
  explicit KeyFileReader(net::Executor executor) : executor_(executor) {}
  ~KeyFileReader();  ///< Waits for the file that is being read.

  /// Not cancellable. Fails as net::read_own_key() does, or with unavailable while another one is read.
  net::awaitable<Result<net::Identity>> read(BroughtKey brought);

 private:
  net::awaitable<Result<net::Identity>> run(BroughtKey brought);

  net::Executor executor_;
  std::unique_ptr<net::asio::thread_pool> pool_;  ///< Made for the first file: most servers never see one.
  bool reading_ = false;
};

}  // namespace daikan::server
