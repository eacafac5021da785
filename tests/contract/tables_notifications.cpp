// Notification destinations on both engines.
#include "store/tables_notifications.h"

#include <gmock/gmock.h>

#include "contract/fixture.h"
#include "contract/samples.h"

namespace daikan::contract {
namespace {

using hierarchy::Destination;
using store::Transaction;

DAIKAN_ON_BOTH(NotificationTables);

Destination destination(const std::string& name, std::int64_t second) {
  Destination made;
  made.id = hierarchy::DestinationId::make(at(second));
  made.name = name;
  made.kind = hierarchy::DestinationKind::email;
  made.transport = hierarchy::Transport::starttls;
  made.endpoint = {"mail.example.com", 587};
  made.fingerprint = "AB:CD";
  made.user = "olga";
  made.secret = "sealed1:x";
  made.sender = "daikan@example.com";
  made.recipients = {"a@example.com", "b@example.com"};
  made.least = hierarchy::Severity::error;
  made.kinds = {"link_refused", "login_refused"};
  made.created_at = at(second);
  made.delivered_through = 7;
  return made;
}

TEST_P(NotificationTables, DestinationComesBackWithEveryField) {
  const auto made = destination("Ops", 1);
  in_write(database(), [&](Transaction& t) { return store::insert_destination(t, made), 0; });
  const auto found = in_read(database(), [&](Transaction& t) { return store::find_destination(t, made.id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, made.name);
  EXPECT_EQ(found->kind, made.kind);
  EXPECT_EQ(found->transport, made.transport);
  EXPECT_EQ(found->endpoint, made.endpoint);
  EXPECT_EQ(found->path, made.path);
  EXPECT_EQ(found->fingerprint, made.fingerprint);
  EXPECT_EQ(found->user, made.user);
  EXPECT_EQ(found->secret, made.secret);
  EXPECT_EQ(found->sender, made.sender);
  EXPECT_EQ(found->recipients, made.recipients);
  EXPECT_EQ(found->least, made.least);
  EXPECT_EQ(found->kinds, made.kinds);
  EXPECT_EQ(found->created_at, made.created_at);
  EXPECT_EQ(found->delivered_through, 7);
  EXPECT_FALSE(found->last_delivered_at || found->failing_since);
  EXPECT_EQ(found->last_error, "");
}

TEST_P(NotificationTables, EditWritesWhatIsChosenAndKeepsTheStateOnceForEachRevision) {
  const auto made = destination("Ops", 1);
  in_write(database(), [&](Transaction& t) { return store::insert_destination(t, made), 0; });
  auto wanted = destination("Room", 2);
  wanted.id = made.id;
  wanted.endpoint = {"mail2.example.com", 465};
  wanted.transport = hierarchy::Transport::tls;
  wanted.recipients = {"c@example.com"};
  wanted.kinds = {};
  wanted.delivered_through = 99;
  wanted.revision = 2;
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::update_destination(t, wanted, 1); }));
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::update_destination(t, wanted, 1); }));
  const auto found = in_read(database(), [&](Transaction& t) { return store::find_destination(t, made.id); });
  EXPECT_EQ(found->name, "Room");
  EXPECT_EQ(found->endpoint, wanted.endpoint);
  EXPECT_EQ(found->recipients, wanted.recipients);
  EXPECT_TRUE(found->kinds.empty());
  EXPECT_EQ(found->revision, 2);
  EXPECT_EQ(found->delivered_through, made.delivered_through);
  EXPECT_EQ(found->created_at, made.created_at);
}

TEST_P(NotificationTables, NamesAreUniqueWithoutRegardToCaseAndListsAreByName) {
  in_write(database(), [&](Transaction& t) {
    store::insert_destination(t, destination("b", 1));
    store::insert_destination(t, destination("A", 2));
    return 0;
  });
  const auto all = in_read(database(), [](Transaction& t) { return store::all_destinations(t); });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "A");
  EXPECT_FALSE(write(database(), [](Transaction& t) -> Result<> {
    store::insert_destination(t, destination("B", 3));
    return {};
  }));
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::remove_destination(t, all[0].id); }));
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::remove_destination(t, all[0].id); }));
  EXPECT_FALSE(in_read(database(), [&](Transaction& t) { return store::find_destination(t, all[0].id); }));
}

TEST_P(NotificationTables, PositionAndRemarkChangeNothingElse) {
  const auto made = destination("ops", 1);
  in_write(database(), [&](Transaction& t) { return store::insert_destination(t, made), 0; });
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::record_delivery_failure(t, made.id, "one", at(2)); }));
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::record_position(t, made.id, 7); }));
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::record_remark(t, made.id, "left out"); }));
  const auto found = in_read(database(), [&](Transaction& t) { return store::find_destination(t, made.id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->delivered_through, 7);
  EXPECT_EQ(found->last_error, "left out");
  EXPECT_EQ(found->failing_since, at(2));
  EXPECT_FALSE(found->last_delivered_at);
}

TEST_P(NotificationTables, FailureBeginsOnceAndADeliveryEndsIt) {
  const auto made = destination("Ops", 1);
  in_write(database(), [&](Transaction& t) { return store::insert_destination(t, made), 0; });
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::record_delivery_failure(t, made.id, "one", at(2)); }));
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::record_delivery_failure(t, made.id, "two", at(3)); }));
  auto found = in_read(database(), [&](Transaction& t) { return store::find_destination(t, made.id); });
  EXPECT_EQ(found->failing_since, at(2));
  EXPECT_EQ(found->last_error, "two");
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::record_delivery(t, made.id, 9, at(4)); }));
  found = in_read(database(), [&](Transaction& t) { return store::find_destination(t, made.id); });
  EXPECT_FALSE(found->failing_since);
  EXPECT_EQ(found->last_error, "");
  EXPECT_EQ(found->delivered_through, 9);
  EXPECT_EQ(found->last_delivered_at, at(4));
  EXPECT_FALSE(
      in_write(database(), [&](Transaction& t) { return store::record_delivery(t, hierarchy::DestinationId::make(at(8)), 9, at(4)); }));
}

}  // namespace
}  // namespace daikan::contract
