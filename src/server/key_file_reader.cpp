#include "server/key_file_reader.h"

#include <utility>

#include <boost/asio/async_result.hpp>
#include <fmt/format.h>

#include "net/own_key_file.h"
#include "server/completion.h"

namespace daikan::server {
namespace {

Result<net::Identity> read_now(BroughtKey& brought) {
  try {
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(brought.content.data()), brought.content.size());
    return net::read_own_key(bytes, brought.passphrase, now());
  } catch (const std::bad_alloc&) {
    return fail(Code::unavailable, "There is no memory for reading the key file.", "Try again in a few seconds.");
  }
}

}  // namespace

KeyFileReader::~KeyFileReader() {
  if (pool_) pool_->join();
}

net::awaitable<Result<net::Identity>> KeyFileReader::read(BroughtKey brought) {
  if (reading_) {
    net::wipe(brought.content);
    net::wipe(brought.passphrase);
    co_return fail(Code::unavailable, "Another key file is being read at this moment.", "Try again in a few seconds.");
  }
  if (!pool_) pool_ = std::make_unique<net::asio::thread_pool>(1);
  reading_ = true;
  auto identity = co_await run(std::move(brought));
  reading_ = false;
  co_return identity;
}

net::awaitable<Result<net::Identity>> KeyFileReader::run(BroughtKey brought) {
  return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void(Result<net::Identity>)>(
      [this](auto handler, BroughtKey given) {
        auto done = resume_with<Result<net::Identity>>(executor_, std::move(handler));
        net::asio::post(*pool_, [done = std::move(done), given = std::move(given)]() mutable {
          auto identity = read_now(given);
          net::wipe(given.content);
          net::wipe(given.passphrase);
          done(std::move(identity));
        });
      },
      net::use_awaitable, std::move(brought));
}

}  // namespace daikan::server
