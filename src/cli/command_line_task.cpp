// task: its options.
#include "cli/command_line_parts.h"
#include "cli/commands_task.h"

namespace daikan::cli {
namespace {

void add_settings(CLI::App* verb, TaskOptions& options) {
  verb->add_option("--folder", options.folder, "backup, report: from the root, or below the server's data folder")->type_name("FOLDER");
  verb->add_option("--keep", options.keep, "backup, report: so many files; the oldest go (7 unless given)")->type_name("N");
  verb->add_option("--passphrase-file", options.passphrase_file, "backup: what the files are sealed under; - is standard input")
      ->type_name("FILE");
  verb->add_option("--format", options.format, "report: text (default) or csv")->check(CLI::IsMember({"text", "csv"}))->type_name("FORMAT");
  verb->add_option("--destination", options.destination, "report: mail it to this notification destination")->type_name("NAME");
  verb->add_option("--info-days", options.info_days, "event_cleanup: keep such events so many days")->type_name("N");
  verb->add_option("--warning-days", options.warning_days, "event_cleanup: keep such events so many days")->type_name("N");
  verb->add_option("--error-days", options.error_days, "event_cleanup: keep such events so many days")->type_name("N");
  verb->add_option("--critical-days", options.critical_days, "event_cleanup: keep such events so many days")->type_name("N");
}

void add_options(CLI::App* verb, TaskOptions& options) {
  verb->add_option("--schedule", options.schedule,
                   "manual (default), “once TIME”, “cron MINUTE HOUR DAY MONTH WEEKDAY” (UTC), or “on KIND...” for events")
      ->type_name("WHEN");
  verb->add_option("--random-delay", options.random_delay_minutes, "Start up to so much later, differently on every server; at most 1440")
      ->type_name("MINUTES");
  auto* run = verb->add_flag("--run-missed", options.run_missed, "Make up for a start that was missed while the server did not run");
  verb->add_flag("--skip-missed", options.skip_missed, "Do not (default)")->excludes(run);
  auto* enable = verb->add_flag("--enable", options.enable, "Follow the schedule (default)");
  verb->add_flag("--disable", options.disable, "Start it by hand only")->excludes(enable);
  auto* distribute = verb->add_flag("--distribute", options.distribute, "The group's secondary Administration Servers inherit it");
  verb->add_flag("--keep-here", options.keep_here, "They do not (default)")->excludes(distribute);
  add_settings(verb, options);
}

}  // namespace

void add_task_commands(CLI::App& app, Command& chosen) {
  auto* task = add_noun(app, "task", "What the server does by itself: backups, reports, clean-up, link checks");
  choose(add_verb(task, "list", "The tasks, when they start next and how they ended", "  daikan task list"), chosen,
         std::make_shared<NoOptions>(), task_list);
  auto created = std::make_shared<TaskOptions>();
  auto* create =
      add_verb(task, "create", "Make a task of the server or of a group",
               "  daikan task create --name nightly --kind backup --schedule \"cron 30 3 * * *\" --keep 14 --passphrase-file pw\n"
               "  daikan task create --name tidy --kind event_cleanup --info-days 30 \\\n"
               "    --schedule \"cron 0 4 * * sun\" --random-delay 60\n"
               "  daikan task create --name weekly --kind report --destination ops --format csv --schedule \"cron 0 7 * * mon\"");
  create->add_option("--name", created->name, "What it is called")->required()->type_name("NAME");
  create->add_option("--kind", created->kind, "backup, event_cleanup, link_check or report")
      ->required()
      ->check(CLI::IsMember({"backup", "event_cleanup", "link_check", "report"}))
      ->type_name("KIND");
  create->add_option("--group", created->group, "Give it to this group; without it, to the server itself")->type_name("PATH");
  add_options(create, *created);
  choose(create, chosen, created, task_create);
  auto changed = std::make_shared<TaskOptions>();
  auto* edit = add_verb(task, "edit", "Change what is named; the rest stays",
                        "  daikan task edit nightly --schedule \"cron 0 2 * * *\"\n  daikan task edit nightly --disable");
  edit->add_option("NAME", changed->target, "Its name or id")->required();
  edit->add_option("--name", changed->name, "What it is called from now on")->type_name("NAME");
  add_options(edit, *changed);
  choose(edit, chosen, changed, task_edit);
  const auto with_name = [&](CLI::App* verb, awaitable<Result<>> (*run)(Context&, ApiSession&, TaskName)) {
    auto named = std::make_shared<TaskName>();
    verb->add_option("NAME", named->name, "Its name or id")->required();
    choose(verb, chosen, named, run);
  };
  with_name(add_verb(task, "show", "All that is known of one", "  daikan task show nightly"), task_show);
  with_name(add_verb(task, "remove", "Remove a task and the history of its runs", "  daikan task remove nightly"), task_remove);
  with_name(add_verb(task, "cancel", "End the run that is under way", "  daikan task cancel nightly"), task_cancel);
  auto started = std::make_shared<TaskStart>();
  auto* start = add_verb(task, "start", "Start a task now", "  daikan task start nightly\n  daikan task start nightly --wait 600");
  start->add_option("NAME", started->name, "Its name or id")->required();
  start->add_option("--wait", started->wait_seconds, "Wait so long for its end; not at all unless given")
      ->check(CLI::Range(0, 86'400))
      ->type_name("SECONDS");
  choose(start, chosen, started, task_start);
  auto listed = std::make_shared<TaskRuns>();
  auto* runs = add_verb(task, "runs", "How a task ended each time", "  daikan task runs nightly --limit 5");
  runs->add_option("NAME", listed->name, "Its name or id")->required();
  runs->add_option("--limit", listed->limit, "How many; 20 unless given")->check(CLI::Range(1, 1000))->type_name("N");
  choose(runs, chosen, listed, task_runs);
}

}  // namespace daikan::cli
