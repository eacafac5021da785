// The command line of access (init, login, tokens …) and of the server itself (certificate, groups).
#include "base/limits_console.h"
#include "cli/command_line_parts.h"

namespace daikan::cli {
namespace {

void add_login(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<LoginOptions>();
  auto* verb = add_verb(&app, "login", "Log in to a server and remember it as a profile; its certificate is pinned at the first login",
                        "  daikan login https://hq.example.com:13291 --as hq --user admin\n"
                        "  daikan login hq.example.com --as hq --user admin --password-file pw --fingerprint AB:CD:...");
  verb->add_option("URL", options->url, "Address of the server's console; port 13291 unless given")->required();
  verb->add_option("--as", options->as, "Name of the profile; the host's name unless given")->type_name("PROFILE");
  verb->add_option("--user", options->user, "The administrator's name")->type_name("NAME");
  verb->add_option("--password-file", options->password_file, "The password is the first line of this file; - is standard input")
      ->type_name("FILE");
  verb->add_option("--fingerprint", options->fingerprint, "SHA-256 fingerprint the certificate must have")->type_name("SHA256");
  verb->add_option("--code-file,--code", options->code_file,
                   "The second factor's code, or a recovery code, is the first line of this file; - is standard input")
      ->type_name("FILE");
  choose(verb, chosen, options, login);
}

void add_init(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<InitOptions>();
  auto* verb = add_verb(&app, "init", "Prepare a data folder for daikand and make the first administrator (on the server itself)",
                        "  daikan init --data /var/lib/daikan --user admin\n"
                        "  daikan init --data ./hq --user admin --password-file pw --name hq");
  verb->add_option("--data", options->data, "The data folder; made when missing")->required()->type_name("DIR");
  verb->add_option("--user", options->user, "Name of the first administrator")->required()->type_name("NAME");
  verb->add_option("--password-file", options->password_file, "The password is the first line of this file; - is standard input")
      ->type_name("FILE");
  verb->add_option("--name", options->name, "Name of the server; the host's name unless given")->type_name("SERVERNAME");
  verb->add_option("--database", options->database, "Where to keep the data, as in daikand's configuration; SQLite in DIR unless given")
      ->type_name("URL");
  choose(verb, chosen, options, init);
}

void add_profiles(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  choose(add_verb(&app, "logout", "End the session of the profile; the profile and its pin stay", "  daikan --server hq logout"), chosen,
         none, logout);
  auto* noun = app.add_subcommand("profiles", "The servers this person knows");
  noun->footer("Examples:\n  daikan profiles\n  daikan profiles remove old-hq");
  noun->require_subcommand(0, 1);
  auto name = std::make_shared<ProfileName>();
  auto* remove = add_verb(noun, "remove", "Forget a profile, its pin and its session", "  daikan profiles remove old-hq");
  remove->add_option("NAME", name->name, "The profile")->required();
  // A noun's callback runs after its verb's; without a verb it is the list.
  noun->callback([&chosen, noun, none, name] {
    if (noun->get_subcommands().empty()) {
      chosen = [none](Context& context) { return profiles_list(context, *none); };
    } else {
      chosen = [name](Context& context) { return profiles_remove(context, *name); };
    }
  });
}

void add_console(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ConsoleOptions>(limits::kLocalConsolePort, "");
  auto* verb = add_verb(&app, "console", "Serve the web console on this machine, for all servers of your profiles; way 1 works from here",
                        "  daikan console\n  daikan console --port 0 --web build/web");
  verb->add_option("--port", options->port, "Port of 127.0.0.1; 13292 unless given, 0: any")->check(CLI::Range(0, 65535))->type_name("N");
  verb->add_option("--web", options->web, "Folder with the pages; those installed with this program unless given")->type_name("DIR");
  choose(verb, chosen, options, console_serve);
}

void add_tokens(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto* token = add_noun(app, "token", "API tokens for scripts");
  auto made = std::make_shared<TokenCreate>();
  auto* create = add_verb(token, "create", "Make an API token; its secret is printed this once",
                          "  daikan token create --name \"nightly report\" --hours 720 > token");
  create->add_option("--name", made->name, "What it is for")->required()->type_name("NAME");
  create->add_option("--hours", made->hours, "How long it is valid, 1 to 8760; 720 unless given")
      ->check(CLI::Range(1, 8760))
      ->type_name("N");
  create->add_option("--rights", made->rights, "Its scope: names as role rights shows them, with commas between; all of yours unless given")
      ->delimiter(',')
      ->type_name("RIGHTS");
  choose(create, chosen, made, token_create);
  choose(add_verb(token, "list", "The tokens and sessions of your account", "  daikan token list"), chosen, none, token_list);
  auto id = std::make_shared<IdOption>();
  auto* revoke = add_verb(token, "revoke", "End a token or session", "  daikan token revoke 01930c4e-5a00-7000-8000-000000000001");
  revoke->add_option("ID", id->id, "As token list shows it")->required();
  choose(revoke, chosen, id, token_revoke);
}

void add_completion(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<CompletionShell>();
  auto* verb = add_verb(&app, "completion", "Print the completion script of a shell",
                        "  source <(daikan completion bash)\n"
                        "  daikan completion zsh > \"${fpath[1]}/_daikan\"\n"
                        "  daikan completion fish > ~/.config/fish/completions/daikan.fish");
  verb->add_option("SHELL", options->shell, "The shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
      ->type_name("bash|zsh|fish");
  choose(verb, chosen, options, completion_print);
}

}  // namespace

void add_access_commands(CLI::App& app, Command& chosen) {
  add_init(app, chosen);
  add_login(app, chosen);
  add_profiles(app, chosen);
  add_console(app, chosen);
  add_tokens(app, chosen);
  auto none = std::make_shared<NoOptions>();
  choose(add_verb(&app, "version", "The version of this program", "  daikan version"), chosen, none, version);
  add_completion(app, chosen);
  auto raw = std::make_shared<RawCall>();
  auto* api = add_verb(&app, "api", "Any request of the console API, with the profile's session",
                       "  daikan api GET /secondaries\n"
                       "  daikan api POST /groups --data '{\"path\":\"Managed devices/Branches\"}'\n"
                       "  daikan --relay branch1/shop api GET /server");
  api->add_option("METHOD", raw->method, "GET, POST, PUT, DELETE ...")->required();
  api->add_option("PATH", raw->path, "Path after /api/v1, with its query")->required();
  api->add_option("--data", raw->data, "The body; - is standard input")->type_name("JSON");
  choose(api, chosen, raw, raw_call);
}

void add_server_commands(CLI::App& app, Command& chosen) {
  auto none = std::make_shared<NoOptions>();
  auto* certificate = add_noun(app, "certificate", "The server's certificate");
  auto exported = std::make_shared<CertificateExport>();
  auto* to_file = add_verb(certificate, "export", "Write the certificate to a file, for the administrator of another server",
                           "  daikan certificate export primary.cer\n  daikan certificate export --pem primary.pem");
  to_file->add_option("FILE", exported->file, "The file to write; - is standard output")->required();
  to_file->add_flag("--pem", exported->pem, "PEM instead of DER");
  choose(to_file, chosen, exported, certificate_export);
  choose(add_verb(certificate, "show", "Its fingerprint, to be compared by voice", "  daikan certificate show"), chosen, none,
         certificate_show);
  auto own = std::make_shared<CertificateSet>();
  auto* set = add_verb(certificate, "set", "Set a key and certificate of your own: announced to every peer as by roll begin, then used",
                       "  daikan certificate set hq.p12\n"
                       "  daikan certificate set hq.pem --key hq.key --chain issuers.pem --password-file pw");
  set->add_option("FILE", own->file, "PKCS#12, or PEM with the certificate and, here or in files of their own, its key and its issuers")
      ->required();
  set->add_option("--key", own->key, "The private key, PEM")->type_name("FILE");
  set->add_option("--chain", own->chain, "The certificates of the issuers, PEM")->type_name("FILE");
  set->add_option("--password-file", own->password_file,
                  "The passphrase of the key is the first line of this file; - is standard input; asked at a terminal")
      ->type_name("FILE");
  choose(set, chosen, own, certificate_set);

  auto* roll = certificate->add_subcommand("roll", "Change to another key: announced to every peer, then used");
  roll->require_subcommand(1);
  choose(add_verb(roll, "begin", "Make a new key and announce it; it is used once every peer has confirmed",
                  "  daikan certificate roll begin"),
         chosen, none, roll_begin);
  choose(add_verb(roll, "status", "How far it has come, peer by peer", "  daikan certificate roll status"), chosen, none, roll_status);
  choose(add_verb(roll, "finish", "Do not wait for the peers that are missing; they need the new certificate as a file",
                  "  daikan certificate roll finish"),
         chosen, none, roll_finish);
  choose(add_verb(roll, "cancel", "Take it back, as long as the new key is not used", "  daikan certificate roll cancel"), chosen, none,
         roll_cancel);

  auto* group = add_noun(app, "group", "Administration groups");
  auto added = std::make_shared<GroupPath>();
  auto* add = add_verb(group, "add", "Make a group and its missing parents", "  daikan group add \"Managed devices/Branches\"");
  add->add_option("PATH", added->path, "Names from the root group down, with / between")->required();
  choose(add, chosen, added, group_add);
  choose(add_verb(group, "list", "All groups and how many secondaries each holds", "  daikan group list"), chosen, none, group_list);
  auto renamed = std::make_shared<GroupRename>();
  auto* rename = add_verb(group, "rename", "Give a group another name", "  daikan group rename \"Managed devices/Branches\" Offices");
  rename->add_option("PATH", renamed->path, "The group's path")->required();
  rename->add_option("NAME", renamed->name, "Its new name")->required();
  choose(rename, chosen, renamed, group_rename);
  auto moved = std::make_shared<GroupMove>();
  auto* move = add_verb(group, "move", "Move a group below another one, with all that it holds",
                        "  daikan group move \"Managed devices/Branches/North\" --to \"Managed devices\"");
  move->add_option("PATH", moved->path, "The group's path")->required();
  move->add_option("--to", moved->to, "Path of its new parent")->required()->type_name("PATH");
  choose(move, chosen, moved, group_move);
  auto removed = std::make_shared<GroupPath>();
  auto* remove = add_verb(group, "remove", "Remove an empty group", "  daikan group remove \"Managed devices/Branches\"");
  remove->add_option("PATH", removed->path, "The group's path")->required();
  choose(remove, chosen, removed, group_remove);
}

}  // namespace daikan::cli
