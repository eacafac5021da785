// What is inherited, and what secondaries confirmed, on both engines.
#include "store/tables_downstream.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using hierarchy::AppliedSet;
using hierarchy::ConfirmedSet;
using store::Transaction;

DAIKAN_ON_BOTH(DownstreamTables);

AppliedSet applied(std::uint64_t revision, std::string content) {
  AppliedSet made;
  made.revision = revision;
  hierarchy::InheritedObject object;
  object.id = make_uuid(at(1));
  object.owner = ServerId::make(at(2));
  object.group = "Managed devices/Branches";
  object.revision = 7;
  object.content = std::move(content);
  made.set.chain = {{object.owner, "hq", "Managed devices/Branches/North"}, {ServerId::make(at(3)), "branch", "Managed devices"}};
  made.set.put(object);
  made.hash = hash_of(made.set);
  return made;
}

struct Registered {
  hierarchy::Group group;
  hierarchy::SecondaryRecord secondary;
};

Registered registered(store::Database& database) {
  Registered made{root_group(), {}};
  made.secondary = contract::secondary("branch", 1, made.group.id);
  in_write(database, [&](Transaction& t) {
    store::insert_group(t, made.group);
    store::insert_secondary(t, made.secondary);
    store::put_wanted(t, made.group.id, "a1", at(10));
    return 0;
  });
  return made;
}

TEST_P(DownstreamTables, AnAppliedSetComesBackAndIsReplacedAsAWhole) {
  const auto nothing = in_read(database(), [](Transaction& t) { return store::applied_set(t); });
  EXPECT_EQ(nothing.revision, 0U);
  const auto first = applied(1, "{\"a\":\"ä\"}");
  in_write(database(), [&](Transaction& t) { return store::put_applied_set(t, first, at(5)), 0; });
  const auto second = applied(2, "{}");
  in_write(database(), [&](Transaction& t) { return store::put_applied_set(t, second, at(6)), 0; });
  const auto found = in_read(database(), [](Transaction& t) { return store::applied_set(t); });
  EXPECT_EQ(found.set, second.set);
  EXPECT_EQ(found.revision, 2U);
  EXPECT_EQ(found.hash, second.hash);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::applied_at(t); }), at(6));
}

TEST_P(DownstreamTables, ForgettingTheRevisionKeepsWhatIsInForce) {
  const auto made = applied(4, "{}");
  in_write(database(), [&](Transaction& t) {
    store::put_applied_set(t, made, at(5));
    store::forget_applied_revision(t);
    return 0;
  });
  const auto found = in_read(database(), [](Transaction& t) { return store::applied_set(t); });
  EXPECT_EQ(found.revision, 0U);
  EXPECT_EQ(found.hash, "");
  EXPECT_EQ(found.set, made.set);
  in_write(database(), [&](Transaction& t) { return store::remove_inherited(t), 0; });
  EXPECT_TRUE(in_read(database(), [](Transaction& t) { return store::applied_set(t); }).set.objects.empty());
}

TEST_P(DownstreamTables, ASecondaryIsBehindSinceTheFirstChangeUntilItConfirmsWhatIsWanted) {
  const auto made = registered(database());
  in_write(database(), [&](Transaction& t) { return store::put_wanted(t, made.group.id, "b2", at(20)), 0; });
  const auto find = [&] { return *in_read(database(), [&](Transaction& t) { return store::find_downstream(t, made.secondary.id); }); };
  EXPECT_EQ(find().behind_since, at(10));
  EXPECT_EQ(find().wanted_hash, "b2");
  const ConfirmedSet old{1, "a1", {{{hierarchy::InheritedKind::policy, make_uuid(at(1))}, "d1"}}};
  in_write(database(), [&](Transaction& t) { return store::put_confirmed(t, made.secondary.id, old, at(21)); });
  EXPECT_EQ(find().behind_since, at(10)) << "it confirmed what is not wanted any more";
  EXPECT_EQ(find().confirmed.manifest, old.manifest);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::behind_downstream(t); }),
            (std::vector<store::BehindDownstream>{{made.secondary.id, "b2"}}));
  in_write(database(), [&](Transaction& t) { return store::put_confirmed(t, made.secondary.id, {2, "b2", {}}, at(22)); });
  EXPECT_EQ(find().behind_since, std::nullopt);
  EXPECT_EQ(find().confirmed_at, at(22));
  EXPECT_TRUE(in_read(database(), [](Transaction& t) { return store::behind_downstream(t); }).empty());
  in_write(database(), [&](Transaction& t) { return store::put_wanted(t, made.group.id, "c3", at(30)), 0; });
  EXPECT_EQ(find().behind_since, at(30));
  in_write(database(), [&](Transaction& t) { return store::put_wanted(t, made.group.id, "b2", at(31)), 0; });
  EXPECT_EQ(find().behind_since, std::nullopt) << "what it has is wanted again";
}

TEST_P(DownstreamTables, AnotherSetIsWantedOfTheGroupAloneAndOfThoseThatWantSomethingElse) {
  auto made = registered(database());
  const hierarchy::Group other{GroupId::make(at(7)), made.group.id, "Others"};
  auto second = contract::secondary("second", 2, made.group.id);
  auto elsewhere = contract::secondary("elsewhere", 3, other.id);
  second.server_id = ServerId::make(at(8));
  const auto want = [&](const GroupId& group, std::string_view hash, std::int64_t when) {
    auto changed = in_write(database(), [&](Transaction& t) { return store::put_wanted(t, group, hash, at(when)); });
    std::sort(changed.begin(), changed.end());
    return changed;
  };
  const auto is_another = [&](const GroupId& group, std::string_view hash) {
    return in_read(database(), [&](Transaction& t) { return store::is_another_wanted(t, group, hash); });
  };
  in_write(database(), [&](Transaction& t) {
    store::insert_group(t, other);
    store::insert_secondary(t, second);
    store::insert_secondary(t, elsewhere);
    return 0;
  });
  EXPECT_TRUE(is_another(made.group.id, "a1")) << "the second has no row yet";
  EXPECT_EQ(want(made.group.id, "a1", 20), std::vector{second.id});
  EXPECT_FALSE(is_another(made.group.id, "a1"));
  auto both = std::vector{made.secondary.id, second.id};
  std::sort(both.begin(), both.end());
  EXPECT_EQ(want(made.group.id, "b2", 21), both);
  EXPECT_TRUE(want(made.group.id, "b2", 22).empty());
  const auto place = in_read(database(), [&](Transaction& t) { return store::find_downstream_place(t, second.id); });
  ASSERT_TRUE(place);
  EXPECT_EQ(place->group, made.group.id);
  EXPECT_EQ(place->server, second.server_id);
  EXPECT_EQ(place->state.wanted_hash, "b2");
  EXPECT_EQ(place->state.behind_since, at(20));
  EXPECT_FALSE(in_read(database(), [&](Transaction& t) { return store::find_downstream_place(t, elsewhere.id); })) << "nothing was wanted";
  const auto confirm = [&](std::string_view hash) {
    return in_write(database(), [&](Transaction& t) { return store::put_confirmed(t, second.id, {1, std::string(hash), {}}, at(23)); });
  };
  EXPECT_TRUE(confirm("a1"));
  EXPECT_FALSE(confirm("b2"));
}

TEST_P(DownstreamTables, AFailureIsNewsOnceForWhatIsWantedWhateverReasonsFollow) {
  using store::FailureNews;
  const auto made = registered(database());
  const auto note = [&](std::string message, std::int64_t when) {
    return in_write(database(), [&](Transaction& t) {
      return store::put_downstream_failure(t, made.secondary.id, Error(Code::too_large, message, "Make it smaller."), at(when));
    });
  };
  const auto find = [&] { return *in_read(database(), [&](Transaction& t) { return store::find_downstream(t, made.secondary.id); }); };
  EXPECT_EQ(note("Too large.", 11), FailureNews::failure);
  EXPECT_EQ(note("Too large.", 12), FailureNews::none);
  EXPECT_EQ(find().failure, Error(Code::too_large, "Too large.", "Make it smaller."));
  EXPECT_EQ(note("Still too large.", 13), FailureNews::reason);
  EXPECT_EQ(find().failure->message, "Still too large.") << "the newest reason is shown";
  EXPECT_EQ(find().failed_at, at(11)) << "since when";
  in_write(database(), [&](Transaction& t) { return store::put_wanted(t, made.group.id, "b2", at(14)), 0; });
  EXPECT_TRUE(find().failure) << "until it was tried";
  EXPECT_EQ(note("Still too large.", 15), FailureNews::failure) << "something else failed";
  in_write(database(), [&](Transaction& t) { return store::put_confirmed(t, made.secondary.id, {1, "b2", {}}, at(16)), 0; });
  EXPECT_EQ(find().failure, std::nullopt);
  EXPECT_EQ(note("Too late.", 17), FailureNews::none) << "nothing is behind";
}

TEST_P(DownstreamTables, ObjectsOfKindsThatAreNotKnownAreKeptAsTheyCame) {
  auto made = applied(2, "{}");
  auto gadget = made.set.objects.begin()->second;
  gadget.kind = hierarchy::InheritedKind::from_name("gadget").value();
  gadget.content = "no JSON at all";
  made.set.put(gadget);
  made.hash = hash_of(made.set);
  in_write(database(), [&](Transaction& t) { return store::put_applied_set(t, made, at(5)), 0; });
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::applied_set(t); }).set, made.set);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::applied_hash(t); }), made.hash);
}

TEST_P(DownstreamTables, AFailureEndsWithWhatFailedTakenBack) {
  const auto made = registered(database());
  const auto want = [&](std::string_view hash) {
    in_write(database(), [&](Transaction& t) { return store::put_wanted(t, made.secondary.group, hash, at(20)), 0; });
  };
  const Error failure(Code::too_large, "Too large.", "Make it smaller.");
  const auto note = [&] {
    return in_write(database(), [&](Transaction& t) { return store::put_downstream_failure(t, made.secondary.id, failure, at(21)); });
  };
  const auto find = [&] { return *in_read(database(), [&](Transaction& t) { return store::find_downstream(t, made.secondary.id); }); };
  want("a1");
  in_write(database(), [&](Transaction& t) { return store::put_confirmed(t, made.secondary.id, {1, "a1", {}}, at(20)), 0; });
  want("b2");
  EXPECT_EQ(note(), store::FailureNews::failure);
  want("a1");
  EXPECT_EQ(find().failure, std::nullopt);
  EXPECT_EQ(find().behind_since, std::nullopt);
  EXPECT_EQ(note(), store::FailureNews::none) << "an answer that comes too late fails nothing";
  EXPECT_EQ(find().failure, std::nullopt);
}

TEST_P(DownstreamTables, GoWithTheSecondary) {
  const auto made = registered(database());
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::all_downstream(t); }).size(), 1U);
  in_write(database(), [&](Transaction& t) { return store::remove_secondary(t, made.secondary.id); });
  EXPECT_TRUE(in_read(database(), [](Transaction& t) { return store::all_downstream(t); }).empty());
}

}  // namespace
}  // namespace daikan::contract
