// The command line of who may what: users, roles, sessions.
#include "cli/command_line_parts.h"
#include "cli/commands_users.h"

namespace daikan::cli {
namespace {

void add_one_user(CLI::App* noun, Command& chosen) {
  auto added = std::make_shared<UserAdd>();
  auto* add = add_verb(noun, "add", "Make a user; without a role the user may log in and do nothing",
                       "  daikan user add ivan --role operator --group \"Managed devices/Branches\"\n"
                       "  daikan user add eva --role auditor --password-file pw");
  add->add_option("NAME", added->name, "The user's name")->required();
  add->add_option("--password-file", added->password_file, "The password is the first line of this file; - is standard input")
      ->type_name("FILE");
  auto* role = add->add_option("--role", added->role, "A first role: administrator, operator, viewer, auditor, or a made or inherited one");
  role->type_name("ROLE");
  add->add_option("--group", added->group, "Where the role counts: this group and below; the whole server unless given")
      ->type_name("PATH")
      ->needs(role);
  choose(add, chosen, added, user_add);

  auto password = std::make_shared<UserPassword>();
  auto* set = add_verb(noun, "password", "Change your own password, or give another user a new one",
                       "  daikan user password\n  daikan user password ivan --password-file pw");
  set->add_option("NAME", password->name, "The user; yourself unless given");
  set->add_option("--password-file", password->password_file, "The new password is the first line of this file; - is standard input")
      ->type_name("FILE");
  set->add_option("--current-password-file", password->current_password_file, "Your current password, for your own account")
      ->type_name("FILE");
  choose(set, chosen, password, user_password);
}

void add_user_by_name(CLI::App* noun, Command& chosen) {
  struct Verb {
    const char* name;
    const char* what;
    awaitable<Result<>> (*run)(Context&, ApiSession&, UserName);
  };
  for (const auto& each : {Verb{"disable", "End a user's sessions and let no new one begin", user_disable},
                           Verb{"enable", "Let a disabled user log in again", user_enable},
                           Verb{"remove", "Remove a user with all sessions and tokens", user_remove}}) {
    auto name = std::make_shared<UserName>();
    auto* verb = add_verb(noun, each.name, each.what, std::string("  daikan user ") + each.name + " ivan");
    verb->add_option("NAME", name->name, "The user's name or id")->required();
    choose(verb, chosen, name, each.run);
  }
  auto shown_name = std::make_shared<UserName>();
  auto* show = add_verb(noun, "show", "One user and what the user may; yourself unless a name is given", "  daikan user show ivan");
  show->add_option("NAME", shown_name->name, "The user's name or id");
  choose(show, chosen, shown_name, user_show);
}

void add_grants(CLI::App* noun, Command& chosen) {
  struct Verb {
    const char* name;
    const char* what;
    awaitable<Result<>> (*run)(Context&, ApiSession&, UserGrant);
  };
  for (const auto& each : {Verb{"grant", "Give a user a role on the server, or on a group and what is below it", user_grant},
                           Verb{"revoke", "Take a role away", user_revoke}}) {
    auto options = std::make_shared<UserGrant>();
    auto* verb = add_verb(noun, each.name, each.what,
                          std::string("  daikan user ") + each.name + " ivan operator --group \"Managed devices/Branches\"");
    verb->add_option("NAME", options->name, "The user's name or id")->required();
    verb->add_option("ROLE", options->role, "The role's name or id; of an inherited one also NAME@SERVER")->required();
    verb->add_option("--group", options->group, "The group, from the root group down; the whole server unless given")->type_name("PATH");
    choose(verb, chosen, options, each.run);
  }
}

void add_roles(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto* role = add_noun(app, "role", "Roles: named sets of rights");
  choose(add_verb(role, "list", "The roles there are", "  daikan role list"), chosen, none, role_list);
  choose(add_verb(role, "rights", "The rights that roles are made of", "  daikan role rights"), chosen, none, role_rights);
  auto shown_role = std::make_shared<RoleName>();
  auto* show = add_verb(role, "show", "One role", "  daikan role show operator");
  show->add_option("NAME", shown_role->name, "The role's name or id")->required();
  choose(show, chosen, shown_role, role_show);
  auto added = std::make_shared<RoleText>();
  auto* add = add_verb(role, "add", "Make a role from rights", "  daikan role add \"branch keeper\" --rights read,configure_hierarchy");
  add->add_option("NAME", added->name, "The role's name")->required();
  add->add_option("--rights", added->rights, "Names as role rights shows them, with commas between")
      ->required()
      ->delimiter(',')
      ->type_name("RIGHTS");
  add->add_option("--description", added->description, "What it is for")->type_name("TEXT");
  choose(add, chosen, added, role_add);
  auto edited = std::make_shared<RoleText>();
  auto* edit = add_verb(role, "edit", "Change a role; whoever has it has the new rights at once",
                        "  daikan role edit \"branch keeper\" --rights read,configure_hierarchy,relay");
  edit->add_option("NAME", edited->name, "The role's name or id")->required();
  edit->add_option("--rights", edited->rights, "All rights it has from now on")->delimiter(',')->type_name("RIGHTS");
  edit->add_option("--description", edited->description, "What it is for")->type_name("TEXT");
  edit->add_option("--name", edited->new_name, "Its new name")->type_name("NAME");
  choose(edit, chosen, edited, role_edit);
  auto removed = std::make_shared<RoleName>();
  auto* remove = add_verb(role, "remove", "Remove a role that nobody has", "  daikan role remove \"branch keeper\"");
  remove->add_option("NAME", removed->name, "The role's name or id")->required();
  choose(remove, chosen, removed, role_remove);
}

void add_two_factor(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto* noun = add_noun(app, "two-factor", "The second factor of your account: codes of an authenticator app");
  choose(add_verb(noun, "enrol", "Make a secret for the app; of no effect until its first code", "  daikan two-factor enrol"), chosen, none,
         two_factor_enrol);
  auto on_code = std::make_shared<CodeOption>();
  auto* on = add_verb(noun, "on", "Turn it on with the app's first code; prints ten recovery codes", "  daikan two-factor on");
  on->add_option("--code-file,--code", on_code->code_file, "The code is the first line of this file; - is standard input")
      ->type_name("FILE");
  choose(on, chosen, on_code, two_factor_on);
  auto off_code = std::make_shared<CodeOption>();
  auto* off = add_verb(noun, "off", "Turn it off with a code", "  daikan two-factor off");
  off->add_option("--code-file,--code", off_code->code_file, "The code is the first line of this file; - is standard input")
      ->type_name("FILE");
  choose(off, chosen, off_code, two_factor_off);
  auto name = std::make_shared<UserName>();
  auto* clear = add_verb(noun, "clear", "Take it off the account of somebody who lost it", "  daikan two-factor clear ivan");
  clear->add_option("NAME", name->name, "The user's name or id")->required();
  choose(clear, chosen, name, two_factor_clear);
}

void add_access_rules(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto* access = add_noun(app, "access", "From where the console is reached, and how long passwords are");
  choose(add_verb(access, "show", "The rules", "  daikan access show"), chosen, none, access_show);
  auto options = std::make_shared<AccessSet>();
  auto* set = add_verb(access, "set", "Change them; the server's own machine is always let in",
                       "  daikan access set --from 10.0.0.0/8,2001:db8::/32\n  daikan access set --from-anywhere --password-least 12");
  auto* from = set->add_option("--from", options->from, "Only these networks or addresses, with commas between");
  from->delimiter(',')->type_name("CIDR");
  set->add_flag("--from-anywhere", options->from_anywhere, "From every address")->excludes(from);
  set->add_option("--password-least", options->password_least, "Characters a new password has at least")
      ->check(CLI::Range(8, 128))
      ->type_name("N");
  choose(set, chosen, options, access_set);
}

}  // namespace

void add_user_commands(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto* user = add_noun(app, "user", "The people of the server");
  choose(add_verb(user, "list", "The users and their roles", "  daikan user list"), chosen, none, user_list);
  add_one_user(user, chosen);
  add_user_by_name(user, chosen);
  add_grants(user, chosen);
  add_roles(app, chosen);
  add_two_factor(app, chosen);
  add_access_rules(app, chosen);
  auto* session = add_noun(app, "session", "Who is logged in");
  choose(add_verb(session, "list", "The sessions of all users (your own: token list)", "  daikan session list"), chosen, none,
         session_list);
  auto id = std::make_shared<IdOption>();
  auto* end = add_verb(session, "end", "End somebody's session", "  daikan session end 01930c4e-5a00-7000-8000-000000000001");
  end->add_option("ID", id->id, "As session list shows it")->required();
  choose(end, chosen, id, session_end);
}

}  // namespace daikan::cli
