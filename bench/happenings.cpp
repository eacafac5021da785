// Makes N events of about BYTES bytes in a server's database, as the server itself would have recorded them; the server is not running
// then. For `./dev bench flow`.
//
//   happenings DATABASE_URL N BYTES
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>

#include "server/history.h"
#include "store/database.h"

int main(int argc, char** argv) {
  using namespace daikan;
  if (argc != 4) {
    std::fprintf(stderr, "usage: happenings DATABASE_URL EVENTS BYTES\n");
    return 2;
  }
  auto database = store::Database::open(argv[1]);
  if (!database) {
    std::fprintf(stderr, "%s\n", database.error().text().c_str());
    return 1;
  }
  const auto events = std::strtoul(argv[2], nullptr, 10);
  const std::string message(std::strtoul(argv[3], nullptr, 10), 'x');
  std::promise<Result<>> done;
  (*database)->write(
      [&](store::Transaction& transaction) -> Result<> {
        hierarchy::Event event{
            .sequence = 0, .at = now(), .severity = hierarchy::Severity::warning, .kind = "bench", .message = message, .secondary = {}};
        for (unsigned long i = 0; i < events; ++i) server::History::record(transaction, event);
        return {};
      },
      [&](Result<> outcome) { done.set_value(std::move(outcome)); });
  const auto outcome = done.get_future().get();
  if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().text().c_str());
  return outcome ? 0 : 1;
}
