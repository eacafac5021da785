// Carries the Effects of the two ends out, in their order: stored, sent, closed, dialled, told.
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "base/text.h"
#include "server/detail/link_runtime.h"
#include "store/tables.h"

namespace daikan::server {
namespace {

/// How long a request still in flight on a connection that is being ended may take.
constexpr std::chrono::milliseconds kCloseGrace{1000};

net::Request message(std::string_view path, std::string body) {
  net::Request request;
  request.method = "POST";
  request.target = path;
  request.headers.add("content-type", std::string(link::kMediaType));
  request.body = net::Body(std::move(body));
  return request;
}

awaitable<Result<link::HelloAnswer>> exchange_hello(net::H2Connection& h2, link::Hello hello) {
  auto answer = co_await h2.request(message(link::kHelloPath, link::encode(hello)));
  if (!answer) co_return fail(std::move(answer.error()));
  auto body = co_await answer->body.read_all(limits::kMaxHelloBytes);
  if (!body) co_return fail(std::move(body.error()));
  if (answer->status != 200) {
    co_return fail(Code::protocol_error, fmt::format("The other server answered the hello with HTTP status {}.", answer->status),
                   "Check that both servers run a supported version.");
  }
  co_return link::decode_hello_answer(*body);
}

awaitable<Result<>> exchange_farewell(net::H2Connection& h2, link::Farewell farewell) {
  auto answer = co_await h2.request(message(link::kFarewellPath, link::encode(farewell)));
  if (!answer) co_return fail(std::move(answer.error()));
  auto body = co_await answer->body.read_all(limits::kMaxHelloBytes);
  if (!body) co_return fail(std::move(body.error()));
  co_return Result<>{};
}

net::SteadyTime after(std::chrono::steady_clock::duration time) { return std::chrono::steady_clock::now() + time; }

}  // namespace

awaitable<> LinkHost::State::drain(RunningEndPtr end) {
  while (!end->pending.empty()) {
    PendingEffects next = std::move(end->pending.front());
    end->pending.erase(end->pending.begin());
    const auto state = co_await carry_out(end, std::move(next.effects));
    if (!next.outcome) continue;
    next.outcome->state = state;
    outcomes.notify_all();
  }
  end->pending.shrink_to_fit();  // thousands of idle ends keep no room for effects
  end->draining = false;
}

awaitable<Outcome::State> LinkHost::State::carry_out(RunningEndPtr end, link::Effects effects) {
  if (effects.store) {
    const auto stored = co_await store_facts(end, std::move(*effects.store));
    if (!stored) {
      // The connection ends, and with it what the hello meant; but the path that the end already has is the path that is told.
      if (effects.path_changed) self_changed();
      changed.notify_all();
      co_return Outcome::State::failed;
    }
  }
  if (effects.ended) co_await store_ended(end, *effects.ended);
  if (effects.hello) tasks.spawn(send_hello(end, std::move(*effects.hello)));
  if (effects.farewell) co_await send_farewell(end, std::move(*effects.farewell));
  for (auto& close : effects.close) {
    if (const auto connection = end->find(close.connection)) connection->h2->close(std::move(close.reason), kCloseGrace);
  }
  if (effects.dial) tasks.spawn(dial(end, ++end->dial_number));
  if (!effects.events.empty()) log_events(end, std::move(effects.events));
  if (effects.path_changed) self_changed();
  changed.notify_all();
  follow_feed(end);
  // What a peer that is gone still says counts no more: neither for itself nor for the primary that is set now.
  const auto id = end->registration();
  const bool registered = id ? uppers.contains(*id) : end == lower;
  if (const auto upper = std::dynamic_pointer_cast<UpperRunning>(end); effects.roll_over && upper && registered) {
    const auto& progress = upper->end.lower()->progress;
    upper->told = {progress.downstream_revision,
                   to_hex(std::vector<std::uint8_t>(progress.downstream_hash.begin(), progress.downstream_hash.end()))};
    upper->full_beyond.reset();
    tasks.spawn(bring_down(upper, {}));
  }
  if (effects.roll_over && own_keys.heard && registered) own_keys.heard(end->registration(), *effects.roll_over);
  if (const auto former = std::dynamic_pointer_cast<LowerRunning>(end); former && former->end.ended()) drop(former);
  co_return Outcome::State::stored;
}

awaitable<> LinkHost::State::store_ended(RunningEndPtr end, TimePoint at) {
  const auto registration = end->registration();
  std::function<Result<Done>(store::Transaction&)> work = [registration, at,
                                                           pin = end->pin()](store::Transaction& transaction) -> Result<Done> {
    if (registration) {
      store::record_secondary_ended(transaction, *registration, at);
    } else {
      store::record_primary_ended(transaction, pin, at);
    }
    return Done{};
  };
  auto stored = co_await storage.write<Done>(std::move(work));
  // It is shown until this process ends; then the link is tried again and learns it again.
  if (!stored) spdlog::error("link: that the other side ended the link cannot be stored: {}", stored.error().text());
}

awaitable<bool> LinkHost::State::store_facts(RunningEndPtr end, link::HelloFacts facts_told) {
  const auto registration = end->registration();
  std::function<Result<Done>(store::Transaction&)> work = [registration, facts_told,
                                                           pin = end->pin()](store::Transaction& transaction) -> Result<Done> {
    store_keys(transaction, registration, facts_told);
    if (registration) {
      store::record_secondary_hello(transaction, *registration, facts_told.server_id, facts_told.software, facts_told.connected_at);
    } else {
      auto current = pin;
      for (const auto& change : facts_told.keys) {
        if (change.what == link::KeyChange::What::taken) current = change.certificate.pin;
      }
      store::record_primary_hello(transaction,
                                  {current, facts_told.server_id, facts_told.name, facts_told.software, facts_told.connected_at});
    }
    return Done{};
  };
  end->storing = true;
  auto stored = co_await storage.write<Done>(std::move(work));
  end->storing = false;
  if (!stored) {
    spdlog::error("link: what a hello told cannot be stored: {}", stored.error().text());
    end->keys_not_stored(facts_told.keys);
    for (const auto& connection : end->connections) connection->h2->close(stored.error());
    co_return false;
  }
  if (const auto upper = std::dynamic_pointer_cast<UpperRunning>(end)) {
    upper->record.server_id = facts_told.server_id;
    upper->record.version = facts_told.software;
    upper->record.last_connected_at = facts_told.connected_at;
  } else if (const auto below = std::dynamic_pointer_cast<LowerRunning>(end)) {
    below->record.server_id = facts_told.server_id;
    below->record.name = facts_told.name;
    below->record.version = facts_told.software;
    below->record.last_connected_at = facts_told.connected_at;
  }
  take_keys(end, facts_told.keys);
  co_return true;
}

awaitable<> LinkHost::State::send_hello(RunningEndPtr end, link::Effects::SendHello hello) {
  const auto upper = std::dynamic_pointer_cast<UpperRunning>(end);
  const auto connection = end->find(hello.connection);
  if (!upper || !connection) co_return;
  sign(hello.hello.next, *connection, link::Says::upper);
  auto answer = co_await net::with_deadline<link::HelloAnswer>(after(limits::kHelloTime), "waiting for the answer to the hello",
                                                               exchange_hello(*connection->h2, std::move(hello.hello)));
  hello_answered(upper, hello.connection, std::move(answer));
}

void LinkHost::State::hello_answered(const std::shared_ptr<UpperRunning>& upper, link::ConnectionId id, Result<link::HelloAnswer> answer) {
  std::optional<std::string> held_by;
  const auto* accepted = answer ? std::get_if<link::HelloAccepted>(&*answer) : nullptr;
  if (accepted != nullptr) {
    const auto holder = by_server.find(accepted->sender.server_id);
    if (holder != by_server.end() && holder->second != upper->record.id) held_by = uppers.at(holder->second)->record.name;
  } else {
    ++counters.hellos_refused;
  }
  if (accepted != nullptr) {
    auto& next = std::get<link::HelloAccepted>(*answer).next;
    if (auto read = read_next(next, *upper, id, link::Says::lower); !read) answer = fail(std::move(read.error()));
  }
  auto effects = upper->end.hello_answered(id, std::move(answer), std::move(held_by), now());
  // Taken at once, not when it is stored: two registrations that claim one id at the same moment must not both have it.
  if (effects.store && uppers.contains(upper->record.id)) by_server[effects.store->server_id] = upper->record.id;
  act(upper, std::move(effects));
}

awaitable<> LinkHost::State::send_farewell(RunningEndPtr end, link::Effects::SendFarewell farewell) {
  const auto connection = end->find(farewell.connection);
  if (!connection) co_return;
  auto told = co_await net::with_deadline<void>(after(limits::kFarewellTime), "saying farewell",
                                                exchange_farewell(*connection->h2, std::move(farewell.farewell)));
  if (!told) spdlog::info("link: the farewell did not arrive: {}", told.error().text());
}

void LinkHost::State::log_events(const RunningEndPtr& end, std::vector<link::LinkEvent> events) {
  std::vector<hierarchy::Event> lines;
  for (auto& event : events) {
    const auto level = event.severity == hierarchy::Severity::info      ? spdlog::level::info
                       : event.severity == hierarchy::Severity::warning ? spdlog::level::warn
                                                                        : spdlog::level::err;
    spdlog::log(level, "{}: {}", event.kind, event.message);
    hierarchy::Event line;
    line.at = now();
    line.severity = event.severity;
    line.kind = std::move(event.kind);
    line.message = std::move(event.message);
    line.secondary = end->registration();
    lines.push_back(std::move(line));
  }
  tasks.spawn(append_events(std::move(lines)));
}

awaitable<> LinkHost::State::append_events(std::vector<hierarchy::Event> lines) {
  auto appended = co_await history.append(std::move(lines));
  if (!appended) spdlog::error("link: events cannot be stored: {}", appended.error().text());
}

}  // namespace daikan::server
