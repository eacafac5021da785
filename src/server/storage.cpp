#include "server/storage.h"

#include <boost/asio/async_result.hpp>

#include "server/completion.h"

namespace daikan::server {

// Nothing is installed in the cancellation slot, so a cancelled requester waits for the end of its unit like any other and sees the
// cancellation at its next co_await. (Resetting the cancellation state instead would forget a cancellation that arrives meanwhile.)
awaitable<Result<>> Storage::submit(Kind kind, store::Work work) {
  return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void(Result<>)>(
      [this, kind](auto handler, store::Work unit) {
        store::Done done = resume_with<Result<>>(executor_, std::move(handler));
        if (kind == Kind::write) {
          database_.write(std::move(unit), std::move(done));
        } else {
          database_.read(std::move(unit), std::move(done));
        }
      },
      net::use_awaitable, std::move(work));
}

}  // namespace daikan::server
