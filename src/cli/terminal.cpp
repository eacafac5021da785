#include "cli/terminal.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <langinfo.h>
#include <locale.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"

namespace daikan::cli {
namespace {

constexpr std::size_t kLongestShown = 4096;

std::string_view escape_of(Colour colour) {
  switch (colour) {
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[2m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::plain:
      break;
  }
  return {};
}

std::string paint(Colours colours, Colour colour, std::string_view text) {
  if (colours == Colours::off || colour == Colour::plain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape_of(colour), text);
}

/// Echo off while a secret is typed; on again whatever happens. What was typed ahead is kept (TCSADRAIN, not TCSAFLUSH): a person who is
/// faster than this program, or a script at a terminal, would otherwise wait for a prompt that was answered already.
class WithoutEcho {
 public:
  explicit WithoutEcho(int fd) : fd_(fd), changed_(tcgetattr(fd, &before_) == 0) {
    if (!changed_) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(fd_, TCSADRAIN, &silent);
  }
  ~WithoutEcho() {
    if (changed_) tcsetattr(fd_, TCSADRAIN, &before_);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  int fd_;
  termios before_{};
  bool changed_;
};

/// Decodes one code point of well-formed UTF-8 and moves `at` behind it.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  char32_t value = first & (0x3fU >> more);
  for (int i = 0; i < more && at < text.size(); ++i) value = (value << 6) | (static_cast<unsigned char>(text[at++]) & 0x3fU);
  return value;
}

/// Unicode's East Asian Wide blocks, coarsely, and emoji.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
         (c >= 0x20000 && c <= 0x3fffd);
}

bool is_combining(char32_t c) {
  return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0x3099 && c <= 0x309a);
}

}  // namespace

Terminal::Terminal(int input, std::ostream& out, std::ostream& err, Traits traits) : input_(input), out_(out), err_(err), traits_(traits) {}

Terminal Terminal::standard() {
  setlocale(LC_CTYPE, "");
  Traits traits;
  const bool out_tty = isatty(STDOUT_FILENO) != 0;
  const bool err_tty = isatty(STDERR_FILENO) != 0;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool colours = (no_colour == nullptr || *no_colour == '\0') && term != nullptr && std::string_view(term) != "dumb";
  if (isatty(STDIN_FILENO) != 0 && err_tty) traits.asking = Asking::possible;
  if (out_tty && colours) traits.out_colours = Colours::on;
  if (err_tty && colours) traits.err_colours = Colours::on;
  traits.charset = std::string_view(nl_langinfo(CODESET)) == "UTF-8" ? Charset::utf8 : Charset::ascii;
  traits.live = out_tty && term != nullptr && std::string_view(term) != "dumb";
  return Terminal(STDIN_FILENO, std::cout, std::cerr, traits);
}

void Terminal::line(std::string_view text) { out_ << text << '\n' << std::flush; }
void Terminal::note(std::string_view text) { err_ << text << '\n' << std::flush; }

std::string Terminal::coloured(Colour colour, std::string_view text) const { return paint(traits_.out_colours, colour, text); }
std::string Terminal::coloured_note(Colour colour, std::string_view text) const { return paint(traits_.err_colours, colour, text); }

Result<std::string> Terminal::read_line() {
  std::string text;
  for (;;) {
    char c = 0;
    const auto got = read(input_, &c, 1);
    if (got < 0 && errno == EINTR) return fail(Code::cancelled, "The question was not answered.");
    if (got <= 0) {
      if (!text.empty()) return text;
      return fail(Code::cancelled, "The input ended before the question was answered.");
    }
    if (c == '\n') break;
    text += c;
    if (text.size() > limits::kMaxPasswordBytes * 4) return fail(Code::invalid_request, "The answer is too long.", "Give a shorter one.");
  }
  if (!text.empty() && text.back() == '\r') text.pop_back();
  return text;
}

Result<std::string> Terminal::ask(std::string_view question, std::string_view preset) {
  if (!can_ask()) return fail(Code::invalid_request, fmt::format("“{}” cannot be asked here.", question), "Give it as an option.");
  err_ << question << (preset.empty() ? std::string() : fmt::format(" [{}]", preset)) << ": " << std::flush;
  auto answer = read_line();
  if (!answer) return answer;
  const auto text = trim(*answer);
  return text.empty() ? std::string(preset) : std::string(text);
}

Result<std::string> Terminal::ask_secret(std::string_view question) {
  if (!can_ask()) return fail(Code::invalid_request, fmt::format("“{}” cannot be asked here.", question), "Give it in a file.");
  const WithoutEcho silent(input_);  // before the question: whoever answers at once is not echoed either
  err_ << question << ": " << std::flush;
  auto answer = read_line();
  err_ << '\n' << std::flush;
  return answer;
}

Result<bool> Terminal::confirm(std::string_view question) {
  auto answer = ask(fmt::format("{} (y/N)", question));
  if (!answer) return fail(std::move(answer.error()));
  return *answer == "y" || *answer == "Y" || *answer == "yes" || *answer == "Yes";
}

Result<std::string> asked_code(Terminal& terminal, Error needed, std::string_view user) {
  if (terminal.can_ask()) return terminal.ask_secret("Code of the second factor of " + shown(user) + ", or a recovery code");
  needed.remedy += " Put it into a file and name it with --code-file, or give it on standard input with --code -.";
  return fail(std::move(needed));
}

std::string shown(std::string_view text) { return quotable(text, kLongestShown); }

std::size_t display_width(std::string_view text) {
  if (!is_utf8(text)) return text.size();
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next_code_point(text, at);
    if (!is_combining(c)) width += is_wide(c) ? 2 : 1;
  }
  return width;
}

std::string local_time(std::string_view rfc3339) {
  const std::string text(rfc3339);
  tm utc{};
  char zone = 0;
  double seconds = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%c", &utc.tm_year, &utc.tm_mon, &utc.tm_mday, &utc.tm_hour, &utc.tm_min, &seconds,
                  &zone) != 7 ||
      zone != 'Z') {
    return shown(rfc3339);
  }
  utc.tm_year -= 1900;
  utc.tm_mon -= 1;
  utc.tm_sec = static_cast<int>(seconds);
  const time_t at = timegm(&utc);
  tm local{};
  localtime_r(&at, &local);
  char formatted[32];
  const auto length = strftime(formatted, sizeof formatted, "%Y-%m-%d %H:%M:%S", &local);
  return std::string(formatted, length);
}

}  // namespace daikan::cli
