#include "server/primary_move.h"

#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "server/detail/primary_change.h"
#include "store/tables_feed.h"
#include "store/tables_keys.h"
#include "store/tables_primary_move.h"

namespace daikan::server {
namespace {

using hierarchy::PrimaryMove;
using hierarchy::PrimaryRecord;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kAnswerTime = 500ms;  // the answer leaves over the link that is left
constexpr auto kAgain = 5s;          // after a database that did not take the end

std::string name_of(const PrimaryRecord& record) {
  if (!record.name.empty()) return record.name;
  return record.address ? record.address->str() : record.certificate.fingerprint;
}

void tell(store::Transaction& transaction, TimePoint at, hierarchy::Severity severity, std::pair<std::string, std::string> words) {
  History::record(transaction, {.sequence = 0,
                                .at = at,
                                .severity = severity,
                                .kind = std::move(words.first),
                                .message = std::move(words.second),
                                .secondary = std::nullopt});
}

/// The move and what the links are to follow from then on.
struct Begun {
  PrimaryMove move;
  PrimaryRecord primary;
};

Result<Begun> begin_move(store::Transaction& transaction, const PrimaryChange& change, std::chrono::seconds wait) {
  auto former = store::find_primary(transaction);
  if (!former) {
    return fail(Code::not_found, "This server has no primary to move from.", "Set one: daikan primary set.");
  }
  if (const auto last = store::find_primary_move(transaction); last && last->state == PrimaryMove::State::running) {
    return fail(Code::conflict, fmt::format("A move that {} began is running.", last->by), "Wait until it has ended.");
  }
  if (former->certificate.pin == change.certificate.pin) {
    return fail(Code::conflict, fmt::format("“{}” is the primary of this server already.", name_of(*former)),
                "Choose another one, or change how it is reached: daikan primary edit.", "certificate");
  }
  auto stored = put_primary_change(transaction, change);
  if (!stored) return fail(std::move(stored.error()));
  PrimaryMove move;
  move.by = change.actor.name;
  move.began_at = change.at;
  move.wait = wait;
  move.former = std::move(*former);
  move.to = change.certificate.pin;
  move.to_fingerprint = change.certificate.fingerprint;
  store::put_primary_move(transaction, move);
  History::audit(transaction, change.actor, change.at, "primary.move",
                 fmt::format("from {}, {} to {}", name_of(move.former), move.former.certificate.fingerprint, move.to_fingerprint));
  return Begun{std::move(move), std::move(stored->record)};
}

/// How a move ended. `back`: the primary that is set again.
struct Ended {
  PrimaryMove move;
  std::optional<PrimaryRecord> back = std::nullopt;
};

Result<Ended> end_well(store::Transaction& transaction, TimePoint at) {
  auto move = store::find_primary_move(transaction);
  const auto primary = store::find_primary(transaction);
  if (!move) return fail(Code::not_found, "The move is gone.");
  move->ended_at = at;
  if (primary && primary->certificate.pin == move->to) {
    move->state = PrimaryMove::State::done;
    tell(transaction, at, hierarchy::Severity::info,
         {"primary_moved",
          fmt::format("This server moved from “{}” to “{}”, as {} asked.", name_of(move->former), name_of(*primary), move->by)});
  } else {
    move->state = PrimaryMove::State::undone;
    move->message = "Somebody changed the primary meanwhile; that stays.";
  }
  store::put_primary_move(transaction, *move);
  return Ended{std::move(*move)};
}

Result<Ended> undo(store::Transaction& transaction, TimePoint at, const std::string& why) {
  auto move = store::find_primary_move(transaction);
  const auto primary = store::find_primary(transaction);
  if (!move || !primary || primary->certificate.pin != move->to) return end_well(transaction, at);
  move->state = PrimaryMove::State::undone;
  move->ended_at = at;
  move->message = why;
  auto back = move->former;
  back.revision = primary->revision + 1;
  store::put_primary(transaction, back);
  store::begin_feed(transaction, at);
  store::remove_announced_key(transaction, std::nullopt);
  store::put_primary_move(transaction, *move);
  tell(transaction, at, hierarchy::Severity::warning,
       {"primary_move_undone", fmt::format("The move from “{}” to “{}” was undone: {}", name_of(back), name_of(*primary), why)});
  History::audit(transaction, {.name = "system", .source = {}, .through = {}, .credential = {}}, at, "primary.move.undo",
                 fmt::format("back to {}, {}", name_of(back), back.certificate.fingerprint), "undone");
  return Ended{std::move(*move), std::move(back)};
}

}  // namespace

struct PrimaryMoves::State : std::enable_shared_from_this<PrimaryMoves::State> {
  State(Storage& storage_, History& history_, LinkHost& links_, const Primary& primary_)
      : storage(storage_), history(history_), links(links_), primary(primary_), tasks(storage_.executor()) {
    tasks.on_error([](const std::exception_ptr&) { spdlog::error("the move to another primary ended by an error in this program"); });
  }
  Storage& storage;
  History& history;
  LinkHost& links;
  const Primary& primary;
  net::TaskGroup tasks;

  static awaitable<> leave_and_watch(std::shared_ptr<State> self, PrimaryRecord to, std::chrono::seconds wait);
  static awaitable<> watch(std::shared_ptr<State> self, std::chrono::seconds wait);
  awaitable<> finish(bool connected, std::string why);
};

awaitable<> PrimaryMoves::State::leave_and_watch(std::shared_ptr<State> self, PrimaryRecord to, std::chrono::seconds wait) {
  const bool on = co_await net::sleep_for(kAnswerTime);
  if (!on) co_return;  // the next start goes on with it
  self->links.primary_set(to);
  co_await watch(self, wait);
}

awaitable<> PrimaryMoves::State::watch(std::shared_ptr<State> self, std::chrono::seconds wait) {
  const auto until = Clock::now() + wait;
  for (;;) {
    const auto status = self->links.primary_status();
    if (!status || status->state == hierarchy::LinkState::connected) {
      co_await self->finish(true, {});
      co_return;
    }
    if (Clock::now() >= until) {
      auto why = fmt::format("the link did not come up within {} s.", wait.count());
      if (status->reason) why += " " + status->reason->message;
      co_await self->finish(false, std::move(why));
      co_return;
    }
    co_await self->links.wait_for_change(until);
  }
}

/// Until it is written down: a process that ends before leaves it to the next start.
awaitable<> PrimaryMoves::State::finish(bool connected, std::string why) {
  for (;;) {
    const auto work = [connected, why, at = now()](store::Transaction& transaction) {
      return connected ? end_well(transaction, at) : undo(transaction, at, why);
    };
    auto ended = co_await storage.write<Ended>(work);
    if (ended) {
      // No co_await between the commit and this: what is set is also followed.
      if (ended->back) {
        auto proxy = open_proxy(storage.sealing(), ended->back->proxy, "the former primary");
        if (proxy) ended->back->proxy = std::move(*proxy);
        links.primary_set(*ended->back);
      }
      history.committed();
      co_return;
    }
    if (ended.error().code == Code::not_found) co_return;
    spdlog::warn("the end of the move to another primary cannot be stored: {}", ended.error().text());
    const bool on = co_await net::sleep_for(kAgain);
    if (!on) co_return;
  }
}

PrimaryMoves::PrimaryMoves(Storage& storage, History& history, LinkHost& links, const Primary& primary)
    : state_(std::make_shared<State>(storage, history, links, primary)) {}

PrimaryMoves::~PrimaryMoves() = default;

awaitable<Result<>> PrimaryMoves::start() {
  const auto read = [](store::Transaction& transaction) -> Result<std::optional<PrimaryMove>> {
    return store::find_primary_move(transaction);
  };
  auto move = co_await state_->storage.read<std::optional<PrimaryMove>>(read);
  if (!move) co_return fail(std::move(move.error()));
  if (*move && (*move)->state == PrimaryMove::State::running) state_->tasks.spawn(State::watch(state_, (*move)->wait));
  co_return Result<>{};
}

awaitable<> PrimaryMoves::stop() {
  state_->tasks.cancel();
  co_await state_->tasks.join();
}

awaitable<Result<PrimaryMove>> PrimaryMoves::begin(const Actor& actor, SetPrimary request, std::chrono::seconds wait) {
  request.if_set = SetPrimary::IfSet::replace;
  auto change = state_->primary.prepared(actor, std::move(request));
  if (!change) co_return fail(std::move(change.error()));
  const auto work = [change = std::move(*change), wait](store::Transaction& transaction) { return begin_move(transaction, change, wait); };
  auto begun = co_await state_->storage.write<Begun>(work);
  if (!begun) co_return fail(std::move(begun.error()));
  // No co_await from here on: what is committed is also begun, even when the requester went away meanwhile.
  state_->tasks.spawn(State::leave_and_watch(state_, std::move(begun->primary), wait));
  state_->history.committed();
  co_return std::move(begun->move);
}

awaitable<Result<PrimaryMove>> PrimaryMoves::find() {
  return state_->storage.read<PrimaryMove>([](store::Transaction& transaction) -> Result<PrimaryMove> {
    auto move = store::find_primary_move(transaction);
    if (!move) return fail(Code::not_found, "This server never moved from one primary to another.", "There is nothing to show.");
    return std::move(*move);
  });
}

}  // namespace daikan::server
