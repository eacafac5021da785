// event and audit: their options.
#include <fmt/format.h>

#include "cli/commands_report.h"

namespace daikan::cli {
namespace {

constexpr int kLongestList = 100'000;

void add_limit(CLI::App* verb, int& limit) {
  verb->add_option("--limit", limit, "How many; 100 unless given")->check(CLI::Range(1, kLongestList))->type_name("N");
}

void add_times(CLI::App* verb, std::string& since, std::string& until) {
  verb->add_option("--since", since, "From this time on: 2026-11-23T21:33:00Z, a date, or how long ago: 90m, 24h, 7d")->type_name("TIME");
  verb->add_option("--until", until, "Before this time")->type_name("TIME");
}

void add_event_filter(CLI::App* verb, EventOptions& options) {
  verb->add_option("--severity", options.severity, "At least this: info, warning, error or critical")
      ->check(CLI::IsMember({"info", "warning", "error", "critical"}))
      ->type_name("SEVERITY");
  verb->add_option("--kind", options.kind, "Only this kind, as event list shows it")->type_name("KIND");
  verb->add_option("--secondary", options.secondary, "Only about this secondary: name or id")->type_name("NAME");
  verb->add_option("--text", options.text, "Only with this in the message")->type_name("TEXT");
}

void add_audit_filter(CLI::App* verb, AuditOptions& options) {
  verb->add_option("--actor", options.actor, "Only of this person")->type_name("NAME");
  verb->add_option("--action", options.action, "Only this action; with a dot at its end, all that begin so: secondary.")
      ->type_name("ACTION");
  verb->add_option("--object", options.object, "Only with this in what it was done to")->type_name("TEXT");
  add_times(verb, options.since, options.until);
}

void add_target(CLI::App* verb, ExportTarget& target) {
  verb->add_option("FILE", target.file, "The file to write; - or nothing is standard output");
  verb->add_option("--format", target.format, "jsonl (one JSON object a line) or csv; jsonl unless given")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->type_name("FORMAT");
}

}  // namespace

void add_event_commands(CLI::App& app, Command& chosen) {
  auto* event = add_noun(app, "event", "What happened on the server");
  auto listed = std::make_shared<ListedEvents>();
  auto* list = add_verb(event, "list", "The latest events",
                        "  daikan event list --limit 20\n  daikan event list --severity warning --since 24h --secondary branch1");
  add_limit(list, listed->only.limit);
  add_event_filter(list, listed->only);
  add_times(list, listed->only.since, listed->only.until);
  list->add_flag("--subtree", listed->subtree, "Warnings and worse, joins and leaves of this server and all below it");
  choose(list, chosen, listed, listed_events);

  auto following = std::make_shared<FollowOptions>();
  auto* follow = add_verb(event, "follow", "Events as they happen, until Ctrl-C",
                          "  daikan event follow --severity warning\n  daikan event follow --after 120 -o json");
  follow->add_option("--after", following->after, "Begin behind this sequence number")
      ->check(CLI::NonNegativeNumber.description(""))
      ->type_name("N");
  add_event_filter(follow, following->only);
  choose(follow, chosen, following, event_follow);

  auto exported = std::make_shared<EventExport>();
  auto* to_file = add_verb(event, "export", "All events, oldest first, as a file",
                           "  daikan event export events.jsonl\n  daikan event export --format csv --since 30d november.csv");
  add_target(to_file, exported->to);
  add_event_filter(to_file, exported->only);
  add_times(to_file, exported->only.since, exported->only.until);
  choose(to_file, chosen, exported, event_export);
}

void add_report_commands(CLI::App& app, Command& chosen) {
  auto* noun = add_noun(app, "report", "The server and all below it, from what they told");
  const std::map<std::string, std::string> kinds = {{"servers", "Every server: state, version, when last heard"},
                                                    {"events", "Events of every server, counted"},
                                                    {"devices", "Devices of every server, counted by status, and the sum"}};
  for (const auto& [kind, what] : kinds) {
    auto wanted = std::make_shared<ReportOptions>();
    wanted->kind = kind;
    auto* verb = add_verb(noun, kind, what, fmt::format("  daikan report {0}\n  daikan report {0} --format html {0}.html", kind));
    verb->add_option("FILE", wanted->file, "Write it to this file; - is standard output");
    verb->add_option("--format", wanted->format, "csv, html or json; json unless given. Needs FILE")
        ->check(CLI::IsMember({"csv", "html", "json"}))
        ->type_name("FORMAT");
    verb->add_option("--depth", wanted->depth, "Levels below the server; all unless given")->check(CLI::Range(0, 64))->type_name("N");
    verb->add_flag("--own", wanted->own, "Without the secondaries");
    verb->add_flag("--details", wanted->details, "All that is known, or every single event");
    if (kind == "events") {
      verb->add_option("--severity", wanted->severity, "At least this: info, warning, error or critical")
          ->check(CLI::IsMember({"info", "warning", "error", "critical"}))
          ->type_name("SEVERITY");
      add_times(verb, wanted->since, wanted->until);
    }
    choose(verb, chosen, wanted, report);
  }
}

void add_audit_commands(CLI::App& app, Command& chosen) {
  auto* audit = add_noun(app, "audit", "Who did what");
  auto listed = std::make_shared<AuditOptions>();
  auto* list = add_verb(audit, "list", "The latest audit records",
                        "  daikan audit list --limit 20\n  daikan audit list --actor olga --action secondary. --since 7d");
  add_limit(list, listed->limit);
  add_audit_filter(list, *listed);
  choose(list, chosen, listed, audit_list);

  auto exported = std::make_shared<AuditExport>();
  auto* to_file = add_verb(audit, "export", "All audit records, oldest first, as a file",
                           "  daikan audit export audit.jsonl\n  daikan audit export --format csv --actor olga olga.csv");
  add_target(to_file, exported->to);
  add_audit_filter(to_file, exported->only);
  choose(to_file, chosen, exported, audit_export);

  auto verified = std::make_shared<VerifyOptions>();
  auto* verify = add_verb(audit, "verify", "Whether audit records were changed, removed or moved",
                          "  daikan audit verify\n  daikan audit verify audit.jsonl --head 3f2a...");
  verify->add_option("FILE", verified->file,
                     "A file of audit export (jsonl, without a filter); - is standard input; the server without one");
  verify->add_option("--head", verified->head, "The hash of a record, noted before: it must still be in the chain")->type_name("HASH");
  choose(verify, chosen, verified, audit_verify);
}

}  // namespace daikan::cli
