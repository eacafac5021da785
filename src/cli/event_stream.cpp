#include "cli/event_stream.h"

#include <utility>

#include "base/limits.h"

namespace daikan::cli {

std::vector<StreamedEvent> EventStream::feed(std::string_view piece) {
  std::vector<StreamedEvent> out;
  rest_ += piece;
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    auto line = std::string_view(rest_).substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    take_line(line, out);
    begin = end + 1;
  }
  rest_.erase(0, begin);
  if (rest_.size() > limits::kMaxJsonBytes) rest_.clear();
  return out;
}

void EventStream::take_line(std::string_view line, std::vector<StreamedEvent>& out) {
  if (line.empty()) {
    if (!event_.data.empty()) {
      event_.data.pop_back();  // the line feed behind the last data line
      event_.id = last_id_;
      out.push_back(std::exchange(event_, {}));
    }
    event_ = {};
    return;
  }
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data" && event_.data.size() + value.size() < limits::kMaxJsonBytes) event_.data += std::string(value) + "\n";
  if (field == "event") event_.kind = value;
  if (field == "id") last_id_ = value;
}

}  // namespace daikan::cli
