// Edits in place of secondaries, the primary and groups: rules, tests of a new way, history, and what the running link makes of them.
#include <gmock/gmock.h>

#include "store/tables_keys.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::Direction;
using hierarchy::LinkState;
using test::olga;
using test::Site;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

struct EditsTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};

  RegistrationId add(Direction direction = Direction::secondary_dials) {
    AddSecondary add;
    add.name = "branch";
    add.direction = direction;
    if (direction == Direction::primary_dials) add.address = branch.link_endpoint();
    add.certificate = branch.certificate();
    return loop.run(hq.secondaries->add(olga(), std::move(add)))->record.id;
  }
  void follow(Direction direction = Direction::secondary_dials) {
    SetPrimary set;
    set.direction = direction;
    if (direction == Direction::secondary_dials) set.address = hq.link_endpoint();
    set.certificate = hq.certificate();
    ASSERT_TRUE(loop.run(branch.primary->set(olga(), std::move(set))));
  }
  RegistrationId join(Direction direction = Direction::secondary_dials) {
    follow(direction);
    const auto id = add(direction);
    EXPECT_TRUE(loop.run_until([&] { return state(id) == LinkState::connected; }));
    return id;
  }
  LinkState state(RegistrationId id) { return hq.links->status(id).state; }
  Result<SecondaryView> edit(RegistrationId id, EditSecondary edit) { return loop.run(hq.secondaries->edit(olga(), id, std::move(edit))); }
  Endpoint nowhere() { return {"127.0.0.1", 1}; }
};

TEST_F(EditsTest, ARenamedAndMovedSecondaryKeepsItsConnection) {
  const auto id = join();
  ASSERT_TRUE(loop.run(hq.groups->add(olga(), "North")));
  const auto before = hq.links->status(id);
  EditSecondary change;
  change.name = "Branch 7";
  change.group = "North";
  const auto edited = edit(id, change);
  ASSERT_TRUE(edited) << edited.error().text();
  EXPECT_EQ(edited->record.name, "Branch 7");
  EXPECT_EQ(edited->group_path, "Managed devices/North");
  EXPECT_EQ(edited->record.revision, 2);
  EXPECT_EQ(hq.links->status(id).since, before.since);
  EXPECT_EQ(hq.links->status(id).peer_address, before.peer_address);
  EXPECT_THAT(hq.event_kinds(), Contains("secondary_edited"));
  EXPECT_THAT(hq.audit(), Contains("secondary.edit done"));
  const auto audit = hq.audit();
  EXPECT_EQ(edit(id, change)->record.revision, 2) << "the same again is no change";
  EXPECT_EQ(hq.audit(), audit);
}

TEST_F(EditsTest, ANewWayThatFailsItsTestChangesNothing) {
  const auto id = join(Direction::primary_dials);
  EditSecondary change;
  change.dial.address = std::optional(nowhere());
  const auto audit = hq.audit();
  auto refused = edit(id, change);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::refused);
  EXPECT_EQ(refused.error().field, "address");
  EXPECT_THAT(refused.error().remedy, HasSubstr("Nothing was changed"));
  EXPECT_EQ(hq.audit(), audit);
  EXPECT_EQ(loop.run(hq.secondaries->find(olga(), id))->record.revision, 1);
  EXPECT_EQ(state(id), LinkState::connected);

  change.dial.address = std::optional(hq.link_endpoint());
  refused = edit(id, change);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::certificate_mismatch);
  EXPECT_THAT(refused.error().message, HasSubstr(branch.identity.certificate().fingerprint));

  change.dial.address = std::optional(nowhere());
  change.dial.test = DialEdit::Test::no;
  const auto saved = edit(id, change);
  ASSERT_TRUE(saved) << saved.error().text();
  EXPECT_EQ(saved->record.address, nowhere());
}

TEST_F(EditsTest, AProxyKeepsItsPasswordUntilItsUrlChanges) {
  const auto id = add(Direction::primary_dials);
  const Proxy proxy{ProxyKind::http, nowhere(), "olga", "hunter2"};
  EditSecondary change;
  change.dial.test = DialEdit::Test::no;
  change.dial.proxy = std::optional(proxy);
  ASSERT_TRUE(edit(id, change));
  const auto stored = [&] {
    return hq.read<std::vector<hierarchy::SecondaryRecord>>([](store::Transaction& t) { return store::all_secondaries(t); })[0].proxy;
  };
  EXPECT_EQ(*hq.sealing.unseal(stored()->password), "hunter2");
  auto again = proxy;
  again.password.clear();
  change.dial.proxy = std::optional(again);
  EXPECT_EQ(edit(id, change)->record.revision, 2) << "the URL that is set, without a password, is no change";
  EXPECT_EQ(*hq.sealing.unseal(stored()->password), "hunter2");
  again.user = "ivan";
  change.dial.proxy = std::optional(again);
  ASSERT_TRUE(edit(id, change));
  EXPECT_EQ(stored()->password, "");
  change.dial.proxy = std::optional<Proxy>();
  EXPECT_FALSE(edit(id, change)->record.proxy);
}

TEST_F(EditsTest, AServerThatStopsDiallingForgetsAddressAndProxy) {
  const auto id = join(Direction::primary_dials);
  EditSecondary change;
  change.dial.direction = Direction::secondary_dials;
  const auto edited = edit(id, change);
  ASSERT_TRUE(edited) << edited.error().text();
  EXPECT_FALSE(edited->record.address);
  EditSecondary back;
  back.dial.direction = Direction::primary_dials;
  EXPECT_EQ(edit(id, back).error().code, Code::address_required);
}

TEST_F(EditsTest, AnotherCertificateEndsWhatTheOldOneMade) {
  const auto id = join();
  const auto other = net::test::make_identity("other");
  EditSecondary change;
  change.dial.certificate = other.certificate().der;
  const auto edited = edit(id, change);
  ASSERT_TRUE(edited) << edited.error().text();
  EXPECT_NE(state(id), LinkState::connected);
  ASSERT_TRUE(loop.run_until([&] {
    const auto status = branch.links->primary_status();
    return status->state == LinkState::refused && status->reason->code == Code::unknown_to_primary;
  }));
  change.dial.certificate = branch.certificate();
  ASSERT_TRUE(edit(id, change));
  branch.restart();
  EXPECT_TRUE(loop.run_until([&] { return state(id) == LinkState::connected; }));
}

TEST_F(EditsTest, AnotherCertificateForgetsTheKeyThatTheOldOneAnnounced) {
  const auto id = join();
  const auto announced = net::test::make_identity("announced"), other = net::test::make_identity("other");
  const auto announce = [&](Site& site, const store::PeerKey& peer) {
    site.write([&](store::Transaction& t) { store::put_announced_key(t, peer, announced.certificate(), now()); });
  };
  const auto kept = [](Site& site) {
    return site.read<std::size_t>([](store::Transaction& t) { return store::announced_keys(t).size(); });
  };
  announce(hq, id);
  announce(branch, std::nullopt);
  EditSecondary renamed;
  renamed.name = "shop";
  ASSERT_TRUE(edit(id, renamed));
  EXPECT_EQ(kept(hq), 1U) << "the key is the same";
  EditSecondary change;
  change.dial.certificate = other.certificate().der;
  ASSERT_TRUE(edit(id, change));
  EXPECT_EQ(kept(hq), 0U);
  EditPrimary primary;
  primary.dial.certificate = other.certificate().der;
  primary.dial.test = DialEdit::Test::no;
  const auto edited = loop.run(branch.primary->edit(olga(), primary));
  ASSERT_TRUE(edited) << edited.error().text();
  EXPECT_EQ(kept(branch), 0U);
}

TEST_F(EditsTest, AStateThatIsNoLongerSeenIsNotChanged) {
  const auto id = add();
  EditSecondary change;
  change.name = "one";
  change.seen = Seen({1});
  ASSERT_TRUE(edit(id, change));
  change.name = "two";
  auto late = edit(id, change);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::conflict);
  EXPECT_EQ(late.error().field, "If-Match");
  EXPECT_EQ(loop.run(hq.secondaries->remove(olga(), id, Seen({1}))).error().code, Code::conflict);
  EXPECT_TRUE(loop.run(hq.secondaries->remove(olga(), id, Seen({2}))));
  EXPECT_EQ(edit(id, change).error().code, Code::not_found);
}

TEST_F(EditsTest, TheWayToThePrimaryIsTestedAndFollowed) {
  join();
  EditPrimary change;
  EXPECT_EQ(loop.run(hq.primary->edit(olga(), change)).error().code, Code::not_found);
  change.dial.address = std::optional(nowhere());
  EXPECT_EQ(loop.run(branch.primary->edit(olga(), change)).error().code, Code::refused);
  EXPECT_EQ(loop.run(branch.primary->find())->value().record.revision, 1);
  change.dial.address = std::optional(Endpoint{"localhost", hq.link_endpoint().port});
  const auto edited = loop.run(branch.primary->edit(olga(), change));
  ASSERT_TRUE(edited) << edited.error().text();
  EXPECT_EQ(edited->record.revision, 2);
  EXPECT_EQ(edited->record.name, "hq") << "what the hello taught stays";
  EXPECT_TRUE(loop.run_until([&] {
    const auto kinds = branch.event_kinds();
    return std::count(kinds.begin(), kinds.end(), "link_replaced") == 1;
  }));
  EXPECT_THAT(branch.audit(), Contains("primary.edit done"));
}

TEST_F(EditsTest, AGroupIsRenamedAndMovedWithWhatItHolds) {
  const auto north = loop.run(hq.groups->add(olga(), "Europe/North"));
  ASSERT_TRUE(loop.run(hq.groups->add(olga(), "Asia")));
  EditGroup change;
  change.name = "South";
  change.parent = "Asia";
  const auto edited = loop.run(hq.groups->edit(olga(), north->group.id, change));
  ASSERT_TRUE(edited) << edited.error().text();
  EXPECT_EQ(edited->path, "Managed devices/Asia/South");
  EXPECT_EQ(edited->group.revision, 2);
  change.seen = Seen({1});
  EXPECT_EQ(loop.run(hq.groups->edit(olga(), north->group.id, change)).error().code, Code::conflict);
  EditGroup below_itself;
  below_itself.parent = "Asia/South";
  const auto asia = loop.run(hq.groups->find(olga(), *edited->group.parent));
  EXPECT_EQ(loop.run(hq.groups->edit(olga(), asia->group.id, below_itself)).error().code, Code::conflict);
  EXPECT_EQ(loop.run(hq.groups->remove(olga(), asia->group.id)).error().code, Code::group_not_empty);
  EXPECT_THAT(loop.run(hq.groups->remove(olga(), asia->group.id)).error().message, HasSubstr("South"));
}

}  // namespace
}  // namespace daikan::server
