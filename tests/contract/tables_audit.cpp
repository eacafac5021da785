// The audit chain and the filters of history on both engines.
#include <limits>

#include <gmock/gmock.h>

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/migrations.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using hierarchy::AuditChain;
using store::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

DAIKAN_ON_BOTH(AuditTables);

std::int64_t append(store::Database& database, std::int64_t second, const std::string& actor = "olga") {
  return in_write(database, [&](Transaction& t) {
    return store::append_audit(t, {0, at(second), actor, "192.0.2.1", "", "group.add", "group Filiale Köln", "done"});
  });
}

std::vector<hierarchy::AuditRecord> all(store::Database& database) {
  return in_read(database, [](Transaction& t) { return store::audit_records(t, {}); });
}

AuditChain chain_of(store::Database& database) {
  return in_read(database, [](Transaction& t) { return store::audit_chain(t); });
}

std::optional<hierarchy::AuditVerifier::Break> walk(store::Database& database) {
  const auto chain = chain_of(database);
  hierarchy::AuditVerifier verifier(chain.anchor);
  for (const auto& record : all(database)) {
    if (auto found = verifier.add(record)) return found;
  }
  return verifier.end(chain.head);
}

TEST_P(AuditTables, EachRecordIsChainedToTheOneBefore) {
  EXPECT_EQ(chain_of(database()).head, hierarchy::AuditLink{});
  for (int i = 1; i <= 3; ++i) append(database(), i);
  const auto records = all(database());
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].previous_hash, hierarchy::kAuditChainBegin);
  EXPECT_EQ(records[1].previous_hash, records[0].hash);
  EXPECT_EQ(chain_of(database()).head, (hierarchy::AuditLink{3, records[2].hash}));
  EXPECT_FALSE(walk(database()));
}

TEST_P(AuditTables, UnitThatFailsLeavesTheChainAsItWas) {
  append(database(), 1);
  EXPECT_FALSE(write(database(), [](Transaction& t) -> Result<> {
    store::append_audit(t, {0, at(2), "olga", "", "", "group.add", "", "done"});
    return fail(Code::conflict, "Changed its mind.");
  }));
  append(database(), 3);
  EXPECT_FALSE(walk(database()));
  EXPECT_EQ(chain_of(database()).head.sequence, 2);
}

TEST_P(AuditTables, RecordsOfASchemaBeforeTheChainAreChainedOnce) {
  close();
  {
    auto engine = open_engine();
    auto& connection = *engine.writer;
    connection.begin();
    connection.run_script(
        "DELETE FROM audit_chain; UPDATE counters SET value = 2502 WHERE name = 'audit';"
        "INSERT INTO audit (sequence, at, actor, source, through, action, object, outcome) "
        "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 2502) "
        "SELECT i, i, 'olga', '', '', 'login', 'é', 'done' FROM n");
    connection.commit();
  }
  open();
  EXPECT_EQ(chain_of(database()).head, hierarchy::AuditLink{});
  in_write(database(), [](Transaction& t) { return store::chain_audit(t), 0; });
  auto chain = chain_of(database());
  EXPECT_EQ(chain.anchor.sequence, 2);
  EXPECT_EQ(chain.head.sequence, 2502);
  append(database(), 9);
  in_write(database(), [](Transaction& t) { return store::chain_audit(t), 0; });
  EXPECT_EQ(chain_of(database()).head.sequence, 2503);
}

TEST_P(AuditTables, ChainWithoutItsEndsIsNotMadeAnewOverAChangedRecord) {
  for (int i = 1; i <= 4; ++i) append(database(), i);
  in_write(database(), [](Transaction& t) {
    t.execute("UPDATE audit SET actor = 'ivan' WHERE sequence = 2");
    return t.execute("DELETE FROM audit_chain");
  });
  append(database(), 5);
  const auto found = walk(database());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sequence, 2);
}

TEST_P(AuditTables, TrimmingKeepsTheLastHashAsAnchor) {
  for (int i = 1; i <= 5; ++i) append(database(), i);
  const auto third = all(database())[2].hash;
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_audit(t, at(1)); }), 0);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_audit(t, at(4)); }), 3);
  EXPECT_EQ(chain_of(database()).anchor, (hierarchy::AuditLink{3, third}));
  EXPECT_FALSE(walk(database()));
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_audit(t, at(99)); }), 2);
  EXPECT_THAT(all(database()), IsEmpty());
  EXPECT_FALSE(walk(database()));
  EXPECT_EQ(append(database(), 100), 6);
}

TEST_P(AuditTables, RecordFromTheFutureKeepsNothingBeforeIt) {
  append(database(), 1);
  append(database(), 9'000'000'000);  // centuries ahead
  append(database(), 2);
  append(database(), 9'000'000'000);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_audit(t, at(3)); }), 3);  // the last has nothing older behind it
  append(database(), 5);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_audit(t, at(6)); }), 2);
  EXPECT_FALSE(walk(database()));
}

TEST_P(AuditTables, RecordOlderThanOneThatStaysIsKept) {
  append(database(), 5);
  append(database(), 1);  // a clock that was set back
  append(database(), 6);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_audit(t, at(3)); }), 0);
  EXPECT_FALSE(walk(database()));
}

std::vector<std::int64_t> audits(store::Database& database, const hierarchy::AuditFilter& filter, store::EventQuery query = {}) {
  return in_read(database, [&](Transaction& t) {
    std::vector<std::int64_t> found;
    for (const auto& record : store::audit_records(t, query, filter)) found.push_back(record.sequence);
    return found;
  });
}

TEST_P(AuditTables, RecordsAreFilteredByEveryField) {
  in_write(database(), [](Transaction& t) {
    store::append_audit(t, {0, at(1), "olga", "", "", "secondary.add", "secondary Branch 7", "done"});
    store::append_audit(t, {0, at(2), "ivan", "", "", "secondary.remove", "secondary branch 7", "done"});
    store::append_audit(t, {0, at(3), "olga", "", "", "login", "100% sure_", "done"});
    return 0;
  });
  EXPECT_THAT(audits(database(), {.actor = "olga"}), ElementsAre(1, 3));
  EXPECT_THAT(audits(database(), {.action = "secondary.add"}), ElementsAre(1));
  EXPECT_THAT(audits(database(), {.action = "secondary."}), ElementsAre(1, 2));
  EXPECT_THAT(audits(database(), {.action = "secondary"}), IsEmpty());
  EXPECT_THAT(audits(database(), {.object = "BRANCH 7"}), ElementsAre(1, 2));
  EXPECT_THAT(audits(database(), {.object = "0% s"}), ElementsAre(3));
  EXPECT_THAT(audits(database(), {.object = "%"}), ElementsAre(3));
  EXPECT_THAT(audits(database(), {.object = "b_anch"}), IsEmpty());
  EXPECT_THAT(audits(database(), {.from = at(2)}), ElementsAre(2, 3));
  EXPECT_THAT(audits(database(), {.until = at(2)}), ElementsAre(1));
  constexpr auto kNewest = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(audits(database(), {.actor = "olga"}, {.before = kNewest, .limit = 1}), ElementsAre(3));
  EXPECT_THAT(audits(database(), {.actor = "olga"}, {.before = 3, .limit = 5}), ElementsAre(1));
}

TEST_P(AuditTables, EventsAreFilteredByEveryField) {
  const auto one = RegistrationId::make(at(1));
  using enum hierarchy::Severity;
  in_write(database(), [&](Transaction& t) {
    store::append_event(t, {0, at(1), info, "link_connected", "The link to Köln is up.", one});
    store::append_event(t, {0, at(2), warning, "link_refused", "It's refused: 'x'.", std::nullopt});
    store::append_event(t, {0, at(3), critical, "link_connected", "no", one});
    return 0;
  });
  const auto found = [&](const hierarchy::EventFilter& filter) {
    return in_read(database(), [&](Transaction& t) {
      std::vector<std::int64_t> sequences;
      for (const auto& event : store::events(t, {}, filter)) {
        EXPECT_TRUE(hierarchy::matches(filter, event)) << event.message;
        sequences.push_back(event.sequence);
      }
      return sequences;
    });
  };
  EXPECT_THAT(found({}), ElementsAre(1, 2, 3));
  EXPECT_THAT(found({.least = warning}), ElementsAre(2, 3));
  EXPECT_THAT(found({.least = critical}), ElementsAre(3));
  EXPECT_THAT(found({.kind = "link_connected"}), ElementsAre(1, 3));
  EXPECT_THAT(found({.secondary = one}), ElementsAre(1, 3));
  EXPECT_THAT(found({.from = at(2), .until = at(3)}), ElementsAre(2));
  EXPECT_THAT(found({.text = "the LINK to köln"}), ElementsAre(1));
  EXPECT_THAT(found({.text = "'x'"}), ElementsAre(2));
}

TEST_P(AuditTables, EventsOfOneSeverityAreTrimmedAlone) {
  using enum hierarchy::Severity;
  in_write(database(), [&](Transaction& t) {
    for (const auto severity : {info, warning, error}) store::append_event(t, {0, at(1), severity, "x", "x", std::nullopt});
    return 0;
  });
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_events(t, warning, at(9)); }), 1);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::events(t, {}).size(); }), 2U);
}

}  // namespace
}  // namespace daikan::contract
