#include <set>

#include <gmock/gmock.h>

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"
#include "store/tables_secondaries.h"

namespace daikan::contract {
namespace {

using store::Transaction;

DAIKAN_ON_BOTH(HierarchyTables);

void expect_same(const CertificateRecord& a, const CertificateRecord& b) {
  EXPECT_EQ(a.der, b.der);
  EXPECT_EQ(a.pin, b.pin);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
}

void expect_same(const hierarchy::SecondaryRecord& a, const hierarchy::SecondaryRecord& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.group, b.group);
  EXPECT_EQ(a.direction, b.direction);
  EXPECT_EQ(a.address, b.address);
  EXPECT_EQ(a.proxy, b.proxy);
  expect_same(a.certificate, b.certificate);
  EXPECT_EQ(a.server_id, b.server_id);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.last_connected_at, b.last_connected_at);
  EXPECT_EQ(a.ended_at, b.ended_at);
  EXPECT_EQ(a.revision, b.revision);
}

void expect_same(const hierarchy::PrimaryRecord& a, const hierarchy::PrimaryRecord& b) {
  EXPECT_EQ(a.direction, b.direction);
  EXPECT_EQ(a.address, b.address);
  EXPECT_EQ(a.proxy, b.proxy);
  expect_same(a.certificate, b.certificate);
  EXPECT_EQ(a.server_id, b.server_id);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.last_connected_at, b.last_connected_at);
  EXPECT_EQ(a.ended_at, b.ended_at);
  EXPECT_EQ(a.revision, b.revision);
}

hierarchy::Group with_root(store::Database& database) {
  return in_write(database, [](Transaction& t) {
    const auto root = root_group();
    store::insert_group(t, root);
    return root;
  });
}

std::vector<hierarchy::SecondaryRecord> secondaries(store::Database& database) {
  return in_read(database, [](Transaction& t) { return store::all_secondaries(t); });
}

/// Runs `function` as one unit that must end with storage_failed.
template <class Function>
std::string failure_of(store::Database& database, const Function& function) {
  const auto result = write(database, [&](Transaction& t) -> Result<> {
    function(t);
    return {};
  });
  EXPECT_FALSE(result);
  if (result) return "";
  EXPECT_EQ(result.error().code, Code::storage_failed);
  return result.error().message;
}

TEST_P(HierarchyTables, SettingIsFoundAsItWasLastPut) {
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::find_setting(t, "server_name"); }), std::nullopt);
  for (const auto* name : {"hq", "本社 – 日本語"}) {
    in_write(database(), [&](Transaction& t) { return store::put_setting(t, "server_name", name), 0; });
    EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::find_setting(t, "server_name"); }), name);
  }
}

TEST_P(HierarchyTables, GroupsAreInsertedMovedRenamedAndRemoved) {
  const auto root = with_root(database());
  hierarchy::Group branches{GroupId::make(at(1)), root.id, "Branches"};
  hierarchy::Group asia{GroupId::make(at(2)), root.id, "Asia"};
  in_write(database(), [&](Transaction& t) {
    store::insert_group(t, branches);
    store::insert_group(t, asia);
    asia.parent = branches.id;
    asia.name = "アジア";
    asia.revision = 2;
    store::update_group(t, asia);
    return 0;
  });
  auto groups = in_read(database(), [](Transaction& t) { return store::all_groups(t); });
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].name, hierarchy::kRootGroupName);
  EXPECT_EQ(groups[0].parent, std::nullopt);
  EXPECT_EQ(groups[2].id, asia.id);
  EXPECT_EQ(groups[2].parent, branches.id);
  EXPECT_EQ(groups[2].name, "アジア");
  EXPECT_EQ(groups[0].revision, 1);
  EXPECT_EQ(groups[2].revision, 2);
  in_write(database(), [&](Transaction& t) { return store::remove_group(t, asia.id), 0; });
  groups = in_read(database(), [](Transaction& t) { return store::all_groups(t); });
  EXPECT_EQ(groups.size(), 2U);
}

TEST_P(HierarchyTables, SchemaForbidsTwinGroupsSecondRootsAndRemovingAGroupInUse) {
  const auto root = with_root(database());
  const hierarchy::Group branches{GroupId::make(at(1)), root.id, "Branches"};
  in_write(database(), [&](Transaction& t) { return store::insert_group(t, branches), 0; });
  failure_of(database(), [&](Transaction& t) { store::insert_group(t, {GroupId::make(at(2)), root.id, "Branches"}); });
  failure_of(database(), [&](Transaction& t) { store::insert_group(t, root_group()); });
  failure_of(database(), [&](Transaction& t) { store::insert_group(t, {GroupId::make(at(2)), GroupId::make(at(3)), "Orphan"}); });
  failure_of(database(), [&](Transaction& t) { store::remove_group(t, root.id); });
  in_write(database(), [&](Transaction& t) { return store::insert_secondary(t, secondary("Branch 7", 7, branches.id)), 0; });
  failure_of(database(), [&](Transaction& t) { store::remove_group(t, branches.id); });
}

TEST_P(HierarchyTables, SecondaryComesBackWithEveryField) {
  const auto root = with_root(database());
  const auto plain = secondary("Branch 1", 1, root.id);
  auto full = secondary("Zweigstelle Köln", 2, root.id);
  full.direction = hierarchy::Direction::primary_dials;
  full.address = Endpoint{"dmz.example.com", 65535};
  full.proxy = Proxy{ProxyKind::http, {"proxy", 3128}, "user", "secret"};
  full.server_id = ServerId::make(at(5));
  full.version = "1.2.3";
  full.last_connected_at = at(77);
  full.revision = 12;
  in_write(database(), [&](Transaction& t) {
    store::insert_secondary(t, full);
    store::insert_secondary(t, plain);
    return 0;
  });
  const auto all = secondaries(database());
  ASSERT_EQ(all.size(), 2U);
  expect_same(all[0], plain);
  expect_same(all[1], full);
  const auto found = in_read(database(), [&](Transaction& t) { return store::find_secondary(t, full.id); });
  ASSERT_TRUE(found);
  expect_same(*found, full);
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_secondary(t, RegistrationId::make(at(0))); }));
}

TEST_P(HierarchyTables, SecondariesAreCountedByGroup) {
  const auto root = with_root(database());
  const hierarchy::Group branches{GroupId::make(at(1)), root.id, "Branches"};
  EXPECT_THAT(in_read(database(), [](Transaction& t) { return store::count_secondaries(t); }), ::testing::IsEmpty());
  in_write(database(), [&](Transaction& t) {
    store::insert_group(t, branches);
    store::insert_group(t, {GroupId::make(at(2)), root.id, "Nobody"});
    store::insert_secondary(t, secondary("Branch 1", 1, root.id));
    store::insert_secondary(t, secondary("Branch 2", 2, branches.id));
    store::insert_secondary(t, secondary("Branch 3", 3, branches.id));
    return 0;
  });
  EXPECT_THAT(in_read(database(), [](Transaction& t) { return store::count_secondaries(t); }),
              ::testing::UnorderedElementsAre(::testing::Pair(root.id, 1U), ::testing::Pair(branches.id, 2U)));
}

TEST_P(HierarchyTables, SecondaryIsUpdatedOnlyFromTheExpectedRevision) {
  const auto root = with_root(database());
  auto record = secondary("Branch 1", 1, root.id);
  in_write(database(), [&](Transaction& t) { return store::insert_secondary(t, record), 0; });
  auto edited = record;
  edited.name = "Branch one";
  edited.direction = hierarchy::Direction::primary_dials;
  edited.address = Endpoint{"10.0.0.7", 13000};
  edited.proxy = Proxy{ProxyKind::socks5, {"10.0.0.8", 1080}, "", ""};
  edited.certificate = certificate(42);
  edited.server_id = ServerId::make(at(5));
  edited.version = "9";
  edited.last_connected_at = at(9);
  edited.revision = 2;
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::update_secondary(t, edited, 1); }));
  expect_same(secondaries(database()).at(0), edited);
  auto late = record;
  late.name = "Too late";
  late.revision = 2;
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::update_secondary(t, late, 1); }));
  expect_same(secondaries(database()).at(0), edited);
  const auto gone = secondary("Gone", 3, root.id);
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::update_secondary(t, gone, 1); }));
}

TEST_P(HierarchyTables, SecondaryIsRemovedOnce) {
  const auto root = with_root(database());
  const auto record = secondary("Branch 1", 1, root.id);
  in_write(database(), [&](Transaction& t) { return store::insert_secondary(t, record), 0; });
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::remove_secondary(t, record.id); }));
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::remove_secondary(t, record.id); }));
  EXPECT_TRUE(secondaries(database()).empty());
}

TEST_P(HierarchyTables, SecondariesAreUniqueByPinAndByNameWithoutAsciiCase) {
  const auto root = with_root(database());
  in_write(database(), [&](Transaction& t) { return store::insert_secondary(t, secondary("Branch Ä", 1, root.id)), 0; });
  EXPECT_NE(failure_of(database(), [&](Transaction& t) { store::insert_secondary(t, secondary("BRANCH Ä", 2, root.id)); }), "");
  EXPECT_NE(failure_of(database(), [&](Transaction& t) { store::insert_secondary(t, secondary("Other", 1, root.id)); }), "");
  // Beyond ASCII, names differ by case, on both engines alike.
  in_write(database(), [&](Transaction& t) { return store::insert_secondary(t, secondary("Branch ä", 3, root.id)), 0; });
  EXPECT_EQ(secondaries(database()).size(), 2U);
}

TEST_P(HierarchyTables, SecondariesAreFoundByWhatNoTwoMayShare) {
  const auto root = with_root(database());
  auto first = secondary("Branch 1", 1, root.id);
  first.server_id = ServerId::make(at(3));
  const auto second = secondary("Branch 2", 2, root.id);
  in_write(database(), [&](Transaction& t) { return store::insert_secondary(t, first), store::insert_secondary(t, second), 0; });
  const auto found = [&](const store::SecondaryTraits& traits) {
    std::vector<std::string> names;
    for (const auto& each : in_read(database(), [&](Transaction& t) { return store::secondaries_like(t, traits); }))
      names.push_back(each.name);
    return names;
  };
  using testing::ElementsAre;
  EXPECT_THAT(found({}), ElementsAre());
  EXPECT_THAT(found({.pin = second.certificate.pin}), ElementsAre("Branch 2"));
  EXPECT_THAT(found({.fingerprint = first.certificate.fingerprint}), ElementsAre("Branch 1"));
  EXPECT_THAT(found({.server = first.server_id}), ElementsAre("Branch 1"));
  EXPECT_THAT(found({.name = "BRANCH 2"}), ElementsAre("Branch 2"));
  EXPECT_THAT(found({.pin = second.certificate.pin, .server = first.server_id, .name = "Branch 7"}), ElementsAre("Branch 1", "Branch 2"));
  EXPECT_THAT(found({.server = ServerId::make(at(4)), .name = "Branch"}), ElementsAre());
}

TEST_P(HierarchyTables, HelloOfASecondaryLeavesItsRevisionAlone) {
  const auto root = with_root(database());
  auto record = secondary("Branch 1", 1, root.id);
  in_write(database(), [&](Transaction& t) { return store::insert_secondary(t, record), 0; });
  record.server_id = ServerId::make(at(3));
  record.version = "0.2.0";
  record.last_connected_at = at(30);
  in_write(database(), [&](Transaction& t) {
    return store::record_secondary_hello(t, record.id, *record.server_id, record.version, *record.last_connected_at), 0;
  });
  expect_same(secondaries(database()).at(0), record);
}

TEST_P(HierarchyTables, ALinkThatWasEndedStaysSoUntilTheNextHello) {
  const auto root = with_root(database());
  auto record = secondary("Branch 1", 1, root.id);
  auto above = primary();
  in_write(database(), [&](Transaction& t) {
    store::insert_secondary(t, record);
    store::put_primary(t, above);
    store::record_secondary_ended(t, record.id, at(20));
    store::record_primary_ended(t, above.certificate.pin, at(21));
    store::record_primary_ended(t, Pin{}, at(22));  // of another one: changes nothing
    return 0;
  });
  const auto find = [](Transaction& t) { return store::find_primary(t); };
  record.ended_at = at(20);
  above.ended_at = at(21);
  expect_same(secondaries(database()).at(0), record);
  expect_same(in_read(database(), find).value(), above);
  in_write(database(), [&](Transaction& t) {
    store::record_secondary_hello(t, record.id, ServerId::make(at(3)), "1", at(30));
    store::record_primary_hello(t, {above.certificate.pin, ServerId::make(at(4)), "hq", "1", at(31)});
    return 0;
  });
  EXPECT_FALSE(secondaries(database()).at(0).ended_at);
  EXPECT_FALSE(in_read(database(), find)->ended_at);
}

TEST_P(HierarchyTables, ThereIsAtMostOnePrimaryAndItComesBackWithEveryField) {
  const auto find = [](Transaction& t) { return store::find_primary(t); };
  EXPECT_FALSE(in_read(database(), find));
  auto record = primary();
  in_write(database(), [&](Transaction& t) { return store::put_primary(t, record), 0; });
  expect_same(in_read(database(), find).value(), record);

  record.server_id = ServerId::make(at(4));
  record.name = "hq";
  record.version = "2";
  record.last_connected_at = at(40);
  in_write(database(), [&](Transaction& t) {
    return store::record_primary_hello(t,
                                       {record.certificate.pin, *record.server_id, record.name, record.version, *record.last_connected_at}),
           0;
  });
  expect_same(in_read(database(), find).value(), record);

  // The hello of a primary that is no longer set teaches nothing.
  in_write(database(),
           [](Transaction& t) { return store::record_primary_hello(t, {Pin{}, ServerId::make(at(1)), "old", "1", at(50)}), 0; });
  expect_same(in_read(database(), find).value(), record);

  auto other = primary();
  other.direction = hierarchy::Direction::primary_dials;
  other.address.reset();
  other.proxy.reset();
  other.revision = 8;
  in_write(database(), [&](Transaction& t) { return store::put_primary(t, other), 0; });
  expect_same(in_read(database(), find).value(), other);

  EXPECT_TRUE(in_write(database(), [](Transaction& t) { return store::remove_primary(t); }));
  EXPECT_FALSE(in_write(database(), [](Transaction& t) { return store::remove_primary(t); }));
  in_write(database(), [](Transaction& t) { return store::record_primary_hello(t, {Pin{}, ServerId::make(at(1)), "a", "b", at(1)}), 0; });
  EXPECT_FALSE(in_read(database(), find));
}

TEST_P(HierarchyTables, UnrecognisedServersAreCountedAndTheOneSeenLongestAgoMakesRoom) {
  const auto seen = [&](std::uint8_t number, std::int64_t second, const std::string& source) {
    in_write(database(), [&](Transaction& t) {
      return store::record_unrecognised(t, {certificate(number), source, at(second), at(second), 1}, {3, 3}), 0;
    });
  };
  seen(1, 10, "192.0.2.1");
  seen(2, 20, "192.0.2.2");
  seen(3, 30, "192.0.2.3");
  seen(1, 40, "192.0.2.9");
  seen(4, 50, "192.0.2.4");
  auto all = in_read(database(), [](Transaction& t) { return store::all_unrecognised(t); });
  ASSERT_EQ(all.size(), 3U);
  expect_same(all[0].certificate, certificate(4));
  expect_same(all[1].certificate, certificate(1));
  EXPECT_EQ(all[1].source, "192.0.2.9");
  EXPECT_EQ(all[1].first_seen, at(10));
  EXPECT_EQ(all[1].last_seen, at(40));
  EXPECT_EQ(all[1].attempts, 2);
  expect_same(all[2].certificate, certificate(3));
  // A clock that went back must not throw out the newcomer itself.
  seen(5, 1, "192.0.2.5");
  all = in_read(database(), [](Transaction& t) { return store::all_unrecognised(t); });
  ASSERT_EQ(all.size(), 3U);
  expect_same(all[2].certificate, certificate(5));
  EXPECT_TRUE(in_write(database(), [](Transaction& t) { return store::remove_unrecognised(t, certificate(5).pin); }));
  EXPECT_FALSE(in_write(database(), [](Transaction& t) { return store::remove_unrecognised(t, certificate(5).pin); }));
}

TEST_P(HierarchyTables, OneSourceOfUnrecognisedServersPushesOutItsOwnAndNobodyElses) {
  const auto seen = [&](std::uint8_t number, std::int64_t second, const std::string& source) {
    in_write(database(), [&](Transaction& t) {
      return store::record_unrecognised(t, {certificate(number), source, at(second), at(second), 1}, {6, 3}), 0;
    });
  };
  const auto listed = [&] {
    std::set<std::uint8_t> numbers;
    for (const auto& record : in_read(database(), [](Transaction& t) { return store::all_unrecognised(t); })) {
      for (std::uint8_t number = 1; number < 40; ++number) {
        if (record.certificate.pin == certificate(number).pin) numbers.insert(number);
      }
    }
    return numbers;
  };
  seen(1, 1, "192.0.2.1");
  for (std::uint8_t number = 10; number < 30; ++number) seen(number, number, "2001:db8::" + std::to_string(number));  // one /64
  EXPECT_EQ(listed(), (std::set<std::uint8_t>{1, 27, 28, 29}));
  // Many sources: the one with the most makes room, oldest first.
  seen(2, 2, "192.0.2.2");
  seen(3, 3, "192.0.2.3");
  seen(4, 4, "192.0.2.4");
  EXPECT_EQ(listed(), (std::set<std::uint8_t>{1, 2, 3, 4, 28, 29}));
}

TEST_P(HierarchyTables, IgnoredServersTakeNobodysPlaceAndStay) {
  const auto seen = [&](std::uint8_t number, std::int64_t second) {
    return in_write(database(), [&](Transaction& t) {
      return store::record_unrecognised(t, {certificate(number), "192.0.2.1", at(second), at(second), 1}, {2, 2});
    });
  };
  seen(1, 1);
  EXPECT_TRUE(in_write(database(), [](Transaction& t) { return store::update_ignored(t, certificate(1).pin, at(5)); }));
  EXPECT_FALSE(in_write(database(), [](Transaction& t) { return store::update_ignored(t, certificate(9).pin, at(5)); }));
  for (std::uint8_t number = 2; number < 9; ++number) seen(number, number);
  EXPECT_EQ(seen(1, 20), 2) << "an attempt of an ignored server is counted";
  const auto all = in_read(database(), [](Transaction& t) { return store::all_unrecognised(t); });
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].ignored_at, at(5));
  EXPECT_FALSE(all[1].ignored_at);
  EXPECT_TRUE(in_write(database(), [](Transaction& t) { return store::update_ignored(t, certificate(1).pin, std::nullopt); }));
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::all_unrecognised(t); })[0].ignored_at);
}

}  // namespace
}  // namespace daikan::contract
