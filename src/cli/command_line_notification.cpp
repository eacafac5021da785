// notification: its options.
#include "cli/command_line_parts.h"
#include "cli/commands_notification.h"

namespace daikan::cli {
namespace {

void add_options(CLI::App* verb, NotificationAdd& options) {
  verb->add_option("--name", options.name, "What it is called")->required()->type_name("NAME");
  verb->add_option("--email", options.email, "Mail through this server; port 587, 465 with tls, 25 with plain unless given")
      ->type_name("SERVER");
  verb->add_option("--webhook", options.webhook, "POST JSON there: https://host/path")->type_name("URL");
  verb->add_option("--syslog", options.syslog, "Lines for this log server; port 6514, 514 without tls unless given")->type_name("SERVER");
  verb->add_option("--transport", options.transport, "email: starttls (default), tls, plain; syslog: tls (default), plain (TCP), udp")
      ->check(CLI::IsMember({"starttls", "tls", "plain", "udp"}))
      ->type_name("HOW");
  verb->add_option("--fingerprint", options.fingerprint, "The server's certificate; without it the machine's authorities decide")
      ->type_name("SHA256");
  verb->add_option("--from", options.from, "email: the sender")->type_name("ADDRESS");
  verb->add_option("--to", options.to, "email: a recipient; may be given several times")->type_name("ADDRESS");
  verb->add_option("--user", options.user, "email: the login; its password is in --secret-file")->type_name("NAME");
  verb->add_option("--secret-file", options.secret_file, "email: the password; webhook: the key of the signature; - is standard input")
      ->type_name("FILE");
  verb->add_option("--severity", options.severity, "At least this: info, warning (default), error or critical")
      ->check(CLI::IsMember({"info", "warning", "error", "critical"}))
      ->type_name("SEVERITY");
  verb->add_option("--kind", options.kinds, "Only events of this kind; may be given several times")->type_name("KIND");
}

void add_edit_options(CLI::App* verb, NotificationEdit& options) {
  verb->add_option("NAME", options.destination, "Its name or id")->required();
  verb->add_option("--name", options.name, "Another name")->type_name("NAME");
  verb->add_option("--address", options.address, "email, syslog: another server; webhook: another URL")->type_name("SERVER");
  verb->add_option("--transport", options.transport, "email: starttls, tls, plain; syslog: tls, plain (TCP), udp")
      ->check(CLI::IsMember({"starttls", "tls", "plain", "udp"}))
      ->type_name("HOW");
  auto* fingerprint = verb->add_option("--fingerprint", options.fingerprint, "The server's certificate")->type_name("SHA256");
  verb->add_flag("--no-fingerprint", options.no_fingerprint, "Let the machine's authorities decide")->excludes(fingerprint);
  verb->add_option("--from", options.from, "email: the sender")->type_name("ADDRESS");
  verb->add_option("--to", options.to, "email: a recipient, in place of all; may be given several times")->type_name("ADDRESS");
  auto* user = verb->add_option("--user", options.user, "email: the login; its password is in --secret-file")->type_name("NAME");
  auto* secret =
      verb->add_option("--secret-file", options.secret_file, "email: the password; webhook: the key of the signature; - is standard input")
          ->type_name("FILE");
  verb->add_flag("--no-login", options.no_login, "Without user, password or key")->excludes(user)->excludes(secret);
  verb->add_option("--severity", options.severity, "At least this: info, warning, error or critical")
      ->check(CLI::IsMember({"info", "warning", "error", "critical"}))
      ->type_name("SEVERITY");
  auto* kinds = verb->add_option("--kind", options.kinds, "Only events of this kind; may be given several times")->type_name("KIND");
  verb->add_flag("--every-kind", options.every_kind, "Events of every kind")->excludes(kinds);
}

}  // namespace

void add_notification_commands(CLI::App& app, Command& chosen) {
  auto* notification = add_noun(app, "notification", "Where events are told to: mail, webhooks, syslog");
  auto added = std::make_shared<NotificationAdd>();
  auto* add =
      add_verb(notification, "add", "Tell events to one more destination, from now on",
               "  daikan notification add --name ops --email mail.example.com --from daikan@example.com --to ops@example.com\n"
               "  daikan notification add --name chat --webhook https://chat.example.com/hooks/1 --secret-file key --severity error\n"
               "  daikan notification add --name log --syslog log.example.com --severity info");
  add_options(add, *added);
  choose(add, chosen, added, notification_add);
  auto changed = std::make_shared<NotificationEdit>();
  auto* edit = add_verb(notification, "edit", "Change what is named; the rest stays, and nothing is lost on the way",
                        "  daikan notification edit ops --severity error\n"
                        "  daikan notification edit ops --address mail2.example.com --secret-file password");
  add_edit_options(edit, *changed);
  choose(edit, chosen, changed, notification_edit);
  choose(add_verb(notification, "list", "The destinations and whether they work", "  daikan notification list"), chosen,
         std::make_shared<NoOptions>(), notification_list);
  const auto with_name = [&](CLI::App* verb, awaitable<Result<>> (*run)(Context&, ApiSession&, DestinationName)) {
    auto named = std::make_shared<DestinationName>();
    verb->add_option("NAME", named->name, "Its name or id")->required();
    choose(verb, chosen, named, run);
  };
  with_name(add_verb(notification, "show", "All that is known of one", "  daikan notification show ops"), notification_show);
  with_name(add_verb(notification, "test", "Send a test now and say how it went", "  daikan notification test ops"), notification_test);
  with_name(add_verb(notification, "remove", "Tell it nothing any more", "  daikan notification remove ops"), notification_remove);
}

}  // namespace daikan::cli
