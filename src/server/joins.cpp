#include "server/joins.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "hierarchy/group_tree.h"
#include "joining/console_client.h"
#include "net/identity.h"
#include "server/access.h"
#include "server/actor_now.h"
#include "server/audit_events.h"
#include "server/join_input.h"
#include "server/local_primary_end.h"

namespace daikan::server {
namespace {

using hierarchy::OperationRecord;
using joining::Progress;
using joining::StepState;

constexpr std::string_view kRunning = "running";
constexpr std::string_view kDone = "done";
constexpr std::string_view kFailed = "failed";
constexpr std::string_view kUndone = "undone";
constexpr std::string_view kInterrupted = "interrupted";

/// One operation that this process works on. Its coroutines share it; the I/O thread alone touches it.
struct Running {
  Running(net::Executor executor, OperationRecord r, Actor a, joining::JoinRequest q)
      : record(std::move(r)), actor(std::move(a)), request(std::move(q)), steps(executor) {}

  enum class Wish : std::uint8_t { go_on, undo };

  OperationRecord record;
  Actor actor;
  joining::JoinRequest request;
  Progress progress;
  Wish wish = Wish::go_on;
  net::TaskGroup steps;  ///< The steps alone, so that they can be stopped and something else be done.
  std::optional<Result<>> outcome;
};
using RunningPtr = std::shared_ptr<Running>;

bool may_go_on(const OperationRecord& record) { return record.state == kFailed || record.state == kInterrupted; }

/// Steps that were at work when the process ended stand at their beginning again.
std::string interrupted_steps(const std::string& json) {
  auto progress = joining::progress_from_json(json);
  if (!progress) return json;
  for (auto& report : progress->steps) {
    if (report.state == StepState::running) report.state = StepState::pending;
  }
  return joining::to_json(*progress);
}

hierarchy::Event join_event(const Running& run, std::string_view state) {
  const auto name = run.progress.secondary_name.empty() ? run.request.secondary_console.str() : run.progress.secondary_name;
  const bool failed = state == kFailed;
  std::string message = fmt::format("The join of “{}” begun by {} is {}.", name, run.record.actor, state);
  if (failed && run.outcome && !*run.outcome) message = fmt::format("The join of “{}” failed: {}", name, run.outcome->error().message);
  return {.sequence = 0,
          .at = run.record.updated_at,
          .severity = failed ? hierarchy::Severity::warning : hierarchy::Severity::info,
          .kind = fmt::format("join_{}", state),
          .message = std::move(message),
          .secondary = run.progress.registration};
}

tl::unexpected<Error> no_such_operation() {
  return fail(Code::not_found, "There is no such operation.", "List the operations and choose one of those.");
}

/// An operation is the business of who began it, and of who has `right` on the whole server.
Result<> require_own(store::Transaction& transaction, const Actor& actor, const OperationRecord& record, Right right) {
  if (record.actor == actor.name && actor.permissions.anywhere(right)) return {};
  return require_on_server(transaction, actor, right);
}

}  // namespace

struct Joins::State : std::enable_shared_from_this<Joins::State> {
  State(Storage& storage_, History& history_, LocalPrimaryEnd::Parts parts_)
      : storage(storage_), history(history_), parts(parts_), tasks(storage_.executor()), changed(storage_.executor()) {}

  Storage& storage;
  History& history;
  LocalPrimaryEnd::Parts parts;
  net::TaskGroup tasks;
  net::Signal changed;
  std::map<OperationId, RunningPtr> running;
  bool stopping = false;

  void start(const RunningPtr& run);
  static awaitable<> operate(std::shared_ptr<State> self, RunningPtr run);
  static awaitable<> run_steps(std::shared_ptr<State> self, RunningPtr run, joining::ConsoleClient& client);
  static awaitable<> undo(std::shared_ptr<State> self, RunningPtr run);
  static awaitable<Result<>> save_and_ask(std::shared_ptr<State> self, RunningPtr run, Progress progress);
  static awaitable<Result<>> save_progress(std::shared_ptr<State> self, RunningPtr run, std::string steps);
  awaitable<> finish(RunningPtr run);
  std::string_view final_state(const Running& run) const;
  awaitable<Result<OperationRecord>> load(OperationId id);
  awaitable<Result<RunningPtr>> take_up(Actor actor, OperationId id, std::string action);
  awaitable<Result<>> require_own_now(Actor actor, OperationRecord record, Right right);
  Result<> check_room() const;
};

awaitable<Result<>> Joins::State::require_own_now(Actor actor, OperationRecord record, Right right) {
  const auto ask = [actor, record, right](store::Transaction& transaction) -> Result<Done> {
    if (auto allowed = require_own(transaction, actor, record, right); !allowed) return fail(std::move(allowed.error()));
    return Done{};
  };
  auto allowed = co_await storage.read<Done>(ask);
  if (!allowed) co_return fail(std::move(allowed.error()));
  co_return Result<>{};
}

Result<> Joins::State::check_room() const {
  if (stopping) return fail(Code::unavailable, "This server is stopping.", "Try again when it is back.");
  if (running.size() < limits::kMaxJoinsAtOnce) return {};
  return fail(Code::unavailable, fmt::format("{} joins run at this moment.", running.size()), "Wait until one of them has ended.");
}

void Joins::State::start(const RunningPtr& run) {
  running[run->record.id] = run;
  tasks.spawn(operate(shared_from_this(), run));
  changed.notify_all();
}

awaitable<Result<>> Joins::State::save_progress(std::shared_ptr<State> self, RunningPtr run, std::string steps) {
  run->record.steps = std::move(steps);
  run->record.updated_at = now();
  const auto put = [record = run->record](store::Transaction& transaction) -> Result<Done> {
    store::put_operation(transaction, record);
    return Done{};
  };
  auto written = co_await self->storage.write<Done>(put);
  self->changed.notify_all();
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<>{};
}

/// A join may take minutes; before each of its steps the person still has to have the right to it.
awaitable<Result<>> Joins::State::save_and_ask(std::shared_ptr<State> self, RunningPtr run, Progress progress) {
  auto saved = co_await save_progress(self, run, joining::to_json(progress));
  const bool begins =
      std::any_of(progress.steps.begin(), progress.steps.end(), [](const auto& s) { return s.state == StepState::running; });
  if (!saved || !begins) co_return saved;
  const auto ask = [actor = run->actor, path = run->request.group](store::Transaction& transaction) -> Result<Done> {
    const hierarchy::GroupTree tree(store::all_groups(transaction));
    const auto group = tree.at_path(path);
    const auto who = as_of_now(transaction, actor);
    // A group that was renamed or moved meanwhile has been asked for already, or refuses its step by itself.
    if (!group) return who.permissions.anywhere(Right::configure_hierarchy) ? Result<Done>(Done{}) : fail(group.error());
    auto may = require(transaction, who, Right::configure_hierarchy, {tree, group->id});
    return may ? Result<Done>(Done{}) : fail(std::move(may.error()));
  };
  auto allowed = co_await self->storage.read<Done>(ask);
  if (!allowed) co_return fail(std::move(allowed.error()));
  co_return Result<>{};
}

awaitable<> Joins::State::run_steps(std::shared_ptr<State> self, RunningPtr run, joining::ConsoleClient& client) {
  const auto secondary = joining::make_secondary_end(client);
  LocalPrimaryEnd primary(self->parts, run->actor, run->record.created_at);
  joining::OnProgress on_progress = [self, run](const Progress& progress) { return save_and_ask(self, run, progress); };
  auto outcome = co_await joining::run_join(primary, *secondary, run->request, run->progress, on_progress);
  run->outcome.emplace(std::move(outcome));
}

awaitable<> Joins::State::undo(std::shared_ptr<State> self, RunningPtr run) {
  joining::ConsoleClient client(self->storage.executor(), run->request.secondary_console, run->request.fingerprint);
  const auto secondary = joining::make_secondary_end(client);
  LocalPrimaryEnd primary(self->parts, run->actor, run->record.created_at);
  const auto& credentials = run->request.credentials;
  if (run->progress.primary_set == Progress::Made::it && (!credentials.user.empty() || !credentials.token.empty())) {
    // Whether it fails shows when the primary is cleared; the own side is undone in any case.
    auto logged_in = co_await secondary->log_in(credentials);
    static_cast<void>(logged_in);
  }
  auto undone = co_await joining::undo_join(primary, *secondary, run->progress);
  run->outcome.emplace(std::move(undone));
  if (!self->stopping) co_await client.log_out();
  co_await client.close();
}

// The whole life of one operation in this process. Being cancelled (shutdown) ends what it waits for, but never keeps it from writing down
// how far it came.
awaitable<> Joins::State::operate(std::shared_ptr<State> self, RunningPtr run) {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  if (run->wish == Running::Wish::go_on) {
    joining::ConsoleClient client(self->storage.executor(), run->request.secondary_console, run->request.fingerprint);
    // Not a shared pointer: the group belongs to what it would keep alive.
    run->steps.on_error([raw = run.get()](const std::exception_ptr&) {
      raw->outcome.emplace(fail(Code::internal, "The join ended by an error in this program.", "Look at the log, then resume the join."));
    });
    run->steps.spawn(run_steps(self, run, client));
    co_await run->steps.join();
    if (!self->stopping) co_await client.log_out();  // a session that is left behind ends by itself; a peer that hangs would keep us
    co_await client.close();
  }
  if (run->wish == Running::Wish::undo && !self->stopping) co_await undo(self, run);
  co_await self->finish(run);
}

std::string_view Joins::State::final_state(const Running& run) const {
  const bool good = run.outcome && run.outcome->has_value();
  if (run.wish == Running::Wish::undo) return good ? kUndone : stopping ? kInterrupted : kFailed;
  if (good) return kDone;
  return run.outcome && run.outcome->error().code != Code::cancelled ? kFailed : kInterrupted;
}

awaitable<> Joins::State::finish(RunningPtr run) {
  const auto state = final_state(*run);
  run->record.state = state;
  run->record.steps = state == kInterrupted ? interrupted_steps(joining::to_json(run->progress)) : joining::to_json(run->progress);
  run->record.updated_at = now();
  const auto put = [record = run->record, event = join_event(*run, state),
                    actor = run->actor](store::Transaction& transaction) -> Result<Done> {
    store::put_operation(transaction, record);
    History::record(transaction, event);
    History::audit(transaction, actor, record.updated_at, "join.end", fmt::format("operation {}", record.id.str()), record.state);
    return Done{};
  };
  auto written = co_await storage.write<Done>(put);
  if (written) history.committed();  // otherwise the record still says "running", and the next start calls it interrupted
  running.erase(run->record.id);
  changed.notify_all();
}

awaitable<Result<OperationRecord>> Joins::State::load(OperationId id) {
  if (const auto found = running.find(id); found != running.end()) co_return found->second->record;
  const auto find = [id](store::Transaction& transaction) -> Result<OperationRecord> {
    auto record = store::find_operation(transaction, id);
    if (!record) return no_such_operation();
    return std::move(*record);
  };
  auto record = co_await storage.read<OperationRecord>(find);
  co_return record;
}

/// Makes an operation that does not run any more ours again and marks it so, in one transaction that only one caller can win.
awaitable<Result<RunningPtr>> Joins::State::take_up(Actor actor, OperationId id, std::string action) {
  if (auto checked = check_room(); !checked) co_return fail(std::move(checked.error()));
  const auto mark = [actor, id, action](store::Transaction& transaction) -> Result<OperationRecord> {
    auto record = store::find_operation(transaction, id);
    if (!record) return no_such_operation();
    if (auto allowed = require_own(transaction, actor, *record, Right::configure_hierarchy); !allowed) {
      return fail(std::move(allowed.error()));
    }
    if (!may_go_on(*record)) {
      return fail(Code::conflict, fmt::format("The operation is {}.", record->state),
                  "Only a failed or interrupted operation can go on; otherwise start a new one.");
    }
    record->state = kRunning;
    record->updated_at = now();
    store::put_operation(transaction, *record);
    History::audit(transaction, actor, record->updated_at, action, fmt::format("operation {}", id.str()));
    return std::move(*record);
  };
  auto record = co_await storage.write<OperationRecord>(mark);
  if (!record) co_return fail(std::move(record.error()));
  history.committed();
  auto request = join_from_json(record->input, storage.sealing());
  auto progress = joining::progress_from_json(record->steps);
  auto run =
      std::make_shared<Running>(storage.executor(), std::move(*record), std::move(actor), request ? *request : joining::JoinRequest{});
  if (progress) run->progress = std::move(*progress);
  if (!request) {
    run->outcome.emplace(fail(request.error()));
    co_await finish(run);
    co_return fail(std::move(request.error()));
  }
  co_return run;
}

Joins::Joins(Storage& storage, History& history, Secondaries& secondaries, LinkHost& links, const Facts& facts)
    : state_(std::make_shared<State>(storage, history, LocalPrimaryEnd::Parts{secondaries, links, facts})) {}

Joins::~Joins() = default;

awaitable<Result<>> Joins::start() {
  const auto interrupt = [](store::Transaction& transaction) -> Result<Done> {
    for (auto& record : store::operations(transaction, limits::kLargestPage)) {
      if (record.state != kRunning) continue;
      record.state = kInterrupted;
      record.steps = interrupted_steps(record.steps);
      record.updated_at = now();
      store::put_operation(transaction, record);
    }
    return Done{};
  };
  auto written = co_await state_->storage.write<Done>(interrupt);
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<>{};
}

awaitable<> Joins::stop() {
  const auto state = state_;
  state->stopping = true;
  for (const auto& [id, run] : state->running) run->steps.cancel();
  state->tasks.cancel();
  co_await state->tasks.join();
  state->changed.notify_all();
}

awaitable<Result<OperationRecord>> Joins::begin(const Actor& actor, joining::JoinRequest request, std::optional<Once> once) {
  const auto state = state_;
  if (auto checked = state->check_room(); !checked) co_return fail(std::move(checked.error()));
  const auto at = now();
  OperationRecord record{.id = OperationId::make(at),
                         .kind = "join",
                         .state = std::string(kRunning),
                         .actor = actor.name,
                         .input = join_to_json(request, state->storage.sealing()),
                         .steps = joining::to_json(Progress{}),
                         .created_at = at,
                         .updated_at = at};
  const auto insert = [record, actor, once = std::move(once), group = request.group,
                       to = request.secondary_console.str()](store::Transaction& transaction) -> Result<Done> {
    // Known before anything is done: the commonest slip, and nobody wants to see it after the third step.
    const hierarchy::GroupTree tree(store::all_groups(transaction));
    const auto found = tree.at_path(group);
    if (!found) return fail(found.error());
    if (auto allowed = require(transaction, actor, Right::configure_hierarchy, {tree, found->id}); !allowed) {
      return fail(std::move(allowed.error()));
    }
    store::put_operation(transaction, record);
    claim(transaction, once, record.id.str(), record.created_at);
    History::audit(transaction, actor, record.created_at, "join.begin", fmt::format("operation {}, secondary at {}", record.id.str(), to));
    return Done{};
  };
  auto run = std::make_shared<Running>(state->storage.executor(), std::move(record), actor, std::move(request));
  auto written = co_await state->storage.write<Done>(insert);
  if (!written) co_return fail(std::move(written.error()));
  state->history.committed();
  state->start(run);
  co_return run->record;
}

awaitable<Result<OperationRecord>> Joins::find(const Actor& actor, OperationId id) {
  auto record = co_await state_->load(id);
  if (!record) co_return record;
  auto allowed = co_await state_->require_own_now(actor, *record, Right::read);
  if (!allowed) co_return fail(std::move(allowed.error()));
  co_return record;
}

awaitable<Result<std::vector<OperationRecord>>> Joins::list(const Actor& actor, unsigned limit) {
  return state_->storage.read<std::vector<OperationRecord>>(
      [actor, limit](store::Transaction& transaction) -> Result<std::vector<OperationRecord>> {
        auto records = store::operations(transaction, std::min(limit, limits::kLargestPage));
        std::erase_if(records, [&](const OperationRecord& each) { return !require_own(transaction, actor, each, Right::read); });
        return records;
      });
}

awaitable<Result<OperationRecord>> Joins::resume(const Actor& actor, OperationId id, joining::Credentials credentials) {
  const auto state = state_;
  auto run = co_await state->take_up(actor, id, "join.resume");
  if (!run) co_return fail(std::move(run.error()));
  (*run)->request.credentials = std::move(credentials);
  state->start(*run);
  co_return (*run)->record;
}

awaitable<Result<OperationRecord>> Joins::cancel(const Actor& actor, OperationId id) {
  const auto state = state_;
  if (const auto found = state->running.find(id); found != state->running.end()) {
    const auto run = found->second;
    auto allowed = co_await state->require_own_now(actor, run->record, Right::configure_hierarchy);
    if (!allowed) co_return fail(std::move(allowed.error()));
    run->wish = Running::Wish::undo;
    run->actor = actor;
    run->steps.cancel();
    // The wish stands whether or not it could be written down; the end of the operation is recorded besides.
    auto written = co_await state->history.append_audit(record_of(actor, "join.cancel", fmt::format("operation {}", id.str())));
    static_cast<void>(written);
  } else {
    auto run = co_await state->take_up(actor, id, "join.cancel");
    if (!run) co_return fail(std::move(run.error()));
    (*run)->wish = Running::Wish::undo;
    state->start(*run);
  }
  const auto until = std::chrono::steady_clock::now() + limits::kDialTime + limits::kConsoleAnswerTime;
  while (state->running.contains(id) && std::chrono::steady_clock::now() < until) co_await state->changed.wait(until);
  auto record = co_await state->load(id);
  co_return record;
}

awaitable<> Joins::wait_for_change(net::SteadyTime until) { co_await state_->changed.wait(until); }

}  // namespace daikan::server
