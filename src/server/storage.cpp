#include "server/storage.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "server/completion.h"

namespace daikan::server {
namespace {

/// Who is told of what a unit changed.
struct Listeners {
  net::Executor executor;
  std::shared_ptr<CommitNews> feed;
  std::shared_ptr<CommitNews> in_force;
};

/// `work`, and `done` that tells the listeners before its own. Also when the commit failed: it may be that it happened.
std::pair<store::Work, store::Done> telling(store::Work work, store::Done done, Listeners listeners) {
  struct Changed {
    bool feed = false;
    bool in_force = false;
  };
  const auto changed = std::make_shared<Changed>();  // both run on the database's writer
  store::Work unit = [work = std::move(work), changed](store::Transaction& transaction) {
    auto result = work(transaction);
    *changed = {transaction.feed_changed(), transaction.in_force_changed()};
    return result;
  };
  store::Done told = [done = std::move(done), changed, listeners = std::move(listeners)](Result<> result) {
    if (changed->feed) net::asio::post(listeners.executor, [news = listeners.feed] { news->tell(); });
    if (changed->in_force) net::asio::post(listeners.executor, [news = listeners.in_force] { news->tell(); });
    done(std::move(result));
  };
  return {std::move(unit), std::move(told)};
}

}  // namespace

// Nothing is installed in the cancellation slot, so a cancelled requester waits for the end of its unit like any other and sees the
// cancellation at its next co_await. (Resetting the cancellation state instead would forget a cancellation that arrives meanwhile.)
awaitable<Result<>> Storage::submit(Kind kind, store::Work work) {
  return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void(Result<>)>(
      [this, kind](auto handler, store::Work unit) {
        store::Done done = resume_with<Result<>>(executor_, std::move(handler));
        if (kind == Kind::write) {
          auto [work_then, done_then] = telling(std::move(unit), std::move(done), {executor_, feed_news_, in_force_news_});
          database_.write(std::move(work_then), std::move(done_then));
        } else {
          database_.read(std::move(unit), std::move(done));
        }
      },
      net::use_awaitable, std::move(work));
}

}  // namespace daikan::server
