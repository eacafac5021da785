// The command line of the hierarchy: secondaries, the primary, the tree, and what happened.
#include "cli/command_line_parts.h"

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
  auto removed = std::make_shared<SecondaryName>();
  auto* remove = add_verb(secondary, "remove", "Remove one; it is told over the link", "  daikan secondary remove branch1");
  remove->add_option("NAME", removed->name, "Its name or id")->required();
  choose(remove, chosen, removed, secondary_remove);

  auto* unrecognised = add_noun(app, "unrecognised", "Servers that dialled and are not registered");
  choose(add_verb(unrecognised, "list", "Their fingerprints and where they dialled from", "  daikan unrecognised list"), chosen, none,
         unrecognised_list);
  auto ignored = std::make_shared<FingerprintOption>();
  auto* ignore = add_verb(unrecognised, "ignore", "Take one off the list, until it dials again", "  daikan unrecognised ignore AB:CD:...");
  ignore->add_option("FINGERPRINT", ignored->fingerprint, "As unrecognised list shows it")->required();
  choose(ignore, chosen, ignored, unrecognised_ignore);
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
                  "What people may do here through the primary; full unless said. Without --certificate only this is changed")
      ->check(CLI::IsMember({"full", "read", "none"}).description(""))
      ->type_name("full|read|none");
  choose(set, chosen, options, primary_set);
  choose(add_verb(primary, "show", "The primary and the state of the link to it", "  daikan primary show"), chosen, none, primary_show);
  choose(add_verb(primary, "clear", "Leave the primary", "  daikan primary clear"), chosen, none, primary_clear);

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
}

void add_history_commands(CLI::App& app, Command& chosen) {
  auto depth = std::make_shared<TreeOptions>();
  auto* tree_verb = add_verb(&app, "tree", "The server and every server below it, asked through the links",
                             "  daikan tree\n  daikan tree --depth 1 --output json");
  tree_verb->add_option("--depth", depth->depth, "Levels below the server; all unless given")->check(CLI::Range(0, 64))->type_name("N");
  choose(tree_verb, chosen, depth, tree);

  auto* event = add_noun(app, "event", "What happened on the server");
  auto events = std::make_shared<ListOptions>();
  auto* list = add_verb(event, "list", "The latest events", "  daikan event list --limit 20");
  list->add_option("--limit", events->limit, "How many; 100 unless given")->check(CLI::Range(1, 100000))->type_name("N");
  choose(list, chosen, events, event_list);
  auto following = std::make_shared<FollowOptions>();
  auto* follow =
      add_verb(event, "follow", "Events as they happen, until Ctrl-C", "  daikan event follow\n  daikan event follow --after 120 -o json");
  follow->add_option("--after", following->after, "Begin behind this sequence number")
      ->check(CLI::NonNegativeNumber.description(""))
      ->type_name("N");
  choose(follow, chosen, following, event_follow);

  auto* audit = add_noun(app, "audit", "Who did what");
  auto records = std::make_shared<ListOptions>();
  auto* audited = add_verb(audit, "list", "The latest audit records", "  daikan audit list --limit 20");
  audited->add_option("--limit", records->limit, "How many; 100 unless given")->check(CLI::Range(1, 100000))->type_name("N");
  choose(audited, chosen, records, audit_list);

  auto* operation = add_noun(app, "operation", "Long operations of the server");
  auto operations = std::make_shared<ListOptions>();
  auto* all = add_verb(operation, "list", "The latest operations", "  daikan operation list");
  all->add_option("--limit", operations->limit, "How many; 100 unless given")->check(CLI::Range(1, 1000))->type_name("N");
  choose(all, chosen, operations, operation_list);
  auto id = std::make_shared<IdOption>();
  auto* one = add_verb(operation, "show", "One operation and its steps", "  daikan operation show 01930c4e-5a00-7000-8000-000000000007");
  one->add_option("ID", id->id, "As operation list shows it")->required();
  choose(one, chosen, id, operation_show);
}

}  // namespace daikan::cli
