// The suite's own main: it also is the process that the durability tests kill.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "contract/fixture.h"
#include "store/tables.h"

namespace {

using namespace daikan;

/// Writes numbered pairs of rows for ever, many at a time, and acknowledges each number on standard output once it is durable.
int write_until_killed(const std::string& url, std::int64_t first) {
  auto database = store::Database::open(url);
  if (!database) {
    std::fputs(database.error().text().c_str(), stderr);
    return 1;
  }
  constexpr std::int64_t kAtOnce = 40;
  for (std::int64_t number = first;; number += kAtOnce) {
    for (std::int64_t i = number; i < number + kAtOnce; ++i) {
      (*database)->write(
          [i](store::Transaction& transaction) -> Result<> {
            store::put_setting(transaction, std::to_string(i), "pair");
            hierarchy::Event event;
            event.message = std::to_string(i);
            store::append_event(transaction, event);
            return {};
          },
          [i](const Result<>& done) {
            if (!done) std::_Exit(2);
            const std::string line = std::to_string(i) + "\n";
            if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(3);
          });
    }
    // Waits for these, so that the queue stays short.
    (void)contract::write(**database, [](store::Transaction&) -> Result<> { return {}; });
  }
}

class Server : public testing::Environment {
  void TearDown() override { contract::stop_postgresql(); }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "--write-until-killed") return write_until_killed(argv[2], std::atoll(argv[3]));
  testing::InitGoogleTest(&argc, argv);
  testing::AddGlobalTestEnvironment(new Server);
  return RUN_ALL_TESTS();
}
