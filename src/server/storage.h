// The database as coroutines: work runs on a database thread, the coroutine goes on on the I/O thread after the commit is durable.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "net/async.h"
#include "server/sealing.h"
#include "store/database.h"

namespace daikan::server {

using net::awaitable;

/// Told after each commit that changed one thing that people or servers wait for; on the I/O thread. Shared with the bodies of answers,
/// which outlive the storage.
struct CommitNews {
  explicit CommitNews(net::Executor executor) : changed(executor) {}
  void tell() {
    ++changes;
    changed.notify_all();
  }
  net::Signal changed;
  std::uint64_t changes = 0;  ///< Read it before the database: a change that the database does not show yet raises it later.
};

class Storage {
 public:
  /// `sealing` is what the secrets in this database are sealed under; without one, they are lost with the process (tests).
  Storage(net::Executor executor, store::Database& database, Sealing sealing = Sealing::ephemeral())
      : executor_(executor),
        database_(database),
        sealing_(sealing),
        feed_news_(std::make_shared<CommitNews>(executor)),
        in_force_news_(std::make_shared<CommitNews>(executor)) {}

  /// Runs `work` as one durable unit: every change it made is there, or none.
  template <class T>
  awaitable<Result<T>> write(std::function<Result<T>(store::Transaction&)> work) {
    return run<T>(Kind::write, std::move(work));
  }
  template <class T>
  awaitable<Result<T>> read(std::function<Result<T>(store::Transaction&)> work) {
    return run<T>(Kind::read, std::move(work));
  }
  store::Database& database() { return database_; }
  const Sealing& sealing() const { return sealing_; }
  net::Executor executor() const { return executor_; }
  /// Of the own feed.
  const std::shared_ptr<CommitNews>& feed_news() const { return feed_news_; }
  /// Of which servers are below, and what is in force there.
  const std::shared_ptr<CommitNews>& in_force_news() const { return in_force_news_; }

 private:
  enum class Kind : std::uint8_t { read, write };

  template <class T>
  awaitable<Result<T>> run(Kind kind, std::function<Result<T>(store::Transaction&)> work) {
    // A durable change is not taken back by a requester who goes away: the wait is not cancellable.
    auto answer = std::make_shared<std::optional<T>>();
    store::Work unit = [work = std::move(work), answer](store::Transaction& transaction) -> Result<> {
      auto made = work(transaction);
      if (!made) return fail(std::move(made.error()));
      answer->emplace(std::move(*made));
      return {};
    };
    auto outcome = co_await submit(kind, std::move(unit));
    if (!outcome) co_return fail(std::move(outcome.error()));
    co_return std::move(**answer);
  }

  awaitable<Result<>> submit(Kind kind, store::Work work);

  net::Executor executor_;
  store::Database& database_;
  Sealing sealing_;
  std::shared_ptr<CommitNews> feed_news_;
  std::shared_ptr<CommitNews> in_force_news_;
};

/// What a unit of work without an answer returns.
struct Done {};

}  // namespace daikan::server
