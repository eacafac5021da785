// How connections of links come to be, run and end: accepted or dialled, announced to their end once the peer's SETTINGS arrived.
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "server/detail/link_runtime.h"
#include "server/event.h"
#include "store/tables.h"

namespace daikan::server {
namespace {

constexpr std::size_t kMaxSourcesWatched = 10'000;

std::string alpn_for(hierarchy::Direction direction) {
  return std::string(direction == hierarchy::Direction::secondary_dials ? net::kAlpnReversedH2 : net::kAlpnH2);
}

/// Why a connection of a peer that proved to be `end`'s is closed at once.
Error why_closed(const RunningEnd& end, std::string_view offered, std::string_view wanted) {
  const auto sight = end.sight();
  const bool upper = sight.role == link::Role::upper;
  const auto peer = sight.peer.empty() ? std::string("The other server") : fmt::format("“{}”", sight.peer);
  if (offered == wanted) {
    return {Code::rate_limited, fmt::format("{} connects more than {} times a minute.", peer, limits::kMaxConnectionsPerPeerPerMinute),
            "See whether two copies of it run, and look into its log."};
  }
  return {Code::conflict,
          fmt::format("{} dialled as a {} ({} where {} is spoken), but here it is the {}.", peer, upper ? "primary" : "secondary", offered,
                      wanted, upper ? "secondary" : "primary"),
          fmt::format("Both servers take themselves for the {} of the other: {} on one of them.", upper ? "primary" : "secondary",
                      upper ? "remove the secondary" : "clear the primary")};
}

void report_exception(std::exception_ptr error) {
  try {
    std::rethrow_exception(std::move(error));
  } catch (const std::exception& what) {
    spdlog::error("link: a request ended with an exception: {}", what.what());
  }
}

}  // namespace

Error LinkHost::State::worded(Error error, const RunningEnd& end, const std::string& met) const {
  if (error.code == Code::certificate_mismatch && !met.empty()) {
    return Error(
        Code::certificate_mismatch,
        fmt::format("{}: another server answers there: expected the certificate with the fingerprint {}, received {}.",
                    end.target().endpoint.str(), end.fingerprint(), met),
        "Check the address. If the server was set up anew, get its certificate file again, compare the fingerprint by voice, and give "
        "it to this server.");
  }
  if (error.code != Code::unknown_to_primary) return error;
  const std::string where = end.target().endpoint.str();
  if (end.registration()) {
    return Error(Code::unknown_to_secondary,
                 fmt::format("{}: the secondary Administration Server does not accept this server as its primary.", where),
                 "On the secondary, set this server as its primary with the file that daikan certificate export writes here: "
                 "daikan primary set --dmz --certificate FILE.");
  }
  return Error(Code::unknown_to_primary, fmt::format("{}: the primary Administration Server does not know this server.", where),
               fmt::format("On the primary, add this server as a secondary: it is listed under unrecognised servers there (daikan "
                           "unrecognised list), and daikan unrecognised add {} adds it.",
                           facts.certificate.fingerprint));
}

Result<> LinkHost::State::make_contexts() {
  auto both = net::TlsContext::link(identity, {std::string(net::kAlpnReversedH2), std::string(net::kAlpnH2)});
  auto reversed = net::TlsContext::link(identity, {alpn_for(hierarchy::Direction::secondary_dials)});
  auto plain = net::TlsContext::link(identity, {alpn_for(hierarchy::Direction::primary_dials)});
  for (auto* made : {&both, &reversed, &plain}) {
    if (!*made) return fail(std::move(made->error()));
  }
  listening = std::move(*both);
  dialling_primary = std::move(*reversed);
  dialling_secondary = std::move(*plain);
  return {};
}

awaitable<> LinkHost::State::serve(std::unique_ptr<net::TlsStream> stream) {
  const auto peer = stream->peer();
  const auto end = peer ? end_of(peer->pin()) : nullptr;
  if (!end && peer && is_guest(peer->pin()) && stream->alpn() == net::kAlpnReversedH2) return guests.receive(std::move(stream));
  // Removed between the handshake and now, or the wrong protocol for what this peer is to us.
  const auto wanted = end && end->registration() ? net::kAlpnReversedH2 : net::kAlpnH2;
  if (!end || stream->alpn() != wanted || too_often(*end)) {
    if (end) end->refused = Refusal{now(), stream->remote_ip(), why_closed(*end, stream->alpn(), wanted)};
    if (end && stream->alpn() != wanted) spdlog::warn("link: {}: {}", stream->remote_address(), end->refused->reason.message);
    ++counters.handshakes_refused;
    stream->close();
    return net::yield();
  }
  return run_connection(end, open_connection(*end, std::move(stream)), std::nullopt);
}

LinkConnectionPtr LinkHost::State::open_connection(RunningEnd& end, std::unique_ptr<net::TlsStream> stream) {
  auto connection = std::make_shared<LinkConnection>();
  connection->id = link::ConnectionId{next_connection++};
  connection->keys = {stream->own_pin(), stream->peer()->pin()};
  const auto& shown = stream->peer_certificate();
  if (shown && shown->pin == end.pin() && shown->fingerprint != end.fingerprint()) connection->keys.renewed = *shown;
  net::Handler handler;
  if (end.role() == net::H2Role::server) {
    handler = [this, connection_id = connection->id](net::Request request) { return answer(connection_id, std::move(request)); };
  }
  net::H2Settings settings{};
  settings.ping_after_idle = pace.ping_after_idle;
  settings.ping_answer = pace.ping_answer;
  settings.concurrent_streams = limits::kMaxConcurrentStreams;
  // Longer than the console connection of whoever reads a relayed answer may stall: it has ended before, unless the peer is at fault.
  settings.stream_stall = 2 * limits::kWriteStallTime;
  connection->h2 = std::make_unique<net::H2Connection>(std::move(stream), end.role(), settings, std::move(handler), report_exception);
  end.connections.push_back(connection);
  return connection;
}

// Its frame lives as long as the link and there is one for each: it holds what it must and nothing else.
awaitable<> LinkHost::State::run_connection(RunningEndPtr end, LinkConnectionPtr connection, std::optional<std::uint64_t> dial_of) {
  tasks.spawn(announce(end, connection));
  Error reason = co_await connection->h2->run();
  ended(end, *connection, dial_of, std::move(reason));
}

// A plain function, because nothing may suspend here: the coroutine that calls it may have been cancelled.
void LinkHost::State::ended(const RunningEndPtr& end, const LinkConnection& connection, std::optional<std::uint64_t> dial_of,
                            Error reason) {
  const bool announced = connection.announced;
  const auto id = connection.id;
  std::erase_if(end->connections, [id](const LinkConnectionPtr& other) { return other->id == id; });
  if (announced) {
    act(end, end->closed(id, std::move(reason), now()));
  } else if (dial_of && *dial_of == end->dial_number && !stopping) {
    act(end, end->dial_failed(worded(std::move(reason), *end), now()));
  }
}

awaitable<> LinkHost::State::announce(RunningEndPtr end, LinkConnectionPtr connection) {
  auto ready = co_await connection->h2->ready(std::chrono::steady_clock::now() + limits::kHandshakeTime);
  if (!ready) {
    connection->h2->close(std::move(ready.error()));
    co_return;
  }
  const auto peer = connection->h2->stream().peer();
  if (!peer || !end->accepts(peer->pin())) {  // re-pinned since the handshake: the old key is worth nothing from that moment on
    connection->h2->close({Code::certificate_mismatch, "The certificate registered for this server was replaced meanwhile."});
    co_return;
  }
  connection->h2->stream().forget_certificate();
  connection->announced = true;
  act(end, end->connected(*connection, connection->h2->stream().remote_address(), now()));
  // So that both sides can show a round trip from the first moment; later PINGs renew it.
  auto measured = co_await connection->h2->ping(std::chrono::steady_clock::now() + limits::kPingAnswerTime);
  if (measured) changed.notify_all();
}

awaitable<> LinkHost::State::dial(RunningEndPtr end, std::uint64_t number) {
  if (end->unusable) {
    act(end, end->dial_failed(*end->unusable, now()));
    co_return;
  }
  const auto context = end->registration() ? dialling_secondary : dialling_primary;
  const auto met = std::make_shared<std::string>();
  net::PinCheck check = [end, met](const Pin& pin, const CertificateRecord& certificate) {
    const bool accepted = end->accepts(pin);
    if (!accepted) *met = certificate.fingerprint;
    return accepted;
  };
  auto dialled = co_await net::dial(end->target(), context, std::move(check), std::chrono::steady_clock::now() + limits::kDialTime);
  if (number != end->dial_number || stopping) co_return;
  if (!dialled) {
    act(end, end->dial_failed(worded(std::move(dialled.error()), *end, *met), now()));
    co_return;
  }
  auto connection = open_connection(*end, std::move(*dialled));
  co_await run_connection(end, std::move(connection), number);
}

void LinkHost::State::refused(const Error& error, const net::TlsStream& stream) {
  if (stopping || error.code == Code::cancelled) return;
  ++counters.handshakes_refused;
  const bool noted = may_note(stream.remote_ip());
  if (noted) {
    refusals.push_front({now(), stream.remote_ip(), error});
    if (refusals.size() > limits::kMaxRefusalsKept) refusals.pop_back();
  }
  // An administrator's probe looks at the certificate and goes, as a peer does that expects another one: what that peer has to say is in
  // its own log, and the link doctor tells of both.
  const auto level = error.code == Code::certificate_mismatch ? spdlog::level::debug : spdlog::level::warn;
  if (noted) spdlog::log(level, "link: refused a connection: {} ({})", error.text(), to_string(error.code));
  const auto& certificate = stream.peer_certificate();
  if (error.code != Code::unknown_to_primary || !certificate || !noted) return;
  ++counters.unrecognised;
  hierarchy::UnrecognisedRecord record;
  record.certificate = *certificate;
  record.source = stream.remote_ip();
  record.first_seen = now();
  record.last_seen = record.first_seen;
  tasks.spawn(note_unrecognised(std::move(record)));
}

bool LinkHost::State::may_note(const std::string& source) {
  const TimePoint present = now();
  const auto counts = [present](Attempts& entry, unsigned most) {
    if (present - entry.minute > std::chrono::minutes(1)) entry = {present, 0};
    return ++entry.count <= most;
  };
  if (attempts.size() >= kMaxSourcesWatched) {
    std::erase_if(attempts, [&](const auto& entry) { return present - entry.second.minute > std::chrono::minutes(1); });
    if (attempts.size() >= kMaxSourcesWatched) return false;
  }
  return counts(attempts[source_key(source)], limits::kMaxUnrecognisedPerSourcePerMinute) &&
         counts(all_attempts, limits::kMaxUnrecognisedPerMinute);
}

bool LinkHost::State::too_often(RunningEnd& end) {
  const TimePoint present = now();
  if (present - end.minute > std::chrono::minutes(1)) {
    end.minute = present;
    end.connections_this_minute = 0;
  }
  return ++end.connections_this_minute > limits::kMaxConnectionsPerPeerPerMinute;
}

awaitable<> LinkHost::State::note_unrecognised(hierarchy::UnrecognisedRecord record) {
  std::function<Result<Done>(store::Transaction&)> work = [record](store::Transaction& transaction) -> Result<Done> {
    if (store::record_unrecognised(transaction, record, {limits::kMaxUnrecognised, limits::kMaxUnrecognisedPerSource}) == record.attempts) {
      History::record(transaction,
                      warning_event(record.last_seen, "unrecognised_server",
                                    fmt::format("An unrecognised server dialled from {}; its certificate has the fingerprint {}.",
                                                record.source, record.certificate.fingerprint)));
    }
    return Done{};
  };
  auto stored = co_await storage.write<Done>(std::move(work));
  if (stored) {
    history.committed();
  } else {
    spdlog::error("link: an unrecognised server cannot be stored: {}", stored.error().text());
  }
}

}  // namespace daikan::server
