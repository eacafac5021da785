#include "api/guarded_source.h"

#include <chrono>

#include "base/limits.h"

namespace daikan::api {
namespace {

using Clock = std::chrono::steady_clock;

class GuardedSource final : public net::BodySource {
 public:
  GuardedSource(std::unique_ptr<net::BodySource> inner, server::Accounts& accounts, std::string secret, StillMay still_may)
      : inner_(std::move(inner)), accounts_(accounts), secret_(std::move(secret)), still_may_(still_may) {}

  server::awaitable<Result<std::string>> next() override {
    auto piece = co_await inner_->next();
    if (!piece || Clock::now() < check_at_) co_return piece;
    check_at_ = Clock::now() + limits::kEventHeartbeat;
    auto still = co_await accounts_.authenticate(secret_);
    if (!still && still.error().code == Code::unauthenticated) co_return std::string();
    if (still && !still_may_(still->permissions)) co_return std::string();
    co_return piece;
  }

 private:
  std::unique_ptr<net::BodySource> inner_;
  server::Accounts& accounts_;
  std::string secret_;
  StillMay still_may_;
  Clock::time_point check_at_ = Clock::now() + limits::kEventHeartbeat;
};

class RelayedSource final : public net::BodySource {
 public:
  RelayedSource(std::unique_ptr<net::BodySource> inner, server::Primary& primary) : inner_(std::move(inner)), primary_(primary) {}

  server::awaitable<Result<std::string>> next() override {
    auto piece = co_await inner_->next();
    if (!piece || Clock::now() < check_at_) co_return piece;
    check_at_ = Clock::now() + limits::kEventHeartbeat;
    auto may = co_await primary_.may();
    if (may && *may == hierarchy::PrimaryMay::none) co_return std::string();
    co_return piece;
  }

 private:
  std::unique_ptr<net::BodySource> inner_;
  server::Primary& primary_;
  Clock::time_point check_at_ = Clock::now() + limits::kEventHeartbeat;
};

class GuardedExport final : public net::BodySource {
 public:
  GuardedExport(std::unique_ptr<net::BodySource> inner, Guarded by, std::string secret, hierarchy::Right right)
      : inner_(std::move(inner)), by_(by), secret_(std::move(secret)), right_(right) {}

  server::awaitable<Result<std::string>> next() override {
    if (Clock::now() >= check_at_) {
      auto still = co_await ask();
      if (!still) co_return fail(std::move(still.error()));
      check_at_ = Clock::now() + kBetweenLooks;
    }
    auto piece = co_await inner_->next();
    co_return piece;
  }

 private:
  static constexpr auto kBetweenLooks = std::chrono::seconds(1);

  /// What cannot be asked for a moment goes on.
  server::awaitable<Result<>> ask() {
    if (secret_.empty()) {
      auto may = co_await by_.primary.may();
      if (!may || hierarchy::bound_of(*may).has(right_)) co_return Result<>{};
      co_return fail(Code::permission_denied, "The export was broken off: the primary may not do this any more.",
                     "Ask this server's administrator.");
    }
    auto still = co_await by_.accounts.authenticate(secret_);
    if (!still && still.error().code == Code::unauthenticated) co_return fail(std::move(still.error()));
    if (!still || still->permissions.on_server(right_)) co_return Result<>{};
    co_return fail(Code::permission_denied, "The export was broken off: the right to it was taken back.", "Ask an administrator for it.");
  }

  std::unique_ptr<net::BodySource> inner_;
  Guarded by_;
  std::string secret_;
  hierarchy::Right right_;
  Clock::time_point check_at_ = Clock::now() + kBetweenLooks;
};

}  // namespace

std::unique_ptr<net::BodySource> guard_export(std::unique_ptr<net::BodySource> inner, Guarded by, std::string secret,
                                              hierarchy::Right right) {
  return std::make_unique<GuardedExport>(std::move(inner), by, std::move(secret), right);
}

std::unique_ptr<net::BodySource> guard_relayed_stream(std::unique_ptr<net::BodySource> inner, server::Primary& primary) {
  return std::make_unique<RelayedSource>(std::move(inner), primary);
}

std::unique_ptr<net::BodySource> guard_stream(std::unique_ptr<net::BodySource> inner, server::Accounts& accounts, std::string secret,
                                              StillMay still_may) {
  return std::make_unique<GuardedSource>(std::move(inner), accounts, std::move(secret), still_may);
}

}  // namespace daikan::api
