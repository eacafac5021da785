// A PostgreSQL server of our own for the tests: made from the installed package in a temporary folder, reached through a Unix socket there,
// gone with this process, or with the thread that started it should that end first. Knows nothing of Daikan.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/types.h>

namespace daikan::contract {

class PrivatePostgresql {
 public:
  /// Makes the cluster and starts it. Throws std::runtime_error, with the server's log, when that fails.
  PrivatePostgresql();
  ~PrivatePostgresql();
  PrivatePostgresql(const PrivatePostgresql&) = delete;
  PrivatePostgresql& operator=(const PrivatePostgresql&) = delete;

  void start();
  enum class Stop : std::uint8_t { fast, immediate };
  /// Returns when the server is gone. `immediate` is what a crash leaves.
  void stop(Stop how);

  /// The URL of a new, empty place for tables: a schema, since a database each would be 7 MB to write and remove again.
  std::string create_space();

 private:
  std::string server_url() const;

  std::filesystem::path folder_;
  pid_t pid_ = 0;
  int spaces_ = 0;
};

}  // namespace daikan::contract
