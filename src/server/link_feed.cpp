// The feed on the wire: read from each secondary as long as its link stands, served to the primary.
//
// Which frame may follow which is link/feed.h; here is read and written. Records and cursor are one transaction; nothing is confirmed
// before it is durable. A secondary says nothing of this server, of those above it, or of another secondary of this server.
#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "base/limits_feed.h"
#include "link/feed.h"
#include "server/detail/link_runtime.h"
#include "server/problem.h"
#include "store/tables_feed.h"

namespace daikan::server {
namespace {

using hierarchy::FeedCursor;
using hierarchy::FeedRecord;
using link::FeedUpper;

net::SteadyTime after(std::chrono::steady_clock::duration time) { return std::chrono::steady_clock::now() + time; }

/// A number of the query; nothing when it is missing or none.
std::optional<std::uint64_t> query_number(std::string_view target, std::string_view name) {
  auto rest = target.substr(std::min(target.find('?'), target.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto field = rest.substr(0, rest.find('&'));
    rest = rest.substr(field.size());
    if (!field.starts_with(name) || field.substr(name.size(), 1) != "=") continue;
    const auto text = field.substr(name.size() + 1);
    std::uint64_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec == std::errc() && end == text.data() + text.size() && value <= limits::kMaxFeedNumber) return value;
    return std::nullopt;
  }
  return std::nullopt;
}

struct Page {
  std::vector<store::FeedEntry> entries;
  std::vector<FeedRecord> states;
  std::uint64_t epoch = 0;
};

/// The body of the answer: the beginning, the snapshot if there is one, then records and marks for good.
class FeedSource final : public net::BodySource {
 public:
  FeedSource(Storage& storage, link::FeedBegin begin)
      : storage_(storage), news_(storage.feed_news()), begin_(begin), position_(begin.from.position) {}

  awaitable<Result<std::string>> next() override {
    if (!begun_) {
      begun_ = true;
      snapshot_ = begin_.how == link::FeedBegin::How::with_snapshot;
      co_return link::encode(link::FeedFrame(begin_));
    }
    for (;;) {
      const auto seen = news_->changes;
      auto page = co_await read();
      if (!page) co_return fail(std::move(page.error()));
      if (page->epoch != begin_.from.epoch) co_return std::string();  // it ends here: another epoch began
      if (snapshot_) co_return snapshot_part(*page);
      if (!page->entries.empty() && page->entries.front().position != position_ + 1) co_return std::string();  // past the bound meanwhile
      if (!page->entries.empty()) co_return records(*page);
      if (std::chrono::steady_clock::now() >= mark_at_) {
        mark_at_ = after(limits::kFeedMark);
        co_return link::encode(link::FeedFrame(link::FeedMark{position_}));
      }
      while (news_->changes == seen && std::chrono::steady_clock::now() < mark_at_) {
        co_await news_->changed.wait(mark_at_);
        const auto state = co_await net::asio::this_coro::cancellation_state;
        if (state.cancelled() != net::asio::cancellation_type::none) co_return fail(Code::cancelled, "The feed was closed.");
      }
    }
  }

 private:
  awaitable<Result<Page>> read() {
    std::function<Result<Page>(store::Transaction&)> work = [this](store::Transaction& transaction) -> Result<Page> {
      Page page;
      page.epoch = store::feed_state(transaction).epoch;
      if (snapshot_) {
        page.states = store::feed_snapshot(transaction, last_state_, limits::kFeedPageRecords);
      } else {
        page.entries = store::feed_page(transaction, position_, limits::kFeedPageRecords, limits::kFeedPageBytes);
      }
      return page;
    };
    co_return co_await storage_.read<Page>(std::move(work));
  }

  std::string snapshot_part(const Page& page) {
    std::string out;
    for (const auto& record : page.states) out += link::encode(link::FeedFrame(link::FeedItem{0, record}));
    if (page.states.empty()) {
      snapshot_ = false;
      mark_at_ = after(limits::kFeedMarkSoon);
      return link::encode(link::FeedFrame(link::FeedMark{position_, link::FeedMark::Ends::the_snapshot}));
    }
    last_state_ = page.states.back();
    return out;
  }

  std::string records(const Page& page) {
    std::string out;
    for (const auto& entry : page.entries) out += link::encode(link::FeedFrame(link::FeedItem{entry.position, entry.record}));
    position_ = page.entries.back().position;
    mark_at_ = after(limits::kFeedMarkSoon);
    return out;
  }

  Storage& storage_;
  std::shared_ptr<CommitNews> news_;
  link::FeedBegin begin_;
  std::uint64_t position_;
  bool begun_ = false;
  bool snapshot_ = false;
  std::optional<FeedRecord> last_state_;
  net::SteadyTime mark_at_ = after(limits::kFeedMarkSoon);
};

/// Whoever sends what it may not is not believed; everything else it says is.
std::vector<store::ArrivedRecord> arrived(std::vector<FeedRecord> records, const std::function<bool(const ServerId&)>& may_say) {
  std::vector<store::ArrivedRecord> out;
  out.reserve(records.size());
  for (auto& record : records) {
    if (!may_say(record.origin)) continue;
    store::ArrivedRecord each{std::move(record)};
    if (each.record.kind == hierarchy::FeedKind::event) {
      auto event = link::read_event(each.record);
      if (!event) continue;
      each.event = std::move(*event);
    }
    out.push_back(std::move(each));
  }
  return out;
}

awaitable<Result<net::Response>> ask(net::H2Connection& h2, net::Request request) {
  auto answer = co_await h2.request(std::move(request));
  if (answer && answer->status != 200) {
    co_return fail(Code::protocol_error, fmt::format("The other server answered with HTTP status {}.", answer->status),
                   "It is asked again.");
  }
  co_return answer;
}

}  // namespace

void LinkHost::State::follow_feed(const RunningEndPtr& end) {
  const auto upper = std::dynamic_pointer_cast<UpperRunning>(end);
  if (!upper || stopping) return;
  const auto connection = upper->standing_connection();
  if (!connection || connection->feed_followed || !upper->end.lower()) return;
  const auto& capabilities = upper->end.lower()->sender.capabilities;
  if (std::find(capabilities.begin(), capabilities.end(), link::kFeed) == capabilities.end()) return;
  connection->feed_followed = true;
  tasks.spawn(read_feeds(upper, connection));
}

awaitable<> LinkHost::State::read_feeds(std::shared_ptr<UpperRunning> upper, LinkConnectionPtr connection) {
  while (!stopping && upper->standing_connection() == connection) {
    const Error why = co_await read_feed(upper, connection);
    if (stopping || upper->standing_connection() != connection) co_return;
    spdlog::info("link: the feed of “{}” is asked for anew: {}", upper->record.name, why.text());
    const bool on = co_await net::sleep_for(limits::kFeedRetry);
    if (!on) co_return;
  }
}

awaitable<Error> LinkHost::State::read_feed(std::shared_ptr<UpperRunning> upper, LinkConnectionPtr connection) {
  std::function<Result<FeedCursor>(store::Transaction&)> load =
      [id = upper->record.id](store::Transaction& transaction) -> Result<FeedCursor> {
    return store::feed_cursor(transaction, id).value_or(FeedCursor{});
  };
  auto cursor = co_await storage.read<FeedCursor>(std::move(load));
  if (!cursor) co_return cursor.error();
  FeedUpper feed(*cursor);
  net::Request request;
  request.method = "GET";
  request.target = fmt::format("{}?epoch={}&after={}", link::kFeedPath, cursor->epoch, cursor->position);
  auto asked = ask(*connection->h2, std::move(request));
  auto answer = co_await net::with_deadline<net::Response>(after(limits::kHelloTime), "asking for the feed", std::move(asked));
  if (!answer) co_return answer.error();
  const auto source = answer->body.into_source();
  link::FeedDecoder decoder;
  const std::int64_t snapshot = to_micros(now());
  for (;;) {
    auto reading = source->next();
    auto piece = co_await net::with_deadline<std::string>(after(limits::kFeedSilence), "waiting for the feed", std::move(reading));
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return Error(Code::closed, "The feed ended.");
    decoder.feed(*piece);
    for (;;) {
      auto frame = decoder.next();
      if (!frame) co_return frame.error();
      if (!*frame) break;
      if (auto taken = feed.take(std::move(**frame)); !taken) co_return taken.error();
      if (!feed.must_store()) continue;
      if (auto stored = co_await store_feed(upper, feed, snapshot); !stored) co_return stored.error();
    }
    if (auto stored = co_await store_feed(upper, feed, snapshot); !stored) co_return stored.error();
    const auto stored_through = feed.to_confirm(now());
    if (!stored_through) continue;
    if (auto told = co_await confirm_feed(connection, *stored_through); !told) co_return told.error();
    feed.confirmed(*stored_through, now());
  }
}

awaitable<Result<>> LinkHost::State::confirm_feed(LinkConnectionPtr connection, FeedCursor cursor) {
  net::Request request;
  request.method = "POST";
  request.target = link::kFeedConfirmedPath;
  request.headers.add("content-type", std::string(link::kMediaType));
  request.body = net::Body(link::encode_confirmed(cursor));
  auto asked = ask(*connection->h2, std::move(request));
  auto told = co_await net::with_deadline<net::Response>(after(limits::kHelloTime), "confirming the feed", std::move(asked));
  if (!told) co_return fail(std::move(told.error()));
  auto body = co_await told->body.read_all(limits::kMaxHelloBytes);
  if (!body) co_return fail(std::move(body.error()));
  co_return Result<>{};
}

awaitable<Result<>> LinkHost::State::store_feed(std::shared_ptr<UpperRunning> upper, FeedUpper& feed, std::int64_t snapshot) {
  using Of = FeedUpper::Batch::Of;
  const auto may_say = [this, &upper](const ServerId& origin) {
    const auto direct = by_server.find(origin);
    if (origin == facts.id || (direct != by_server.end() && direct->second != upper->record.id)) return false;
    const auto& above = self->ancestors;
    return std::none_of(above.begin(), above.end(), [&](const auto& entry) { return entry.id == origin; });
  };
  while (auto batch = feed.batch(limits::kFeedBatchRecords)) {
    const auto arrival = std::make_shared<FeedArrival>(net::Signal(executor), upper->record.name);
    auto& [arrived_from, records, cursor] = arrival->feed;
    arrived_from = {upper->record.id, now(), batch->of == Of::feed ? 0 : snapshot};
    records = arrived(std::move(batch->records), may_say);
    if (batch->of != Of::snapshot) cursor = batch->cursor;
    arrival->batch = std::move(*batch);
    if (auto stored = co_await store_arrival(arrival); !stored) co_return stored;
    if (arrival->ends_snapshot() && arrival->batch.resynchronised) history.committed();
    feed.stored(arrival->batch);
  }
  co_return Result<>{};
}

awaitable<net::Response> LinkHost::State::answer_feed(net::Request request) {
  const auto epoch = query_number(request.target, "epoch");
  const auto position = query_number(request.target, "after");
  if (request.method != "GET" || !epoch || !position) {
    co_return problem_response(Error(Code::invalid_request, "The feed is not asked for as it should be.", "Send GET with epoch and after."),
                               400);
  }
  std::function<Result<link::FeedAnswer>(store::Transaction&)> look = [asked =
                                                                           FeedCursor{*epoch, *position}](store::Transaction& transaction) {
    return Result<link::FeedAnswer>(link::answer_feed(store::feed_state(transaction), asked));
  };
  auto answered = co_await storage.read<link::FeedAnswer>(look);
  if (answered && answered->first == link::FeedAnswer::First::begin_epoch) {
    std::function<Result<Done>(store::Transaction&)> begin = [](store::Transaction& transaction) -> Result<Done> {
      store::begin_feed(transaction, now());
      return Done{};
    };
    auto begun = co_await storage.write<Done>(std::move(begin));
    if (!begun) co_return problem_response(begun.error(), 503);
    answered = co_await storage.read<link::FeedAnswer>(look);
  }
  if (!answered) co_return problem_response(answered.error(), 503);
  net::Response response;
  response.headers.add("content-type", std::string(link::kMediaType));
  std::unique_ptr<net::BodySource> source = std::make_unique<FeedSource>(storage, answered->begin);
  response.body = net::Body(std::move(source));
  co_return response;
}

awaitable<net::Response> LinkHost::State::answer_feed_confirmed(net::Request request) {
  auto body = co_await request.body.read_all(limits::kMaxHelloBytes);
  if (!body) co_return problem_response(body.error(), body.error().code == Code::too_large ? 413 : 400);
  auto cursor = link::decode_confirmed(*body);
  if (!cursor) co_return problem_response(cursor.error(), 400);
  std::function<Result<bool>(store::Transaction&)> work = [cursor = *cursor](store::Transaction& transaction) -> Result<bool> {
    return store::confirm_feed(transaction, cursor);
  };
  auto confirmed = co_await storage.write<bool>(std::move(work));
  if (!confirmed) co_return problem_response(confirmed.error(), 503);
  if (!*confirmed) {
    co_return problem_response(Error(Code::conflict, "This server's feed has no such epoch or position.", "Ask for the feed anew."), 409);
  }
  net::Response response;
  response.headers.add("content-type", std::string(link::kMediaType));
  co_return response;
}

}  // namespace daikan::server
