// The bounds of tasks, with unit and reason: a part of limits.h that only those include who run them.
#pragma once

#include <chrono>
#include <cstddef>

namespace daikan::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t kMaxTasks = 500;             // of this server; every one is looked at when one of them is due
inline constexpr std::size_t kMaxInheritedTasks = 500;    // of all servers above
inline constexpr std::size_t kMaxTasksAtOnce = 4;         // running; the others wait for their turn
inline constexpr std::size_t kMaxRunsKept = 100;          // of one task
inline constexpr auto kRunsKept = std::chrono::days(90);  // and not longer
inline constexpr std::size_t kMaxRunMessageBytes = 2048;  // a few sentences, shown in a list
inline constexpr std::size_t kMaxScheduleBytes = 1024;    // lists of minutes and a dozen kinds of events fit
inline constexpr std::size_t kMaxScheduleKinds = 16;      // of events that start one task
inline constexpr auto kLongestRandomDelay = 24h;
inline constexpr auto kTaskLateness = 2min;  // a start that is later than this was missed: the server did not run, or its clock was set
inline constexpr auto kTaskLook = 30s;       // at the wall clock at least so often: somebody may set it
inline constexpr auto kBetweenEventStarts = 10s;      // of one task: what it does may be an event itself
inline constexpr auto kStartsFollowed = 24h;          // a server that inherits a task follows a "start now" that is not older
inline constexpr auto kBackupTurn = 600s;             // a backup waits so long for another one to end
inline constexpr auto kTaskEnds = 10s;                // who cancels a run is told how it ended within this time
inline constexpr std::size_t kMaxLinksExamined = 16;  // of one link check, whose links are not connected: each is up to half a minute
inline constexpr std::size_t kMaxFolderBytes = 512;
inline constexpr std::size_t kMostFilesKept = 365;  // a year of days
inline constexpr std::int64_t kMostDaysKept = 36'500;
inline constexpr auto kReportMailTime = 60s;                     // from name to answer
inline constexpr std::size_t kMaxReportBytes = 8 * 1024 * 1024;  // 40,000 servers of 200 bytes; mail servers often refuse more than 10 MB

}  // namespace daikan::limits
