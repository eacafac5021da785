#include "cli/tree_text.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/link_text.h"

namespace daikan::cli {
namespace {

struct Lines {
  std::string_view branch, last, through, blank;
};
constexpr Lines kDrawn = {"├─ ", "└─ ", "│  ", "   "};
constexpr Lines kPlain = {"|- ", "`- ", "|  ", "   "};

/// "41 devices: 1 critical, 2 warning"; “devices unknown” where the server never told, or does not tell this person.
std::string devices_words(const json::value& server) {
  const auto& counts = member(server, "devices");
  if (!counts.is_object()) return "devices unknown";
  const auto total = shown(text_of(counts, "total"));
  auto words = fmt::format("{} device{}", total, total == "1" ? "" : "s");
  std::string_view before = ": ";
  for (const std::string_view status : {"critical", "warning", "unknown"}) {
    const auto number = text_of(counts, status);
    if (number.empty() || number == "0") continue;
    words += fmt::format("{}{} {}", before, shown(number), status);
    before = ", ";
  }
  return words;
}

class Drawing {
 public:
  explicit Drawing(const Terminal& terminal) : terminal_(terminal), lines_(terminal.traits().charset == Charset::utf8 ? kDrawn : kPlain) {}

  void add_children(const json::value& node, const std::string& indent) {
    const auto& children = elements(node, "secondaries");
    for (std::size_t i = 0; i < children.size(); ++i) {
      const bool is_last = i + 1 == children.size();
      add_child(children[i], indent, is_last ? lines_.last : lines_.branch, is_last ? lines_.blank : lines_.through);
    }
  }

  std::string text;

 private:
  void add_child(const json::value& child, const std::string& indent, std::string_view corner, std::string_view below) {
    const auto mark = state_mark(terminal_, text_of(child, "state"));
    text += fmt::format("{}{}{} {}", indent, corner, terminal_.coloured(mark.colour, mark.text), shown(text_of(child, "name")));
    const auto version = text_of(member(child, "server"), "version");
    if (!version.empty()) text += terminal_.coloured(Colour::dim, fmt::format(" ({})", shown(version)));
    text += fmt::format("  {}", terminal_.coloured(mark.colour, state_words(text_of(child, "state"))));
    if (text_of(child, "direction") == "primary_dials") text += ", primary dials";
    text += terminal_.coloured(Colour::dim, fmt::format("  {}", shown(text_of(child, "group"))));
    if (member(child, "server").is_object()) text += terminal_.coloured(Colour::dim, "  " + devices_words(member(child, "server")));
    text += "\n";
    const auto inner = indent + std::string(below);
    if (const auto reason = error_of(child, "reason"); reason && text_of(child, "state") != "connected") add_remark(inner, reason->text());
    if (const auto error = error_of(child, "error"); error && text_of(child, "state") == "connected") {
      add_remark(inner, "What is below it could not be asked: " + error->text());
    }
    add_last_known(child, inner);
    add_children(member(child, "server"), inner);
  }

  /// What is below a server that did not answer, as it was told last.
  void add_last_known(const json::value& child, const std::string& indent) {
    for (const auto& each : elements(child, "last_known")) {
      const auto& path = elements(each, "path");
      const auto level = path.size() < 2 ? 0 : path.size() - 2;
      const auto heard = text_of(each, "heard_at");
      const auto freshness = heard.empty() ? std::string("never heard of") : fmt::format("as of {}", local_time(heard));
      const auto state = state_words(text_of(each, "state"));
      text += fmt::format("{}   {}{}  {}\n", indent, std::string(2 * level, ' '), shown(text_of(each, "name")),
                          terminal_.coloured(Colour::dim, fmt::format("{}, {}, {}", state, freshness, devices_words(each))));
    }
  }

  void add_remark(const std::string& indent, const std::string& remark) {
    text += fmt::format("{}   {}\n", indent, terminal_.coloured(Colour::yellow, shown(remark)));
  }

  const Terminal& terminal_;
  const Lines& lines_;
};

}  // namespace

std::string draw_tree(const Terminal& terminal, const json::value& node) {
  Drawing drawing(terminal);
  drawing.text = terminal.coloured(Colour::bold, shown(text_of(node, "name")));
  drawing.text += terminal.coloured(Colour::dim, fmt::format(" ({})  {}", shown(text_of(node, "version")), devices_words(node))) + "\n";
  drawing.add_children(node, {});
  return drawing.text;
}

}  // namespace daikan::cli
