#include "cli/link_text.h"

#include <array>
#include <ostream>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace daikan::cli {
namespace {

struct StateLook {
  std::string_view state;
  std::string_view words;
  std::string_view mark;
  std::string_view ascii;
  Colour colour;
};

constexpr std::array<StateLook, 5> kStates = {{
    {"never_connected", "Never connected", "○", "[ ]", Colour::dim},
    {"connecting", "Connecting", "◌", "[~]", Colour::yellow},
    {"connected", "Connected", "●", "[+]", Colour::green},
    {"disconnected", "Disconnected", "✗", "[-]", Colour::yellow},
    {"refused", "Refused", "⊘", "[!]", Colour::red},
}};

const StateLook* look_of(std::string_view state) {
  for (const auto& look : kStates) {
    if (look.state == state) return &look;
  }
  return nullptr;
}

std::string_view words_of(std::string_view step) {
  if (step == "name") return "Resolve the name";
  if (step == "tcp") return "Connect";
  if (step == "proxy") return "Go through the proxy";
  if (step == "tls") return "Begin TLS";
  if (step == "alpn") return "Agree on the protocol";
  if (step == "certificate") return "Look at the certificate";
  return step;
}

bool is_utf8(const Terminal& terminal) { return terminal.traits().charset == Charset::utf8; }

}  // namespace

Cell state_mark(const Terminal& terminal, std::string_view state) {
  const auto* look = look_of(state);
  if (look == nullptr) return Cell("?");
  return Cell(std::string(is_utf8(terminal) ? look->mark : look->ascii), look->colour);
}

std::string state_words(std::string_view state) {
  const auto* look = look_of(state);
  return look == nullptr ? shown(state) : std::string(look->words);
}

Cell state_cell(const Terminal& terminal, std::string_view state) {
  const auto* look = look_of(state);
  if (look == nullptr) return Cell(shown(state));
  auto cell = state_mark(terminal, state);
  cell.text += " " + std::string(look->words);
  return cell;
}

std::string direction_words(std::string_view direction) {
  if (direction == "secondary_dials") return "secondary dials";
  if (direction == "primary_dials") return "primary dials (DMZ)";
  return shown(direction);
}

std::string reason_text(const json::value& value) {
  const auto reason = error_of(value, "reason");
  return reason ? shown(reason->message) : std::string();
}

std::string done_mark(const Terminal& terminal) { return terminal.coloured(Colour::green, is_utf8(terminal) ? "✓" : "[+]"); }
std::string failed_mark(const Terminal& terminal) { return terminal.coloured(Colour::red, is_utf8(terminal) ? "✗" : "[!]"); }
std::string undone_mark(const Terminal& terminal) { return terminal.coloured(Colour::yellow, is_utf8(terminal) ? "↶" : "[-]"); }

void print_json(Terminal& terminal, const json::value& value) { terminal.out() << pretty(value) << std::flush; }

void print_probe(Terminal& terminal, const json::value& answer) {
  for (const auto& step : elements(answer, "steps")) {
    const auto error = error_of(step, "error");
    const auto took = text_of(step, "took_ms");
    terminal.line(fmt::format("{} {}: {}{}", error ? failed_mark(terminal) : done_mark(terminal), words_of(shown(text_of(step, "step"))),
                              error ? shown(error->message) : shown(text_of(step, "detail")),
                              took.empty() ? "" : fmt::format(" ({} ms)", took)));
    if (error && !error->remedy.empty()) terminal.line("    " + shown(error->remedy));
  }
}

}  // namespace daikan::cli
