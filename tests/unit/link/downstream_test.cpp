// What flows down: agreement of one primary and one secondary (P11), and its encoding.
#include "link/downstream.h"

#include <gtest/gtest.h>

namespace daikan::link {
namespace {

using Extent = DownstreamUpdate::Extent;

template <class Id>
Id numbered(std::uint8_t number) {
  Id id;
  id.bytes[15] = number;
  return id;
}

InheritedObject object(std::uint8_t number, std::string content) {
  InheritedObject made;
  made.id[15] = number;
  made.owner = numbered<ServerId>(1);
  made.group = "Managed devices";
  made.revision = 1;
  made.content = std::move(content);
  return made;
}

InheritedSet set_of(std::vector<InheritedObject> objects) {
  InheritedSet set;
  set.chain = {{numbered<ServerId>(1), "hq", "Managed devices/Branches"}};
  for (auto& each : objects) set.put(std::move(each));
  return set;
}

const ServerId kSelf = numbered<ServerId>(2);

/// Both ends agree on `set` as revision 5.
struct Agreed {
  explicit Agreed(const InheritedSet& set) : applied{5, hash_of(set), set}, confirmed{5, hash_of(set), manifest_of(set)} {}
  DownstreamApplied told() const { return {applied.revision, applied.hash}; }
  AppliedSet applied;
  ConfirmedSet confirmed;
};

TEST(Downstream, P11OnlyTheDifferenceTravelsAndTheHashesAgreeAfterwards) {
  const Agreed ends(set_of({object(1, "a"), object(2, "b"), object(3, "c")}));
  const auto wanted = set_of({object(1, "a"), object(2, "B"), object(4, "d")});
  const auto update = update_for(wanted, ends.confirmed, ends.told());
  ASSERT_TRUE(update);
  EXPECT_EQ(update->extent, Extent::difference);
  EXPECT_EQ(update->changed, (std::vector{object(2, "B"), object(4, "d")}));
  EXPECT_EQ(update->removed, std::vector{object(3, "").key()});
  const auto verdict = judge(ends.applied, *update, kSelf);
  ASSERT_TRUE(verdict.store);
  EXPECT_EQ(verdict.store->set, wanted);
  const auto confirmed = confirmed_by(std::get<DownstreamApplied>(verdict.answer), *update, wanted);
  ASSERT_TRUE(confirmed);
  EXPECT_FALSE(update_for(wanted, *confirmed, {verdict.store->revision, verdict.store->hash}));
}

TEST(Downstream, AReplayChangesNothingAndBringsNothingBack) {
  const Agreed ends(set_of({object(1, "a")}));
  const auto with = *update_for(set_of({object(1, "a"), object(2, "b")}), ends.confirmed, ends.told());
  const auto first = judge(ends.applied, with, kSelf);
  ASSERT_TRUE(first.store);
  const ConfirmedSet confirmed{6, with.hash, manifest_of(first.store->set)};
  const auto without = *update_for(set_of({object(1, "a")}), confirmed, {6, with.hash});
  const auto second = judge(*first.store, without, kSelf);
  ASSERT_TRUE(second.store);
  for (const auto& old : {with, full_update(first.store->set, 5)}) {
    const auto replayed = judge(*second.store, old, kSelf);
    EXPECT_FALSE(replayed.store);
    EXPECT_TRUE(std::holds_alternative<FullNeeded>(replayed.answer));
  }
  const auto twice = judge(*second.store, without, kSelf);
  EXPECT_FALSE(twice.store);
  EXPECT_EQ(std::get<DownstreamApplied>(twice.answer).revision, 7U);
}

TEST(Downstream, AGapAsksForTheFullSetWhichIsBeyondBothRevisions) {
  const Agreed ends(set_of({object(1, "a")}));
  auto update = *update_for(set_of({}), ends.confirmed, ends.told());
  update.from = 3;
  const auto verdict = judge(ends.applied, update, kSelf);
  EXPECT_EQ(std::get<FullNeeded>(verdict.answer).revision, 5U);
  // A lower end that was restored or had another primary, and an upper end that was.
  for (const DownstreamApplied told : {DownstreamApplied{0, ""}, DownstreamApplied{9, std::string(64, 'a')}}) {
    const auto full = update_for(set_of({}), ends.confirmed, told);
    ASSERT_TRUE(full);
    EXPECT_EQ(full->extent, Extent::full);
    EXPECT_GT(full->to, std::max<std::uint64_t>(5, told.revision));
  }
}

TEST(Downstream, ASetThatDoesNotHaveItsHashIsNotApplied) {
  const Agreed ends(set_of({object(1, "a")}));
  auto full = full_update(set_of({object(2, "b")}), 5);
  full.changed[0].content = "tampered";
  const auto refused = judge(ends.applied, full, kSelf);
  EXPECT_FALSE(refused.store);
  EXPECT_EQ(std::get<Error>(refused.answer).code, Code::protocol_error);
  auto difference = *update_for(set_of({object(2, "b")}), ends.confirmed, ends.told());
  difference.changed[0].content = "tampered";
  EXPECT_TRUE(std::holds_alternative<FullNeeded>(judge(ends.applied, difference, kSelf).answer));
}

TEST(Downstream, WhatCameByWayOfThisServerItselfIsRefused) {
  auto wanted = set_of({object(1, "a")});
  wanted.chain.push_back({kSelf, "shop", "Managed devices"});
  EXPECT_EQ(std::get<Error>(judge({}, full_update(wanted, 0), kSelf).answer).code, Code::loop);
}

TEST(Downstream, AnAnswerThatIsNotWhatWasSentConfirmsNothing) {
  const auto wanted = set_of({object(1, "a")});
  const auto sent = full_update(wanted, 0);
  EXPECT_TRUE(confirmed_by({1, sent.hash}, sent, wanted));
  EXPECT_EQ(confirmed_by({2, sent.hash}, sent, wanted).error().code, Code::protocol_error);
  EXPECT_EQ(confirmed_by({1, std::string(64, '0')}, sent, wanted).error().code, Code::protocol_error);
}

TEST(Downstream, ObjectsTakeEffectFromTheTopServerDownAndThereFromTheRootGroup) {
  auto set = set_of({object(1, "deep"), object(2, "root"), object(3, "lower server")});
  set.chain.push_back({numbered<ServerId>(9), "branch", "Managed devices"});
  set.objects.at(object(1, "").key()).group = "Managed devices/Branches";
  set.objects.at(object(3, "").key()).owner = numbered<ServerId>(9);
  std::vector<std::string> order;
  for (const auto* each : in_order(set)) order.push_back(each->content);
  EXPECT_EQ(order, (std::vector<std::string>{"root", "deep", "lower server"}));
}

TEST(DownstreamMessages, AreTheSameAfterTheWayThroughBytes) {
  auto update = full_update(set_of({object(1, R"({"a":1})")}), 4);
  EXPECT_EQ(*decode_downstream_update(encode(update)), update);
  update.extent = Extent::difference;
  update.from = 4;
  update.removed = {object(7, "").key()};
  EXPECT_EQ(*decode_downstream_update(encode(update)), update);
  for (const DownstreamAnswer& answer : {DownstreamAnswer(DownstreamApplied{5, update.hash}), DownstreamAnswer(FullNeeded{3}),
                                         DownstreamAnswer(Error(Code::loop, "No.", "Do."))}) {
    EXPECT_EQ(*decode_downstream_answer(encode(answer)), answer);
  }
}

TEST(DownstreamMessages, KindsOfALaterVersionComeThroughAndWhatIsNoNameDoesNot) {
  auto gadget = object(3, "no JSON");
  gadget.kind = hierarchy::InheritedKind::from_name("gadget_2").value();
  auto update = full_update(set_of({object(1, "a"), gadget}), 0);
  EXPECT_EQ(decode_downstream_update(encode(update)), update);
  const Agreed ends(set_of({object(1, "a"), gadget}));
  const auto fewer = update_for(set_of({object(1, "a")}), ends.confirmed, ends.told());
  ASSERT_TRUE(fewer);
  EXPECT_EQ(fewer->removed, std::vector{gadget.key()});
  EXPECT_EQ(decode_downstream_update(encode(*fewer)), *fewer);
  for (const auto* name : {"", "Gadget", "ga dget", "g\tt", "a_kind_whose_name_has_more_than_32_b"})
    EXPECT_FALSE(hierarchy::InheritedKind::from_name(name)) << name;
}

TEST(DownstreamMessages, OutsideTheirBoundsAreRefused) {
  const auto good = full_update(set_of({object(1, "{}")}), 4);
  const auto refused = [](const DownstreamUpdate& update) {
    const auto decoded = decode_downstream_update(encode(update));
    return !decoded && decoded.error().code == Code::protocol_error;
  };
  auto bad = good;
  bad.to = 0;
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.chain.clear();
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.chain[0].group = "with\ttab";
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.removed = {object(1, "").key()};
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.changed[0].revision = 0;
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.changed[0].content = std::string(300 * 1024, 'x');
  EXPECT_TRUE(refused(bad));
  EXPECT_FALSE(decode_downstream_update("nonsense"));
  EXPECT_FALSE(decode_downstream_answer(""));
}

TEST(Inherited, IsTheSameAfterTheWayThroughItsColumns) {
  const auto set = set_of({object(1, "a"), object(2, "b")});
  EXPECT_EQ(hierarchy::chain_from_text(hierarchy::to_text(set.chain)), set.chain);
  EXPECT_EQ(hierarchy::manifest_from_text(hierarchy::to_text(manifest_of(set))), manifest_of(set));
  EXPECT_FALSE(hierarchy::manifest_from_text("policy\tx\ty\n"));
  EXPECT_FALSE(hierarchy::chain_from_text("x"));
}

}  // namespace
}  // namespace daikan::link
