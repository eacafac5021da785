#include <limits>

#include <gmock/gmock.h>

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using store::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

DAIKAN_ON_BOTH(HistoryTables);

hierarchy::Event event(std::int64_t second) {
  return {0, at(second), hierarchy::Severity::warning, "link_refused", "Branch 7 was refused.", RegistrationId::make(at(1))};
}

std::int64_t append(store::Database& database, std::int64_t second) {
  return in_write(database, [&](Transaction& t) { return store::append_event(t, event(second)); });
}

std::vector<std::int64_t> sequences(store::Database& database, const store::EventQuery& wanted) {
  return in_read(database, [&](Transaction& t) {
    std::vector<std::int64_t> found;
    for (const auto& e : store::events(t, wanted)) found.push_back(e.sequence);
    return found;
  });
}

TEST_P(HistoryTables, EventComesBackWithEveryField) {
  auto first = event(1);
  auto second = event(2);
  second.severity = hierarchy::Severity::critical;
  second.secondary.reset();
  in_write(database(), [&](Transaction& t) {
    first.sequence = store::append_event(t, first);
    second.sequence = store::append_event(t, second);
    return 0;
  });
  const auto found = in_read(database(), [](Transaction& t) { return store::events(t, {}); });
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].sequence, first.sequence);
  EXPECT_EQ(found[0].at, first.at);
  EXPECT_EQ(found[0].severity, first.severity);
  EXPECT_EQ(found[0].kind, first.kind);
  EXPECT_EQ(found[0].message, first.message);
  EXPECT_EQ(found[0].secondary, first.secondary);
  EXPECT_EQ(found[1].severity, second.severity);
  EXPECT_EQ(found[1].secondary, std::nullopt);
}

TEST_P(HistoryTables, EventsArePagedForwardsAndBackwards) {
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(append(database(), i), i);
  EXPECT_THAT(sequences(database(), {.after = 0, .before = 0, .limit = 2}), ElementsAre(1, 2));
  EXPECT_THAT(sequences(database(), {.after = 2, .before = 0, .limit = 100}), ElementsAre(3, 4, 5));
  EXPECT_THAT(sequences(database(), {.after = 5, .before = 0, .limit = 100}), IsEmpty());
  constexpr auto kNewest = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(sequences(database(), {.after = 0, .before = kNewest, .limit = 2}), ElementsAre(5, 4));
  EXPECT_THAT(sequences(database(), {.after = 1, .before = 4, .limit = 100}), ElementsAre(3, 2));
}

TEST_P(HistoryTables, SequenceIsNeverUsedAgainAfterTrimming) {
  for (int i = 1; i <= 3; ++i) append(database(), i);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_events(t, at(3)); }), 2);
  EXPECT_THAT(sequences(database(), {}), ElementsAre(3));
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_events(t, at(99)); }), 1);
  EXPECT_EQ(append(database(), 4), 4);
  close();
  open();
  EXPECT_EQ(append(database(), 5), 5);
}

TEST_P(HistoryTables, SequenceOfAFailedUnitIsNotLost) {
  append(database(), 1);
  EXPECT_FALSE(write(database(), [](Transaction& t) -> Result<> {
    store::append_event(t, event(2));
    return fail(Code::conflict, "Changed its mind.");
  }));
  EXPECT_EQ(append(database(), 3), 2);
}

TEST_P(HistoryTables, AuditRecordComesBackWithEveryFieldAndIsPaged) {
  hierarchy::AuditRecord record{0, at(1), "olga", "192.0.2.1", "hq > branch", "secondary.add", "secondary Branch 7 (id)", "name_taken"};
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(in_write(database(), [&](Transaction& t) { return store::append_audit(t, record); }), i);
  }
  const auto found = in_read(database(), [](Transaction& t) { return store::audit_records(t, {.after = 1, .before = 0, .limit = 1}); });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sequence, 2);
  EXPECT_EQ(found[0].at, record.at);
  EXPECT_EQ(found[0].actor, record.actor);
  EXPECT_EQ(found[0].source, record.source);
  EXPECT_EQ(found[0].through, record.through);
  EXPECT_EQ(found[0].action, record.action);
  EXPECT_EQ(found[0].object, record.object);
  EXPECT_EQ(found[0].outcome, record.outcome);
  const auto back = in_read(database(), [](Transaction& t) { return store::audit_records(t, {.after = 0, .before = 3, .limit = 9}); });
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].sequence, 2);
}

TEST_P(HistoryTables, OperationIsPutFoundAndListedNewestFirst) {
  hierarchy::OperationRecord join{OperationId::make(at(1)), "join", "running", "olga", R"({"a":"é"})", "[]", at(1), at(1)};
  const hierarchy::OperationRecord later{OperationId::make(at(2)), "join", "failed", "ivan", "{}", "[]", at(2), at(2)};
  in_write(database(), [&](Transaction& t) {
    store::put_operation(t, join);
    store::put_operation(t, later);
    return 0;
  });
  join.state = "done";
  join.steps = "[1]";
  join.updated_at = at(9);
  in_write(database(), [&](Transaction& t) { return store::put_operation(t, join), 0; });
  const auto found = in_read(database(), [&](Transaction& t) { return store::find_operation(t, join.id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kind, "join");
  EXPECT_EQ(found->state, "done");
  EXPECT_EQ(found->actor, "olga");
  EXPECT_EQ(found->input, join.input);
  EXPECT_EQ(found->steps, "[1]");
  EXPECT_EQ(found->created_at, at(1));
  EXPECT_EQ(found->updated_at, at(9));
  const auto listed = in_read(database(), [](Transaction& t) { return store::operations(t, 10); });
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].id, later.id);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::operations(t, 1); }).size(), 1U);
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_operation(t, OperationId::make(at(5))); }));
}

TEST_P(HistoryTables, AnswerIsKeptPerAccountAndKeyAndTrimmed) {
  in_write(database(), [](Transaction& t) {
    store::put_answer(t, "olga", "k1", {"hash", 201, "{}"}, at(1));
    store::put_answer(t, "ivan", "k1", {"other", 409, ""}, at(5));
    return 0;
  });
  const auto found = in_read(database(), [](Transaction& t) { return store::find_answer(t, "olga", "k1"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->request_hash, "hash");
  EXPECT_EQ(found->status, 201);
  EXPECT_EQ(found->body, "{}");
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_answer(t, "olga", "k2"); }));
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_answers(t, at(5)); }), 1);
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_answer(t, "olga", "k1"); }));
  EXPECT_TRUE(in_read(database(), [](Transaction& t) { return store::find_answer(t, "ivan", "k1"); }));
}

TEST_P(HistoryTables, AClaimIsMadeOnceAndItsAnswerFollows) {
  const auto find = [](Transaction& t) { return store::find_answer(t, "olga", "k1"); };
  in_write(database(), [](Transaction& t) { return store::claim_answer(t, "olga", "k1", {"hash", 0, "", "id 7"}, at(1)), 0; });
  EXPECT_EQ(in_read(database(), find)->status, 0);
  EXPECT_EQ(in_read(database(), find)->made, "id 7");
  EXPECT_FALSE(write(database(), [](Transaction& t) -> Result<> {
    store::claim_answer(t, "olga", "k1", {"hash", 0, "", "id 8"}, at(2));
    return {};
  }));
  in_write(database(), [](Transaction& t) {
    store::put_answer(t, "olga", "k1", {"another request", 500, "no"}, at(3));
    store::put_answer(t, "olga", "k1", {"hash", 201, "{}"}, at(3));
    return 0;
  });
  EXPECT_EQ(in_read(database(), find)->status, 201);
  EXPECT_EQ(in_read(database(), find)->body, "{}");
  EXPECT_EQ(in_read(database(), find)->made, "id 7");
}

}  // namespace
}  // namespace daikan::contract
