// The texts and answers of mail, webhook and syslog; conversations with real servers are in tests/system/test_notifications.py.
#include <sstream>

#include <gmock/gmock.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"
#include "net/http_post.h"
#include "net/mail.h"
#include "net/smtp_reply.h"
#include "net/syslog.h"

namespace daikan::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(SmtpReplies, AreReadLineByLineInAnyPortions) {
  SmtpReplies replies;
  for (const char c : std::string("220 hello\r\n250-a\r\n250-b\n250 c\r\n354\r\n")) {
    replies.feed(std::string(1, c));
  }
  auto first = replies.next();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->code, 220);
  auto second = replies.next();
  ASSERT_TRUE(second && *second);
  EXPECT_THAT((*second)->lines, ElementsAre("a", "b", "c"));
  EXPECT_TRUE(replies.has_rest());
  auto third = replies.next();
  ASSERT_TRUE(third && *third);
  EXPECT_EQ((*third)->code, 354);
  EXPECT_FALSE(replies.has_rest());
  EXPECT_FALSE(*replies.next());
}

TEST(SmtpReplies, WhatIsNoReplyIsRefusedAndQuoted) {
  for (const auto* bytes : {"HTTP/1.1 400 Bad Request\r\n", "25\r\n", "250x\r\n", "150 no\r\n", "250-a\r\n251 b\r\n", "\r\n"}) {
    SmtpReplies replies;
    replies.feed(bytes);
    const auto next = replies.next();
    ASSERT_FALSE(next) << bytes;
    EXPECT_EQ(next.error().code, Code::protocol_error);
  }
  SmtpReplies endless;
  endless.feed(std::string(limits::kMaxSmtpReplyBytes + 1, '2'));
  EXPECT_FALSE(endless.next());
}

Mail mail() {
  return {.from = "daikan@example.com",
          .to = {"a@example.com", "b@example.com"},
          .subject = "plain",
          .body = "first\n.\nthird\n",
          .at = from_micros(1'790'000'000'000'000),
          .message_id = "1@example.com"};
}

TEST(MailText, IsAMessageOfShortAsciiLinesThatNeverBeginWithADot) {
  auto one = mail();
  one.body += std::string(3000, 'x') + "é\n";
  const auto text = mail_text(one);
  EXPECT_THAT(text, StartsWith("Date: Mon, 21 Sep 2026 "));
  EXPECT_THAT(text, HasSubstr("To: a@example.com,\r\n b@example.com\r\nSubject: plain\r\n"));
  std::size_t begin = 0;
  for (auto end = text.find("\r\n"); end != std::string::npos; end = text.find("\r\n", begin)) {
    const auto line = text.substr(begin, end - begin);
    EXPECT_LE(line.size(), 78U);
    EXPECT_FALSE(line.starts_with("."));
    EXPECT_THAT(line, Not(HasSubstr("\n")));
    begin = end + 2;
  }
  EXPECT_EQ(begin, text.size());
}

TEST(MailText, NothingInASubjectBecomesAHeader) {
  auto one = mail();
  one.subject = "a\r\nBcc: evil@example.com";
  EXPECT_THAT(mail_text(one), Not(HasSubstr("Bcc")));
  one.subject = "Köln ist verbunden – " + std::string(200, 'x') + "日本語";
  const auto text = mail_text(one);
  EXPECT_THAT(text, HasSubstr("Subject: =?UTF-8?B?"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 77U) << line;
  one.subject = "=?UTF-8?B?eA==?=";
  EXPECT_THAT(mail_text(one), HasSubstr("Subject: =?UTF-8?B?PT9VVEYt"));
}

TEST(MailAddress, IsPlainAsciiOrRefused) {
  for (const auto* good : {"a@b", "first.last+tag@mail.example.com", "x_y@10-0.example"})
    EXPECT_TRUE(check_mail_address(good, "sender")) << good;
  for (const auto* bad : {"", "a", "@b", "a@", "a b@c", "a@b\r\nRCPT TO:<c@d>", "<a@b>", "a@b>", "\"a\"@b", "é@b", "a..b@c", ".a@c", "a.@c",
                          "a@b..c", "a@-b", "Olga <a@b>", "a@b,c@d"}) {
    const auto checked = check_mail_address(bad, "sender");
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().field, "sender");
  }
}

TEST(WebTarget, IsTakenApartAndPutTogether) {
  auto target = parse_web_target("https://chat.example.com/hooks/1?a=b", "address");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->endpoint, (Endpoint{"chat.example.com", 443}));
  EXPECT_EQ(target->path, "/hooks/1?a=b");
  target = parse_web_target("http://[::1]:8080", "address");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->endpoint, (Endpoint{"::1", 8080}));
  EXPECT_EQ(target->path, "/");
  EXPECT_EQ(parse_web_target("https://x?q", "address")->path, "/?q");
  for (const auto* bad : {"", "ftp://x/", "x", "https://", "https://u:p@x/", "https://x/#f", "https://x/a b", "https://x/\r\nhost: y",
                          "https://x:0/", "https://é/"}) {
    const auto refused = parse_web_target(bad, "address");
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().field, "address");
  }
}

TEST(AnswerHead, GivesTheStatusOfTheFinalAnswer) {
  for (std::size_t portion : {1, 5, 1000}) {
    AnswerHead head;
    const std::string text = "HTTP/1.1 100 Continue\r\nx: y\r\n\r\nHTTP/1.1 204 No Content\r\nserver: z\r\n\r\n";
    std::optional<int> status;
    for (std::size_t i = 0; i < text.size() && !status; i += portion) {
      auto fed = head.feed(std::string_view(text).substr(i, portion));
      ASSERT_TRUE(fed);
      status = *fed;
    }
    EXPECT_EQ(status, 204);
  }
}

TEST(AnswerHead, WhatIsNoAnswerIsRefusedEarly) {
  for (const auto* bytes : {"220 mail.example.com ESMTP", "HTTP/2 200\r\n", "HTTP/1.1 20x OK\r\n", "HTTP/1.1 999 No\r\n", "\x15\x03\x01"}) {
    AnswerHead head;
    EXPECT_FALSE(head.feed(bytes)) << bytes;
  }
  AnswerHead endless;
  EXPECT_FALSE(endless.feed("HTTP/1.1 200 OK\r\nx: " + std::string(limits::kMaxHeaderListBytes, 'x')));
}

TEST(SyslogText, IsRfc5424) {
  const auto text =
      syslog_text({.severity = 4, .at = from_micros(0), .host = "hq", .kind = "link_refused", .sequence = 12, .message = "Köln\nx"});
  EXPECT_THAT(text, testing::MatchesRegex("<132>1 1970-01-01T00:00:00.000000Z hq daikand [0-9]+ link_refused \\[meta sequenceId=\"12\"\\] "
                                          "\xEF\xBB\xBFK.*ln.x0ax"));
}

TEST(SyslogText, FieldsCannotBeForgedAndTheSizeIsBounded) {
  const auto text = syslog_text(
      {.severity = 99, .at = from_micros(0), .host = "h q\n", .kind = "", .sequence = 3'000'000'000, .message = std::string(9000, 'x')});
  EXPECT_THAT(text, StartsWith("<135>1 1970-01-01T00:00:00.000000Z h_q_ daikand "));
  EXPECT_THAT(text, HasSubstr(" - [meta sequenceId=\"852516354\"] "));
  EXPECT_LE(text.size(), limits::kMaxSyslogBytes);
  EXPECT_TRUE(is_utf8(text));
}

}  // namespace
}  // namespace daikan::net
