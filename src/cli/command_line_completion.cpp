// What may stand where the cursor is, of the tree that the other files of the command line describe.
#include <algorithm>

#include <CLI/CLI.hpp>

#include "cli/completion.h"

namespace daikan::cli {
namespace {

using Wanted = Completion::Wanted;

/// Shells hand the word over as it was typed.
std::string without_quotes(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\\' && i + 1 < word.size()) {
      out += word[++i];
    } else if (word[i] != '"' && word[i] != '\'') {
      out += word[i];
    }
  }
  return out;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* command_named(const CLI::App& app, std::string_view name) {
  for (const auto* command : commands_of(app)) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option*) { return true; });
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  return names;
}

/// Of the command itself or, as they may stand anywhere, of the program.
const CLI::Option* option_named(const CLI::App& program, const CLI::App& at, std::string_view name) {
  for (const auto* app : {&at, &program}) {
    for (const auto* option : options_of(*app)) {
      const auto names = names_of(*option);
      if (std::find(names.begin(), names.end(), name) != names.end()) return option;
    }
  }
  return nullptr;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::vector<std::string> choices_in(std::string_view type) {
  std::vector<std::string> out;
  while (!type.empty()) {
    const auto bar = type.find('|');
    out.emplace_back(type.substr(0, bar));
    type = bar == std::string_view::npos ? std::string_view() : type.substr(bar + 1);
  }
  return out;
}

/// What the value of an option or an argument is, told by the words of its help.
Wanted kind_of(const CLI::App& at, const std::string& type) {
  const auto* noun = at.get_parent();
  const auto of = [&](std::string_view name) { return at.get_name() == name || (noun && noun->get_name() == name); };
  if (type == "FILE") return Wanted::files;
  if (type == "DIR") return Wanted::folders;
  if (type == "PROFILE" || (type == "NAME" && of("profiles"))) return Wanted::profiles;
  if (type.starts_with("NAME[/")) return Wanted::relay;
  if (type == "PATH" && (of("group") || of("secondary"))) return Wanted::groups;
  if ((type == "NAME" || type == "SERVER") && (of("secondary") || of("link"))) return Wanted::secondaries;
  return Wanted::words;
}

/// The walk over the words before the cursor.
struct Walk {
  const CLI::App& program;
  const CLI::App* at;
  const CLI::Option* expecting = nullptr;  ///< The option whose value comes next.
  std::size_t arguments = 0;               ///< How many of the command's own arguments stand already.

  void step(const std::string& word, Completion& into) {
    if (expecting) {
      if (word == "=") return;  // bash makes three words of --name=value
      remember(*expecting, word, into);
      expecting = nullptr;
    } else if (word.starts_with("-") && word.size() > 1) {
      const auto equals = word.find('=');
      const auto* option = option_named(program, *at, word.substr(0, equals));
      if (option && equals != std::string::npos) remember(*option, word.substr(equals + 1), into);
      if (option && equals == std::string::npos && takes_value(*option)) expecting = option;
    } else if (const auto* command = command_named(*at, word)) {
      at = command;
      arguments = 0;
    } else {
      ++arguments;
    }
  }

 private:
  static void remember(const CLI::Option& option, const std::string& value, Completion& into) {
    if (option.check_lname("server")) into.server = value;
    if (option.check_lname("relay")) into.relay = value;
  }
};

void offer(Completion& into, const std::string& word) {
  if (word.starts_with(into.current)) into.words.push_back(word);
}

void offer_values(Completion& into, const CLI::App& at, const std::string& type) {
  if (type.find('|') != std::string::npos) {
    for (const auto& choice : choices_in(type)) offer(into, choice);
  } else {
    into.wanted = kind_of(at, type);
  }
}

void offer_options(Completion& into, const Walk& walk) {
  std::vector<const CLI::App*> levels = {walk.at};
  if (walk.at != &walk.program) levels.push_back(&walk.program);
  for (const auto* app : levels) {
    for (const auto* option : options_of(*app)) {
      // Of the program's own, those that may stand behind a command.
      if (app != walk.at && (option->check_lname("help") || option->check_lname("version"))) continue;
      for (const auto& name : names_of(*option)) {
        if (name.starts_with("--")) offer(into, name);
      }
    }
  }
}

void offer_argument(Completion& into, const Walk& walk) {
  std::vector<const CLI::Option*> own;
  for (const auto* option : options_of(*walk.at)) {
    if (option->get_positional()) own.push_back(option);
  }
  if (walk.arguments >= own.size()) return;
  const auto& option = *own[walk.arguments];
  const auto type = option.get_type_name();
  offer_values(into, *walk.at, type.find('|') != std::string::npos ? type : option.get_single_name());
}

}  // namespace

Completion complete(const CLI::App& app, const std::vector<std::string>& words) {
  Completion completion;
  if (words.empty()) return completion;
  Walk walk{app, &app};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) walk.step(without_quotes(words[i]), completion);
  completion.current = without_quotes(words.back());
  if (walk.expecting) {
    if (completion.current == "=") completion.current.clear();
    offer_values(completion, *walk.at, walk.expecting->get_type_name());
  } else if (completion.current.starts_with("-")) {
    offer_options(completion, walk);
  } else if (const auto commands = commands_of(*walk.at); !commands.empty()) {
    for (const auto* command : commands) offer(completion, command->get_name());
  } else {
    offer_argument(completion, walk);
  }
  return completion;
}

}  // namespace daikan::cli
