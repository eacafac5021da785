// What is told upwards of secondaries, of many in one transaction.
#include "server/in_force.h"

#include <array>

#include <gtest/gtest.h>

#include "store/tables_in_force.h"
#include "unit/server/test_site.h"

namespace daikan::server::test {
namespace {

using hierarchy::InheritedKind;
using hierarchy::InheritedSet;

struct TellInForceTest : ::testing::Test {
  RegistrationId add(const std::string& name, std::optional<ServerId> server) {
    const auto identity = net::test::make_identity(name);
    hierarchy::SecondaryRecord record{
        .id = RegistrationId::make(now()), .name = name, .certificate = identity.certificate(), .server_id = server, .created_at = now()};
    site.write([&](store::Transaction& t) {
      for (const auto& group : store::all_groups(t)) record.group = group.parent ? record.group : group.id;
      root = record.group;
      store::insert_secondary(t, record);
    });
    return record.id;
  }
  static InheritedSet set(std::int64_t revision) {
    InheritedSet made;
    hierarchy::InheritedObject object;
    object.id[0] = 1;
    object.owner = ServerId::make(now());
    object.group = "Managed devices";
    object.revision = revision;
    object.content = "{}";
    made.put(object);
    return made;
  }
  hierarchy::AppliedReport said(const ServerId& server) {
    return site.read<hierarchy::AppliedReport>([&](store::Transaction& t) { return store::said_in_force(t, server); });
  }

  Loop loop;
  Site site{loop, "hq"};
  GroupId root;
  const ServerId first = ServerId::make(now());
  const ServerId second = ServerId::make(now());
  const ServerId third = ServerId::make(now());
  const hierarchy::ObjectKey key{InheritedKind::policy, set(1).objects.begin()->second.id};
};

TEST_F(TellInForceTest, OfManyTogetherEachIsToldAsItStands) {
  const std::array ids = {add("first", first), add("second", second), add("third", third), add("never connected", std::nullopt)};
  site.write([&](store::Transaction& t) { tell_in_force(t, store::put_wanted(t, root, "a1", from_micros(5)), nullptr, from_micros(5)); });
  EXPECT_EQ(said(first).behind_since, from_micros(5));
  EXPECT_EQ(said(first).revision, 0U);
  const auto old = set(6);
  const auto wanted = set(7);
  const auto confirm = [&](std::size_t place, const InheritedSet& applied) {
    return [&, place](store::Transaction& t) {
      store::put_confirmed(t, ids[place], {3, hash_of(applied), manifest_of(applied)}, from_micros(6));
      tell_in_force(t, {&ids[place], 1}, &applied, from_micros(6));
    };
  };
  site.write(confirm(1, old));
  EXPECT_EQ(said(second).objects.at(key).revision, 6);
  site.write([&](store::Transaction& t) {
    store::put_confirmed(t, ids[0], {3, hash_of(wanted), manifest_of(wanted)}, from_micros(8));
    tell_in_force(t, ids, &wanted, from_micros(8));
  });
  EXPECT_EQ(said(first).objects.at(key).revision, 7);
  EXPECT_EQ(said(first).applied_at, from_micros(8));
  EXPECT_EQ(said(second).objects.at(key).revision, 6) << "it confirmed another one";
  EXPECT_TRUE(said(third).objects.empty()) << "it confirmed nothing";
  const auto all = site.read<std::vector<store::InForce>>([](store::Transaction& t) { return store::all_in_force(t); });
  EXPECT_EQ(all.size(), 3U) << "nothing is said of a server that never connected";
}

TEST_F(TellInForceTest, WhatASecondaryLostIsNotInForceAndWhatItStillHasIs) {
  const std::array ids = {add("first", first), add("second", second)};
  const auto wanted = set(7);
  site.write([&](store::Transaction& t) {
    store::put_wanted(t, root, hash_of(wanted), from_micros(5));
    for (const auto& id : ids) store::put_confirmed(t, id, {3, hash_of(wanted), manifest_of(wanted)}, from_micros(6));
    tell_in_force(t, ids, &wanted, from_micros(6));
  });
  Downstream downstream;
  downstream.on_state(tell_in_force);
  const auto hear = [&](const RegistrationId& id, store::HeldSet has) {
    return loop.run(forget_what_was_lost(*site.storage, downstream, id, std::move(has)));
  };
  ASSERT_TRUE(hear(ids[0], {2, std::string(64, 'b')}));
  ASSERT_TRUE(hear(ids[1], {3, hash_of(wanted)}));
  EXPECT_EQ(said(first).revision, 0U);
  EXPECT_TRUE(said(first).objects.empty()) << "nobody knows what it has";
  EXPECT_TRUE(said(first).behind_since);
  EXPECT_FALSE(said(first).applied_at);
  EXPECT_EQ(said(second).objects.at(key).revision, 7);
  EXPECT_FALSE(said(second).behind_since);
}

}  // namespace
}  // namespace daikan::server::test
