// What rolled up from the servers below: events of the subtree, reports.
#pragma once

#include "cli/command_line_parts.h"
#include "cli/commands.h"

namespace daikan::cli {

struct ListedEvents {
  EventOptions only;
  bool subtree = false;  ///< Of every server below, too.
};
awaitable<Result<>> listed_events(Context&, ApiSession&, ListedEvents);

struct ReportOptions {
  std::string kind;  ///< "servers", "events"
  std::string file;  ///< Empty: shown as a table.
  std::string format;
  int depth = -1;
  bool own = false;
  bool details = false;
  std::string severity;
  std::string since;
  std::string until;
};
awaitable<Result<>> report(Context&, ApiSession&, ReportOptions);

void add_report_commands(CLI::App& app, Command& chosen);

}  // namespace daikan::cli
