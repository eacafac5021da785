// What secondaries inherit is brought to them, and what this server inherits is taken from its primary.
//
// The rules are link/downstream.h; here sets are read, sent, stored and waited for. Above: one coroutine wakes on every change of the
// history and starts one for each secondary that is behind and connected; a secondary has at most one running. Below: applied in one
// transaction, in which the sets of the own secondaries change too.
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "base/limits_downstream.h"
#include "base/text.h"
#include "server/detail/link_runtime.h"
#include "server/in_force.h"
#include "server/inheritance_refused.h"
#include "server/problem.h"
#include "store/tables.h"
#include "store/tables_downstream.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;
using Bringing = UpperRunning::Bringing;

constexpr auto kLookAgain = 5s;       // at those that are behind, when nothing else happened: what failed may be due again
constexpr auto kGather = 20ms;        // a storm of links is a storm of events
constexpr auto kApplyTime = 20s;      // until a secondary has made a set durable, once it is there
constexpr auto kSlowest = 16 * 1024;  // bytes a second, below which a set is given up

std::string raw_hash(const std::string& hex) {
  const auto bytes = from_hex(hex);
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

/// At what secondaries should inherit.
struct Looked {
  std::string stamp;
  enum class Sets : std::uint8_t { same, looked_at, others } sets = Sets::same;
};

awaitable<Result<std::string>> put(net::H2Connection& h2, std::string update) {
  net::Request request;
  request.method = "PUT";
  request.target = link::kDownstreamPath;
  request.headers.add("content-type", std::string(link::kMediaType));
  request.body = net::Body(std::move(update));
  auto answer = co_await h2.request(std::move(request));
  if (!answer) co_return fail(std::move(answer.error()));
  auto body = co_await answer->body.read_all(limits::kMaxHelloBytes);
  if (!body) co_return fail(std::move(body.error()));
  if (answer->status == 200) co_return std::move(*body);
  co_return fail(Code::protocol_error, fmt::format("The secondary answered what it inherits with HTTP status {}.", answer->status),
                 "Look into its log; it is sent again.");
}

hierarchy::Event event_of(TimePoint at, hierarchy::Severity severity, std::string kind, std::string message) {
  return {.sequence = 0, .at = at, .severity = severity, .kind = std::move(kind), .message = std::move(message), .secondary = {}};
}

struct Taken {
  link::DownstreamAnswer answer;
  hierarchy::AppliedSet applied;
  enum class Was : std::uint8_t { there, told, stored } was = Was::there;  ///< told: there, and an event was recorded.
};

/// Who takes, and from whom.
struct Receiver {
  ServerId self;
  Pin primary;
  const Downstream& downstream;
};

Result<Taken> take(store::Transaction& transaction, const link::DownstreamUpdate& update, const Receiver& receiver) {
  const auto record = store::find_primary(transaction);
  if (!record || record->certificate.pin != receiver.primary) {
    return fail(Code::not_connected, "This server has another primary now.", "Nothing is to be done.");
  }
  auto applied = store::applied_set(transaction);
  auto verdict = link::judge(applied, update, receiver.self);
  if (!verdict.store) return Taken{std::move(verdict.answer), std::move(applied)};
  const auto at = now();
  if (auto checked = receiver.downstream.check(transaction, verdict.store->set); !checked) {
    const auto was = refused_inheritance(transaction, record->name, checked.error(), at) ? Taken::Was::told : Taken::Was::there;
    return Taken{std::move(checked.error()), std::move(applied), was};
  }
  accepted_inheritance(transaction);
  store::put_applied_set(transaction, *verdict.store, at);
  receiver.downstream.applied(transaction, applied.set, verdict.store->set, at);
  receiver.downstream.refresh(transaction, at);
  const bool tells = verdict.store->set.objects != applied.set.objects;  // the way alone is no news
  if (tells) {
    History::record(transaction, event_of(at, hierarchy::Severity::info, "inherited",
                                          fmt::format("What “{}” hands down was applied (revision {}, number of objects: {}).",
                                                      record->name, verdict.store->revision, verdict.store->set.objects.size())));
  }
  return Taken{std::move(verdict.answer), std::move(*verdict.store), Taken::Was::stored};
}

}  // namespace

bool UpperRunning::understands_policies() const {
  if (!end.lower()) return false;
  const auto& words = end.lower()->sender.capabilities;
  return std::find(words.begin(), words.end(), link::kDownstream) != words.end();
}

awaitable<> LinkHost::State::load_progress() {
  const auto load = [](store::Transaction& transaction) -> Result<hierarchy::AppliedSet> { return store::applied_set(transaction); };
  auto applied = co_await storage.read<hierarchy::AppliedSet>(load);
  if (!applied || !lower) co_return;
  link::Progress progress;
  progress.downstream_revision = applied->revision;
  progress.downstream_hash = raw_hash(applied->hash);
  lower->end.set_progress(std::move(progress));
}

awaitable<> LinkHost::State::refresh_downstream() {
  const auto now_is = std::chrono::steady_clock::now();
  const auto look = [this, known = downstream_stamp,
                     due = now_is >= downstream_look_due](store::Transaction& transaction) -> Result<Looked> {
    auto stamp = Downstream::stamp(transaction);
    if (!due && stamp == known) return Looked{std::move(stamp), Looked::Sets::same};
    return Looked{std::move(stamp), downstream.is_stale(transaction) ? Looked::Sets::others : Looked::Sets::looked_at};
  };
  auto looked = co_await storage.read<Looked>(look);
  if (!looked || looked->sets == Looked::Sets::same) co_return;
  downstream_stamp = std::move(looked->stamp);
  downstream_look_due = now_is + limits::kSetsLookedAt;
  if (looked->sets == Looked::Sets::looked_at) co_return;
  auto refreshed = co_await storage.write<Done>([this](store::Transaction& transaction) -> Result<Done> {
    downstream.refresh(transaction, now());
    return Done{};
  });
  if (refreshed) co_return;
  spdlog::error("link: what secondaries should inherit cannot be stored: {}", refreshed.error().text());
  downstream_stamp.clear();  // looked at again
}

awaitable<> LinkHost::State::watch_downstream() {
  while (!stopping) {
    const auto begun = std::chrono::steady_clock::now();
    const auto seen = history.news_count();
    co_await refresh_downstream();
    const auto load = [](store::Transaction& transaction) -> Result<std::vector<store::BehindDownstream>> {
      return store::behind_downstream(transaction);
    };
    auto behind = co_await storage.read<std::vector<store::BehindDownstream>>(load);
    if (behind) {
      for (const auto& each : *behind) begin_bringing(each);
    }
    const bool idle = behind && behind->empty();
    const auto pause = idle ? std::chrono::steady_clock::duration(limits::kSetsLookedAt) : kLookAgain;
    if (history.news_count() == seen) co_await history.wait_for_news(std::chrono::steady_clock::now() + pause);
    const auto rest = begun + kGather - std::chrono::steady_clock::now();
    if (rest <= rest.zero()) continue;
    const bool on = co_await net::sleep_for(rest);
    if (!on) co_return;
  }
}

void LinkHost::State::begin_bringing(const store::BehindDownstream& behind) {
  const auto found = uppers.find(behind.registration);
  if (found == uppers.end()) return;
  const auto& upper = found->second;
  const auto connection = upper->standing_connection();
  if (!connection) return;
  const SetPace::Attempt attempt{behind.wanted_hash, static_cast<std::uint64_t>(connection->id)};
  if (upper->set_pace.may_try(attempt, std::chrono::steady_clock::now())) tasks.spawn(bring_down(upper, attempt));
}

awaitable<> LinkHost::State::bring_down(std::shared_ptr<UpperRunning> upper, SetPace::Attempt attempt) {
  if (upper->bringing != Bringing::no) {
    upper->bringing = Bringing::once_more;
    co_return;
  }
  for (unsigned exchanges = 0; exchanges < limits::kMostSetsInARow; ++exchanges) {
    upper->bringing = Bringing::now;
    const auto place = co_await sets_at_once.enter();
    if (!place) break;
    auto again = co_await bring_down_once(upper);
    if (!again) {
      // What is tried once more at once is something else; watch_downstream sees to it.
      upper->set_pace.failed(std::move(attempt), std::chrono::steady_clock::now(), random());
      co_await note_failure(upper, std::move(again.error()));
      break;
    }
    if (!*again && upper->bringing == Bringing::now) break;
  }
  upper->bringing = Bringing::no;
}

awaitable<Result<bool>> LinkHost::State::bring_down_once(std::shared_ptr<UpperRunning> upper) {
  const auto connection = upper->standing_connection();
  if (!connection || stopping) co_return false;
  if (!upper->understands_policies()) co_return false;
  auto next = co_await next_update({upper->record.id, upper->told, upper->full_beyond});
  if (!next) co_return fail(std::move(next.error()));
  if (!*next) co_return false;
  const auto& [head, content, wanted] = **next;
  // One of the two had something before. Asking for the full set means not to have what is confirmed, either.
  if (head.extent == link::DownstreamUpdate::Extent::full && head.to > 1) {
    const auto& beyond = upper->full_beyond;
    store::HeldSet has{beyond.value_or(upper->told.revision), beyond ? std::string() : upper->told.hash};
    auto noted = co_await forget_what_was_lost(storage, downstream, upper->record.id, std::move(has));
    if (!noted) co_return fail(std::move(noted.error()));
  }
  auto bytes = (*next)->bytes();
  if (bytes.size() > limits::kMaxDownstreamBytes) {
    co_return fail(Code::too_large, fmt::format("What “{}” should inherit has {} KiB.", upper->record.name, bytes.size() / 1024),
                   fmt::format("A set may have {} KiB: remove policies, or make them smaller.", limits::kMaxDownstreamBytes / 1024));
  }
  auto answer = co_await exchange(connection, std::move(bytes));
  if (!answer) co_return fail(std::move(answer.error()));
  if (const auto* needed = std::get_if<link::FullNeeded>(&*answer)) {
    const bool asked_before = upper->full_beyond.has_value();
    upper->full_beyond = needed->revision;
    if (!asked_before) co_return true;
    co_return fail(Code::protocol_error, fmt::format("“{}” was sent the full set and asks for it again.", upper->record.name),
                   "Both servers must keep to docs/protocol.md; it is sent again later.");
  }
  if (auto* refused = std::get_if<Error>(&*answer)) co_return fail(std::move(*refused));
  const auto& applied = std::get<link::DownstreamApplied>(*answer);
  auto confirmed = link::confirmed_by(applied, head, *wanted);
  if (!confirmed) co_return fail(std::move(confirmed.error()));
  upper->told = applied;
  upper->full_beyond.reset();
  upper->set_pace.succeeded();
  co_return co_await note_confirmed(upper->record.id, std::move(*confirmed), wanted);
}

awaitable<Result<link::DownstreamAnswer>> LinkHost::State::exchange(LinkConnectionPtr connection, std::string update) {
  const auto way = std::chrono::seconds(update.size() / kSlowest);
  auto body = co_await net::with_deadline<std::string>(std::chrono::steady_clock::now() + kApplyTime + way,
                                                       "waiting until the secondary has applied what it inherits",
                                                       put(*connection->h2, std::move(update)));
  if (!body) co_return fail(std::move(body.error()));
  co_return link::decode_downstream_answer(*body);
}

awaitable<> LinkHost::State::note_failure(std::shared_ptr<UpperRunning> upper, Error error) {
  if (stopping || !upper->standing_connection()) co_return;  // the state of the link says it all
  const auto work = [this, id = upper->record.id, name = upper->record.name, error](store::Transaction& transaction) -> Result<bool> {
    const auto at = now();
    const auto news = store::put_downstream_failure(transaction, id, error, at);
    if (news == store::FailureNews::none) return false;
    downstream.heard(transaction, {&id, 1}, nullptr, at);
    if (news == store::FailureNews::reason) return true;
    auto event = event_of(at, hierarchy::Severity::warning, "inheritance_failed",
                          fmt::format("“{}” did not apply what it should inherit: {}", name, error.text()));
    event.secondary = id;
    History::record(transaction, event);
    return true;
  };
  auto told = co_await storage.write<bool>(work);
  if (told && *told) history.committed();
}

awaitable<net::Response> LinkHost::State::answer_downstream(std::shared_ptr<LowerRunning> end, std::string body) {
  auto update = link::decode_downstream_update(body);
  if (!update) co_return problem_response(update.error(), 400);
  const auto work = [update = std::move(*update), receiver = Receiver{facts.id, end->pin(), downstream}](store::Transaction& transaction) {
    return take(transaction, update, receiver);
  };
  auto taken = co_await storage.write<Taken>(work);
  if (!taken) co_return problem_response(taken.error());
  link::Progress progress;
  progress.downstream_revision = taken->applied.revision;
  progress.downstream_hash = raw_hash(taken->applied.hash);
  end->end.set_progress(std::move(progress));
  if (taken->was != Taken::Was::there) history.committed();
  net::Response response;
  response.headers.add("content-type", std::string(link::kMediaType));
  response.body = net::Body(link::encode(taken->answer));
  co_return response;
}

}  // namespace daikan::server
