// The report “servers” as text and as CSV: the secondaries of this server, where they are attached and how their links are.
//
// Pure. Called by the task that delivers it.
#pragma once

#include <span>
#include <string>

#include "hierarchy/records.h"

namespace daikan::server {

struct ReportLine {
  hierarchy::SecondaryRecord record;
  std::string group;  ///< Path.
  hierarchy::LinkStatus link;
};

/// Columns for people, with the numbers of each state first.
std::string report_as_text(std::string_view server, std::span<const ReportLine> lines, TimePoint at);
/// RFC 4180 with a header line; what a spreadsheet would take for a formula begins with an apostrophe.
std::string report_as_csv(std::span<const ReportLine> lines);

}  // namespace daikan::server
