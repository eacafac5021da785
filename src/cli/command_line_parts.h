// Shared by the files that describe the command line; only they include CLI11.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace daikan::cli {

/// A noun: holds verbs, does nothing by itself.
CLI::App* add_noun(CLI::App& app, const std::string& name, const std::string& what);
/// A verb with examples in its help.
CLI::App* add_verb(CLI::App* noun, const std::string& name, const std::string& what, const std::string& examples);

/// Makes `verb` choose `run` with the options that were filled in.
template <class Options>
void choose(CLI::App* verb, Command& chosen, std::shared_ptr<Options> options, awaitable<Result<>> (*run)(Context&, Options)) {
  verb->callback([&chosen, options, run] { chosen = [options, run](Context& context) { return run(context, *options); }; });
}

template <class Options>
void choose(CLI::App* verb, Command& chosen, std::shared_ptr<Options> options, awaitable<Result<>> (*run)(Context&, ApiSession&, Options)) {
  verb->callback([&chosen, options, run] {
    chosen = [options, run](Context& context) {
      SessionCommand command = [options, run](Context& same, ApiSession& session) { return run(same, session, *options); };
      return with_session(context, std::move(command));
    };
  });
}

void add_access_commands(CLI::App& app, Command& chosen);
void add_server_commands(CLI::App& app, Command& chosen);
void add_secondary_commands(CLI::App& app, Command& chosen);
void add_primary_commands(CLI::App& app, Command& chosen);
void add_invitation_commands(CLI::App& app, Command& chosen);
void add_history_commands(CLI::App& app, Command& chosen);
void add_backup_commands(CLI::App& app, Command& chosen);
void add_event_commands(CLI::App& app, Command& chosen);
void add_audit_commands(CLI::App& app, Command& chosen);
void add_notification_commands(CLI::App& app, Command& chosen);
void add_user_commands(CLI::App& app, Command& chosen);
void add_task_commands(CLI::App& app, Command& chosen);
void add_policy_commands(CLI::App& app, Command& chosen);
void add_device_commands(CLI::App& app, Command& chosen);

}  // namespace daikan::cli
