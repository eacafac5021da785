// A set is put together and encoded once for all who are to have it, and nothing that is kept is ever out of date.
#include "server/downstream_sets.h"

#include <gtest/gtest.h>

#include "base/limits_downstream.h"
#include "unit/server/test_site.h"

namespace daikan::server::test {
namespace {

using hierarchy::InheritedKind;

struct DownstreamSetsTest : ::testing::Test {
  DownstreamSetsTest() {
    downstream.introduce(site.facts.id, site.facts.name);
    // Texts in the settings table: "policy" and "role" are objects of the root group, and "relay" says whether roles go down.
    downstream.provide(InheritedKind::policy, {.own = [this](store::Transaction& t) { return own(t, "policy", 1); }});
    downstream.provide(
        InheritedKind::role,
        {.own = [this](store::Transaction& t) { return own(t, "role", 2); },
         .goes_down = [](store::Transaction& t, const hierarchy::InheritedSet&) { return store::find_setting(t, "relay") == "on"; }});
    site.write([&](store::Transaction& t) {
      for (const auto& group : store::all_groups(t)) root = group.parent ? root : group.id;
      store::insert_group(t, {branches, root, "Branches"});
    });
    say("policy", "one");
    for (int i = 0; i < 3; ++i) ids.push_back(add("branch " + std::to_string(i)));
  }

  std::vector<OwnObject> own(store::Transaction& transaction, const std::string& name, std::uint8_t number) const {
    const auto content = store::find_setting(transaction, name);
    if (!content) return {};
    OwnObject made;
    made.object.id[0] = number;
    made.object.revision = 1;
    made.object.content = *content;
    made.group = root;
    return {made};
  }
  void change(const std::function<void(store::Transaction&)>& what) {
    site.write([&](store::Transaction& t) {
      what(t);
      downstream.refresh(t, now());
    });
  }
  void say(const std::string& name, const std::string& content) {
    change([&](store::Transaction& t) { store::put_setting(t, name, content); });
  }
  RegistrationId add(const std::string& name) {
    const auto identity = net::test::make_identity(name);
    hierarchy::SecondaryRecord record{
        .id = RegistrationId::make(now()), .name = name, .group = root, .certificate = identity.certificate(), .created_at = now()};
    change([&](store::Transaction& t) { store::insert_secondary(t, record); });
    return record.id;
  }
  std::optional<DownstreamSets::Update> next(DownstreamSets::Asked asked) {
    return site.read<std::optional<DownstreamSets::Update>>([&](store::Transaction& t) { return sets.next(t, asked); });
  }
  /// What arrives at the other end.
  link::DownstreamUpdate sent(const DownstreamSets::Asked& asked) {
    const auto update = next(asked);
    if (!update) return {};
    auto read = link::decode_downstream_update(update->bytes());
    EXPECT_TRUE(read);
    // As one that shares nothing with anybody would be.
    const auto state =
        *site.read<std::optional<store::DownstreamState>>([&](store::Transaction& t) { return store::find_downstream(t, asked.id); });
    const auto alone = asked.full_beyond ? link::full_update(*update->wanted, std::max(*asked.full_beyond, state.confirmed.revision))
                                         : *link::update_for(*update->wanted, state.confirmed, asked.told);
    EXPECT_EQ(*read, alone);
    EXPECT_EQ(update->bytes(), encode(alone));
    return *read;
  }
  link::DownstreamApplied confirm(const RegistrationId& id) {
    const auto update = *next({id});
    const link::DownstreamApplied applied{update.head.to, update.head.hash};
    site.write(
        [&](store::Transaction& t) { store::put_confirmed(t, id, *link::confirmed_by(applied, update.head, *update.wanted), now()); });
    return applied;
  }

  Loop loop;
  Site site{loop, "hq"};
  Downstream downstream;
  DownstreamSets sets{downstream};
  GroupId root;
  GroupId branches = GroupId::make(now());
  std::vector<RegistrationId> ids;
};

TEST_F(DownstreamSetsTest, OneOfAGroupIsMadeAndEncodedOnceForAll) {
  for (const auto& id : ids) EXPECT_EQ(sent({id}).changed.at(0).content, "one");
  EXPECT_EQ(sent({ids[1], {41, std::string(64, 'a')}}).to, 42U) << "revisions are each one's own";
  EXPECT_EQ(sets.made(), 1U);
  EXPECT_EQ(sets.encoded(), 1U);
}

TEST_F(DownstreamSetsTest, ADifferenceIsEncodedOnceForAllThatHaveTheSame) {
  std::vector<link::DownstreamApplied> told;
  for (const auto& id : ids) told.push_back(confirm(id));
  say("policy", "two");
  const auto made = sets.made();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto update = sent({ids[i], told[i]});
    EXPECT_EQ(update.extent, link::DownstreamUpdate::Extent::difference);
    EXPECT_EQ(update.changed.at(0).content, "two");
  }
  EXPECT_EQ(sets.encoded(), 2U);
  EXPECT_EQ(sent({ids[0]}).extent, link::DownstreamUpdate::Extent::full) << "one that lost what it had";
  EXPECT_EQ(sent({ids[1], told[1], 7}).to, 8U) << "one that asked for all of it";
  EXPECT_EQ(sets.encoded(), 3U);
  EXPECT_EQ(sets.made(), made + 1);
}

TEST_F(DownstreamSetsTest, WhoHasWhatIsWantedIsSentNothing) {
  const auto told = confirm(ids[0]);
  EXPECT_FALSE(next({ids[0], told}));
  EXPECT_FALSE(next({RegistrationId::make(now())})) << "nobody";
}

TEST_F(DownstreamSetsTest, EveryChangeGivesTheNewSetAndTheWayBackTheOldOne) {
  EXPECT_EQ(sent({ids[0]}).changed.at(0).content, "one");
  say("policy", "two");
  EXPECT_EQ(sent({ids[0]}).changed.at(0).content, "two");
  say("role", "reader");
  EXPECT_EQ(sent({ids[0]}).changed.size(), 1U) << "roles stay here";
  say("relay", "on");
  EXPECT_EQ(sent({ids[0]}).changed.size(), 2U);
  say("relay", "off");
  EXPECT_EQ(sent({ids[0]}).changed.size(), 1U);
  change([](store::Transaction& t) { store::put_setting(t, "server_name", "Headquarters"); });
  EXPECT_EQ(sent({ids[0]}).chain.at(0).name, "Headquarters");
  say("policy", "one");
  EXPECT_EQ(sent({ids[0]}).changed.at(0).content, "one");
}

TEST_F(DownstreamSetsTest, WhoIsMovedToAnotherGroupGetsItsSetAtOnce) {
  sent({ids[0]});
  // Not refreshed: the database says still that the set of the former group is wanted.
  site.write([&](store::Transaction& t) {
    auto record = *store::find_secondary(t, ids[0]);
    record.group = branches;
    record.revision = 2;
    store::update_secondary(t, record, 1);
  });
  EXPECT_EQ(sent({ids[0]}).chain.at(0).group, "Managed devices/Branches");
  EXPECT_EQ(sent({ids[1]}).chain.at(0).group, "Managed devices");
}

TEST_F(DownstreamSetsTest, WhatIsKeptIsBoundedAndSetsBeyondItAreSentAllTheSame) {
  const auto large = [](char letter) { return std::string(limits::kMaxKeptSetBytes / 3, letter); };
  for (const char letter : {'a', 'b', 'a', 'b'}) {
    say("policy", large(letter));
    for (const auto& id : ids) EXPECT_EQ(next({id})->wanted->set.objects.begin()->second.content, large(letter));
  }
  EXPECT_EQ(sets.made(), 4U) << "the one before had to go";
  say("policy", std::string(limits::kMaxKeptSetBytes, 'c'));
  EXPECT_GT(next({ids[0]})->bytes().size(), limits::kMaxKeptSetBytes);
  EXPECT_GT(next({ids[1]})->bytes().size(), limits::kMaxKeptSetBytes);
  EXPECT_EQ(sets.made(), 6U);
}

}  // namespace
}  // namespace daikan::server::test
