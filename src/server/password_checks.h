// Argon2id on worker threads: few at once because each holds 64 MiB, and a short queue because each takes a tenth of a second.
//
// Knows hashes and passwords, no accounts. Called by Accounts on the I/O thread. Invariant: at most limits::kMaxPasswordChecksAtOnce run
// and limits::kMaxQueuedPasswordChecks wait.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "net/async.h"

namespace daikan::server {

/// A hash no password has, at the cost of a real one: what the password of an unknown name is checked against.
extern const std::string_view kNobodysHash;

class PasswordChecks {
 public:
  enum class Answer : std::uint8_t { right, wrong };

  explicit PasswordChecks(net::Executor executor);
  ~PasswordChecks();  ///< Waits for the checks that run.

  /// Not cancellable; fails with unavailable when the queue is full.
  net::awaitable<Result<Answer>> check(std::string hash, std::string password);
  /// The Argon2id text of a new password; otherwise as check().
  net::awaitable<Result<std::string>> hash(std::string password);

 private:
  net::awaitable<Answer> run(std::string hash, std::string password);
  net::awaitable<std::string> run_hash(std::string password);
  Result<> take_place();

  net::Executor executor_;
  std::unique_ptr<net::asio::thread_pool> pool_;  ///< Made at the first login: a server nobody logs in to has no idle threads.
  std::size_t waiting_ = 0;
};

}  // namespace daikan::server
