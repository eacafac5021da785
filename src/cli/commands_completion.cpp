// completion, complete: the scripts of the shells, and the names that only profiles and servers know.
#include <ostream>

#include <boost/json.hpp>

#include "base/limits.h"
#include "cli/completion.h"

namespace daikan::cli {
namespace {

using Wanted = Completion::Wanted;

constexpr std::string_view kBash = R"sh(# bash completion of daikan. The program itself answers, so that nothing here lags behind it.
_daikan() {
  local line current=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default; return ;;
      :folders) compopt -o dirnames; return ;;
    esac
    # Outside quotes all that means something to the shell gets a mark. Inside them a word stands as it is, so that one which the shell
    # would take for more than a word is not offered: it may come from a server, and pressing enter would run it.
    if [[ $current != [\"\']* ]]; then printf -v line '%q' "$line"
    elif [[ $line == *[\"\'\$\`\\!]* ]]; then continue; fi
    COMPREPLY+=("$line")
  done < <("$1" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _daikan daikan
)sh";

constexpr std::string_view kZsh = R"sh(#compdef daikan
# zsh completion of daikan. The program itself answers, so that nothing here lags behind it.
_daikan() {
  local -a found
  found=("${(@f)$($words[1] complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case $found[1] in
    '') return 1 ;;
    :files) _files ;;
    :folders) _files -/ ;;
    *) compadd -a found ;;
  esac
}
if [ "$funcstack[1]" = _daikan ]; then _daikan "$@"; else compdef _daikan daikan; fi
)sh";

constexpr std::string_view kFish = R"sh(# fish completion of daikan. The program itself answers, so that nothing here lags behind it.
function __daikan_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c daikan -f -a '(__daikan_complete)'
)sh";

struct Source {
  const char* path;    ///< A list of the API,
  const char* member;  ///< what of each item is wanted,
  bool paged;          ///< and whether it comes in pages.
};

awaitable<Result<json::array>> listed(ApiSession& session, Source source) {
  if (source.paged) co_return co_await session.list(source.path);
  auto all = co_await session.get(source.path);
  if (!all) co_return fail(std::move(all.error()));
  co_return elements(*all, "items");
}

/// Prints what begins like the word under the cursor; the levels of a relay that are typed already stand before it.
awaitable<Result<>> print_names(Context& context, ApiSession& session, Completion completion, Source source) {
  const auto until = std::chrono::steady_clock::now() + limits::kCompletionTimeout;
  auto items = co_await net::with_deadline(until, "completing", listed(session, source));
  if (!items) co_return fail(std::move(items.error()));
  const auto slash = completion.wanted == Wanted::relay ? completion.current.rfind('/') : std::string::npos;
  const auto before = slash == std::string::npos ? std::string() : completion.current.substr(0, slash + 1);
  for (const auto& item : *items) {
    const auto word = before + shown(text_of(item, source.member));
    if (word.starts_with(completion.current)) context.terminal.out() << word << '\n';
  }
  co_return Result<>{};
}

awaitable<> print_names_of_server(Context& context, Completion completion) {
  const Source source = completion.wanted == Wanted::groups ? Source{"/groups", "path", false} : Source{"/secondaries", "name", true};
  if (!completion.server.empty()) context.globals.server = completion.server;
  context.globals.relay = completion.relay;
  if (completion.wanted == Wanted::relay) {
    const auto slash = completion.current.rfind('/');
    context.globals.relay = slash == std::string::npos ? std::string() : completion.current.substr(0, slash);
  }
  SessionCommand command = [completion, source](Context& same, ApiSession& session) {
    return print_names(same, session, completion, source);
  };
  // Without a login, or when the server is away, there is nothing to offer.
  (void)co_await with_session(context, std::move(command));
}

void print_profiles(Context& context, const Completion& completion) {
  const auto profiles = context.profiles.list();
  if (!profiles) return;
  for (const auto& profile : *profiles) {
    if (profile.name.starts_with(completion.current)) context.terminal.out() << profile.name << '\n';
  }
}

}  // namespace

std::string_view completion_script(std::string_view shell) { return shell == "zsh" ? kZsh : shell == "fish" ? kFish : kBash; }

awaitable<Result<>> completion_print(Context& context, CompletionShell options) {
  context.terminal.out() << completion_script(options.shell);
  co_return Result<>{};
}

awaitable<Result<>> print_completion(Context& context, Completion completion) {
  switch (completion.wanted) {
    case Wanted::words:
      for (const auto& word : completion.words) context.terminal.out() << word << '\n';
      break;
    case Wanted::files:
      context.terminal.out() << ":files\n";
      break;
    case Wanted::folders:
      context.terminal.out() << ":folders\n";
      break;
    case Wanted::profiles:
      print_profiles(context, completion);
      break;
    case Wanted::secondaries:
    case Wanted::relay:
    case Wanted::groups:
      co_await print_names_of_server(context, std::move(completion));
      break;
  }
  context.terminal.out() << std::flush;
  co_return Result<>{};
}

}  // namespace daikan::cli
