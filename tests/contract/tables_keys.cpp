// Invitations, announced keys and roll-overs as rows.
#include "store/tables_keys.h"

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"
#include "store/tables_invitations.h"

namespace daikan::contract {
namespace {

using store::Transaction;

DAIKAN_ON_BOTH(InvitationTables);
DAIKAN_ON_BOTH(KeyTables);

hierarchy::InvitationRecord invitation(std::uint8_t number, GroupId group) {
  hierarchy::InvitationRecord record;
  record.id = InvitationId::make(at(number));
  record.group = group;
  record.name = "Branch “7”";
  record.pin = certificate(number).pin;
  record.created_by = "olga";
  record.created_at = at(number);
  record.expires_at = at(1000 + number);
  return record;
}

GroupId with_group(store::Database& database) {
  return in_write(database, [](Transaction& t) {
    const auto group = root_group();
    store::insert_group(t, group);
    return group.id;
  });
}

TEST_P(InvitationTables, AreFoundByIdAndKeyAndListedNewestFirst) {
  const auto group = with_group(database());
  const auto first = invitation(1, group), second = invitation(2, group);
  in_write(database(), [&](Transaction& t) { return store::insert_invitation(t, first), store::insert_invitation(t, second), 0; });
  const auto all = in_read(database(), [](Transaction& t) { return store::all_invitations(t); });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, second.id);
  EXPECT_EQ(all[1].name, first.name);
  EXPECT_EQ(all[1].expires_at, first.expires_at);
  EXPECT_FALSE(all[1].used_at || all[1].revoked_at || all[1].used_by || all[1].registration);
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::find_invitation(t, second.pin); })->id, second.id);
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::find_invitation(t, first.id); })->pin, first.pin);
  EXPECT_FALSE(in_read(database(), [&](Transaction& t) { return store::find_invitation(t, certificate(9).pin); }));
  EXPECT_ANY_THROW(in_write(database(), [&](Transaction& t) { return store::insert_invitation(t, invitation(1, group)), 0; }));
}

TEST_P(InvitationTables, WhatBecameOfOneIsKeptAndEndedOnesAreTrimmed) {
  const auto group = with_group(database());
  auto used = invitation(1, group), revoked = invitation(2, group);
  const auto open = invitation(3, group);
  used.used_at = at(50);
  used.used_by = certificate(7).pin;
  used.registration = RegistrationId::make(at(50));
  revoked.revoked_at = at(60);
  in_write(database(), [&](Transaction& t) {
    for (const auto& record : {invitation(1, group), invitation(2, group)}) {
      auto kept = record;
      kept.id = record.pin == used.pin ? used.id : revoked.id;
      store::insert_invitation(t, kept);
    }
    store::insert_invitation(t, open);
    store::update_invitation(t, used);
    store::update_invitation(t, revoked);
    return 0;
  });
  const auto found = in_read(database(), [&](Transaction& t) { return store::find_invitation(t, used.id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->used_at, used.used_at);
  EXPECT_EQ(found->used_by, used.used_by);
  EXPECT_EQ(found->registration, used.registration);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_invitations(t, at(55)); }), 1);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_invitations(t, at(70)); }), 1);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::all_invitations(t); }).size(), 1U);
  // A group takes its invitations with it.
  in_write(database(), [&](Transaction& t) { return store::remove_group(t, group), 0; });
  EXPECT_TRUE(in_read(database(), [](Transaction& t) { return store::all_invitations(t); }).empty());
}

TEST_P(InvitationTables, AllThatNobodyHasUsedAreRevokedAtOnce) {
  const auto group = with_group(database());
  auto used = invitation(1, group), revoked = invitation(2, group);
  const auto open = invitation(3, group);
  used.used_at = at(50);
  revoked.revoked_at = at(60);
  in_write(database(), [&](Transaction& t) {
    for (const auto& record : {used, revoked, open}) {
      store::insert_invitation(t, record);
      store::update_invitation(t, record);
    }
    store::revoke_unused_invitations(t, at(70));
    return 0;
  });
  const auto found = [&](const InvitationId& id) {
    return *in_read(database(), [&](Transaction& t) { return store::find_invitation(t, id); });
  };
  EXPECT_EQ(found(open.id).revoked_at, at(70));
  EXPECT_EQ(found(revoked.id).revoked_at, at(60));
  EXPECT_FALSE(found(used.id).revoked_at);
}

TEST_P(KeyTables, AnnouncedKeysArePutReplacedTakenAndGoWithTheirSecondary) {
  const auto group = with_group(database());
  const auto branch = secondary("branch", 1, group);
  in_write(database(), [&](Transaction& t) {
    store::insert_secondary(t, branch);
    store::put_primary(t, primary());
    store::put_announced_key(t, branch.id, certificate(20), at(1));
    store::put_announced_key(t, branch.id, certificate(21), at(2));
    store::put_announced_key(t, std::nullopt, certificate(22), at(3));
    return 0;
  });
  auto keys = in_read(database(), [](Transaction& t) { return store::announced_keys(t); });
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys.at(branch.id).pin, certificate(21).pin);
  EXPECT_EQ(keys.at(std::nullopt).fingerprint, certificate(22).fingerprint);
  in_write(database(), [&](Transaction& t) {
    // Another certificate for the same key is taken; for a key that is not registered it changes nothing.
    auto renewed = certificate(23);
    renewed.pin = branch.certificate.pin;
    store::renew_certificate(t, branch.id, renewed);
    EXPECT_EQ(store::find_secondary(t, branch.id)->certificate.fingerprint, renewed.fingerprint);
    EXPECT_EQ(store::find_secondary(t, branch.id)->certificate.pin, branch.certificate.pin);
    store::renew_certificate(t, branch.id, certificate(24));
    EXPECT_EQ(store::find_secondary(t, branch.id)->certificate.fingerprint, renewed.fingerprint);
    store::replace_certificate(t, branch.id, certificate(21));
    store::replace_certificate(t, std::nullopt, certificate(22));
    store::remove_announced_key(t, std::nullopt);
    return 0;
  });
  const auto changed = in_read(database(), [&](Transaction& t) { return store::find_secondary(t, branch.id); });
  EXPECT_EQ(changed->certificate.pin, certificate(21).pin);
  EXPECT_EQ(changed->revision, branch.revision + 2);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::find_primary(t); })->certificate.pin, certificate(22).pin);
  in_write(database(), [&](Transaction& t) { return store::remove_secondary(t, branch.id), 0; });
  EXPECT_TRUE(in_read(database(), [](Transaction& t) { return store::announced_keys(t); }).empty());
}

TEST_P(KeyTables, RollOverIsKeptWithWhatEachPeerSaid) {
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_roll_over(t); }));
  const auto branch = RegistrationId::make(at(1));
  store::RollOverRow row{store::RollOverRow::Phase::announcing, certificate(5), at(4), "olga", {}};
  in_write(database(), [&](Transaction& t) {
    store::put_roll_over(t, row);
    store::put_roll_over_peer(t, branch, {});
    store::put_roll_over_peer(t, std::nullopt, {at(5), std::nullopt});
    store::put_roll_over_peer(t, branch, {at(6), at(7)});
    row.phase = store::RollOverRow::Phase::switched;
    store::put_roll_over(t, row);
    return 0;
  });
  const auto found = in_read(database(), [](Transaction& t) { return store::find_roll_over(t); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->phase, store::RollOverRow::Phase::switched);
  EXPECT_EQ(found->next.der, certificate(5).der);
  EXPECT_EQ(found->started_at, at(4));
  EXPECT_EQ(found->started_by, "olga");
  ASSERT_EQ(found->peers.size(), 2U);
  EXPECT_EQ(found->peers.at(branch).seen_at, at(7));
  EXPECT_EQ(found->peers.at(std::nullopt).confirmed_at, at(5));
  in_write(database(), [&](Transaction& t) { return store::remove_roll_over_peer(t, branch), 0; });
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::find_roll_over(t); })->peers.size(), 1U);
  in_write(database(), [](Transaction& t) { return store::remove_roll_over(t), 0; });
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_roll_over(t); }));
}

}  // namespace
}  // namespace daikan::contract
