// The command line of invitation files.
#include "cli/command_line_parts.h"

namespace daikan::cli {

void add_invitation_commands(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto invited = std::make_shared<InviteOptions>();
  auto* make = add_verb(&app, "invite", "Write a file with which one server can join a group of the server, once",
                        "  daikan invite --group \"Managed devices/Branches\" --name \"Branch 7\" branch7.invitation\n"
                        "  daikan invite --expires 12h --address hq.example.com:13000 branch7.invitation");
  make->add_option("FILE", invited->file, "The file to write (mode 0600); - is standard output")->required();
  make->add_option("--group", invited->group, "Group it is attached to; the root group unless given")->type_name("PATH");
  make->add_option("--name", invited->name, "What it will be called here; what it calls itself unless given")->type_name("NAME");
  make->add_option("--expires", invited->expires, "How long the invitation is valid: 90s, 30m, 12h, 7d; 7d unless given")
      ->type_name("TIME");
  make->add_option("--address", invited->addresses, "Where it reaches the server's links; may be given several times")->type_name("A:P");
  choose(make, chosen, invited, invite);

  auto joined = std::make_shared<JoinOptions>();
  auto* use = add_verb(&app, "join", "Become a secondary with the file that daikan invite wrote on the primary",
                       "  daikan join branch7.invitation\n"
                       "  daikan join branch7.invitation --proxy http://user@proxy:3128 --proxy-password-file pw");
  use->add_option("FILE", joined->file, "The invitation file; - is standard input")->required();
  use->add_option("--proxy", joined->proxy, "Proxy between this server and the primary: http://[user@]host:3128, socks5://...")
      ->type_name("URL");
  use->add_option("--proxy-password-file", joined->proxy_password_file, "That proxy's password")->type_name("FILE");
  use->add_flag("--replace", joined->replace, "Replace the primary there is");
  choose(use, chosen, joined, join);

  auto* invitation = add_noun(app, "invitation", "Invitations that were written");
  choose(add_verb(invitation, "list", "Invitations and what became of them", "  daikan invitation list"), chosen, none, invitation_list);
  auto revoked = std::make_shared<InvitationRevoke>();
  auto* revoke =
      add_verb(invitation, "revoke", "Revoke one that nobody used yet", "  daikan invitation revoke 01930c4e-5a00-7000-8000-000000000001");
  revoke->add_option("ID", revoked->id, "As invitation list shows it")->required();
  choose(revoke, chosen, revoked, invitation_revoke);
}

}  // namespace daikan::cli
