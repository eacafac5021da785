#include "server/primary_bound.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/access.h"
#include "server/event.h"
#include "store/tables.h"

namespace daikan::server {
namespace {

constexpr std::string_view kGoverned = "primary_may_governed";

hierarchy::PrimaryMay governed(store::Transaction& transaction) {
  const auto text = store::find_setting(transaction, kGoverned);
  if (!text) return hierarchy::PrimaryMay::full;
  // What cannot be read allows nothing.
  return hierarchy::primary_may_from_string(*text).value_or(hierarchy::PrimaryMay::none);
}

}  // namespace

hierarchy::PrimaryMay primary_may_in_force(store::Transaction& transaction) {
  return std::max(stored_primary_may(transaction), governed(transaction));  // from full to none: the later, the stricter
}

awaitable<Result<>> govern_primary_may(Storage& storage, History& history, hierarchy::PrimaryMay may) {
  const auto put = [may](store::Transaction& transaction) -> Result<Done> {
    if (governed(transaction) == may) return Done{};
    store::put_setting(transaction, kGoverned, to_string(may));
    History::record(transaction, info_event(now(), "primary_may_set",
                                            fmt::format("What may be done here through the primary is bounded to “{}” by what governs "
                                                        "this server.",
                                                        to_string(may))));
    return Done{};
  };
  auto written = co_await storage.write<Done>(put);
  if (!written) co_return fail(std::move(written.error()));
  history.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
