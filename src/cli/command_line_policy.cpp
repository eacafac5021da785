// policy: its options.
#include "cli/command_line_parts.h"
#include "cli/commands_policy.h"

namespace daikan::cli {
namespace {

using NamedCommand = awaitable<Result<>> (*)(Context&, ApiSession&, PolicyName);

void add_set(CLI::App* policy, Command& chosen) {
  auto set = std::make_shared<PolicySet>();
  auto* verb =
      add_verb(policy, "set", "Change settings of a policy, or the policy itself",
               "  daikan policy set \"Quiet logs\" log.level=warning --lock\n  daikan policy set \"Quiet logs\" log.level= --preview");
  verb->add_option("NAME", set->name, "Its name, GROUP:NAME, or id")->required();
  verb->add_option("SETTINGS", set->settings, "SETTING=VALUE; without a value the policy says nothing of it any more");
  verb->add_option("--name", set->new_name, "What it is called from now on")->type_name("NAME");
  verb->add_option("--group", set->group, "Move it to this group")->type_name("PATH");
  verb->add_flag("--lock", set->lock, "Lock what is set: nothing below may differ");
  auto* inherit = verb->add_flag("--inherit", set->inherit, "Take what policies above say (default)");
  verb->add_flag("--no-inherit", set->no_inherit, "Do not, as far as none above forces it")->excludes(inherit);
  auto* force = verb->add_flag("--force", set->force, "Policies below inherit from it whatever they say");
  verb->add_flag("--no-force", set->no_force, "They decide themselves (default)")->excludes(force);
  verb->add_flag("--preview", set->preview, "Only show what would change, and where");
  choose(verb, chosen, set, policy_set);
}

void add_locks(CLI::App* policy, Command& chosen) {
  const auto add = [&](std::string_view name, std::string_view text, std::string_view example, auto run) {
    auto paths = std::make_shared<PolicyPaths>();
    auto* verb = add_verb(policy, std::string(name), std::string(text), std::string(example));
    verb->add_option("NAME", paths->name, "Its name, GROUP:NAME, or id")->required();
    verb->add_option("SETTINGS", paths->paths, "Which settings")->required();
    choose(verb, chosen, paths, run);
  };
  add("lock", "Lock settings: nothing below may differ", "  daikan policy lock \"Quiet logs\" log.level", policy_lock);
  add("unlock", "Let settings differ below", "  daikan policy unlock \"Quiet logs\" log.level", policy_unlock);
}

void add_revisions(CLI::App* policy, Command& chosen) {
  auto compared = std::make_shared<PolicyCompare>();
  auto* compare = add_verb(policy, "compare", "What differs between two revisions", "  daikan policy compare \"Quiet logs\" 3 5");
  compare->add_option("NAME", compared->name, "Its name, GROUP:NAME, or id")->required();
  compare->add_option("BEFORE", compared->before, "A revision")->required();
  compare->add_option("AFTER", compared->after, "Another one")->required();
  choose(compare, chosen, compared, policy_compare);
  auto restored = std::make_shared<PolicyRestore>();
  auto* restore = add_verb(policy, "restore", "Make a policy what it was at a revision", "  daikan policy restore \"Quiet logs\" 3");
  restore->add_option("NAME", restored->name, "Its name, GROUP:NAME, or id")->required();
  restore->add_option("REVISION", restored->revision, "Which one")->required();
  choose(restore, chosen, restored, policy_restore);
}

void add_files(CLI::App* policy, Command& chosen) {
  auto exported = std::make_shared<PolicyFolder>();
  auto* out = add_verb(policy, "export", "Write the policies of the server as files, one each", "  daikan policy export policies");
  out->add_option("DIR", exported->folder, "The folder; it is made when it is not there")->required();
  choose(out, chosen, exported, policy_export);
  auto applied = std::make_shared<PolicyFolder>();
  auto* in = add_verb(policy, "apply", "Make policies what files say; shows the differences first",
                      "  daikan policy apply -f policies\n  daikan policy apply -f policies --yes");
  in->add_option("-f,--folder", applied->folder, "The folder with the files; policies without a file stay as they are")
      ->required()
      ->type_name("DIR");
  in->add_flag("--yes", applied->yes, "Do not ask");
  choose(in, chosen, applied, policy_apply);
}

}  // namespace

void add_policy_commands(CLI::App& app, Command& chosen) {
  auto* policy = add_noun(app, "policy", "Settings that hold for a group and everything below it");
  choose(add_verb(policy, "list", "The policies of the server and those it inherits", "  daikan policy list"), chosen,
         std::make_shared<NoOptions>(), policy_list);
  const auto with_name = [&](CLI::App* verb, NamedCommand run) {
    auto named = std::make_shared<PolicyName>();
    verb->add_option("NAME", named->name, "Its name, GROUP:NAME, or id")->required();
    choose(verb, chosen, named, run);
  };
  with_name(add_verb(policy, "show", "One policy with its settings", "  daikan policy show \"Quiet logs\""), policy_show);
  auto made = std::make_shared<PolicyCreate>();
  auto* create = add_verb(policy, "create", "Make a policy; it is inactive unless said otherwise",
                          "  daikan policy create \"Quiet logs\" --group \"Managed devices/Branches\" --active");
  create->add_option("NAME", made->name, "What it is called")->required();
  create->add_option("--group", made->group, "Its group; the root group unless given")->type_name("PATH");
  create->add_option("--application", made->application, "What it governs; daikan-server unless given")->type_name("NAME");
  create->add_flag("--active", made->active, "It applies at once");
  create->add_flag("--no-inherit", made->no_inherit, "It does not take what policies above say");
  create->add_flag("--force", made->force, "Policies below inherit from it whatever they say");
  choose(create, chosen, made, policy_create);
  add_set(policy, chosen);
  add_locks(policy, chosen);
  with_name(add_verb(policy, "activate", "Let it apply; the one that applied before does not any more",
                     "  daikan policy activate \"Quiet logs\""),
            policy_activate);
  with_name(add_verb(policy, "deactivate", "Let it not apply", "  daikan policy deactivate \"Quiet logs\""), policy_deactivate);
  with_name(add_verb(policy, "remove", "Remove a policy and its revisions", "  daikan policy remove \"Quiet logs\""), policy_remove);
  auto asked = std::make_shared<PolicyEffective>();
  auto* effective = add_verb(policy, "effective", "What is in force on the server or in a group, and why",
                             "  daikan policy effective\n  daikan policy effective --group \"Managed devices/Branches\" --reasons");
  effective->add_option("--group", asked->group, "In this group instead of on the server itself")->type_name("PATH");
  effective->add_option("--application", asked->application, "Of this application; daikan-server unless given")->type_name("NAME");
  effective->add_flag("--reasons", asked->reasons, "Also what was overridden");
  choose(effective, chosen, asked, policy_effective);
  auto proved = std::make_shared<PolicyStatus>();
  auto* status = add_verb(policy, "status", "What every server below has confirmed: in force, behind since when, or failed and why",
                          "  daikan policy status\n  daikan policy status \"Quiet logs\"");
  status->add_option("NAME", proved->name, "Only this policy: its name, GROUP:NAME, or id");
  choose(status, chosen, proved, policy_status);
  with_name(add_verb(policy, "history", "Its revisions: when, by whom, and what changed", "  daikan policy history \"Quiet logs\""),
            policy_history);
  add_revisions(policy, chosen);
  add_files(policy, chosen);
}

}  // namespace daikan::cli
