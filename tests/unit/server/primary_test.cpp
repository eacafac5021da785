#include "server/primary.h"

#include <gmock/gmock.h>

#include "server/unrecognised.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::Direction;
using hierarchy::LinkState;
using test::olga;
using test::Site;
using testing::ElementsAre;

struct PrimaryTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};

  SetPrimary request() const {
    SetPrimary set;
    set.address = hq.link_endpoint();
    set.certificate = hq.certificate();
    return set;
  }
  AddSecondary registration() const {
    AddSecondary add;
    add.name = "branch";
    add.certificate = branch.certificate();
    return add;
  }
  bool connected() const {
    const auto status = branch.links->primary_status();
    return status && status->state == LinkState::connected;
  }
};

TEST_F(PrimaryTest, AServerHasNoPrimaryAtFirst) {
  const auto none = loop.run(branch.primary->find());
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_EQ(loop.run(branch.primary->clear(olga())).error().code, Code::not_found);
}

TEST_F(PrimaryTest, WayTwoConnectsInEitherOrder) {
  ASSERT_TRUE(loop.run(branch.primary->set(olga(), request())));
  ASSERT_TRUE(loop.run_until([&] { return branch.links->primary_status()->state == LinkState::refused; }));
  EXPECT_EQ(branch.links->primary_status()->reason->code, Code::unknown_to_primary);
  ASSERT_TRUE(loop.run(hq.secondaries->add(olga(), registration())));
  // Said again, it is an edit of nothing; cleared and set, the branch dials at once.
  ASSERT_TRUE(loop.run(branch.primary->clear(olga())));
  ASSERT_TRUE(loop.run(branch.primary->set(olga(), request())));
  ASSERT_TRUE(loop.run_until([&] { return connected(); }));
  const auto view = loop.run(branch.primary->find());
  ASSERT_TRUE(view && *view);
  EXPECT_EQ((*view)->link.state, LinkState::connected);
}

TEST_F(PrimaryTest, TheSameAgainIsNoChange) {
  const auto first = loop.run(branch.primary->set(olga(), request()));
  ASSERT_TRUE(first) << first.error().text();
  const auto again = loop.run(branch.primary->set(olga(), request()));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->record.revision, first->record.revision);
  EXPECT_THAT(branch.audit(), ElementsAre("primary.set done"));
}

TEST_F(PrimaryTest, AnotherAddressOfTheSamePrimaryIsAnEdit) {
  const auto first = loop.run(branch.primary->set(olga(), request()));
  auto moved = request();
  moved.address = Endpoint{"127.0.0.2", hq.link_endpoint().port};
  const auto edited = loop.run(branch.primary->set(olga(), moved));
  ASSERT_TRUE(edited) << edited.error().text();
  EXPECT_EQ(edited->record.revision, first->record.revision + 1);
  EXPECT_EQ(edited->record.created_at, first->record.created_at);
}

TEST_F(PrimaryTest, AnotherPrimaryIsRefusedUnlessItReplaces) {
  ASSERT_TRUE(loop.run(branch.primary->set(olga(), request())));
  auto other = request();
  other.certificate = net::test::make_identity("other").certificate().der;
  const auto refused = loop.run(branch.primary->set(olga(), other));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::already_has_primary);
  other.if_set = SetPrimary::IfSet::replace;
  EXPECT_TRUE(loop.run(branch.primary->set(olga(), other)));
  EXPECT_THAT(branch.audit(), ElementsAre("primary.set done", "primary.set done"));
}

TEST_F(PrimaryTest, WrongRequestsAreRefusedEachWithItsCode) {
  auto no_address = request();
  no_address.address.reset();
  EXPECT_EQ(loop.run(branch.primary->set(olga(), no_address)).error().code, Code::address_required);
  auto own = request();
  own.certificate = branch.certificate();
  EXPECT_EQ(loop.run(branch.primary->set(olga(), own)).error().code, Code::own_certificate);
  auto unreadable = request();
  unreadable.certificate = {1, 2, 3};
  const auto error = loop.run(branch.primary->set(olga(), unreadable)).error();
  EXPECT_EQ(error.code, Code::certificate_unreadable);
  EXPECT_EQ(error.field, "certificate");
  ASSERT_TRUE(loop.run(hq.secondaries->add(olga(), registration())));
  auto below = request();
  below.certificate = branch.certificate();
  EXPECT_EQ(loop.run(hq.primary->set(olga(), below)).error().code, Code::loop);
}

TEST_F(PrimaryTest, AProxyPasswordIsSealedAndItsChangeIsAChange) {
  auto set = request();
  set.proxy = Proxy{ProxyKind::socks5, {"127.0.0.1", 1}, "olga", "one"};
  ASSERT_TRUE(loop.run(branch.primary->set(olga(), set)));
  const auto stored = branch.read<std::optional<hierarchy::PrimaryRecord>>([](store::Transaction& t) { return store::find_primary(t); });
  EXPECT_TRUE(stored->proxy->password.starts_with("sealed1:"));
  ASSERT_TRUE(loop.run(branch.primary->set(olga(), set)));
  set.proxy->password = "two";
  const auto changed = loop.run(branch.primary->set(olga(), set));
  EXPECT_EQ(changed->record.revision, 2);
  EXPECT_EQ(changed->record.proxy->password, "");
  EXPECT_EQ((*loop.run(branch.primary->find()))->record.proxy->password, "");
}

TEST_F(PrimaryTest, AProbeShowsEveryStepAndWritesNothingAnywhere) {
  ProbeRequest probe{.address = hq.link_endpoint(), .proxy = {}, .expected = hq.identity.certificate().pin};
  const auto answer = loop.run(branch.primary->probe(probe));
  EXPECT_FALSE(answer.error) << answer.error->text();
  ASSERT_FALSE(answer.trace.entries.empty());
  EXPECT_EQ(answer.trace.entries.back().step, net::DialStep::certificate);
  EXPECT_EQ(answer.trace.entries.back().detail, hq.identity.certificate().fingerprint);
  for (const auto& entry : answer.trace.entries) EXPECT_FALSE(entry.error);
  EXPECT_EQ(answer.certificate->fingerprint, hq.identity.certificate().fingerprint);
  // A second look proves that the first was over on hq's side, too.
  loop.run(branch.primary->probe(probe));
  EXPECT_TRUE(loop.run(list_unrecognised(*hq.storage, Unrecognised::shown))->empty());
  EXPECT_TRUE(hq.event_kinds().empty());
  EXPECT_TRUE(branch.event_kinds().empty());
}

TEST_F(PrimaryTest, AProbeWithoutAPinReportsTheCertificateThatCame) {
  const auto answer = loop.run(branch.primary->probe({.address = hq.link_endpoint(), .proxy = {}, .expected = {}}));
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(answer.certificate->pin, hq.identity.certificate().pin);
}

TEST_F(PrimaryTest, AProbeNamesTheStepThatFails) {
  const auto other = net::test::make_identity("other").certificate().pin;
  const auto mismatch = loop.run(branch.primary->probe({.address = hq.link_endpoint(), .proxy = {}, .expected = other}));
  ASSERT_TRUE(mismatch.error);
  EXPECT_EQ(mismatch.error->code, Code::certificate_mismatch);
  EXPECT_EQ(mismatch.trace.entries.back().step, net::DialStep::certificate);
  EXPECT_TRUE(mismatch.trace.entries.back().error);

  net::TcpAcceptor closed(loop.executor(), {net::asio::ip::address_v4::loopback(), 0});
  const auto port = closed.local_endpoint().port();
  closed.close();
  const auto refused = loop.run(branch.primary->probe({.address = {"127.0.0.1", port}, .proxy = {}, .expected = {}}));
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->code, Code::refused);

  const auto own = loop.run(branch.primary->probe({.address = branch.link_endpoint(), .proxy = {}, .expected = {}}));
  ASSERT_TRUE(own.error);
  EXPECT_EQ(own.error->code, Code::own_certificate);
}

}  // namespace
}  // namespace daikan::server
