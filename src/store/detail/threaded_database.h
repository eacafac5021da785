// The Database interface over an opened engine: one writer thread that commits in groups, and a thread for each reader.
//
// Knows connections, not engines. Called by Database::open alone. The invariant: every unit's `done` is called exactly once, for writes in
// the order of the calls and never before the commit.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "store/database.h"
#include "store/detail/connection.h"
#include "store/detail/work_queue.h"

namespace daikan::store::detail {

struct Unit {
  Work work;
  Done done;
};

class ThreadedDatabase final : public Database {
 public:
  explicit ThreadedDatabase(Engine engine);
  ~ThreadedDatabase() override;

  void write(Work work, Done done) override;
  void read(Work work, Done done) override;
  Statistics statistics() const override;
  std::string engine() const override { return engine_.name; }

 private:
  void run_writer();
  void run_reader(Connection& connection);
  /// Runs and commits units from the first on in one transaction. Returns one outcome for each unit it got to: all of them, or fewer (at
  /// least one) when the transaction broke, so that the rest begin anew.
  std::vector<Result<>> commit_group(std::span<Unit> units);

  Engine engine_;
  WorkQueue<Unit> writes_;
  WorkQueue<Unit> reads_;
  std::atomic<std::uint64_t> commit_count_{0};
  std::atomic<std::uint64_t> write_count_{0};
  std::atomic<std::uint64_t> read_count_{0};
  std::vector<std::thread> threads_;  // Last: they use everything above.
};

}  // namespace daikan::store::detail
