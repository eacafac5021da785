#include "hierarchy/task.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_tasks.h"
#include "base/text.h"
#include "hierarchy/names.h"

namespace daikan::hierarchy {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"backup", "event_cleanup", "link_check", "report"};
constexpr std::array<std::string_view, 6> kStates = {"running", "done", "failed", "cancelled", "interrupted", "skipped"};
constexpr std::array<std::string_view, 4> kCauses = {"schedule", "event", "person", "owner"};

template <class Enum, std::size_t N>
std::optional<Enum> found_in(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

tl::unexpected<Error> wrong(std::string message, std::string remedy, std::string_view field) {
  return fail(Code::invalid_request, std::move(message), std::move(remedy), std::string(field));
}

/// Neither "..", which leaves the data folder, nor hidden, as what this program makes for itself there.
Result<> check_folder(std::string_view folder) {
  const bool too_long = folder.size() > limits::kMaxFolderBytes;
  bool odd = folder.find('\0') != std::string_view::npos || !is_utf8(folder);
  for (std::size_t at = 0; at < folder.size(); ++at) {
    if (folder[at] == '.' && (at == 0 || folder[at - 1] == '/')) odd = true;
    if (static_cast<unsigned char>(folder[at]) < 0x20) odd = true;
  }
  if (folder.empty() || too_long || odd) {
    return wrong(fmt::format("The folder “{}” cannot be used.", quotable(folder, 80)),
                 "Give a path from the root, or a name below the server's data folder such as “backups”; no part begins with a dot.",
                 "settings.folder");
  }
  return {};
}

Result<> check_keep(std::int64_t keep) {
  if (keep >= 1 && keep <= static_cast<std::int64_t>(limits::kMostFilesKept)) return {};
  return wrong(fmt::format("{} files cannot be kept.", keep), fmt::format("Keep 1 to {}.", limits::kMostFilesKept), "settings.keep");
}

Result<> check_backup(const TaskSettings& settings) {
  if (auto checked = check_folder(settings.folder); !checked) return checked;
  if (auto checked = check_keep(settings.keep); !checked) return checked;
  const auto bytes = settings.passphrase.size();
  if (bytes >= limits::kMinPassphraseBytes && bytes <= limits::kMaxPasswordBytes) return {};
  return wrong(fmt::format("The passphrase has {} bytes.", bytes),
               fmt::format("Choose one of {} to {} bytes; several words are good.", limits::kMinPassphraseBytes, limits::kMaxPasswordBytes),
               "settings.passphrase");
}

Result<> check_cleanup(const TaskSettings& settings) {
  bool any = false;
  for (const auto& days : settings.days) {
    if (!days) continue;
    any = true;
    if (*days < 1 || *days > limits::kMostDaysKept) {
      return wrong(fmt::format("Events cannot be kept for {} days.", *days), fmt::format("Give 1 to {} days.", limits::kMostDaysKept),
                   "settings");
    }
  }
  if (any) return {};
  return wrong("The task says of no severity how long its events are kept.",
               "Give at least one of info_days, warning_days, error_days and critical_days.", "settings");
}

Result<> check_report(const TaskSettings& settings) {
  if (settings.format != "text" && settings.format != "csv") {
    return wrong(fmt::format("There is no format “{}” of reports.", quotable(settings.format, 40)), "Choose text or csv.",
                 "settings.format");
  }
  if (settings.folder.empty() && settings.destination.empty()) {
    return wrong("The report goes nowhere.", "Give a folder, a mail destination, or both.", "settings.folder");
  }
  if (settings.folder.empty()) return {};
  if (auto checked = check_folder(settings.folder); !checked) return checked;
  return check_keep(settings.keep);
}

Result<> check_settings(const Task& task) {
  switch (task.kind) {
    case TaskKind::backup:
      return check_backup(task.settings);
    case TaskKind::event_cleanup:
      return check_cleanup(task.settings);
    case TaskKind::report:
      return check_report(task.settings);
    case TaskKind::link_check:
      break;
  }
  return {};
}

}  // namespace

std::string_view to_string(TaskKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }
std::optional<TaskKind> task_kind_from_string(std::string_view name) { return found_in<TaskKind>(kKinds, name); }
std::string_view to_string(RunState state) { return kStates.at(static_cast<std::size_t>(state)); }
std::optional<RunState> run_state_from_string(std::string_view name) { return found_in<RunState>(kStates, name); }
std::string_view to_string(RunCause cause) { return kCauses.at(static_cast<std::size_t>(cause)); }
std::optional<RunCause> run_cause_from_string(std::string_view name) { return found_in<RunCause>(kCauses, name); }

TaskReach reach_of(TaskKind kind) {
  return kind == TaskKind::event_cleanup || kind == TaskKind::link_check ? TaskReach::any : TaskReach::server;
}

Result<> check_task(const Task& task, TimePoint now) {
  if (auto checked = check_name(task.name); !checked) return checked;
  if (task.group && reach_of(task.kind) == TaskReach::server) {
    return wrong(fmt::format("A task of the kind “{}” belongs to one server and cannot be given to a group.", to_string(task.kind)),
                 "Leave the group out; make such a task on every server that needs one.", "group");
  }
  if (!task.group && task.distribute == Distribute::to_secondaries) {
    return wrong("A task of the server itself is not distributed to secondary Administration Servers.",
                 "Give it to a group: its secondaries, and those of its subgroups, inherit it.", "distribute");
  }
  if (task.random_delay.count() < 0 || task.random_delay > limits::kLongestRandomDelay) {
    return wrong("The random delay is out of bounds.", "Give 0 to 1440 minutes.", "random_delay_minutes");
  }
  if (task.schedule.kind == Schedule::Kind::once && task.schedule.at <= now) {
    return wrong(fmt::format("{} is over: the task would never start.", to_rfc3339(task.schedule.at)), "Choose a later moment.",
                 "schedule");
  }
  return check_settings(task);
}

Error inherited(std::string_view task, std::string_view owner, std::string_view verb) {
  return Error(Code::permission_denied, fmt::format("The task “{}” is inherited from “{}” and cannot be {} here.", task, owner, verb),
               fmt::format("Do it on “{}”, which owns the task.", owner));
}

}  // namespace daikan::hierarchy
