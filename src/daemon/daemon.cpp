#include "daemon/daemon.h"

#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/console_api.h"
#include "api/web_folder.h"
#include "base/limits.h"
#include "base/text.h"
#include "daemon/command_line.h"
#include "daemon/drain.h"
#include "daemon/event_log.h"
#include "daemon/governing.h"
#include "daemon/log.h"
#include "daemon/process.h"
#include "net/h1_connection.h"
#include "net/listener.h"
#include "server/data_folder.h"
#include "server/device_roll_up.h"
#include "server/initialise.h"
#include "server/own_identity.h"
#include "server/policy_status_news.h"
#include "server/primary_move.h"
#include "server/roll_over.h"
#include "server/task_inheritance.h"
#include "server/task_works.h"
#include "server/tasks.h"

namespace daikan::daemon {
namespace {

using namespace std::chrono_literals;
using Signals = net::asio::basic_signal_set<net::Executor>;

constexpr auto kDrainTime = 2s;      // of the seconds a clean end has
constexpr auto kLastAnswers = 50ms;  // a handler has returned a little before its answer has left

std::string what(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an unknown exception";
  }
}

/// What must be there before anything runs: made in the first run, opened in every other.
struct Ground {
  server::DataFolder folder;
  net::Identity identity;
  server::Sealing sealing;
};

Result<Ground> open_ground(const Configuration& configuration) {
  auto folder = server::DataFolder::open(configuration.data);
  if (!folder) return fail(std::move(folder.error()));
  std::error_code ec;
  std::filesystem::remove(folder->endpoints_file(), ec);  // of a run that was killed
  auto identity = net::Identity::load_or_create(folder->path(), now());
  if (!identity) return fail(std::move(identity.error()));
  auto sealing = server::Sealing::load_or_create(folder->secrets_key());
  if (!sealing) return fail(std::move(sealing.error()));
  return Ground{std::move(*folder), std::move(*identity), *sealing};
}

server::Facts make_facts(const Configuration& configuration, const Ground& ground, const server::ServerRow& row,
                         const store::Database& database) {
  server::Facts facts;
  facts.id = row.id;
  facts.name = row.name;
  facts.version = DAIKAN_VERSION;
  facts.certificate = ground.identity.certificate();
  facts.certificate_pem = ground.identity.certificate_pem();
  facts.certificate_not_after = ground.identity.not_after();
  facts.certificate_issuer = ground.identity.issuer();
  facts.certificate_chain = ground.identity.chain().size();
  facts.started_at = now();
  facts.database = database.engine();
  facts.max_depth = configuration.max_depth;
  facts.identity = &ground.identity;
  return facts;
}

/// Tasks: what they do, when, and what people do to them.
struct ScheduledTasks {
  ScheduledTasks(server::TaskWorks::Parts parts)  // NOLINT: one argument, built in place
      : works(parts),
        scheduler(parts.storage, parts.history, parts.facts, [this](hierarchy::Task task) { return works.carry_out(std::move(task)); }),
        tasks(parts.storage, parts.history, scheduler, parts.facts) {
    parts.links.downstream().provide(hierarchy::InheritedKind::task, server::task_source());
  }
  server::TaskWorks works;
  server::TaskScheduler scheduler;
  server::Tasks tasks;
};

/// The parts that the course of a run touches; all of them live in run_server's frame.
struct Parts {
  const Configuration& configuration;
  const Ground& ground;
  Log& log;
  server::Facts& facts;
  server::History& history;
  server::LinkHost& links;
  server::Joins& joins;
  server::Invitations& invitations;
  server::Notifications& notifications;
  server::AccessRules& access_rules;
  api::ConsoleApi& api;
  Drain& drain;
  net::Listener& console;
  net::TaskGroup& tasks;
  server::OwnIdentity& own_identity;
  server::RollOver& roll_over;
  ScheduledTasks& scheduled;
  server::Primary& primary;
  Governing& governing;
  Signals& signals;
};

std::vector<std::string> in_words(const std::vector<Endpoint>& endpoints) {
  std::vector<std::string> out;
  for (const auto& endpoint : endpoints) out.push_back(endpoint.str());
  return out;
}

Result<> write_endpoints(const Parts& parts) {
  const auto list = [](const std::vector<Endpoint>& endpoints) {
    std::string out;
    for (const auto& endpoint : endpoints) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", endpoint.str());
    return out;
  };
  const auto text = fmt::format("{{\"pid\": {}, \"console\": [{}], \"link\": [{}]}}\n", ::getpid(), list(parts.facts.console_endpoints),
                                list(parts.facts.link_endpoints));
  return server::write_file_atomically(parts.ground.folder.endpoints_file(), text, 0600);
}

ExitCode cannot_start(const Parts& parts, const Error& error) {
  parts.log.error(error.text());
  return error.code == Code::storage_failed ? ExitCode::data : ExitCode::cannot_listen;
}

Result<> start_console(const Parts& parts) {
  Log& log = parts.log;
  const auto on_exception = [&log](const std::exception_ptr& exception) {
    log.error("A console connection ended by an error in this program: " + what(exception));
  };
  const auto handler = parts.drain.handler();
  return parts.console.start(
      parts.configuration.console,
      [handler, on_exception](std::unique_ptr<net::TlsStream> stream) {
        return net::serve_console_connection(std::move(stream), handler, on_exception);
      },
      [&log](const Error& error, const net::TlsStream& stream) {
        log.debug(fmt::format("console handshake from {} failed: {}", stream.remote_address(), error.message));
      });
}

net::awaitable<ExitCode> start(Parts& parts) {
  auto interrupted = co_await parts.joins.start();
  if (!interrupted) co_return cannot_start(parts, interrupted.error());
  if (auto invited = co_await parts.invitations.start(); !invited) co_return cannot_start(parts, invited.error());
  parts.links.set_guests(parts.invitations.guests());
  if (auto rolling = co_await parts.roll_over.start(); !rolling) co_return cannot_start(parts, rolling.error());
  auto notifying = co_await parts.notifications.start();
  if (!notifying) co_return cannot_start(parts, notifying.error());
  auto linked = co_await parts.links.start(parts.configuration.link, parts.api.relayed());
  if (!linked) co_return cannot_start(parts, linked.error());
  if (auto moving = co_await parts.primary.moves().start(); !moving) co_return cannot_start(parts, moving.error());
  auto ruled = co_await parts.access_rules.start();
  if (!ruled) co_return cannot_start(parts, ruled.error());
  if (auto scheduled = co_await parts.scheduled.scheduler.start(); !scheduled) co_return cannot_start(parts, scheduled.error());
  if (auto governed = co_await parts.governing.governed.start(); !governed) co_return cannot_start(parts, governed.error());
  if (auto listening = start_console(parts); !listening) co_return cannot_start(parts, listening.error());
  parts.facts.link_endpoints = parts.links.endpoints();
  parts.facts.console_endpoints = parts.console.endpoints();
  if (auto written = write_endpoints(parts); !written) co_return cannot_start(parts, written.error());
  parts.tasks.spawn(log_events(parts.history, parts.log));
  parts.tasks.spawn(parts.own_identity.run());
  parts.tasks.spawn(parts.governing.housekeeping.run());
  parts.tasks.spawn(parts.governing.governed.run());
  std::vector<hierarchy::Event> started(1);
  started[0].at = parts.facts.started_at;
  started[0].kind = "server_started";
  started[0].message = fmt::format("The Administration Server “{}” {} was started.", parts.facts.name, parts.facts.version);
  auto appended = co_await parts.history.append(std::move(started));
  if (!appended) co_return cannot_start(parts, appended.error());
  parts.log.info(fmt::format("“{}” ({}), fingerprint {}, {}", parts.facts.name, parts.facts.id.str(), parts.facts.certificate.fingerprint,
                             parts.facts.database));
  parts.log.info(fmt::format("console on {}", fmt::join(in_words(parts.facts.console_endpoints), ", ")));
  parts.log.info(fmt::format("links on {}", fmt::join(in_words(parts.facts.link_endpoints), ", ")));
  notify_service_manager("READY=1");
  co_return ExitCode::ok;
}

net::awaitable<> wait_for_signal(Parts& parts) {
  for (;;) {
    const int number = co_await parts.signals.async_wait(net::use_awaitable);
    if (number != SIGHUP) break;
    parts.log.info("SIGHUP: nothing is read again; changed settings need a restart.");
  }
  // The next signal ends the process at once.
  boost::system::error_code ec;
  parts.signals.clear(ec);
}

net::awaitable<> stop(Parts& parts) {
  give_up_after(parts.configuration.shutdown);
  parts.drain.close();
  const auto until = std::chrono::steady_clock::now() + std::min<std::chrono::milliseconds>(kDrainTime, parts.configuration.shutdown / 2);
  co_await parts.drain.idle(until);
  co_await net::sleep_for(kLastAnswers);
  co_await parts.console.stop();
  parts.scheduled.works.stop();
  co_await parts.scheduled.scheduler.stop();
  co_await parts.joins.stop();
  co_await parts.primary.moves().stop();
  co_await parts.links.stop();
  co_await parts.invitations.stop();
  co_await parts.roll_over.stop();
  co_await parts.notifications.stop();
  parts.tasks.cancel();
  co_await parts.tasks.join();
  std::error_code ec;
  std::filesystem::remove(parts.ground.folder.endpoints_file(), ec);
}

net::awaitable<> serve(Parts& parts, ExitCode& exit_code) {
  exit_code = co_await start(parts);
  if (exit_code == ExitCode::ok) {
    co_await wait_for_signal(parts);
    parts.log.info("stopping");
    notify_service_manager("STOPPING=1");
  }
  co_await stop(parts);
}

/// Later connections on both ports are shaken hands with by the certificate that is in use now.
void renew_ports(server::LinkHost& links, net::Listener& console, const Ground& ground, Log& log) {
  links.identity_changed();
  auto context = net::TlsContext::console_server(ground.identity);
  if (!context) {
    log.error(context.error().text());
    return;
  }
  console.use(std::move(*context));
}

void warn_of_no_account(const Ground& ground, Log& log) {
  log.warning(
      fmt::format("There is no account yet, so nobody can log in. Stop this server, run “daikan init --data {} --user NAME” and "
                  "start it again.",
                  ground.folder.path().string()));
}

/// Who may: accounts and what they are given.
struct People {
  People(server::Storage& storage, server::History& history)
      : accounts(storage, history),
        users(storage, history, accounts),
        roles(storage, history, accounts),
        two_factor(storage, history, accounts),
        access_rules(storage, history) {}
  server::Accounts accounts;
  server::Users users;
  server::Roles roles;
  server::TwoFactor two_factor;
  server::AccessRules access_rules;
};

/// What notices by itself that something is to be told.
void spawn_tellers(net::TaskGroup& tasks, server::Storage& storage, server::History& history) {
  tasks.spawn(server::roll_up_devices(storage, history));
  tasks.spawn(server::tell_policy_status(storage, history));
}

ExitCode run_server(const Configuration& configuration, Ground& ground, Log& log) {
  // One thread carries every connection and timer; it exists before and ends after everything that waits on it.
  net::asio::io_context io(1);
  const auto executor = io.get_executor();
  // The database has its own threads; closing it finishes what was queued.
  auto database = store::Database::open(configuration.database.empty() ? ground.folder.default_database() : configuration.database);
  if (!database) return log.error(database.error().text()), ExitCode::data;
  auto row = server::prepare_database(**database, configuration.name, now());
  if (!row) return log.error(row.error().text()), row.error().code == Code::invalid_request ? ExitCode::configuration : ExitCode::data;
  if (row->first_account == server::ServerRow::FirstAccount::missing) warn_of_no_account(ground, log);
  // What everyone may know of this server.
  auto facts = make_facts(configuration, ground, *row, **database);
  // The database as coroutines, and the history of what happens.
  server::Storage storage(executor, **database, ground.sealing);
  server::History history(storage);
  // Who may, and where things stand.
  People people(storage, history);
  server::Groups groups(storage, history);
  // The links, and the use cases that change them.
  server::LinkHost links(storage, history, ground.identity, facts, ground.sealing);
  server::Secondaries secondaries(storage, history, links, facts);
  server::Primary primary(storage, history, links, facts);
  server::Joins joins(storage, history, secondaries, links, facts);
  server::Invitations invitations(storage, history, links, facts);
  server::InvitedJoin invited_join(history, primary, facts);
  server::OwnIdentity own_identity(storage, history, {ground.identity, facts, ground.folder.path()});
  server::RollOver roll_over(storage, history, links, own_identity);
  server::Backups backups(storage, history, facts, ground.folder.path());
  server::Notifications notifications(storage, history, facts);
  Governing governing({configuration, storage, history, facts, people.accounts, people.access_rules, links, log, links.downstream()});
  ScheduledTasks scheduled({storage, history, links, backups, facts, ground.folder.path()});
  // The console API, and the way for requests to finish before the end.
  auto& [accounts, users, roles, two_factor, access_rules] = people;
  const api::Services services{
      storage,       facts, history, accounts,   groups,       links,       secondaries,  primary,   joins,           backups,
      notifications, users, roles,   two_factor, access_rules, invitations, invited_join, roll_over, scheduled.tasks, governing.policies};
  api::ConsoleApi api(
      services, {api::web_folder(configuration.web, api::this_program()), [&log](const std::exception_ptr& exception, std::string_view id) {
                   log.error(fmt::format("request {} ended by an error in this program: {}", id, what(exception)));
                 }});
  Drain drain(executor, api.handler());
  // The console's port.
  auto context = net::TlsContext::console_server(ground.identity);
  if (!context) return log.error(context.error().text()), ExitCode::other;
  net::Listener console(executor, *context, [](const Pin&, const CertificateRecord&) { return true; },
                        {limits::kMaxHandshakesInProgress, limits::kMaxConsoleConnections, limits::kMaxConsoleConnectionsPerSource});
  own_identity.on_change([&] { renew_ports(links, console, ground, log); });
  net::TaskGroup tasks(executor);
  tasks.on_error([&log](const std::exception_ptr& exception) { log.error("A background task ended: " + what(exception)); });
  spawn_tellers(tasks, storage, history);
  Signals signals(executor, SIGTERM, SIGINT, SIGHUP);
  Parts parts{configuration, ground, log,     facts, history,      links,     joins,     invitations, notifications, people.access_rules,
              api,           drain,  console, tasks, own_identity, roll_over, scheduled, primary,     governing,     signals};
  auto exit_code = ExitCode::other;
  std::exception_ptr failure;
  net::asio::co_spawn(executor, serve(parts, exit_code), [&failure](std::exception_ptr exception) { failure = std::move(exception); });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return exit_code;
}

}  // namespace

ExitCode run_daemon(const Configuration& configuration) {
  Log log(configuration.log_level, configuration.log_format);
  try {
    const auto files = prepare_process();
    log.debug(fmt::format("at most {} open files", files));
    auto ground = open_ground(configuration);
    if (!ground) return log.error(ground.error().text()), ExitCode::data;
    const auto exit_code = run_server(configuration, *ground, log);
    if (exit_code == ExitCode::ok) log.info("stopped");
    return exit_code;
  } catch (const std::exception& e) {
    log.error(fmt::format("This is a bug: {}. The server ends; what was acknowledged is in the database.", e.what()));
    return ExitCode::other;
  }
}

int daikand_main(int argc, const char* const* argv) {
  const auto refuse = [](const Error& error) {
    std::fputs(("daikand: " + error.text() + "\n").c_str(), stderr);
    return static_cast<int>(ExitCode::configuration);
  };
  auto line = parse_command_line(argc, argv);
  if (!line) return refuse(line.error());
  if (line->action == CommandLine::Action::say) return std::fputs(line->text.c_str(), stdout), 0;
  const auto configuration = load_configuration(line->config, line->options);
  if (!configuration) return refuse(configuration.error());
  if (line->action == CommandLine::Action::check_configuration) return std::puts("The configuration is valid."), 0;
  if (line->action == CommandLine::Action::print_configuration) return std::fputs(print_configuration(*configuration).c_str(), stdout), 0;
  return static_cast<int>(run_daemon(*configuration));
}

}  // namespace daikan::daemon
