// Joins that run on the administrator's own machine (way 1): this process reaches both consoles, neither server has to reach the other's.
//
// The same operations, steps and undoing as on a server (joining/join.h), told in the same JSON; but they live as long as this process, and
// when it ends, what runs is taken back. Called by console_pages.cpp. stop() before destruction.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "joining/console_client.h"
#include "joining/join.h"
#include "net/async.h"

namespace daikan::cli {

using net::awaitable;

class ConsoleJoins {
 public:
  explicit ConsoleJoins(net::Executor executor);
  ~ConsoleJoins();

  /// `primary` is logged in and may be at a server below (its base). With a `key` that was used before: that operation. Fails with
  /// unavailable when limits::kMaxLocalJoins run.
  Result<boost::json::object> begin(std::unique_ptr<joining::ConsoleClient> primary, joining::JoinRequest request, std::string key);
  bool knows(const std::string& id) const;
  /// What GET /operations/{id} tells; `id` is known.
  boost::json::object show(const std::string& id) const;
  /// Goes on with one that failed. Fails with conflict when it runs or is done.
  Result<boost::json::object> resume(const std::string& id, std::unique_ptr<joining::ConsoleClient> primary,
                                     joining::Credentials credentials);
  /// Stops it and takes back what it made.
  Result<boost::json::object> cancel(const std::string& id);
  /// The same for all; returns when they have ended.
  awaitable<> stop();

 private:
  struct Run;
  Result<> check_room() const;
  void start(const std::shared_ptr<Run>& run);
  static awaitable<> operate(std::shared_ptr<Run> run);
  static awaitable<> run_steps(std::shared_ptr<Run> run);
  static awaitable<Result<>> on_progress(std::shared_ptr<Run> run);

  net::Executor executor_;
  std::map<std::string, std::shared_ptr<Run>> runs_;  ///< By id; ids begin with the time, so the first is the oldest.
  net::TaskGroup tasks_;
};

}  // namespace daikan::cli
