#include "server/password_checks.h"

#include <utility>

#include <boost/asio/async_result.hpp>
#include <sodium.h>

#include "base/limits.h"
#include "server/accounts.h"
#include "server/completion.h"

namespace daikan::server {

// Interactive limits of libsodium 1.0.18: m = 64 MiB, t = 2; salt and hash are arbitrary.
const std::string_view kNobodysHash = "$argon2id$v=19$m=65536,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$bm8gcGFzc3dvcmQgZXZlciBnaXZlcyB0aGlzIGhhc2g";

PasswordChecks::PasswordChecks(net::Executor executor) : executor_(executor) {}

PasswordChecks::~PasswordChecks() {
  if (pool_) pool_->join();
}

Result<> PasswordChecks::take_place() {
  if (waiting_ >= limits::kMaxPasswordChecksAtOnce + limits::kMaxQueuedPasswordChecks) {
    return fail(Code::unavailable, "Too many people are logging in at this moment.", "Try again in a few seconds.");
  }
  if (!pool_) pool_ = std::make_unique<net::asio::thread_pool>(limits::kMaxPasswordChecksAtOnce);
  ++waiting_;
  return {};
}

net::awaitable<Result<std::string>> PasswordChecks::hash(std::string password) {
  if (auto taken = take_place(); !taken) co_return fail(std::move(taken.error()));
  auto text = co_await run_hash(std::move(password));
  --waiting_;
  if (text.empty()) co_return fail(Code::unavailable, "There is no memory for hashing a password.", "Try again in a few seconds.");
  co_return text;
}

net::awaitable<std::string> PasswordChecks::run_hash(std::string password) {
  return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void(std::string)>(
      [this](auto handler, std::string given) {
        auto done = resume_with<std::string>(executor_, std::move(handler));
        net::asio::post(*pool_, [done = std::move(done), given = std::move(given)]() mutable {
          std::string text;
          try {
            text = hash_password(given);
          } catch (const std::bad_alloc&) {
            text.clear();  // told by the caller: nobody has an empty hash
          }
          sodium_memzero(given.data(), given.size());
          done(std::move(text));
        });
      },
      net::use_awaitable, std::move(password));
}

net::awaitable<Result<PasswordChecks::Answer>> PasswordChecks::check(std::string hash, std::string password) {
  if (auto taken = take_place(); !taken) co_return fail(std::move(taken.error()));
  const auto answer = co_await run(std::move(hash), std::move(password));
  --waiting_;
  co_return answer;
}

net::awaitable<PasswordChecks::Answer> PasswordChecks::run(std::string hash, std::string password) {
  return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void(Answer)>(
      [this](auto handler, std::string stored, std::string given) {
        auto done = resume_with<Answer>(executor_, std::move(handler));
        net::asio::post(*pool_, [done = std::move(done), stored = std::move(stored), given = std::move(given)]() mutable {
          const bool right = crypto_pwhash_str_verify(stored.c_str(), given.data(), given.size()) == 0;
          sodium_memzero(given.data(), given.size());
          done(right ? Answer::right : Answer::wrong);
        });
      },
      net::use_awaitable, std::move(hash), std::move(password));
}

}  // namespace daikan::server
