#include "server/own_identity.h"

#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "server/access.h"
#include "server/event.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenLooks = 1h;

/// What history keeps of a renewal.
struct Renewal {
  std::string before;
  std::string after;
  TimePoint not_after;
  TimePoint at;
};

Result<Done> record_renewal(store::Transaction& transaction, const Renewal& renewal) {
  History::audit(transaction, system_actor(), renewal.at, "certificate.renew",
                 fmt::format("certificate {} in place of {}", renewal.after, renewal.before));
  History::record(
      transaction,
      info_event(renewal.at, "certificate_renewed",
                 fmt::format(
                     "This server's certificate was renewed with the same key until {}; its fingerprint is {} now. No link needs anything.",
                     to_rfc3339(renewal.not_after).substr(0, 10), renewal.after)));
  return Done{};
}

}  // namespace

OwnIdentity::OwnIdentity(Storage& storage, History& history, Place place)
    : storage_(storage), history_(history), place_(std::move(place)) {}

awaitable<> OwnIdentity::run() {
  for (;;) {
    auto renewed = co_await renew_if_due(now());
    if (!renewed) spdlog::error("certificate: {}", renewed.error().text());
    const bool on = co_await net::sleep_for(kBetweenLooks);
    if (!on) co_return;
  }
}

awaitable<Result<bool>> OwnIdentity::renew_if_due(TimePoint at) {
  if (place_.identity.not_after() - at > limits::kRenewBefore) co_return false;
  auto renewed = place_.identity.renewed(at);
  if (!renewed && renewed.error().code == Code::certificate_unreadable) co_return false;
  if (!renewed) co_return fail(std::move(renewed.error()));
  if (auto saved = renewed->save_certificate(place_.folder); !saved) co_return fail(std::move(saved.error()));
  const Renewal renewal{place_.identity.certificate().fingerprint, renewed->certificate().fingerprint, renewed->not_after(), at};
  adopt(std::move(*renewed));
  std::function<Result<Done>(store::Transaction&)> work = [renewal](store::Transaction& transaction) {
    return record_renewal(transaction, renewal);
  };
  auto recorded = co_await storage_.write<Done>(std::move(work));
  if (!recorded) co_return fail(std::move(recorded.error()));
  history_.committed();
  co_return true;
}

void OwnIdentity::adopt(net::Identity identity) {
  place_.identity = std::move(identity);
  place_.facts.certificate = place_.identity.certificate();
  place_.facts.certificate_pem = place_.identity.certificate_pem();
  place_.facts.certificate_not_after = place_.identity.not_after();
  place_.facts.certificate_issuer = place_.identity.issuer();
  place_.facts.certificate_chain = place_.identity.chain().size();
  for (const auto& tell : changed_) tell();
}

}  // namespace daikan::server
