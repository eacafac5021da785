// The command line of the hierarchy: secondaries, the primary, the tree, and what happened.
#include "cli/command_line_parts.h"
#include "cli/commands_reparent.h"
#include "cli/commands_report.h"

namespace daikan::cli {
namespace {

void add_secondary_add(CLI::App* noun, Command& chosen) {
  auto options = std::make_shared<SecondaryAdd>();
  auto* verb = add_verb(noun, "add",
                        "Add a secondary Administration Server to a group: now (way 1), by certificate file (way 2), or in a DMZ (way 3)",
                        "  Way 1, this machine reaches the consoles of both:\n"
                        "    daikan secondary add --group \"Managed devices/Branches\" branch1.example.com\n"
                        "    daikan secondary add --group \"Managed devices\" branch1.example.com --user admin --password-file pw \\\n"
                        "      --fingerprint AB:CD:... --primary-address hq.example.com:13000\n"
                        "  Way 2, by certificate file, or a server that has dialled unrecognised:\n"
                        "    daikan secondary add --group \"Managed devices\" --name \"Branch 7\" --certificate branch7.cer\n"
                        "    daikan secondary add --group \"Managed devices\" --name \"Branch 7\" --fingerprint AB:CD:...\n"
                        "  Way 3, this server dials the secondary:\n"
                        "    daikan secondary add --dmz dmz.example.com:13000 --proxy http://user@proxy:3128 --proxy-password-file pw");
  verb->add_option("ADDRESS", options->address, "Console of the secondary; port 13291 unless given");
  verb->add_option("--group", options->group, "Group it is attached to; the root group unless given")->type_name("PATH");
  verb->add_option("--name", options->name, "Its name here; the one it tells unless given")->type_name("NAME");
  verb->add_option("--user", options->user, "An administrator of the secondary")->type_name("NAME");
  auto* password = verb->add_option("--password-file", options->password_file, "The password is the first line; - is standard input");
  password->type_name("FILE");
  verb->add_option("--token-file", options->token_file, "An API token of the secondary, instead of user and password")
      ->type_name("FILE")
      ->excludes(password);
  verb->add_option("--code-file,--code", options->code_file, "The second factor's code of that administrator; - is standard input")
      ->type_name("FILE");
  verb->add_option("--fingerprint", options->fingerprint, "SHA-256 fingerprint of the secondary's certificate")->type_name("SHA256");
  verb->add_option("--primary-address", options->primary_address, "Where the secondary reaches the primary; port 13000 unless given")
      ->type_name("A:P");
  verb->add_option("--primary-proxy", options->primary_proxy,
                   "Proxy between the secondary and the primary: http://[user@]host:3128, socks5://...")
      ->type_name("URL");
  verb->add_option("--primary-proxy-password-file", options->primary_proxy_password_file, "That proxy's password")->type_name("FILE");
  verb->add_option("--certificate", options->certificate, "The secondary's certificate, DER or PEM")->type_name("FILE");
  verb->add_option("--dmz", options->dmz, "The primary dials this address of the secondary; port 13000 unless given")
      ->type_name("ADDR:PORT");
  verb->add_option("--proxy", options->proxy, "Proxy between the primary and the secondary (with --dmz)")->type_name("URL");
  verb->add_option("--proxy-password-file", options->proxy_password_file, "That proxy's password")->type_name("FILE");
  verb->add_option("--wait", options->wait_seconds, "How long to wait for the link; 60 unless given")
      ->check(CLI::Range(0, 3600))
      ->type_name("SECONDS");
  choose(verb, chosen, options, secondary_add);
}

void add_unrecognised(CLI::App& app, Command& chosen) {
  auto* noun = add_noun(app, "unrecognised", "Servers that dialled and are not registered");
  auto listed = std::make_shared<UnrecognisedList>();
  auto* list = add_verb(noun, "list", "Their fingerprints and where they dialled from",
                        "  daikan unrecognised list\n  daikan unrecognised list --ignored");
  list->add_flag("--ignored", listed->ignored, "Those that are ignored instead");
  choose(list, chosen, listed, unrecognised_list);
  auto added = std::make_shared<UnrecognisedAdd>();
  auto* add = add_verb(noun, "add", "Make one a secondary, once its fingerprint was compared",
                       "  daikan unrecognised add AB:CD:... --group \"Managed devices/Branches\" --name \"Branch 7\"");
  add->add_option("FINGERPRINT", added->fingerprint, "As unrecognised list shows it")->required();
  add->add_option("--group", added->group, "Group it is attached to; the root group unless given")->type_name("PATH");
  add->add_option("--name", added->name, "Its name here; one is made up unless given")->type_name("NAME");
  choose(add, chosen, added, unrecognised_add);
  const auto change = [&](const char* name, const char* what, auto run) {
    auto options = std::make_shared<FingerprintOption>();
    auto* verb = add_verb(noun, name, what, std::string("  daikan unrecognised ") + name + " AB:CD:...");
    verb->add_option("FINGERPRINT", options->fingerprint, "As unrecognised list shows it")->required();
    choose(verb, chosen, options, run);
  };
  change("ignore", "Ignore one from now on: it is not listed when it dials again", unrecognised_ignore);
  change("unignore", "List an ignored one again", unrecognised_unignore);
  change("forget", "Take one off the list, until it dials again", unrecognised_forget);
}

void add_dial_options(CLI::App* verb, DialOptions& options, const char* other) {
  const std::string to = std::string(" between this server and the ") + other;
  verb->add_option("--address", options.address, "Its new address")->type_name("A:P");
  auto* proxy = verb->add_option("--proxy", options.proxy, "Proxy" + to + ": http://[user@]host:3128, socks5://...")->type_name("URL");
  verb->add_option("--proxy-password-file", options.proxy_password_file, "That proxy's password")->type_name("FILE")->needs(proxy);
  verb->add_flag("--no-proxy", options.no_proxy, "Without a proxy from now on")->excludes(proxy);
  auto* dmz = verb->add_flag("--dmz", options.dmz, "The primary dials from now on");
  verb->add_flag("--no-dmz", options.no_dmz, "The secondary dials from now on")->excludes(dmz);
  verb->add_option("--certificate", options.certificate, "Its new certificate, DER or PEM; the old one is worth nothing at once")
      ->type_name("FILE");
  verb->add_flag("--untested", options.untested, "Save without trying the new way first");
}

/// To another group of the same primary, or to another primary with everything below it.
awaitable<Result<>> move_either_way(Context& context, ApiSession& session, SecondaryReparent options) {
  if (!options.to_primary.empty()) return secondary_reparent(context, session, std::move(options));
  return secondary_move(context, session, SecondaryMove{std::move(options.secondary), std::move(options.group)});
}

void add_secondary_move(CLI::App* noun, Command& chosen) {
  auto moved = std::make_shared<SecondaryReparent>();
  auto* move = add_verb(noun, "move", "Move one to another group, or with everything below it to another primary",
                        "  daikan secondary move branch1 --group \"Managed devices/North\"\n"
                        "  daikan --server hq secondary move branch1 --to-primary hq2 --group \"Managed devices\"\n"
                        "Without a machine that reaches both primaries: daikan primary move, on the secondary.");
  move->add_option("NAME", moved->secondary, "Its name or id")->required();
  auto* where = move->add_option_group("where to");
  where->add_option("--group", moved->group, "Group it moves to; with --to-primary: of the new primary, its root group unless given")
      ->type_name("PATH");
  auto* to = where->add_option("--to-primary", moved->to_primary, "Its new primary: a profile, or the address of its console")
                 ->type_name("PROFILE");
  where->require_option(1, 2);
  move->add_option("--primary-address", moved->primary_address, "Where it reaches the new primary; its console's host unless given")
      ->type_name("A:P")
      ->needs(to);
  move->add_option("--wait", moved->wait_seconds, "It comes back unless it is connected within this time; 60 unless given")
      ->check(CLI::Range(5, 600))
      ->type_name("SECONDS")
      ->needs(to);
  choose(move, chosen, moved, move_either_way);
}

void add_secondary_edit(CLI::App* noun, Command& chosen) {
  auto options = std::make_shared<SecondaryEdit>();
  auto* verb = add_verb(noun, "edit", "Change a secondary in place; a new way that this server dials is tried first",
                        "  daikan secondary edit branch1 --name \"Branch 1\"\n"
                        "  daikan secondary edit dmz1 --address dmz2.example.com:13000 --no-proxy\n"
                        "  daikan secondary edit branch1 --certificate branch1-new.cer");
  verb->add_option("NAME", options->secondary, "Its name or id")->required();
  verb->add_option("--name", options->name, "Its new name here")->type_name("NAME");
  verb->add_option("--group", options->group, "Group it moves to")->type_name("PATH");
  add_dial_options(verb, options->dial, "secondary");
  choose(verb, chosen, options, secondary_edit);
  add_secondary_move(noun, chosen);
}

void add_operation_ends(CLI::App* noun, Command& chosen) {
  auto resumed = std::make_shared<OperationResume>();
  auto* resume = add_verb(noun, "resume", "Go on with a failed or interrupted operation; the account of the secondary is asked again",
                          "  daikan operation resume 01930c4e-5a00-7000-8000-000000000007 --user admin --password-file pw");
  resume->add_option("ID", resumed->id, "As operation list shows it")->required();
  resume->add_option("--user", resumed->user, "An administrator of the secondary")->type_name("NAME");
  auto* password = resume->add_option("--password-file", resumed->password_file, "The password is the first line; - is standard input");
  password->type_name("FILE");
  resume->add_option("--token-file", resumed->token_file, "An API token of the secondary, instead of user and password")
      ->type_name("FILE")
      ->excludes(password);
  resume->add_option("--wait", resumed->wait_seconds, "How long to wait for its end; 120 unless given")
      ->check(CLI::Range(0, 3600))
      ->type_name("SECONDS");
  choose(resume, chosen, resumed, operation_resume);
  auto cancelled = std::make_shared<IdOption>();
  auto* cancel =
      add_verb(noun, "cancel", "Stop an operation and undo what it did", "  daikan operation cancel 01930c4e-5a00-7000-8000-000000000007");
  cancel->add_option("ID", cancelled->id, "As operation list shows it")->required();
  choose(cancel, chosen, cancelled, operation_cancel);
}

void add_primary_move(CLI::App* primary, Command& chosen) {
  auto moved = std::make_shared<PrimaryMoveOptions>();
  auto* move = add_verb(primary, "move",
                        "Move this server, with everything below it, to another primary; it comes back unless the new link comes up",
                        "  daikan primary move --address hq2.example.com --certificate hq2.cer\n"
                        "  daikan primary move --dmz --certificate hq2.cer --wait 300\n"
                        "The new primary knows this server before: daikan secondary add --certificate FILE, there.");
  move->add_option("--certificate", moved->to.certificate, "The new primary's certificate, DER or PEM")->required()->type_name("FILE");
  move->add_option("--address", moved->to.address, "Where this server reaches it; port 13000 unless given")->type_name("A:P");
  move->add_option("--proxy", moved->to.proxy, "Proxy between this server and the new primary")->type_name("URL");
  move->add_option("--proxy-password-file", moved->to.proxy_password_file, "That proxy's password")->type_name("FILE");
  move->add_flag("--dmz", moved->to.dmz, "This server waits for the new primary to dial");
  move->add_option("--wait", moved->wait_seconds, "So long the new link may take; 60 unless given")
      ->check(CLI::Range(5, 600))
      ->type_name("SECONDS");
  choose(move, chosen, moved, primary_move);
  choose(add_verb(primary, "move-status", "How the last move to another primary ended", "  daikan primary move-status"), chosen,
         std::make_shared<NoOptions>(), primary_move_show);
}

}  // namespace

void add_secondary_commands(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto* secondary = add_noun(app, "secondary", "Secondary Administration Servers of the server");
  add_secondary_add(secondary, chosen);
  auto listed = std::make_shared<SecondaryList>();
  auto* list = add_verb(secondary, "list", "The secondaries and the state of their links",
                        "  daikan secondary list\n  daikan secondary list --group \"Managed devices/Branches\" --output json");
  list->add_option("--group", listed->group, "Only those of this group")->type_name("PATH");
  list->add_option("--state", listed->state, "Only those in this state")
      ->check(CLI::IsMember({"never_connected", "connecting", "connected", "disconnected", "refused"}).description(""))
      ->type_name("STATE");
  choose(list, chosen, listed, secondary_list);
  auto showed = std::make_shared<SecondaryName>();
  auto* show = add_verb(secondary, "show", "All that is known of one", "  daikan secondary show branch1");
  show->add_option("NAME", showed->name, "Its name or id")->required();
  choose(show, chosen, showed, secondary_show);
  add_secondary_edit(secondary, chosen);
  auto removed = std::make_shared<SecondaryName>();
  auto* remove = add_verb(secondary, "remove", "Remove one; it is told over the link", "  daikan secondary remove branch1");
  remove->add_option("NAME", removed->name, "Its name or id")->required();
  choose(remove, chosen, removed, secondary_remove);

  add_unrecognised(app, chosen);
}

void add_primary_commands(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto* primary = add_noun(app, "primary", "The primary of the server");
  auto options = std::make_shared<PrimarySet>();
  auto* set = add_verb(primary, "set", "Use this server as secondary of a primary",
                       "  daikan primary set --address hq.example.com --certificate primary.cer\n"
                       "  daikan primary set --dmz --certificate primary.cer\n"
                       "  daikan primary set --primary-may read");
  auto* certificate = set->add_option("--certificate", options->certificate, "The primary's certificate, DER or PEM");
  certificate->type_name("FILE");
  set->add_option("--address", options->address, "Where this server reaches the primary; port 13000 unless given")
      ->type_name("A:P")
      ->needs(certificate);
  set->add_option("--proxy", options->proxy, "Proxy between this server and the primary: http://[user@]host:3128, socks5://...")
      ->type_name("URL");
  set->add_option("--proxy-password-file", options->proxy_password_file, "That proxy's password")->type_name("FILE");
  set->add_flag("--dmz", options->dmz, "This server stands in a DMZ: it waits for the primary to dial")->needs(certificate);
  set->add_flag("--replace", options->replace, "Replace the primary there is");
  set->add_option("--primary-may", options->primary_may,
                  "What people may do here through the primary, and no more than you may. Without --certificate only this is changed")
      ->check(CLI::IsMember({"full", "read", "none"}).description(""))
      ->type_name("full|read|none");
  choose(set, chosen, options, primary_set);
  auto edited = std::make_shared<DialOptions>();
  auto* edit = add_verb(primary, "edit", "Change in place how the primary is reached; a new way that this server dials is tried first",
                        "  daikan primary edit --address hq2.example.com\n"
                        "  daikan primary edit --no-proxy\n"
                        "  daikan primary edit --certificate primary-new.cer");
  add_dial_options(edit, *edited, "primary");
  choose(edit, chosen, edited, primary_edit);
  add_primary_move(primary, chosen);
  choose(add_verb(primary, "show", "The primary and the state of the link to it", "  daikan primary show"), chosen, none, primary_show);
  auto left = std::make_shared<PrimaryClear>();
  auto* clear = add_verb(primary, "clear", "Leave the primary; what was inherited stays as own policies that can be edited",
                         "  daikan primary clear\n  daikan primary clear --remove-inherited");
  clear->add_flag("--remove-inherited", left->remove_inherited, "Remove what was inherited instead of keeping it");
  choose(clear, chosen, left, primary_clear);

  auto probed = std::make_shared<ProbeOptions>();
  auto* probe_verb = add_verb(&app, "probe", "Let the server try to reach another one's link port, step by step; nothing is changed",
                              "  daikan probe hq.example.com:13000 --certificate primary.cer\n"
                              "  daikan probe --dmz dmz.example.com:13000 --proxy http://user@proxy:3128 --proxy-password-file pw");
  probe_verb->add_option("ADDRESS", probed->address, "Where to; port 13000 unless given")->required();
  probe_verb->add_option("--proxy", probed->proxy, "Through this proxy")->type_name("URL");
  probe_verb->add_option("--proxy-password-file", probed->proxy_password_file, "That proxy's password")->type_name("FILE");
  probe_verb->add_option("--certificate", probed->certificate, "The certificate it must have")->type_name("FILE");
  probe_verb->add_option("--fingerprint", probed->fingerprint, "The fingerprint it must have")->type_name("SHA256");
  probe_verb->add_flag("--dmz", probed->dmz, "It is a secondary in a DMZ, not a primary");
  choose(probe_verb, chosen, probed, probe);

  auto* link = add_noun(app, "link", "Links between servers");
  auto checked = std::make_shared<LinkCheckOptions>();
  auto* check = add_verb(link, "check", "Examine a link step by step, from both ends where a way exists, and say what to do",
                         "  daikan link check\n"
                         "  daikan link check branch1 --report branch1.json");
  check->add_option("SERVER", checked->name, "A secondary, or primary; without it the primary, and a line for each secondary");
  check->add_option("--report", checked->report, "Write all of it to this file, without secrets, to attach to a ticket")->type_name("FILE");
  choose(check, chosen, checked, link_check);
}

void add_history_commands(CLI::App& app, Command& chosen) {
  auto depth = std::make_shared<TreeOptions>();
  auto* tree_verb = add_verb(&app, "tree", "The server and every server below it, asked through the links",
                             "  daikan tree\n  daikan tree --depth 1 --output json");
  tree_verb->add_option("--depth", depth->depth, "Levels below the server; all unless given")->check(CLI::Range(0, 64))->type_name("N");
  choose(tree_verb, chosen, depth, tree);

  add_event_commands(app, chosen);
  add_audit_commands(app, chosen);
  add_report_commands(app, chosen);
  add_notification_commands(app, chosen);

  auto* operation = add_noun(app, "operation", "Long operations of the server");
  auto operations = std::make_shared<ListOptions>();
  auto* all = add_verb(operation, "list", "The latest operations", "  daikan operation list");
  all->add_option("--limit", operations->limit, "How many; 100 unless given")->check(CLI::Range(1, 1000))->type_name("N");
  choose(all, chosen, operations, operation_list);
  auto id = std::make_shared<IdOption>();
  auto* one = add_verb(operation, "show", "One operation and its steps", "  daikan operation show 01930c4e-5a00-7000-8000-000000000007");
  one->add_option("ID", id->id, "As operation list shows it")->required();
  choose(one, chosen, id, operation_show);
  add_operation_ends(operation, chosen);
}

}  // namespace daikan::cli
