#include "cli/run.h"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <ostream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "cli/command_line.h"

namespace daikan::cli {
namespace {

namespace asio = boost::asio;
using SignalSet = asio::basic_signal_set<net::Executor>;

/// One command on one loop, and the signals that end it.
class Loop {
 public:
  Loop(Terminal& terminal, ParsedCommand parsed)
      : signals_(context_.get_executor(), SIGINT, SIGTERM),
        interrupt_(context_.get_executor()),
        command_(std::move(parsed.command)),
        told_{terminal, Profiles(Profiles::default_folder()), std::move(parsed.globals), context_.get_executor(), interrupt_} {}

  Result<> run() {
    listen();
    asio::co_spawn(context_, command_(told_),
                   asio::bind_cancellation_slot(cancel_.slot(), [this](std::exception_ptr thrown, Result<> outcome) {
                     finish(std::move(thrown), std::move(outcome));
                   }));
    context_.run();
    return outcome_;
  }

 private:
  void listen() {
    signals_.async_wait([this](const boost::system::error_code& failed, int) {
      if (failed) return;
      if (interrupt_.wanted) std::_Exit(static_cast<int>(ExitCode::interrupted));  // asked twice: nothing is waited for
      interrupt_.wanted = true;
      interrupt_.changed.notify_all();
      if (interrupt_.owner == Interrupt::Owner::nobody) cancel_.emit(asio::cancellation_type::terminal);
      listen();
    });
  }

  void finish(std::exception_ptr thrown, Result<> outcome) {
    signals_.cancel();
    outcome_ = std::move(outcome);
    if (!thrown) return;
    if (interrupt_.wanted) {
      outcome_ = fail(Code::cancelled, "Interrupted.");
      return;
    }
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      outcome_ = fail(Code::internal, fmt::format("The command ended unexpectedly: {}.", error.what()), "Please report this.");
    }
  }

  asio::io_context context_{1};
  SignalSet signals_;
  asio::cancellation_signal cancel_;
  Interrupt interrupt_;
  Command command_;
  Context told_;
  Result<> outcome_;
};

ExitCode report(Terminal& terminal, Output output, const Error& error) {
  print_error(terminal, output, error);
  return exit_code_of(error.code);
}

ExitCode run_arguments(Terminal& terminal, const std::vector<std::string>& arguments) {
  auto parsed = parse_command_line(arguments);
  if (!parsed) return report(terminal, wanted_output(arguments), parsed.error());
  if (const auto* help = std::get_if<HelpText>(&*parsed)) {
    terminal.out() << help->text << std::flush;
    return ExitCode::ok;
  }
  auto& command = std::get<ParsedCommand>(*parsed);
  const auto output = command.globals.output;
  Loop loop(terminal, std::move(command));
  const auto outcome = loop.run();
  return outcome ? ExitCode::ok : report(terminal, output, outcome.error());
}

}  // namespace

int run(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  auto terminal = Terminal::standard();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  try {
    return static_cast<int>(run_arguments(terminal, arguments));
  } catch (const std::exception& error) {
    print_error(terminal, wanted_output(arguments),
                Error(Code::internal, fmt::format("daikan ended unexpectedly: {}.", error.what()), "Please report this."));
    return static_cast<int>(ExitCode::internal);
  }
}

}  // namespace daikan::cli
