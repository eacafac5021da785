#include "server/notification_texts.h"

#include <gmock/gmock.h>

#include "base/sha256.h"
#include "server/audit_events.h"
#include "server/notifications.h"

namespace daikan::server {
namespace {

using hierarchy::Destination;
using hierarchy::DestinationKind;
using hierarchy::Event;
using hierarchy::Severity;
using hierarchy::Transport;
using testing::HasSubstr;
using testing::Not;

Event event(Severity severity, std::string message) {
  return {7, from_micros(1'000'000), severity, "link_refused", std::move(message), std::nullopt};
}

Notification notification(std::vector<Event> events, std::size_t more = 0) {
  return {.server_name = "hq", .server_id = "id", .host = "host", .events = std::move(events), .more = more};
}

Destination mail_destination() {
  Destination made;
  made.name = "ops";
  made.kind = DestinationKind::email;
  made.transport = Transport::starttls;
  made.endpoint = {"mail.example.com", 587};
  made.sender = "daikan@example.com";
  made.recipients = {"ops@example.com"};
  return made;
}

TEST(NotificationTexts, SubjectTellsTheWorstAndHowManyMore) {
  const auto one = mail_of(mail_destination(), notification({event(Severity::info, "It is up.")}), from_micros(0));
  EXPECT_EQ(one.subject, "[hq] info: It is up.");
  const auto many = mail_of(
      mail_destination(), notification({event(Severity::info, "It is up."), event(Severity::error, "It is refused.")}, 17), from_micros(0));
  EXPECT_EQ(many.subject, "[hq] error: It is refused. (18 more)");
  EXPECT_THAT(many.body, HasSubstr("17 more events are not listed here."));
  EXPECT_THAT(many.message_id, HasSubstr("@example.com"));
}

TEST(NotificationTexts, WhatStrangersWroteCannotBreakLines) {
  const auto mail = mail_of(mail_destination(), notification({event(Severity::info, "x\r\nBcc: evil@example.com")}), from_micros(0));
  EXPECT_THAT(mail.subject, Not(HasSubstr("\n")));
  EXPECT_THAT(mail.body, Not(HasSubstr("\nBcc")));
}

TEST(NotificationTexts, SignatureCoversTimeAndBody) {
  EXPECT_FALSE(webhook_headers("", "body", from_micros(5'000'000)).find("daikan-signature"));
  const auto headers = webhook_headers("key", "body", from_micros(5'999'999));
  EXPECT_EQ(headers.find("daikan-signature"), "t=5,v1=" + hmac_sha256_hex("key", "5.body"));
}

TEST(NotificationTexts, JsonHoldsTheEventsAsTheApiTellsThem) {
  const auto text = json_of(notification({event(Severity::warning, "“é”")}, 3));
  EXPECT_EQ(text, R"({"server":{"id":"id","name":"hq"},"events":[{"sequence":7,"at":"1970-01-01T00:00:01.000000Z","severity":"warning",)"
                  R"("kind":"link_refused","message":"“é”","secondary_id":null}],"more":3})");
}

TEST(Destinations, RuleIsSeverityAndKinds) {
  auto destination = mail_destination();
  EXPECT_TRUE(concerns(destination, event(Severity::warning, "x")));
  EXPECT_FALSE(concerns(destination, event(Severity::info, "x")));
  destination.kinds = {"login_refused"};
  EXPECT_FALSE(concerns(destination, event(Severity::critical, "x")));
  destination.kinds.push_back("link_refused");
  EXPECT_TRUE(concerns(destination, event(Severity::critical, "x")));
}

TEST(Destinations, LoginsAreNeverSentInTheClear) {
  auto destination = mail_destination();
  destination.user = "olga";
  destination.secret = "x";
  EXPECT_TRUE(check_destination(destination));
  destination.transport = Transport::plain;
  EXPECT_EQ(check_destination(destination).error().field, "transport");
}

TEST(AuditEvents, OnlyWhatHasNoEventOfItsOwnBecomesOne) {
  auto record = record_of({.name = "olga", .source = "192.0.2.1", .through = {"hq"}}, "login", "daikan 0.1.0");
  const auto told = event_of(record);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, "login");
  EXPECT_EQ(told->message, "“olga” from 192.0.2.1 through hq logged in (daikan 0.1.0).");
  record.object.clear();
  EXPECT_EQ(event_of(record)->message, "“olga” from 192.0.2.1 through hq logged in (a client without a name).");
  record.action = "group.add";
  EXPECT_FALSE(event_of(record));
  record.action = "login.refused";
  record.actor = "x\n{0}";
  record.outcome = "wrong_credentials";
  EXPECT_EQ(event_of(record)->severity, Severity::warning);
  EXPECT_THAT(event_of(record)->message, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace daikan::server
