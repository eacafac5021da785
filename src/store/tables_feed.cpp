// The own feed: epochs, records until they are confirmed, the bound. What came from below: tables_rolled_up.cpp.
#include "store/tables_feed.h"

#include <algorithm>
#include <utility>

#include "base/limits_feed.h"
#include "base/text.h"
#include "store/detail/columns.h"
#include "store/detail/feed_writer.h"
#include "store/detail/insert_rows.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::FeedKind;
using hierarchy::FeedRecord;
using hierarchy::FeedState;

constexpr std::int64_t kTrimmedAtOnce = 1000;
constexpr std::size_t kWrittenAtOnce = 256;  // records, of kMaxFeedPayloadBytes at most

std::uint64_t number(const Row& row, std::size_t column) {
  const auto value = row.integer(column);
  if (value < 0) unreadable_column("a number of the feed");
  return static_cast<std::uint64_t>(value);
}

ServerId own_id(Transaction& transaction) {
  const auto text = find_setting(transaction, "server_id");
  return require(text ? ServerId::parse(*text) : std::nullopt, "the server's id");
}

/// Given to whatever this server says next: the clock where it runs ahead, so that a database that was restored goes on above what was
/// given.
std::uint64_t after(std::uint64_t given, TimePoint at) {
  return std::max(given + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(to_micros(at), 1)));
}

/// What the status of policies is made of: which servers are below, and what they confirmed.
bool shows_in_force(FeedKind kind) { return kind == FeedKind::applied || kind == FeedKind::secondary || kind == FeedKind::gone; }

constexpr std::string_view kPutOwnState =
    "INSERT INTO rolled_up_states (origin, subject, kind, origin_sequence, at, payload, via, received_at, snapshot) "
    "VALUES ($1, $2, $3, $4, $5, $6, '', $5, 0) ON CONFLICT (origin, subject, kind) DO UPDATE SET "
    "origin_sequence = excluded.origin_sequence, at = excluded.at, payload = excluded.payload, via = '', "
    "received_at = excluded.received_at";
const RowInsert kAppend("INSERT INTO feed (position, appended_at, origin, origin_sequence, kind, subject, at, payload, bytes)", 9);
constexpr std::string_view kEndTombstone = "DELETE FROM rolled_up_states WHERE origin = $1 AND subject = $2 AND kind = 'gone'";

std::vector<Value> own_state(const FeedRecord& record) {
  return {to_value(record.origin),
          record.subject,
          to_value(to_string(record.kind)),
          static_cast<std::int64_t>(record.origin_sequence),
          to_value(record.at),
          payload_text(record.payload)};
}

void put_own_state(Transaction& transaction, const FeedRecord& record) { transaction.execute(kPutOwnState, own_state(record)); }

void put_own(Transaction& transaction, const FeedRecord& record) {
  if (hierarchy::is_state(record.kind)) {
    transaction.execute(kEndTombstone, {to_value(record.origin), record.subject});
    put_own_state(transaction, record);
    return;
  }
  if (record.kind == FeedKind::gone) {
    transaction.execute("DELETE FROM rolled_up_states WHERE origin = $1 AND subject = $2", {to_value(record.origin), record.subject});
    put_own_state(transaction, record);
    return;
  }
  const auto position = transaction.query("UPDATE counters SET value = value + 1 WHERE name = 'rolled_up' RETURNING value");
  if (position.empty()) unreadable_column("a counter");
  transaction.execute(
      "INSERT INTO rolled_up_results (origin, origin_sequence, position, subject, at, payload, received_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $5)",
      {to_value(record.origin), static_cast<std::int64_t>(record.origin_sequence), position[0].integer(0), record.subject,
       to_value(record.at), payload_text(record.payload)});
}

bool said_already(Transaction& transaction, const FeedRecord& record) {
  if (!hierarchy::is_state(record.kind)) return false;
  const auto there = transaction.query("SELECT payload FROM rolled_up_states WHERE origin = $1 AND subject = $2 AND kind = $3",
                                       {to_value(record.origin), record.subject, to_value(to_string(record.kind))});
  return !there.empty() && there[0].text(0) == payload_text(record.payload);
}

/// With origin and, when it says something, sequence.
FeedRecord own(Transaction& transaction, FeedRecord record, FeedWriter& feed) {
  if (!record.origin) record.origin = own_id(transaction);
  if (record.origin_sequence == 0) record.origin_sequence = feed.next_sequence();
  return record;
}

FeedRecord read_record(const Row& row, std::size_t first) {
  FeedRecord record;
  record.origin = read_id<ServerId>(row, first);
  record.origin_sequence = number(row, first + 1);
  if (!hierarchy::read_stored_kind(row.text(first + 2), record)) unreadable_column("a kind of record");
  record.subject = row.text(first + 3);
  record.at = read_time(row, first + 4);
  record.payload = read_payload(row, first + 5);
  return record;
}

}  // namespace

namespace detail {

std::string payload_text(std::string_view payload) {
  return to_base64({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()});
}

std::string read_payload(const Row& row, std::size_t column) {
  const auto bytes = require(from_base64(row.text(column)), "a record's payload");
  return {bytes.begin(), bytes.end()};
}

FeedState read_feed_state(Transaction& transaction) {
  const auto rows =
      transaction.query("SELECT epoch, position, removed_through, dropped_through, sequence, bytes FROM feed_state WHERE slot = 1");
  if (rows.empty()) unreadable_column("the feed's state");
  const auto& row = rows[0];
  return {number(row, 0), number(row, 1), number(row, 2), number(row, 3), number(row, 4), number(row, 5)};
}

void write_feed_state(Transaction& transaction, const FeedState& state) {
  transaction.execute(
      "UPDATE feed_state SET epoch = $1, position = $2, removed_through = $3, dropped_through = $4, sequence = $5, bytes = $6 WHERE slot = "
      "1",
      {static_cast<std::int64_t>(state.epoch), static_cast<std::int64_t>(state.position), static_cast<std::int64_t>(state.removed_through),
       static_cast<std::int64_t>(state.dropped_through), static_cast<std::int64_t>(state.sequence),
       static_cast<std::int64_t>(state.bytes)});
}

FeedWriter::FeedWriter(Transaction& transaction, TimePoint at) : transaction_(transaction), at_(at), state_(read_feed_state(transaction)) {
  if (state_.epoch != 0) return;
  if (transaction.query("SELECT slot FROM primary_server WHERE slot = 1").empty()) return;
  begin_feed(transaction, at);
  state_ = read_feed_state(transaction);
}

std::uint64_t FeedWriter::next_sequence() {
  changed_ = true;
  return state_.sequence = after(state_.sequence, at_);
}

void FeedWriter::append(const FeedRecord& record) {
  if (shows_in_force(record.kind)) transaction_.note_in_force_change();
  if (state_.epoch == 0) return;
  const auto bytes = record.payload.size() + limits::kFeedRecordOverhead;
  transaction_.note_feed_change();
  changed_ = true;
  ++state_.position;
  state_.bytes += bytes;
  const std::initializer_list<Value> row = {static_cast<std::int64_t>(state_.position),
                                            to_value(at_),
                                            to_value(record.origin),
                                            static_cast<std::int64_t>(record.origin_sequence),
                                            hierarchy::stored_kind(record),
                                            record.subject,
                                            to_value(record.at),
                                            payload_text(record.payload),
                                            static_cast<std::int64_t>(bytes)};
  values_.insert(values_.end(), row);
  if (values_.size() >= kWrittenAtOnce * row.size()) flush();
}

void FeedWriter::flush() {
  kAppend(transaction_, values_);
  values_.clear();
}

void FeedWriter::finish() {
  flush();
  if (!changed_) return;
  write_feed_state(transaction_, state_);
  if (state_.bytes > limits::kMaxFeedBytes) trim_feed(transaction_, {TimePoint{}, limits::kMaxFeedBytes / 16 * 15});
}

}  // namespace detail

void begin_feed(Transaction& transaction, TimePoint at) {
  auto state = read_feed_state(transaction);
  transaction.note_feed_change();
  state.epoch = after(state.epoch, at);
  // What a primary has seen of this server after the moment of a backup must not count as newer.
  const auto rows = transaction.query("SELECT subject, kind FROM rolled_up_states WHERE via = '' ORDER BY origin_sequence");
  for (const auto& row : rows) {
    state.sequence = after(state.sequence, at);
    transaction.execute("UPDATE rolled_up_states SET origin_sequence = $1 WHERE via = '' AND subject = $2 AND kind = $3",
                        {static_cast<std::int64_t>(state.sequence), row.text(0), row.text(1)});
  }
  write_feed_state(transaction, state);
}

void end_feed(Transaction& transaction) {
  auto state = read_feed_state(transaction);
  transaction.note_feed_change();
  state.epoch = 0;
  write_feed_state(transaction, state);
}

FeedState feed_state(Transaction& transaction) { return read_feed_state(transaction); }

void append_feed(Transaction& transaction, const FeedRecord& said) {
  FeedWriter feed(transaction, said.at);
  auto record = said;
  if (!record.origin) record.origin = own_id(transaction);
  if (said_already(transaction, record)) return;
  record = own(transaction, std::move(record), feed);
  put_own(transaction, record);
  feed.append(record);
  feed.finish();
}

void append_feed_states(Transaction& transaction, std::span<const FeedRecord> states, TimePoint at) {
  if (states.empty()) return;
  FeedWriter feed(transaction, at);
  const auto origin = own_id(transaction);
  std::vector<std::vector<Value>> rows;
  std::vector<std::vector<Value>> subjects;
  for (auto record : states) {
    record.origin = origin;
    record.origin_sequence = feed.next_sequence();
    feed.append(record);
    subjects.push_back({to_value(origin), record.subject});
    rows.push_back(own_state(record));
  }
  const auto buried =
      transaction.query("SELECT subject FROM rolled_up_states WHERE kind = 'gone' AND origin = $1 LIMIT 1", {to_value(origin)});
  if (!buried.empty()) transaction.execute_each(kEndTombstone, subjects);
  transaction.execute_each(kPutOwnState, rows);
  feed.finish();
}

std::vector<FeedEntry> feed_page(Transaction& transaction, std::uint64_t position, unsigned limit, std::size_t bytes) {
  const auto rows = transaction.query(
      "SELECT position, origin, origin_sequence, kind, subject, at, payload FROM feed WHERE position > $1 ORDER BY position LIMIT $2",
      {static_cast<std::int64_t>(position), static_cast<std::int64_t>(limit)});
  std::vector<FeedEntry> page;
  std::size_t so_far = 0;
  for (const auto& row : rows) {
    if (so_far >= bytes) break;
    page.push_back({number(row, 0), read_record(row, 1)});
    so_far += page.back().record.payload.size() + limits::kFeedRecordOverhead;
  }
  return page;
}

std::vector<FeedRecord> feed_snapshot(Transaction& transaction, const std::optional<FeedRecord>& behind, unsigned limit) {
  const auto rows = transaction.query(
      "SELECT origin, origin_sequence, kind, subject, at, payload FROM rolled_up_states WHERE (origin, subject, kind) > ($1, $2, $3) AND "
      "kind <> 'gone' ORDER BY origin, subject, kind LIMIT $4",
      {behind ? behind->origin.str() : std::string(), behind ? behind->subject : std::string(),
       behind ? hierarchy::stored_kind(*behind) : std::string(), static_cast<std::int64_t>(limit)});
  std::vector<FeedRecord> page;
  page.reserve(rows.size());
  for (const auto& row : rows) page.push_back(read_record(row, 0));
  return page;
}

bool confirm_feed(Transaction& transaction, hierarchy::FeedCursor confirmed) {
  auto state = read_feed_state(transaction);
  if (confirmed.epoch != state.epoch || confirmed.position > state.position) return false;
  if (confirmed.position <= state.removed_through) return true;
  const auto confirmed_position = static_cast<std::int64_t>(confirmed.position);
  const auto bytes = transaction.query("SELECT CAST(sum(bytes) AS BIGINT) FROM feed WHERE position <= $1", {confirmed_position});
  if (!bytes.empty() && !bytes[0].is_null(0)) state.bytes -= std::min(state.bytes, number(bytes[0], 0));
  transaction.execute("DELETE FROM feed WHERE position <= $1", {confirmed_position});
  state.removed_through = confirmed.position;
  write_feed_state(transaction, state);
  return true;
}

std::int64_t trim_feed(Transaction& transaction, const FeedBound& bound) {
  auto state = read_feed_state(transaction);
  std::int64_t dropped = 0;
  for (bool more = true; more;) {
    const auto rows = transaction.query("SELECT position, appended_at, bytes FROM feed ORDER BY position LIMIT $1", {kTrimmedAtOnce});
    more = rows.size() == static_cast<std::size_t>(kTrimmedAtOnce);
    const auto before = state.removed_through;
    for (const auto& row : rows) {
      if (state.bytes <= bound.bytes && read_time(row, 1) >= bound.oldest) {
        more = false;
        break;
      }
      state.removed_through = number(row, 0);
      state.bytes -= std::min(state.bytes, number(row, 2));
      ++dropped;
    }
    if (state.removed_through == before) break;
    transaction.execute("DELETE FROM feed WHERE position <= $1", {static_cast<std::int64_t>(state.removed_through)});
    state.dropped_through = state.removed_through;
  }
  if (dropped > 0) write_feed_state(transaction, state);
  return dropped;
}

}  // namespace daikan::store
