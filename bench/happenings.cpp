// Makes N events of about BYTES bytes in a server's database, as the server itself would have recorded them; the server is not running
// then. For `./dev bench flow`.
//
//   happenings DATABASE_URL N BYTES [info]
//
// Warnings, which are told to the primary; with "info" such as stay here.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>

#include "server/history.h"
#include "store/database.h"

namespace {
constexpr unsigned long kAtOnce = 20'000;  // in one transaction: its log stays small beside the database
}

int main(int argc, char** argv) {
  using namespace daikan;
  const bool info = argc == 5 && argv[4] == std::string("info");
  if (argc != 4 && !info) {
    std::fprintf(stderr, "usage: happenings DATABASE_URL EVENTS BYTES [info]\n");
    return 2;
  }
  auto database = store::Database::open(argv[1]);
  if (!database) {
    std::fprintf(stderr, "%s\n", database.error().text().c_str());
    return 1;
  }
  const auto events = std::strtoul(argv[2], nullptr, 10);
  const std::string message(std::strtoul(argv[3], nullptr, 10), 'x');
  const auto severity = info ? hierarchy::Severity::info : hierarchy::Severity::warning;
  for (unsigned long first = 0; first < events; first += kAtOnce) {
    const auto last = std::min(events, first + kAtOnce);
    std::promise<Result<>> done;
    (*database)->write(
        [&](store::Transaction& transaction) -> Result<> {
          hierarchy::Event event{.sequence = 0, .at = now(), .severity = severity, .kind = "bench", .message = message, .secondary = {}};
          for (auto i = first; i < last; ++i) server::History::record(transaction, event);
          return {};
        },
        [&](Result<> outcome) { done.set_value(std::move(outcome)); });
    if (const auto outcome = done.get_future().get(); !outcome) {
      std::fprintf(stderr, "%s\n", outcome.error().text().c_str());
      return 1;
    }
  }
  return 0;
}
