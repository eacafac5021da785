// Server-Sent Events out of the pieces a body arrives in (WHATWG HTML, "Interpreting an event stream").
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace daikan::cli {

struct StreamedEvent {
  std::string id;
  std::string kind;
  std::string data;
};

class EventStream {
 public:
  /// The events completed by `piece`; comments and events without data are left out. An event is at most limits::kMaxJsonBytes; what is
  /// longer is dropped.
  std::vector<StreamedEvent> feed(std::string_view piece);
  /// Of the last event that had one: what to ask to go on after.
  const std::string& last_id() const { return last_id_; }

 private:
  void take_line(std::string_view line, std::vector<StreamedEvent>& out);
  std::string rest_;
  StreamedEvent event_;
  std::string last_id_;
};

}  // namespace daikan::cli
