// What comes up from the servers below: the latest state of each subject, every event and task result once. What happened is read in
// tables_rolled_up_history.cpp.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "store/detail/columns.h"
#include "store/detail/feed_writer.h"
#include "store/detail/insert_rows.h"
#include "store/tables_feed.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::FeedKind;
using hierarchy::FeedRecord;

std::int64_t signed_number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

/// Positions of what happened, in the order of arrival: the counter is read once and written once. Those of what is known already stay
/// free.
class Positions {
 public:
  explicit Positions(Transaction& transaction) : transaction_(transaction) {
    const auto rows = transaction.query("SELECT value FROM counters WHERE name = 'rolled_up'");
    if (rows.empty()) unreadable_column("a counter");
    first_ = last_ = rows[0].integer(0);
  }
  std::int64_t next() { return ++last_; }
  void finish() {
    if (last_ != first_) transaction_.execute("UPDATE counters SET value = $1 WHERE name = 'rolled_up'", {last_});
  }

 private:
  Transaction& transaction_;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
};

/// Of what is stored once; whatever was new comes back.
#define DAIKAN_ONCE "ON CONFLICT (origin, origin_sequence) DO NOTHING RETURNING origin, origin_sequence"

const RowInsert kPutEvents(
    "INSERT INTO rolled_up_events (origin, origin_sequence, position, at, severity, kind, message, secondary, received_at)", 9,
    DAIKAN_ONCE);

std::vector<Value> event_row(const FeedRecord& record, const hierarchy::Event& event, TimePoint received, Positions& positions) {
  return {to_value(record.origin),
          signed_number(record.origin_sequence),
          positions.next(),
          to_value(event.at),
          to_value(to_string(event.severity)),
          event.kind,
          event.message,
          to_value(event.secondary),
          to_value(received)};
}

const RowInsert kPutResults("INSERT INTO rolled_up_results (origin, origin_sequence, position, subject, at, payload, received_at)", 7,
                            DAIKAN_ONCE);

std::vector<Value> result_row(const FeedRecord& record, TimePoint received, Positions& positions) {
  return {to_value(record.origin), signed_number(record.origin_sequence), positions.next(),  record.subject,
          to_value(record.at),     payload_text(record.payload),          to_value(received)};
}

/// Nothing here reads it: only that it came is kept, so that it is passed on once.
const RowInsert kPutOthers("INSERT INTO rolled_up_others (origin, origin_sequence, received_at)", 3, DAIKAN_ONCE);

std::vector<Value> other_row(const FeedRecord& record, TimePoint received) {
  return {to_value(record.origin), signed_number(record.origin_sequence), to_value(received)};
}

struct Taken {
  const FeedRecord* record;
  bool is_new = false;
};

/// Records of one table that are stored once: they go to the database together, which says which of them were new.
class StoredOnce {
 public:
  StoredOnce(Transaction& transaction, const RowInsert& insert, std::vector<Taken>& taken)
      : transaction_(transaction), insert_(insert), taken_(taken) {}
  /// Of the record that was taken last.
  void add(std::vector<Value> row) {
    numbers_.push_back(taken_.size() - 1);
    std::move(row.begin(), row.end(), std::back_inserter(values_));
    if (numbers_.size() >= kAtOnce) flush();
  }
  void flush() {
    std::set<std::pair<std::string, std::int64_t>> stored;
    for (const auto& row : insert_(transaction_, values_)) stored.emplace(row.text(0), row.integer(1));
    for (const auto number : numbers_) {
      const auto& record = *taken_[number].record;
      taken_[number].is_new = stored.erase({record.origin.str(), signed_number(record.origin_sequence)}) > 0;  // a twin behind it is not
    }
    numbers_.clear();
    values_.clear();
  }

 private:
  static constexpr std::size_t kAtOnce = 256;  // records, of kMaxFeedPayloadBytes at most
  Transaction& transaction_;
  const RowInsert& insert_;
  std::vector<Taken>& taken_;
  std::vector<std::size_t> numbers_;
  std::vector<Value> values_;
};

/// The way on which the state came ends: no tombstone, because the same state may come on another way (a server that moved).
bool end_way(Transaction& transaction, const FeedRecord& record, const Arrival& arrival) {
  return transaction.execute(
             "DELETE FROM rolled_up_states WHERE origin = $1 AND subject = $2 AND kind <> 'gone' AND via = $3 AND origin_sequence <= $4",
             {to_value(record.origin), record.subject, to_value(arrival.via), signed_number(record.origin_sequence)}) > 0;
}

/// The newer one wins. One that is known already, but came on another way, is worth telling above: it is reached by that way now.
bool put_state(Transaction& transaction, const FeedRecord& record, const Arrival& arrival) {
  const bool gone = record.kind == FeedKind::gone;
  if (gone && record.payload == hierarchy::kWayEnded) return end_way(transaction, record, arrival);
  if (gone) {
    const auto newer = transaction.query(
        "SELECT 1 FROM rolled_up_states WHERE origin = $1 AND subject = $2 AND kind <> 'gone' AND origin_sequence > $3 LIMIT 1",
        {to_value(record.origin), record.subject, signed_number(record.origin_sequence)});
    if (!newer.empty()) return false;
  } else {
    const auto tomb = transaction.query("SELECT origin_sequence FROM rolled_up_states WHERE origin = $1 AND subject = $2 AND kind = 'gone'",
                                        {to_value(record.origin), record.subject});
    if (!tomb.empty() && tomb[0].integer(0) >= signed_number(record.origin_sequence)) return false;
    if (!tomb.empty()) {
      transaction.execute("DELETE FROM rolled_up_states WHERE origin = $1 AND subject = $2 AND kind = 'gone'",
                          {to_value(record.origin), record.subject});
    }
  }
  const auto changed = transaction.execute(
      "INSERT INTO rolled_up_states (origin, subject, kind, origin_sequence, at, payload, via, received_at, snapshot) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (origin, subject, kind) DO UPDATE SET "
      "origin_sequence = excluded.origin_sequence, at = excluded.at, payload = excluded.payload, via = excluded.via, "
      "received_at = excluded.received_at, snapshot = excluded.snapshot WHERE rolled_up_states.via <> '' AND "
      "(rolled_up_states.origin_sequence < excluded.origin_sequence OR "
      "(rolled_up_states.origin_sequence = excluded.origin_sequence AND rolled_up_states.via <> excluded.via))",
      {to_value(record.origin), record.subject, hierarchy::stored_kind(record), signed_number(record.origin_sequence), to_value(record.at),
       payload_text(record.payload), to_value(arrival.via), to_value(arrival.at), arrival.snapshot});
  if (gone && changed > 0) {
    transaction.execute(
        "DELETE FROM rolled_up_states WHERE origin = $1 AND subject = $2 AND kind <> 'gone' AND origin_sequence <= $3 AND via <> ''",
        {to_value(record.origin), record.subject, signed_number(record.origin_sequence)});
  }
  if (changed == 0 && arrival.snapshot != 0) {
    transaction.execute("UPDATE rolled_up_states SET snapshot = $1 WHERE origin = $2 AND subject = $3 AND kind = $4 AND via = $5",
                        {arrival.snapshot, to_value(record.origin), record.subject, hierarchy::stored_kind(record), to_value(arrival.via)});
  }
  return changed > 0;
}

/// Stores what is new, and appends that to the own feed in the order in which it came. What is given to it outlives it.
class Intake {
 public:
  Intake(Transaction& transaction, TimePoint at)
      : transaction_(transaction),
        feed_(transaction, at),
        positions_(transaction),
        self_(ServerId::parse(find_setting(transaction, "server_id").value_or(""))) {}

  void take(const Arrival& arrival, std::span<const ArrivedRecord> records) {
    for (const auto& [record, event] : records) {
      if (self_ == record.origin) continue;  // nobody below says what this server is
      taken_.push_back({&record});
      if (record.kind == FeedKind::event) {
        if (event) events_.add(event_row(record, *event, arrival.at, positions_));
      } else if (record.kind == FeedKind::task_result) {
        results_.add(result_row(record, arrival.at, positions_));
      } else if (record.kind == FeedKind::other_once) {
        others_.add(other_row(record, arrival.at));
      } else {
        taken_.back().is_new = put_state(transaction_, record, arrival);
      }
    }
  }

  /// How many were new.
  std::size_t finish() {
    for (auto* once : {&events_, &results_, &others_}) once->flush();
    positions_.finish();
    std::size_t count = 0;
    for (const auto& [record, is_new] : taken_) {
      if (!is_new) continue;
      ++count;
      feed_.append(*record);
    }
    feed_.finish();
    return count;
  }

 private:
  Transaction& transaction_;
  FeedWriter feed_;
  Positions positions_;
  std::optional<ServerId> self_;
  std::vector<Taken> taken_;
  StoredOnce events_{transaction_, kPutEvents, taken_};
  StoredOnce results_{transaction_, kPutResults, taken_};
  StoredOnce others_{transaction_, kPutOthers, taken_};
};

/// Of a secondary that is there.
constexpr std::string_view kPutCursor =
    "INSERT INTO feed_cursors (registration, epoch, position, heard_at) SELECT $1, CAST($2 AS BIGINT), CAST($3 AS BIGINT), "
    "CAST($4 AS BIGINT) WHERE EXISTS (SELECT 1 FROM secondaries WHERE id = $1) ON CONFLICT (registration) DO UPDATE SET "
    "epoch = excluded.epoch, position = excluded.position, heard_at = excluded.heard_at";

#define DAIKAN_STATE_COLUMNS "origin, origin_sequence, kind, subject, at, payload, via, received_at"

RolledUpState read_state(const Row& row) {
  RolledUpState state;
  state.record.origin = read_id<ServerId>(row, 0);
  state.record.origin_sequence = static_cast<std::uint64_t>(row.integer(1));
  if (!hierarchy::read_stored_kind(row.text(2), state.record)) unreadable_column("a kind of record");
  state.record.subject = row.text(3);
  state.record.at = read_time(row, 4);
  state.record.payload = read_payload(row, 5);
  if (!row.text(6).empty()) state.via = read_id<RegistrationId>(row, 6);
  state.received_at = read_time(row, 7);
  return state;
}

}  // namespace

void append_feed_event(Transaction& transaction, const FeedRecord& said, const hierarchy::Event& event) {
  FeedWriter feed(transaction, said.at);
  auto record = said;
  if (!record.origin) {
    const auto text = find_setting(transaction, "server_id");
    record.origin = require(text ? ServerId::parse(*text) : std::nullopt, "the server's id");
  }
  if (record.origin_sequence == 0) record.origin_sequence = feed.next_sequence();
  Positions positions(transaction);
  kPutEvents(transaction, event_row(record, event, said.at, positions));
  positions.finish();
  feed.append(record);
  feed.finish();
}

std::optional<hierarchy::FeedCursor> feed_cursor(Transaction& transaction, const RegistrationId& id) {
  const auto rows = transaction.query("SELECT epoch, position FROM feed_cursors WHERE registration = $1", {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return hierarchy::FeedCursor{static_cast<std::uint64_t>(rows[0].integer(0)), static_cast<std::uint64_t>(rows[0].integer(1))};
}

std::optional<TimePoint> feed_heard_at(Transaction& transaction, const RegistrationId& id) {
  const auto rows = transaction.query("SELECT heard_at FROM feed_cursors WHERE registration = $1", {to_value(id)});
  return rows.empty() ? std::nullopt : std::optional(read_time(rows[0], 0));
}

std::size_t take_feed(Transaction& transaction, const Arrival& arrival, std::span<const ArrivedRecord> records) {
  Intake intake(transaction, arrival.at);
  intake.take(arrival, records);
  return intake.finish();
}

std::vector<bool> take_feeds(Transaction& transaction, std::span<const ArrivedFeed> feeds) {
  std::vector<bool> there(feeds.size(), false);
  if (feeds.empty()) return there;
  std::vector<std::size_t> numbers;
  std::vector<std::vector<Value>> cursors;
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const auto& [arrival, records, cursor] = feeds[i];
    if (cursor) {
      numbers.push_back(i);
      cursors.push_back({to_value(arrival.via), signed_number(cursor->epoch), signed_number(cursor->position), to_value(arrival.at)});
    } else {
      there[i] = find_secondary(transaction, arrival.via).has_value();
    }
  }
  const auto put = transaction.execute_each(kPutCursor, cursors);
  for (std::size_t i = 0; i < put.size(); ++i) there[numbers[i]] = put[i] > 0;
  Intake intake(transaction, feeds.back().arrival.at);
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    if (there[i]) intake.take(feeds[i].arrival, feeds[i].records);
  }
  intake.finish();
  return there;
}

std::size_t end_snapshot(Transaction& transaction, const Arrival& arrival) {
  const auto rows = transaction.query("SELECT " DAIKAN_STATE_COLUMNS
                                      " FROM rolled_up_states WHERE via = $1 AND snapshot <> $2 AND kind <> 'gone' "
                                      "ORDER BY origin, subject, kind",
                                      {to_value(arrival.via), arrival.snapshot});
  FeedWriter feed(transaction, arrival.at);
  for (const auto& row : rows) {
    auto record = read_state(row).record;
    record.kind = FeedKind::gone;
    record.other_kind.clear();
    record.payload = hierarchy::kWayEnded;
    record.at = arrival.at;
    end_way(transaction, record, arrival);
    feed.append(record);
  }
  feed.finish();
  return rows.size();
}

void forget_feed(Transaction& transaction, const RegistrationId& id, TimePoint at) {
  transaction.execute("DELETE FROM feed_cursors WHERE registration = $1", {to_value(id)});
  end_snapshot(transaction, {id, at, -1});  // a number that no snapshot has
  transaction.execute("DELETE FROM rolled_up_states WHERE via = $1", {to_value(id)});
}

std::vector<RolledUpState> rolled_up_states(Transaction& transaction, FeedKind kind) {
  std::vector<RolledUpState> found;
  for (const auto& row : transaction.query("SELECT " DAIKAN_STATE_COLUMNS " FROM rolled_up_states WHERE kind = $1 ORDER BY origin, subject",
                                           {to_value(to_string(kind))})) {
    found.push_back(read_state(row));
  }
  return found;
}

std::optional<RolledUpState> find_rolled_up_state(Transaction& transaction, FeedKind kind, const ServerId& origin,
                                                  std::string_view subject) {
  const auto rows =
      transaction.query("SELECT " DAIKAN_STATE_COLUMNS " FROM rolled_up_states WHERE origin = $1 AND subject = $2 AND kind = $3",
                        {to_value(origin), to_value(subject), to_value(to_string(kind))});
  if (rows.empty()) return std::nullopt;
  return read_state(rows[0]);
}

}  // namespace daikan::store
