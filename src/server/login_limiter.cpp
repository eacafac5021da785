#include "server/login_limiter.h"

#include <algorithm>

#include "base/address.h"
#include "base/limits.h"
#include "hierarchy/names.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestDelay = 60s;

bool is_loopback(std::string_view source) { return source.starts_with("127.") || source == "::1" || source.starts_with("::ffff:127."); }

std::string account_key(std::string_view account, std::string_view source) {
  return (is_loopback(source) ? "here " : "away ") + hierarchy::folded(account.substr(0, limits::kMaxNameBytes));
}

std::chrono::seconds round_up(std::chrono::duration<double> wait) {
  return std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds(1));
}

double tokens_per_second(const LoginLimits& limits) {
  return static_cast<double>(limits.source_failures) / static_cast<double>(limits.source_window.count());
}

template <class Map, class Expired>
void make_room(Map& map, Expired expired) {
  if (map.size() < limits::kMaxLoginRecords) return;
  std::erase_if(map, [&](const auto& entry) { return expired(entry.second); });
  // Still full: many sources attack at once. Any one may go; each buys an attacker one more bucket at the price of an address.
  if (map.size() >= limits::kMaxLoginRecords) map.erase(map.begin());
}

}  // namespace

LoginLimits LoginLimiter::limits_of(std::string_view source) const {
  if (!is_loopback(source)) return limits_;
  const LoginLimits gentle;
  auto limits = limits_;
  limits.account_failures = std::max(limits.account_failures, gentle.account_failures);
  limits.account_window = std::min(limits.account_window, gentle.account_window);
  limits.source_failures = std::max(limits.source_failures, gentle.source_failures);
  limits.source_window = std::min(limits.source_window, gentle.source_window);
  return limits;
}

LoginLimiter::Source& LoginLimiter::source(std::string_view source_ip, Time now) {
  const auto limits = limits_of(source_ip);
  const auto burst = static_cast<double>(limits.source_failures);
  const auto key = source_key(source_ip);
  auto found = sources_.find(key);
  if (found == sources_.end()) {
    make_room(sources_, [&](const Source& s) { return now - s.filled_at >= limits_.source_window; });
    found = sources_.emplace(key, Source{burst, now, false}).first;
  }
  auto& entry = found->second;
  const std::chrono::duration<double> passed = now - entry.filled_at;
  entry.tokens = std::min(burst, entry.tokens + passed.count() * tokens_per_second(limits));
  entry.filled_at = now;
  return entry;
}

std::optional<LoginLimiter::Refusal> LoginLimiter::ask(std::string_view account, std::string_view source_ip, Time now) {
  const auto refuse = [](bool& told, std::chrono::duration<double> wait) {
    const auto how = std::exchange(told, true) ? Refusal::Told::again : Refusal::Told::first;
    return Refusal{round_up(wait), how};
  };
  const auto limits = limits_of(source_ip);
  if (sources_.contains(source_key(source_ip))) {
    auto& from = source(source_ip, now);
    if (from.tokens < 1) return refuse(from.told, std::chrono::duration<double>((1 - from.tokens) / tokens_per_second(limits)));
    from.told = false;
  }
  const auto found = accounts_.find(account_key(account, source_ip));
  if (found == accounts_.end()) return std::nullopt;
  auto& entry = found->second;
  if (now < entry.not_before) return refuse(entry.told, entry.not_before - now);
  entry.told = false;
  if (now - entry.last > limits.account_window) accounts_.erase(found);
  return std::nullopt;
}

void LoginLimiter::failed(std::string_view account, std::string_view source_ip, Time now) {
  const auto limits = limits_of(source_ip);
  source(source_ip, now).tokens -= 1;
  const auto key = account_key(account, source_ip);
  if (!accounts_.contains(key)) make_room(accounts_, [&](const Account& a) { return now - a.last > limits_.account_window; });
  auto& entry = accounts_[key];
  entry.last = now;
  ++entry.failures;
  if (entry.failures <= limits.account_failures) return;
  const auto doublings = std::min(entry.failures - limits.account_failures - 1, 6U);
  entry.not_before = now + std::min<std::chrono::seconds>(1s * (1U << doublings), kLongestDelay);
}

void LoginLimiter::succeeded(std::string_view account, std::string_view source_ip) { accounts_.erase(account_key(account, source_ip)); }

}  // namespace daikan::server
