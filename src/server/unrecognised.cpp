#include "server/unrecognised.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/identity.h"
#include "store/tables.h"

namespace daikan::server {
namespace {

using Records = std::vector<hierarchy::UnrecognisedRecord>;
using Work = std::function<Result<Done>(store::Transaction&)>;

Result<std::string> normalised(const std::string& fingerprint) {
  auto normal = net::normalise_fingerprint(fingerprint);
  if (normal) return std::move(*normal);
  return fail(Code::invalid_request, fmt::format("“{}” is not a SHA-256 fingerprint.", quotable(fingerprint, 100)),
              "Give 32 bytes in hexadecimal, like AB:CD:….", "fingerprint");
}

Result<hierarchy::UnrecognisedRecord> find(const Records& all, const std::string& fingerprint) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& record) { return record.certificate.fingerprint == fingerprint; });
  if (found != all.end()) return *found;
  return fail(Code::not_found, fmt::format("No unrecognised server has the fingerprint {}.", fingerprint),
              "List the unrecognised servers, or the ignored ones, and choose one of those.");
}

Result<Done> mark(store::Transaction& transaction, const Actor& actor, const std::string& fingerprint, Unrecognised which) {
  const auto all = store::all_unrecognised(transaction);
  const auto record = find(all, fingerprint);
  if (!record) return fail(record.error());
  const bool ignore = which == Unrecognised::ignored;
  if (record->ignored_at.has_value() == ignore) return Done{};
  const auto ignored = std::count_if(all.begin(), all.end(), [](const auto& each) { return each.ignored_at.has_value(); });
  if (ignore && static_cast<std::size_t>(ignored) >= limits::kMaxIgnoredServers) {
    return fail(Code::conflict, fmt::format("{} servers are ignored already; more are not kept.", ignored),
                "Forget some of the ignored servers that no longer dial.");
  }
  const auto at = now();
  store::update_ignored(transaction, record->certificate.pin, ignore ? std::optional(at) : std::nullopt);
  History::audit(transaction, actor, at, ignore ? "unrecognised.ignore" : "unrecognised.unignore",
                 fmt::format("server {} from {}", fingerprint, record->source));
  return Done{};
}

Result<Done> forget(store::Transaction& transaction, const Actor& actor, const std::string& fingerprint) {
  const auto record = find(store::all_unrecognised(transaction), fingerprint);
  if (!record) return fail(record.error());
  store::remove_unrecognised(transaction, record->certificate.pin);
  History::audit(transaction, actor, now(), "unrecognised.forget", fmt::format("server {} from {}", fingerprint, record->source));
  return Done{};
}

awaitable<Result<>> run(Storage& storage, Work work) {
  auto done = co_await storage.write<Done>(std::move(work));
  if (!done) co_return fail(std::move(done.error()));
  co_return Result<>{};
}

}  // namespace

awaitable<Result<Records>> list_unrecognised(Storage& storage, Unrecognised which) {
  std::function<Result<Records>(store::Transaction&)> work = [which](store::Transaction& transaction) -> Result<Records> {
    auto records = store::all_unrecognised(transaction);
    const bool ignored = which == Unrecognised::ignored;
    std::erase_if(records, [ignored](const auto& record) { return record.ignored_at.has_value() != ignored; });
    return records;
  };
  return storage.read<Records>(std::move(work));
}

awaitable<Result<>> mark_unrecognised(Storage& storage, Actor actor, std::string fingerprint, Unrecognised which) {
  auto normal = normalised(fingerprint);
  if (!normal) co_return fail(std::move(normal.error()));
  Work work = [actor = std::move(actor), wanted = std::move(*normal), which](store::Transaction& transaction) {
    return mark(transaction, actor, wanted, which);
  };
  co_return co_await run(storage, std::move(work));
}

awaitable<Result<>> forget_unrecognised(Storage& storage, Actor actor, std::string fingerprint) {
  auto normal = normalised(fingerprint);
  if (!normal) co_return fail(std::move(normal.error()));
  Work work = [actor = std::move(actor), wanted = std::move(*normal)](store::Transaction& transaction) {
    return forget(transaction, actor, wanted);
  };
  co_return co_await run(storage, std::move(work));
}

}  // namespace daikan::server
