// What must be in a database before a server can run on it, and the first administrator (`daikan init`).
//
// Works synchronously on an open database, before any I/O loop runs. Called by daikand at every start (prepare_database) and by
// `daikan init` (initialise). Invariant: each function is one transaction, so a crash leaves all of it or none.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "store/database.h"

namespace daikan::server {

struct ServerRow {
  ServerId id;
  std::string name;
  enum class FirstAccount : std::uint8_t { there, missing } first_account = FirstAccount::missing;
};

/// Makes the server's id, its name and the root group where they are missing. `name` empty: keep the stored one, or the host's name at
/// first. Fails with invalid_request ("name") or storage_failed.
Result<ServerRow> prepare_database(store::Database& database, std::string_view name, TimePoint now);

struct InitialiseRequest {
  std::filesystem::path data;  ///< The data folder; made when missing.
  std::string database;        ///< As in the configuration; empty: SQLite in the data folder.
  std::string server_name;     ///< Empty: the host's name.
  std::string user;
  std::string password;
};

struct Initialised {
  ServerId id;
  std::string server_name;
  std::string fingerprint;  ///< Of the server's certificate.
  std::string user;
};

/// `daikan init`: data folder, identity, database, server id and name, root group, first administrator. Blocks for the password hash.
/// Fails with conflict (an account exists already, or a daemon runs on the folder: each says how to go on), invalid_request ("user",
/// "password", "server_name"), certificate_unreadable or storage_failed.
Result<Initialised> initialise(const InitialiseRequest& request, TimePoint now);

}  // namespace daikan::server
