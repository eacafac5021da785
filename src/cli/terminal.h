// What a person sees and is asked: text, questions, colours.
//
// Knows file descriptors and streams, nothing of servers. Used by every command. Questions go to the error stream, so that standard output
// holds results only; nothing is ever asked unless both ends are a terminal. The invariant: text from a server passes shown() before it is
// printed, so that no name can send control characters to the terminal.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daikan::cli {

enum class Asking : std::uint8_t { possible, impossible };
enum class Colours : std::uint8_t { on, off };
enum class Charset : std::uint8_t { utf8, ascii };
enum class Colour : std::uint8_t { plain, bold, dim, green, yellow, red };

class Terminal {
 public:
  struct Traits {
    Asking asking = Asking::impossible;
    Colours out_colours = Colours::off;
    Colours err_colours = Colours::off;
    Charset charset = Charset::utf8;
    bool live = false;  ///< Standard output is a terminal: a line may be written over.
  };

  Terminal(int input, std::ostream& out, std::ostream& err, Traits traits);
  /// Standard streams; traits from isatty, NO_COLOR, TERM and the locale.
  static Terminal standard();

  const Traits& traits() const { return traits_; }
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  bool can_ask() const { return traits_.asking == Asking::possible; }

  void line(std::string_view text);
  /// To the error stream: what is said beside the result.
  void note(std::string_view text);
  /// `text` in a colour, when standard output has colours.
  std::string coloured(Colour colour, std::string_view text) const;
  std::string coloured_note(Colour colour, std::string_view text) const;

  /// Asks one line; an empty answer is `preset`. Fails with cancelled at the end of input or Ctrl-C, and with invalid_request when nothing
  /// can be asked.
  Result<std::string> ask(std::string_view question, std::string_view preset = {});
  /// The same without echo.
  Result<std::string> ask_secret(std::string_view question);
  /// Only "y" and "yes" are a yes.
  Result<bool> confirm(std::string_view question);

 private:
  Result<std::string> read_line();

  int input_;
  std::ostream& out_;
  std::ostream& err_;
  Traits traits_;
};

/// The code of a second factor, asked of a person; `needed` with its remedy extended by the option when nobody can be asked.
Result<std::string> asked_code(Terminal& terminal, Error needed, std::string_view user);

/// Text of a server, safe to print.
std::string shown(std::string_view text);

/// Columns a terminal needs for `text` (UTF-8): wide characters count two, combining ones none.
std::size_t display_width(std::string_view text);

/// An RFC 3339 time in the viewer's zone, "2026-11-23 21:33:00"; the text itself when it is not one.
std::string local_time(std::string_view rfc3339);

}  // namespace daikan::cli
