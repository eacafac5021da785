// The doctor on real servers in one process: real TLS, real ends, nothing disturbed.
#include "server/link_check.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/server/test_site.h"

namespace daikan::server::test {
namespace {

using hierarchy::Direction;
using hierarchy::LinkState;

struct LinkCheckTest : testing::Test {
  Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};

  RegistrationId add(Direction direction = Direction::secondary_dials) {
    AddSecondary request;
    request.name = "branch";
    request.direction = direction;
    if (direction == Direction::primary_dials) request.address = branch.link_endpoint();
    request.certificate = branch.certificate();
    auto view = loop.run(hq.secondaries->add(olga(), std::move(request)));
    if (!view) throw std::runtime_error(view.error().text());
    return view->record.id;
  }
  void set_primary(Direction direction = Direction::secondary_dials) {
    SetPrimary request;
    request.direction = direction;
    if (direction == Direction::secondary_dials) request.address = hq.link_endpoint();
    request.certificate = hq.certificate();
    auto view = loop.run(branch.primary->set(olga(), std::move(request)));
    if (!view) throw std::runtime_error(view.error().text());
  }
  bool connected(RegistrationId id) {
    return loop.run_until([&] { return hq.links->status(id).state == LinkState::connected; }) &&
           loop.run_until([&] { return branch.links->primary_status()->state == LinkState::connected; });
  }
  LinkCheck check(Site& site, std::optional<RegistrationId> id = std::nullopt) {
    auto checked = loop.run(check_link(*site.links, *site.storage, id));
    if (!checked) throw std::runtime_error(checked.error().text());
    return std::move(*checked);
  }
  static const CheckedStep& at(const LinkCheck& check, CheckStep step) { return check.steps.at(static_cast<std::size_t>(step)); }
};

TEST_F(LinkCheckTest, OfALinkThatStandsPassesAndDisturbsNeitherEnd) {
  const auto id = add();
  set_primary();
  ASSERT_TRUE(connected(id));
  const auto above = hq.links->status(id);
  const auto below = *branch.links->primary_status();
  // Both have written down that the link is up: whatever is written from here on was the doctor's doing.
  const auto written = [&](Site& site) { return std::ranges::count(site.event_kinds(), "link_connected") == 1; };
  for (int i = 0; i < 500 && !(written(hq) && written(branch)); ++i) loop.run(net::sleep_for(10ms));
  const auto events = hq.event_kinds().size() + branch.event_kinds().size();
  for (int i = 0; i < 3; ++i) {
    const auto from_below = check(branch);
    EXPECT_FALSE(first_failure(from_below.steps)) << first_failure(from_below.steps)->text();
    EXPECT_EQ(at(from_below, CheckStep::pin).outcome, StepOutcome::passed);
    const auto from_above = check(hq, id);
    EXPECT_FALSE(first_failure(from_above.steps)) << first_failure(from_above.steps)->text();
  }
  EXPECT_EQ(hq.links->status(id).since, above.since);
  EXPECT_EQ(hq.links->status(id).peer_address, above.peer_address);
  EXPECT_EQ(branch.links->primary_status()->since, below.since);
  EXPECT_EQ(hq.event_kinds().size() + branch.event_kinds().size(), events);
}

TEST_F(LinkCheckTest, IntoADmzPassesAndDisturbsNeitherEnd) {
  set_primary(Direction::primary_dials);
  const auto id = add(Direction::primary_dials);
  ASSERT_TRUE(connected(id));
  const auto since = branch.links->primary_status()->since;
  const auto from_above = check(hq, id);
  EXPECT_FALSE(first_failure(from_above.steps)) << first_failure(from_above.steps)->text();
  EXPECT_EQ(at(from_above, CheckStep::alpn).detail, "h2");
  const auto from_below = check(branch);
  EXPECT_FALSE(first_failure(from_below.steps));
  EXPECT_EQ(at(from_below, CheckStep::name).outcome, StepOutcome::skipped);
  EXPECT_EQ(branch.links->primary_status()->since, since);
}

TEST_F(LinkCheckTest, OfAServerThatIsNotRegisteredAboveFailsAtThePin) {
  set_primary();
  const auto checked = check(branch);
  const auto error = first_failure(checked.steps);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Code::unknown_to_primary);
  EXPECT_EQ(at(checked, CheckStep::pin).outcome, StepOutcome::failed);
  EXPECT_EQ(at(checked, CheckStep::alpn).outcome, StepOutcome::passed);
}

TEST_F(LinkCheckTest, OfADmzServerThatWasNotToldFailsAtThePin) {
  const auto id = add(Direction::primary_dials);
  const auto checked = check(hq, id);
  ASSERT_TRUE(first_failure(checked.steps));
  EXPECT_EQ(first_failure(checked.steps)->code, Code::unknown_to_secondary);
  EXPECT_EQ(at(checked, CheckStep::pin).outcome, StepOutcome::failed);
}

TEST_F(LinkCheckTest, MakesTheAttemptThatWaitsAtOnce) {
  set_primary();
  ASSERT_TRUE(loop.run_until([&] { return branch.links->primary_status()->state == LinkState::refused; }));
  const auto id = add();  // the next attempt is half a minute away
  const auto checked = check(branch);
  EXPECT_FALSE(first_failure(checked.steps)) << first_failure(checked.steps)->text();
  EXPECT_TRUE(connected(id));
}

TEST_F(LinkCheckTest, AboveNamesTheStrangerThatMayBeTheSecondary) {
  Site impostor{loop, "branch"};
  AddSecondary request;
  request.name = "branch";
  request.certificate = impostor.certificate();  // the wrong file was sent
  const auto id = loop.run(hq.secondaries->add(olga(), std::move(request)))->record.id;
  set_primary();
  ASSERT_TRUE(loop.run_until([&] { return hq.links->counters().unrecognised > 0; }));
  auto checked = check(hq, id);
  for (int i = 0; i < 200 && checked.sight.unrecognised.empty(); ++i) {
    loop.run(net::sleep_for(10ms));
    checked = check(hq, id);
  }
  const auto error = first_failure(checked.steps);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Code::certificate_mismatch);
  EXPECT_THAT(error->message, testing::HasSubstr(branch.facts.certificate.fingerprint));
  EXPECT_THAT(error->message, testing::HasSubstr(impostor.facts.certificate.fingerprint));
}

TEST_F(LinkCheckTest, OfNoLinkSaysSo) {
  auto checked = loop.run(check_link(*hq.links, *hq.storage, std::nullopt));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Code::not_found);
  checked = loop.run(check_link(*hq.links, *hq.storage, RegistrationId::make(now())));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Code::not_found);
}

TEST_F(LinkCheckTest, BothServersThatTakeThemselvesForThePrimaryAreToldSo) {
  const auto id = add();
  AddSecondary request;
  request.name = "hq";
  request.direction = Direction::primary_dials;
  request.address = hq.link_endpoint();
  request.certificate = hq.certificate();
  ASSERT_TRUE(loop.run(branch.secondaries->add(olga(), std::move(request))));
  ASSERT_TRUE(loop.run_until([&] { return hq.links->sight(id)->refused_peer.has_value(); }));
  const auto checked = check(hq, id);
  EXPECT_EQ(at(checked, CheckStep::alpn).outcome, StepOutcome::failed);
  EXPECT_THAT(first_failure(checked.steps)->message, testing::HasSubstr("“branch” dialled as a primary"));
}

}  // namespace
}  // namespace daikan::server::test
