#include "hierarchy/feed.h"

#include <array>
#include <utility>

namespace daikan::hierarchy {
namespace {

constexpr std::array<std::pair<FeedKind, std::string_view>, 6> kNames = {{{FeedKind::server, "server"},
                                                                          {FeedKind::secondary, "secondary"},
                                                                          {FeedKind::applied, "applied"},
                                                                          {FeedKind::event, "event"},
                                                                          {FeedKind::task_result, "task_result"},
                                                                          {FeedKind::gone, "gone"}}};

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

bool is_state(FeedKind kind) { return kind == FeedKind::server || kind == FeedKind::secondary || kind == FeedKind::applied; }

}  // namespace daikan::hierarchy
