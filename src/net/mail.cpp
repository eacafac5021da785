#include "net/mail.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "net/smtp_reply.h"

namespace daikan::net {
namespace {

std::string base64_of(std::string_view text) { return to_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); }

bool offers(const SmtpReply& greeting, std::string_view keyword, std::string_view parameter = {}) {
  for (const auto& line : greeting.lines) {
    std::string upper = line;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    if (upper == keyword && parameter.empty()) return true;
    if (!upper.starts_with(std::string(keyword) + " ")) continue;
    if (parameter.empty() || (upper + " ").find(fmt::format(" {} ", parameter)) != std::string::npos) return true;
  }
  return false;
}

/// One conversation. Every step ends it by its first failure.
class Conversation {
 public:
  Conversation(Wire& wire, const MailServer& server, SteadyTime deadline) : wire_(wire), server_(server), deadline_(deadline) {}

  awaitable<Result<>> open();
  awaitable<Result<>> log_in();
  awaitable<Result<MailAnswer>> hand_over(const Mail& mail);

 private:
  awaitable<Result<MailAnswer>> name_recipients(const Mail& mail);
  awaitable<Result<SmtpReply>> reply();
  awaitable<Result<SmtpReply>> ask(std::string line);
  /// `what`: "the sender a@b".
  awaitable<Result<>> expect(std::string line, std::string what);
  awaitable<Result<>> greet();
  awaitable<Result<>> log_in_plainly();
  awaitable<Result<>> log_in_by_questions();
  Error refused(std::string_view what, const SmtpReply& reply) const {
    return {Code::refused, fmt::format("{}: the mail server refused {}: {}.", wire_.server().str(), what, reply.str()),
            "Check what the mail server wants of this sender, and its log."};
  }
  Result<> judge_login(const SmtpReply& reply) const {
    if (reply.is_positive()) return {};
    return fail(Code::wrong_credentials,
                fmt::format("{}: the mail server refused the login of {}: {}.", wire_.server().str(), server_.user, reply.str()),
                "Check user and password.");
  }

  Wire& wire_;
  const MailServer& server_;
  SteadyTime deadline_;
  SmtpReplies replies_;
  SmtpReply greeting_;
};

awaitable<Result<SmtpReply>> Conversation::reply() {
  for (;;) {
    auto next = replies_.next();
    if (!next) {
      auto error = std::move(next.error());
      error.message = fmt::format("{}: {}", wire_.server().str(), error.message);
      co_return fail(std::move(error));
    }
    if (*next) co_return std::move(**next);
    auto piece = co_await wire_.read_some();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty())
      co_return fail(Code::closed, fmt::format("{}: the mail server closed the connection.", wire_.server().str()), "Look at its log.");
    replies_.feed(*piece);
  }
}

awaitable<Result<SmtpReply>> Conversation::ask(std::string line) {
  auto written = co_await wire_.write(line + "\r\n");
  if (!written) co_return fail(std::move(written.error()));
  auto answer = co_await reply();
  co_return answer;
}

awaitable<Result<>> Conversation::expect(std::string line, std::string what) {
  auto answer = co_await ask(std::move(line));
  if (!answer) co_return fail(std::move(answer.error()));
  if (!answer->is_positive()) co_return fail(refused(what, *answer));
  co_return Result<>{};
}

awaitable<Result<>> Conversation::greet() {
  auto answer = co_await ask("EHLO " + server_.own_name);
  if (!answer) co_return fail(std::move(answer.error()));
  if (!answer->is_positive()) co_return fail(refused("the greeting", *answer));
  greeting_ = std::move(*answer);
  co_return Result<>{};
}

awaitable<Result<>> Conversation::open() {
  if (server_.security == MailSecurity::tls) {
    auto secured = co_await wire_.secure(server_.trust, deadline_);
    if (!secured) co_return secured;
  }
  auto first = co_await reply();
  if (!first) co_return fail(std::move(first.error()));
  if (!first->is_positive()) co_return fail(refused("the connection", *first));
  auto greeted = co_await greet();
  if (!greeted || server_.security != MailSecurity::starttls) co_return greeted;
  if (!offers(greeting_, "STARTTLS")) {
    co_return fail(Code::tls_failed, fmt::format("{}: the mail server does not offer STARTTLS.", wire_.server().str()),
                   "Check the port (587 has STARTTLS as a rule, 465 is TLS from the first byte), or choose another transport.");
  }
  auto begun = co_await expect("STARTTLS", "STARTTLS");
  if (!begun) co_return begun;
  if (replies_.has_rest()) {
    co_return fail(Code::protocol_error, fmt::format("{}: sent more than its answer to STARTTLS.", wire_.server().str()),
                   "Somebody on the way may be adding to the conversation.");
  }
  auto secured = co_await wire_.secure(server_.trust, deadline_);
  if (!secured) co_return secured;
  greeted = co_await greet();  // RFC 3207 section 4.2: what was offered before does not count
  co_return greeted;
}

awaitable<Result<>> Conversation::log_in_plainly() {
  auto answer = co_await ask("AUTH PLAIN " + base64_of(std::string(1, '\0') + server_.user + std::string(1, '\0') + server_.password));
  if (!answer) co_return fail(std::move(answer.error()));
  co_return judge_login(*answer);
}

awaitable<Result<>> Conversation::log_in_by_questions() {
  auto answer = co_await ask("AUTH LOGIN");
  for (const auto* secret : {&server_.user, &server_.password}) {
    if (!answer || answer->code != 334) break;
    answer = co_await ask(base64_of(*secret));
  }
  if (!answer) co_return fail(std::move(answer.error()));
  co_return judge_login(*answer);
}

awaitable<Result<>> Conversation::log_in() {
  if (server_.user.empty()) co_return Result<>{};
  if (!wire_.is_secure()) {
    co_return fail(Code::invalid_request, "A password for a mail server is never sent without TLS.", "Choose starttls or tls.",
                   "transport");
  }
  if (offers(greeting_, "AUTH", "PLAIN")) {
    auto done = co_await log_in_plainly();
    co_return done;
  }
  if (offers(greeting_, "AUTH", "LOGIN")) {
    auto done = co_await log_in_by_questions();
    co_return done;
  }
  co_return fail(Code::wrong_credentials,
                 fmt::format("{}: the mail server offers neither AUTH PLAIN nor AUTH LOGIN.", wire_.server().str()),
                 "Use the port of the mail server that takes logins, or leave out the user.");
}

/// One recipient that is not taken keeps the mail from no other.
awaitable<Result<MailAnswer>> Conversation::name_recipients(const Mail& mail) {
  MailAnswer answer;
  std::string refusals;
  std::size_t taken = 0;
  for (const auto& to : mail.to) {
    auto said = co_await ask(fmt::format("RCPT TO:<{}>", to));
    if (!said) co_return fail(std::move(said.error()));
    if (said->is_positive()) {
      ++taken;
      continue;
    }
    refusals += fmt::format("{}{}: {}", refusals.empty() ? "" : "; ", to, said->str());
  }
  if (taken == mail.to.size()) co_return answer;
  Error error(Code::refused,
              fmt::format("{}: the mail server refused {} of {} recipients: {}.", wire_.server().str(), mail.to.size() - taken,
                          mail.to.size(), refusals),
              "Check the addresses, and the mail server's log.");
  if (taken == 0) co_return fail(std::move(error));
  answer.left_out = std::move(error);
  co_return answer;
}

awaitable<Result<MailAnswer>> Conversation::hand_over(const Mail& mail) {
  auto done = co_await expect(fmt::format("MAIL FROM:<{}>", mail.from), "the sender " + mail.from);
  if (!done) co_return fail(std::move(done.error()));
  auto answer = co_await name_recipients(mail);
  if (!answer) co_return answer;
  done = co_await expect("DATA", "the mail");
  if (!done) co_return fail(std::move(done.error()));
  // No line of it begins with a dot: headers begin with letters or a space, the body is base64.
  auto said = co_await ask(mail_text(mail) + ".");
  if (!said) co_return fail(std::move(said.error()));
  if (!said->is_positive() && said->code < 500) co_return fail(refused("the mail", *said));
  if (!said->is_positive()) answer->refused = refused("the mail", *said);
  // The mail is theirs now; how they take the farewell changes nothing.
  auto farewell = co_await wire_.write("QUIT\r\n");
  static_cast<void>(farewell);
  co_return answer;
}

awaitable<Result<MailAnswer>> converse(const MailServer& server, const Mail& mail, SteadyTime deadline) {
  auto wire = co_await Wire::dial(server.endpoint, deadline);
  if (!wire) co_return fail(std::move(wire.error()));
  Conversation conversation(**wire, server, deadline);
  auto ready = co_await conversation.open();
  if (ready) ready = co_await conversation.log_in();
  Result<MailAnswer> answer = MailAnswer{};
  if (ready) {
    answer = co_await conversation.hand_over(mail);
  } else {
    answer = fail(std::move(ready.error()));
  }
  (*wire)->close();
  co_return answer;
}

}  // namespace

awaitable<Result<MailAnswer>> send_mail(MailServer server, Mail mail, SteadyTime deadline) {
  for (const auto* to : {&mail.from}) {
    if (auto checked = check_mail_address(*to, "sender"); !checked) co_return fail(std::move(checked.error()));
  }
  for (const auto& to : mail.to) {
    if (auto checked = check_mail_address(to, "recipients"); !checked) co_return fail(std::move(checked.error()));
  }
  auto conversing = converse(server, mail, deadline);
  auto done = co_await with_deadline(deadline, fmt::format("sending mail through {}", server.endpoint.str()), std::move(conversing));
  co_return done;
}

}  // namespace daikan::net
