#include "server/policy_status_news.h"

#include "base/limits_policies.h"

namespace daikan::server {

awaitable<> tell_policy_status(Storage& storage, History& history) {
  const auto news = storage.in_force_news();
  auto told = news->changes;
  for (;;) {
    while (news->changes == told) {
      const bool woken = co_await news->changed.wait();
      if (!woken) co_return;
    }
    told = news->changes;
    history.policy_status_changed();
    const bool on = co_await net::sleep_for(limits::kPolicyStatusEvery);
    if (!on) co_return;
  }
}

}  // namespace daikan::server
