#include "contract/private_postgresql.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace daikan::contract {
namespace {

const std::filesystem::path kPrograms = "/usr/lib/postgresql/15/bin";

/// Runs a program as an unprivileged user (PostgreSQL refuses root) with both outputs in `log`.
pid_t spawn(std::vector<std::string> words, const std::filesystem::path& log) {
  std::vector<std::string> full = {"/usr/bin/setpriv", "--pdeathsig", "SIGQUIT"};
  if (geteuid() == 0) full.insert(full.end(), {"--reuid", "postgres", "--regid", "postgres", "--clear-groups"});
  full.insert(full.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (auto& word : full) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error(fmt::format("{} cannot be started", arguments[0]));
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string read_all(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

PrivatePostgresql::PrivatePostgresql() {
  if (!std::filesystem::exists(kPrograms / "postgres")) {
    throw std::runtime_error("PostgreSQL 15 is missing: apt install postgresql-15 (./dev setup does it)");
  }
  std::string name = "/tmp/daikan-postgresql-XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  folder_ = name;
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (!user || chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("there is no user postgres");
  }
  const pid_t initdb = spawn({(kPrograms / "initdb").string(), "-D", (folder_ / "data").string(), "-U", "daikan", "-A", "trust", "-E",
                              "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1"},
                             folder_ / "initdb.log");
  if (wait_for(initdb) != 0) throw std::runtime_error("initdb failed:\n" + read_all(folder_ / "initdb.log"));
  start();
}

PrivatePostgresql::~PrivatePostgresql() {
  stop(Stop::fast);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PrivatePostgresql::start() {
  if (pid_ != 0) return;
  // fsync off: these tests crash processes, not machines.
  pid_ = spawn({(kPrograms / "postgres").string(), "-D", (folder_ / "data").string(), "-k", folder_.string(), "-c",
                "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=40"},
               folder_ / "server.log");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (PQping(server_url().c_str()) != PQPING_OK) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_ || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("PostgreSQL does not start:\n" + read_all(folder_ / "server.log"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // Nothing to wait on: the server tells nobody.
  }
}

void PrivatePostgresql::stop(Stop how) {
  if (pid_ == 0) return;
  kill(pid_, how == Stop::fast ? SIGINT : SIGQUIT);
  wait_for(pid_);
  pid_ = 0;
}

std::string PrivatePostgresql::create_space() {
  const std::string name = fmt::format("test{}", ++spaces_);
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(server_url().c_str()), PQfinish);
  PGresult* result = PQexec(connection.get(), fmt::format("CREATE SCHEMA {}", name).c_str());
  const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
  PQclear(result);
  if (!done) throw std::runtime_error(PQerrorMessage(connection.get()));
  return fmt::format("{}&options=-csearch_path%3D{}", server_url(), name);
}

std::string PrivatePostgresql::server_url() const { return fmt::format("postgresql:///postgres?host={}&user=daikan", folder_.string()); }

}  // namespace daikan::contract
