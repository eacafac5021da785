// Invitations, renewal and roll-over between whole servers in one process: real TLS on loopback, real databases.
#include <algorithm>

#include <gmock/gmock.h>

#include "joining/invitation_file.h"
#include "net/identity_change.h"
#include "store/tables_keys.h"
#include "unit/server/test_site.h"

namespace daikan::server::test {
namespace {

using testing::Contains;
using testing::IsSupersetOf;

class Keys : public ::testing::Test {
 protected:
  MadeInvitation invite(MakeInvitation request = {}) {
    request.addresses = {hq.link_endpoint()};
    auto made = loop.run(hq.invitations->make(olga(), std::move(request)));
    EXPECT_TRUE(made) << made.error().text();
    return std::move(*made);
  }
  Result<PrimaryView> join(Site& guest, const std::string& file) {
    return loop.run(guest.invited_join->join(olga(), {.invitation = file, .proxy = {}, .if_set = SetPrimary::IfSet::refuse}));
  }
  std::optional<Code> refusal(Site& guest, const std::string& file) {
    auto joined = join(guest, file);
    return joined ? std::nullopt : std::optional(joined.error().code);
  }
  bool connected(Site& upper, Site& lower) {
    const auto all = upper.read<std::vector<hierarchy::SecondaryRecord>>([](store::Transaction& t) { return store::all_secondaries(t); });
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& record) { return record.server_id == lower.facts.id; });
    if (found == all.end()) return false;
    const auto id = found->id;
    return loop.run_until([&] {
      const auto below = lower.links->primary_status();
      return upper.links->status(id).state == hierarchy::LinkState::connected && below && below->state == hierarchy::LinkState::connected;
    });
  }
  void link() { ASSERT_TRUE(join(branch, invite().file)); }

  Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};
};

TEST_F(Keys, InvitationRegistersOneServerAndOnlyThatOneMayComeAgain) {
  const auto made = invite({.group = {}, .name = "Branch 7", .valid = 1h, .addresses = {}});
  auto joined = join(branch, made.file);
  ASSERT_TRUE(joined) << joined.error().text();
  EXPECT_TRUE(connected(hq, branch));
  EXPECT_TRUE(join(branch, made.file));
  Site thief(loop, "thief");
  EXPECT_EQ(refusal(thief, made.file), Code::invitation_used);
  EXPECT_THAT(hq.audit(),
              IsSupersetOf({"invitation.make done", "secondary.add done", "invitation.use done", "invitation.refused invitation_used"}));
  EXPECT_THAT(thief.audit(), Contains("primary.join invitation_used"));
  const auto views = loop.run(hq.invitations->list());
  ASSERT_TRUE(views);
  EXPECT_EQ(hierarchy::state_of(views->front().record, now()), hierarchy::InvitationState::used);
  EXPECT_EQ(loop.run(hq.invitations->revoke(olga(), made.view.record.id)).error().code, Code::conflict);
}

TEST_F(Keys, RevokedAndExpiredInvitationsAreRefusedWithTheirCode) {
  const auto revoked = invite();
  ASSERT_TRUE(loop.run(hq.invitations->revoke(olga(), revoked.view.record.id)));
  EXPECT_EQ(refusal(branch, revoked.file), Code::invitation_revoked);
  const auto expired = invite();
  hq.write([&](store::Transaction& t) {
    t.execute("UPDATE invitations SET expires_at = $1 WHERE id = $2", {to_micros(now() - 1s), expired.view.record.id.str()});
  });
  EXPECT_EQ(refusal(branch, expired.file), Code::invitation_expired);
  EXPECT_EQ(refusal(branch, "daikan-invitation 1\n"), Code::invitation_unreadable);
  EXPECT_EQ(refusal(hq, invite().file), Code::own_certificate);
}

TEST_F(Keys, InvitationIsRefusedWhenItCannotBeMade) {
  const auto code = [&](MakeInvitation request) { return loop.run(hq.invitations->make(olga(), std::move(request))).error().code; };
  EXPECT_EQ(code({.group = "Nowhere", .name = {}, .valid = 1h, .addresses = {hq.link_endpoint()}}), Code::group_not_found);
  EXPECT_EQ(code({.group = {}, .name = "a/b", .valid = 1h, .addresses = {hq.link_endpoint()}}), Code::invalid_request);
  EXPECT_EQ(code({.group = {}, .name = {}, .valid = std::chrono::hours(24 * 400), .addresses = {hq.link_endpoint()}}),
            Code::invalid_request);
  hq.facts.link_endpoints.clear();
  EXPECT_EQ(code({.group = {}, .name = {}, .valid = 1h, .addresses = {}}), Code::address_required);
}

TEST_F(Keys, RenewalKeepsTheKeyAndTheLinks) {
  link();
  ASSERT_TRUE(connected(hq, branch));
  const auto before = hq.facts.certificate;
  const auto early = hq.facts.certificate_not_after - limits::kRenewBefore - 1h;
  EXPECT_FALSE(*loop.run(hq.own->renew_if_due(early)));
  const auto due = hq.facts.certificate_not_after - limits::kRenewBefore + 1h;
  auto renewed = loop.run(hq.own->renew_if_due(due));
  ASSERT_TRUE(renewed && *renewed);
  EXPECT_EQ(hq.facts.certificate.pin, before.pin);
  EXPECT_NE(hq.facts.certificate.fingerprint, before.fingerprint);
  EXPECT_GT(hq.facts.certificate_not_after, due + std::chrono::days(365));
  EXPECT_TRUE(std::filesystem::exists(hq.folder.path / "server.cer"));
  EXPECT_THAT(hq.event_kinds(), Contains("certificate_renewed"));
  EXPECT_THAT(hq.audit(), Contains("certificate.renew done"));
  EXPECT_EQ(branch.links->primary_status()->state, hierarchy::LinkState::connected);
  branch.restart();  // a new connection, over the renewed certificate
  EXPECT_TRUE(connected(hq, branch));
}

TEST_F(Keys, RollOverReachesThePeerAndEndsWithTheNewKeyAlone) {
  link();
  ASSERT_TRUE(connected(hq, branch));
  const auto old = hq.facts.certificate.pin;
  ASSERT_TRUE(loop.run(hq.roll_over->begin(olga())));
  ASSERT_TRUE(loop.run_until([&] { return hq.facts.certificate.pin != old; }));
  const auto pinned = [&] {
    return branch.read<std::optional<hierarchy::PrimaryRecord>>([](store::Transaction& t) { return store::find_primary(t); })
        ->certificate.pin;
  };
  for (int i = 0; i < 200 && (pinned() != hq.facts.certificate.pin || loop.run(hq.roll_over->view())->phase != link::RollOver::Phase::none);
       ++i) {
    loop.run(net::sleep_for(50ms));
  }
  EXPECT_EQ(pinned(), hq.facts.certificate.pin);
  EXPECT_EQ(loop.run(hq.roll_over->view())->phase, link::RollOver::Phase::none);
  EXPECT_TRUE(connected(hq, branch));
  EXPECT_THAT(hq.event_kinds(), IsSupersetOf({"roll_over_begun", "certificate_changed", "roll_over_done"}));
}

TEST_F(Keys, RollOverThatEndedJustBeforeItsSwitchGoesOnAtTheNextStart) {
  const auto next = std::move(*net::Identity::make(now()));
  ASSERT_TRUE(net::save_next(hq.folder.path, next));
  hq.write([&](store::Transaction& t) {
    store::put_roll_over(t, {store::RollOverRow::Phase::announcing, next.certificate(), now(), "olga", {}});
  });
  hq.restart();
  EXPECT_TRUE(loop.run_until([&] { return hq.facts.certificate.pin == next.certificate().pin; }));
  EXPECT_TRUE(std::filesystem::exists(hq.folder.path / "server.key"));
}

TEST_F(Keys, RollOverWhoseNextKeyIsGoneIsCancelledAtTheNextStart) {
  const auto old = hq.facts.certificate.pin;
  const auto next = std::move(*net::Identity::make(now()));
  hq.write([&](store::Transaction& t) {
    store::put_roll_over(t, {store::RollOverRow::Phase::announcing, next.certificate(), now(), "olga", {}});
  });
  hq.restart();
  for (int i = 0; i < 200 && loop.run(hq.roll_over->view())->phase != link::RollOver::Phase::none; ++i) loop.run(net::sleep_for(50ms));
  EXPECT_EQ(loop.run(hq.roll_over->view())->phase, link::RollOver::Phase::none);
  EXPECT_EQ(hq.facts.certificate.pin, old);
  EXPECT_THAT(hq.event_kinds(), Contains("roll_over_cancelled"));
}

TEST_F(Keys, GuestMayNotComeWithTheKeyOfTheInvitationAsItsOwn) {
  const auto made = invite();
  const auto file = joining::parse_invitation(made.file);
  ASSERT_TRUE(file);
  branch.identity = std::move(*net::Identity::from_key(file->key, now(), "branch"));
  branch.facts.certificate = branch.identity.certificate();
  branch.facts.certificate_pem = branch.identity.certificate_pem();
  branch.restart();
  EXPECT_EQ(refusal(branch, made.file), Code::certificate_mismatch);
  EXPECT_TRUE(hq.read<std::vector<hierarchy::SecondaryRecord>>([](store::Transaction& t) { return store::all_secondaries(t); }).empty());
  EXPECT_EQ(hierarchy::state_of(loop.run(hq.invitations->list())->front().record, now()), hierarchy::InvitationState::open);
}

TEST_F(Keys, WhoIsRegisteredDuringARollOverIsWaitedFor) {
  const auto add = [&](const std::string& name) {
    AddSecondary request;
    request.name = name;
    request.certificate = net::test::make_identity(name).certificate().der;
    return loop.run(hq.secondaries->add(olga(), std::move(request)))->record.id;
  };
  const auto waits = [&](std::size_t peers) {
    for (int i = 0; i < 100 && loop.run(hq.roll_over->view())->peers.size() != peers; ++i) loop.run(net::sleep_for(20ms));
    const auto view = loop.run(hq.roll_over->view());
    return view->phase == link::RollOver::Phase::announcing && view->peers.size() == peers;
  };
  const auto first = add("first");
  ASSERT_TRUE(loop.run(hq.roll_over->begin(olga())));
  add("second");
  EXPECT_TRUE(waits(2));
  SetPrimary set;
  set.direction = hierarchy::Direction::primary_dials;
  set.certificate = branch.certificate();
  ASSERT_TRUE(loop.run(hq.primary->set(olga(), std::move(set))));
  EXPECT_TRUE(waits(3));
  ASSERT_TRUE(loop.run(hq.secondaries->remove(olga(), first)));
  EXPECT_TRUE(waits(2)) << "the other two have not confirmed";
}

TEST_F(Keys, RollOverWhoseSwitchFailsCannotBeCancelledAndIsFinishedLater) {
  const auto old = hq.facts.certificate.pin;
  std::filesystem::create_directories(hq.folder.path / "server.key" / "in the way");
  EXPECT_EQ(loop.run(hq.roll_over->begin(olga())).error().code, Code::storage_failed);
  EXPECT_EQ(hq.facts.certificate.pin, old);
  EXPECT_EQ(loop.run(hq.roll_over->cancel(olga())).error().code, Code::storage_failed);
  EXPECT_EQ(loop.run(hq.roll_over->view())->phase, link::RollOver::Phase::announcing);
  std::filesystem::remove_all(hq.folder.path / "server.key");
  const auto finished = loop.run(hq.roll_over->finish(olga()));
  ASSERT_TRUE(finished) << finished.error().text();
  EXPECT_NE(hq.facts.certificate.pin, old);
  EXPECT_EQ(finished->phase, link::RollOver::Phase::none);
  EXPECT_TRUE(std::filesystem::exists(hq.folder.path / "server.key"));
}

TEST_F(Keys, RollOverWhoseNewKeyIsInUseButNotRecordedIsFinishedAndNotCancelled) {
  AddSecondary request;
  request.name = "asleep";
  request.certificate = net::test::make_identity("asleep").certificate().der;
  ASSERT_TRUE(loop.run(hq.secondaries->add(olga(), std::move(request))));
  ASSERT_TRUE(loop.run(hq.roll_over->begin(olga())));
  auto next = net::load_next(hq.folder.path);
  ASSERT_TRUE(next && *next);
  const auto pin = (*next)->certificate().pin;
  ASSERT_TRUE(net::use_next(hq.folder.path));
  hq.own->adopt(std::move(**next));  // as when the step behind it could not be stored
  EXPECT_EQ(loop.run(hq.roll_over->cancel(olga())).error().code, Code::conflict);
  const auto finished = loop.run(hq.roll_over->finish(olga()));
  ASSERT_TRUE(finished) << finished.error().text();
  EXPECT_EQ(finished->phase, link::RollOver::Phase::switched);
  EXPECT_EQ(hq.facts.certificate.pin, pin);
}

}  // namespace
}  // namespace daikan::server::test
