#include "cli/check_text.h"

#include <array>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "cli/link_text.h"

namespace daikan::cli {
namespace {

struct StepWords {
  std::string_view step;
  std::string_view words;
};
constexpr std::array<StepWords, 10> kSteps = {{
    {"name", "Resolve the name"},
    {"tcp", "Connect"},
    {"proxy", "Go through the proxy"},
    {"tls", "Begin TLS"},
    {"alpn", "Agree on the protocol"},
    {"pin", "Recognise each other's certificate"},
    {"hello", "Say hello"},
    {"clock", "Compare the clocks"},
    {"version", "Agree on a version"},
    {"loop", "Find no loop, and not too many levels"},
}};
constexpr std::size_t kPin = 5;  // the last step of the way

std::string words_of(std::string_view step) {
  for (const auto& each : kSteps) {
    if (each.step == step) return std::string(each.words);
  }
  return shown(step);
}

std::size_t position_of(std::string_view step) {
  std::size_t position = 0;
  while (position < kSteps.size() && kSteps[position].step != step) ++position;
  return position;
}

std::string server_of(const json::value& check, std::string_view end) { return shown(text_of(member(check, end), "server")); }

std::string skipped_mark(const Terminal& terminal) {
  return terminal.coloured(Colour::dim, terminal.traits().charset == Charset::utf8 ? "–" : "[ ]");
}

void print_step(Terminal& terminal, const json::value& check, const json::value& step) {
  const auto outcome = text_of(step, "outcome");
  const auto error = error_of(step, "error");
  const auto took = text_of(step, "took_ms");
  const auto seen_there = text_of(step, "seen_by") == "other_end";
  std::string what = error ? shown(error->message) : shown(text_of(step, "detail"));
  if (outcome == "skipped") what = terminal.coloured(Colour::dim, what);
  const auto mark = outcome == "passed" ? done_mark(terminal) : outcome == "failed" ? failed_mark(terminal) : skipped_mark(terminal);
  terminal.line(fmt::format("{} {}: {}{}{}", mark, words_of(text_of(step, "step")), what, took.empty() ? "" : fmt::format(" ({} ms)", took),
                            seen_there ? fmt::format(" [seen by {}]", server_of(check, "other_end")) : ""));
}

void print_end(Terminal& terminal, const json::value& end) {
  if (!end.is_object()) return;
  const auto text = [&end](std::string_view key) { return shown(text_of(end, key)); };
  terminal.line(fmt::format("{} ({}): {}, {}", text("server"), text("role"), text("state"),
                            truth_of(end, "dials") ? "dials " + text("address") : "waits to be dialled"));
  terminal.line("  its certificate  " + text("fingerprint"));
  terminal.line("  expects          " + text("expects"));
  if (const auto proxy = text("proxy"); !proxy.empty()) terminal.line("  through          " + proxy);
  for (const auto& address : elements(end, "listens_on")) {
    if (address.is_string()) terminal.line("  listens on       " + shown(address.get_string()));
  }
  for (const auto& refused : elements(end, "refused")) {
    terminal.line(fmt::format("  turned away      {} from {}: {}", local_time(text_of(refused, "at")), shown(text_of(refused, "source")),
                              shown(text_of(refused, "message"))));
  }
  for (const auto& stranger : elements(end, "unrecognised")) {
    terminal.line(fmt::format("  unrecognised     {} from {}, last {}", shown(text_of(stranger, "fingerprint")),
                              shown(text_of(stranger, "source")), local_time(text_of(stranger, "last_seen"))));
  }
}

std::optional<CheckFailure> first_of(const json::value& check) {
  for (const auto& step : elements(check, "steps")) {
    if (text_of(step, "outcome") != "failed") continue;
    auto error = error_of(step, "error");
    if (!error) continue;
    const auto end = text_of(step, "seen_by") == "other_end" ? "other_end" : "this_end";
    return CheckFailure{text_of(step, "step"), server_of(check, end), std::move(*error)};
  }
  return std::nullopt;
}

}  // namespace

void print_check(Terminal& terminal, std::string_view heading, const json::value& check) {
  terminal.line(terminal.coloured(Colour::bold, heading));
  for (const auto& step : elements(check, "steps")) print_step(terminal, check, step);
  print_end(terminal, member(check, "this_end"));
  print_end(terminal, member(check, "other_end"));
  if (const auto missing = error_of(check, "other_end_missing")) {
    terminal.line(fmt::format("The other end was not asked: {} {}", shown(missing->message), shown(missing->remedy)));
  }
}

std::optional<CheckFailure> failure_of(const json::value& check, const json::value& other_check) {
  auto own = first_of(check);
  auto other = first_of(other_check);
  if (!own || !other) return own ? std::move(own) : std::move(other);
  const bool we_dial = truth_of(member(check, "this_end"), "dials");
  const bool their_way = !we_dial && position_of(other->step) <= kPin;
  if (their_way || position_of(other->step) < position_of(own->step)) return other;
  return own;
}

void print_failure(Terminal& terminal, const CheckFailure& failure) {
  const bool utf8 = terminal.traits().charset == Charset::utf8;
  std::string rule;
  for (int i = 0; i < 78; ++i) rule += utf8 ? "━" : "=";
  const auto headline = fmt::format("FAILED at step {} of {}: {} ({}), seen by {}", position_of(failure.step) + 1, kSteps.size(),
                                    words_of(failure.step), to_string(failure.error.code), failure.seen_by);
  terminal.line(terminal.coloured(Colour::red, rule));
  terminal.line(terminal.coloured(Colour::red, headline));
  terminal.line(terminal.coloured(Colour::red, rule));
}

}  // namespace daikan::cli
