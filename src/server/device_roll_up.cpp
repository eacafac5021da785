#include "server/device_roll_up.h"

#include <spdlog/spdlog.h>

#include "base/limits_devices.h"
#include "link/device_counts.h"
#include "store/tables_devices.h"
#include "store/tables_feed.h"

namespace daikan::server {
namespace {

using hierarchy::FeedKind;

/// What is to be told, or nothing when it was told already. A database that is only just being made has no server yet.
Result<std::optional<hierarchy::FeedRecord>> news(store::Transaction& transaction) {
  const auto text = store::find_setting(transaction, "server_id");
  const auto self = text ? ServerId::parse(*text) : std::nullopt;
  if (!self) return std::optional<hierarchy::FeedRecord>();
  hierarchy::FeedRecord record;
  record.kind = FeedKind::devices;
  record.subject = self->str();
  record.payload = link::encode(store::device_counts(transaction));
  record.at = now();
  const auto told = store::find_rolled_up_state(transaction, FeedKind::devices, *self, record.subject);
  if (told && told->record.payload == record.payload) return std::optional<hierarchy::FeedRecord>();
  return std::optional(std::move(record));
}

Result<Done> tell(store::Transaction& transaction) {
  auto record = news(transaction);
  if (!record) return fail(std::move(record.error()));
  if (*record) store::append_feed(transaction, **record);
  return Done{};
}

Result<bool> is_news(store::Transaction& transaction) {
  auto record = news(transaction);
  if (!record) return fail(std::move(record.error()));
  return record->has_value();
}

}  // namespace

awaitable<> roll_up_devices(Storage& storage, History& history) {
  for (;;) {
    const auto seen = history.news_count();
    std::function<Result<bool>(store::Transaction&)> look = is_news;  // most news are no news of devices, and a read costs no commit
    const auto wanted = co_await storage.read<bool>(std::move(look));
    if (wanted && *wanted) {
      std::function<Result<Done>(store::Transaction&)> work = tell;
      if (const auto told = co_await storage.write<Done>(std::move(work)); !told) {
        spdlog::error("devices: their counts cannot be stored for the servers above: {}", told.error().text());
      }
    } else if (!wanted) {
      spdlog::error("devices: their counts cannot be read: {}", wanted.error().text());
    }
    const bool on = co_await net::sleep_for(limits::kDeviceCountsEvery);
    if (!on) co_return;
    if (seen == history.news_count()) co_await history.wait_for_news(std::chrono::steady_clock::now() + limits::kDeviceCountsIdle);
  }
}

}  // namespace daikan::server
