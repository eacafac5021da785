#include "hierarchy/feed.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits_feed.h"

namespace daikan::hierarchy {
namespace {

constexpr std::array<std::pair<FeedKind, std::string_view>, 7> kNames = {{{FeedKind::server, "server"},
                                                                          {FeedKind::secondary, "secondary"},
                                                                          {FeedKind::devices, "devices"},
                                                                          {FeedKind::applied, "applied"},
                                                                          {FeedKind::event, "event"},
                                                                          {FeedKind::task_result, "task_result"},
                                                                          {FeedKind::gone, "gone"}}};

constexpr std::string_view kStoredState = "state:";
constexpr std::string_view kStoredOnce = "once:";

}  // namespace

std::string_view to_string(FeedKind kind) {
  for (const auto& [each, name] : kNames) {
    if (each == kind) return name;
  }
  return "";
}

std::optional<FeedKind> feed_kind_from_string(std::string_view text) {
  for (const auto& [kind, name] : kNames) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

bool is_state(FeedKind kind) {
  return kind == FeedKind::server || kind == FeedKind::secondary || kind == FeedKind::devices || kind == FeedKind::applied ||
         kind == FeedKind::other_state;
}

bool is_kind_name(std::string_view text) {
  return !text.empty() && text.size() <= limits::kMaxFeedKindBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string stored_kind(const FeedRecord& record) {
  if (record.kind == FeedKind::other_state) return std::string(kStoredState) + record.other_kind;
  if (record.kind == FeedKind::other_once) return std::string(kStoredOnce) + record.other_kind;
  return std::string(to_string(record.kind));
}

bool read_stored_kind(std::string_view text, FeedRecord& record) {
  record.other_kind.clear();
  if (const auto kind = feed_kind_from_string(text)) {
    record.kind = *kind;
    return true;
  }
  const bool state = text.starts_with(kStoredState);
  if (!state && !text.starts_with(kStoredOnce)) return false;
  const auto name = text.substr(state ? kStoredState.size() : kStoredOnce.size());
  if (!is_kind_name(name)) return false;
  if (const auto kind = feed_kind_from_string(name)) {  // stored by an older version
    record.kind = *kind;
    return true;
  }
  record.kind = state ? FeedKind::other_state : FeedKind::other_once;
  record.other_kind = name;
  return true;
}

}  // namespace daikan::hierarchy
