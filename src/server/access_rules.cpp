#include "server/access_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/limits.h"
#include "base/network.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "server/event.h"
#include "store/tables.h"

namespace daikan::server {
namespace {

constexpr std::string_view kSources = "console_sources";
constexpr std::string_view kLeast = "password_least";
constexpr std::string_view kSourcesSetting = "console.sources";
constexpr std::string_view kLengthSetting = "passwords.min_length";
constexpr unsigned kFewest = 8;
constexpr unsigned kMost = 128;
constexpr std::size_t kMaxSources = 256;  // looked through at every request

/// What is tried first by everybody who guesses, in lower case. Short on purpose: length does more than any list.
constexpr std::array<std::string_view, 48> kCommonest = {
    "00000000",  "0123456789",    "11111111",    "111111111", "12341234",   "12344321",   "123123123", "12345678",
    "123456789", "1234567890",    "12345678910", "1q2w3e4r",  "1q2w3e4r5t", "1qaz2wsx",   "87654321",  "88888888",
    "987654321", "9876543210",    "aa123456",    "aaaaaaaa",  "abcd1234",   "abcdefgh",   "abcdefghi", "admin123",
    "admin1234", "administrator", "asdfasdf",    "asdfghjk",  "asdfghjkl",  "baseball",   "changeme",  "changeme123",
    "football",  "iloveyou",      "letmein123",  "p@ssw0rd",  "passw0rd",   "password",   "password1", "password123",
    "princess",  "q1w2e3r4",      "qwer1234",    "qwerty123", "qwertyui",   "qwertyuiop", "sunshine",  "welcome1"};

bool is_loopback(std::string_view ip) {
  static const auto v4 = Network::parse("127.0.0.0/8");
  static const auto v6 = Network::parse("::1");
  return v4->contains(ip) || v6->contains(ip);
}

tl::unexpected<Error> bad_password(std::string message, std::string remedy) {
  return fail(Code::invalid_request, std::move(message), std::move(remedy), "password");
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

Result<std::vector<Network>> networks_of(const std::vector<std::string>& texts) {
  if (texts.size() > kMaxSources) {
    return fail(Code::invalid_request, fmt::format("The list has {} entries.", texts.size()),
                fmt::format("Give at most {}: join neighbours into one network.", kMaxSources), "console_sources");
  }
  std::vector<Network> networks;
  for (const auto& text : texts) {
    const auto network = Network::parse(text);
    if (!network) {
      return fail(Code::invalid_request, fmt::format("“{}” is no network.", quotable(text, 60)),
                  "Write an address, or a network with nothing behind its prefix: 10.0.0.0/8, 2001:db8::/32, 192.0.2.7.",
                  "console_sources");
    }
    networks.push_back(*network);
  }
  return networks;
}

/// As stored: one text, blanks between; nothing when it is damaged.
std::optional<std::vector<std::string>> stored_sources(store::Transaction& transaction) {
  std::vector<std::string> sources;
  const auto text = store::find_setting(transaction, kSources).value_or("");
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto blank = rest.find(' ');
    sources.emplace_back(rest.substr(0, blank));
    if (!Network::parse(sources.back())) return std::nullopt;
    rest = blank == std::string_view::npos ? std::string_view{} : rest.substr(blank + 1);
  }
  return sources;
}

std::vector<std::string> sources_of(const hierarchy::Effective& effective) {
  return std::get<std::vector<std::string>>(effective.find(kSourcesSetting)->value);
}

bool is_in(const std::vector<Network>& networks, std::string_view ip) {
  return networks.empty() || std::any_of(networks.begin(), networks.end(), [&](const Network& each) { return each.contains(ip); });
}

/// Who comes through the primary, or is this program itself, does not come to this console at all.
bool comes_here(const Actor& actor) { return actor.through.empty() && !actor.source.empty() && !is_loopback(actor.source); }

void put_rules(store::Transaction& transaction, const AccessRules::Rules& rules) {
  store::put_setting(transaction, kLeast, std::to_string(rules.password_least));
  store::put_setting(transaction, kSources, fmt::format("{}", fmt::join(rules.console_sources, " ")));
}

AccessRules::Rules own_rules(store::Transaction& transaction) {
  return {own_password_rules(transaction).min_length, stored_sources(transaction).value_or(std::vector<std::string>{})};
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool has_small(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}
bool has_capital(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}
bool has_other(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z'); });
}
std::string asked_by(std::string_view policy) { return policy.empty() ? std::string() : fmt::format(" {} asks for it.", policy); }

/// The one that decides a setting; empty where none does.
std::string policy_of(const hierarchy::EffectiveSetting& setting) {
  if (setting.from.kind != hierarchy::Origin::Kind::policy) return {};
  const auto& by = setting.from.source;
  return fmt::format("The policy “{}” of the group “{}” on “{}”", by.policy_name, by.group, by.server_name);
}

unsigned classes(std::string_view text) {
  return unsigned{has_small(text)} + unsigned{has_capital(text)} + unsigned{has_digit(text)} + unsigned{has_other(text)};
}

}  // namespace

struct AccessRules::State {
  Storage& storage;
  History& history;
  std::function<hierarchy::Effective(store::Transaction&)> governing{};
  std::vector<Network> networks{};  ///< In force.
  enum class Readable : std::uint8_t { no, yes } readable = Readable::no;

  std::vector<std::string> in_force(store::Transaction& transaction) const {
    return governing ? sources_of(governing(transaction)) : own_rules(transaction).console_sources;
  }
  /// What stays as it is may be said again.
  Result<> require_unlocked_changes(store::Transaction& transaction, const Rules& wanted) const {
    if (!governing) return {};
    const auto effective = governing(transaction);
    const auto own = own_rules(transaction);
    const bool sources = own.console_sources != wanted.console_sources;
    auto allowed = sources ? require_unlocked(effective, kSourcesSetting) : Result<>{};
    if (!allowed) allowed.error().field = "console_sources";
    if (!allowed || own.password_least == wanted.password_least) return allowed;
    allowed = require_unlocked(effective, kLengthSetting);
    if (!allowed) allowed.error().field = "password_least";
    return allowed;
  }
  void let_in(std::vector<Network> from) {
    networks = std::move(from);
    readable = Readable::yes;
  }
};

AccessRules::AccessRules(Storage& storage, History& history) : state_(new State{storage, history}) {}
AccessRules::~AccessRules() = default;

awaitable<Result<>> AccessRules::start() {
  struct Stored {
    std::vector<std::string> in_force;
    enum class Whole : std::uint8_t { no, yes } whole;
  };
  const auto read = [state = state_.get()](store::Transaction& transaction) -> Result<Stored> {
    const auto whole = stored_sources(transaction) ? Stored::Whole::yes : Stored::Whole::no;
    return Stored{state->in_force(transaction), whole};
  };
  auto stored = co_await state_->storage.read<Stored>(read);
  if (!stored) co_return fail(std::move(stored.error()));
  auto networks = networks_of(stored->in_force);
  if (stored->whole == Stored::Whole::yes && networks) state_->let_in(std::move(*networks));
  co_return Result<>{};
}

void AccessRules::use(std::function<hierarchy::Effective(store::Transaction&)> governing) { state_->governing = std::move(governing); }

void AccessRules::govern(const std::vector<std::string>& console_sources) {
  if (state_->readable == State::Readable::no) return;
  // What cannot be read leaves what is in force as it is; policies hold networks only.
  if (auto networks = networks_of(console_sources)) state_->let_in(std::move(*networks));
}

awaitable<Result<AccessRules::Rules>> AccessRules::own() const {
  const auto read = [](store::Transaction& transaction) -> Result<Rules> { return own_rules(transaction); };
  return state_->storage.read<Rules>(read);
}

bool AccessRules::lets_in(std::string_view ip) const {
  if (is_loopback(ip)) return true;
  if (state_->readable == State::Readable::no) return false;
  return is_in(state_->networks, ip);
}

awaitable<Result<AccessRules::Rules>> AccessRules::set(const Actor& actor, Rules rules) {
  if (rules.password_least < kFewest || rules.password_least > kMost) {
    co_return fail(Code::invalid_request, fmt::format("A password cannot be asked to have {} characters.", rules.password_least),
                   fmt::format("Give {} to {}.", kFewest, kMost), "password_least");
  }
  auto networks = networks_of(rules.console_sources);
  if (!networks) co_return fail(std::move(networks.error()));
  rules.console_sources.clear();
  for (const auto& each : *networks) rules.console_sources.push_back(each.str());
  const auto put = [actor, rules, state = state_.get()](store::Transaction& transaction) -> Result<std::vector<Network>> {
    if (auto allowed = state->require_unlocked_changes(transaction, rules); !allowed) return fail(std::move(allowed.error()));
    put_rules(transaction, rules);
    auto in_force = networks_of(state->in_force(transaction));
    if (!in_force) return in_force;
    if (comes_here(actor) && !is_in(*in_force, actor.source)) {
      return fail(Code::conflict, fmt::format("This list would lock you out: you come from {}.", actor.source),
                  "Add your own address or network to it.", "console_sources");
    }
    const auto at = now();
    const auto from = rules.console_sources.empty() ? "everywhere" : fmt::format("{}", fmt::join(rules.console_sources, ", "));
    History::audit(transaction, actor, at, "access_rules.set",
                   quotable(fmt::format("passwords of at least {}, console from {}", rules.password_least, from), 1000));
    History::record(transaction, info_event(at, "access_rules_set",
                                            quotable(fmt::format("{} set who is let in: passwords of at least {} characters, the console "
                                                                 "from {}.",
                                                                 actor.name, rules.password_least, from),
                                                     1000)));
    return in_force;
  };
  auto written = co_await state_->storage.write<std::vector<Network>>(put);
  if (!written) co_return fail(std::move(written.error()));
  // No co_await from here on: what is committed counts, even when the requester went away meanwhile.
  state_->let_in(std::move(*written));
  state_->history.committed();
  co_return rules;
}

Result<> check_password(std::string_view name, std::string_view password, const PasswordRules& rules) {
  if (password.size() > limits::kMaxPasswordBytes) {
    return bad_password(fmt::format("The password has {} bytes.", password.size()),
                        fmt::format("Choose one of at most {}.", limits::kMaxPasswordBytes));
  }
  if (!is_utf8(password)) return bad_password("The password is not UTF-8.", "Type it in a terminal that uses UTF-8.");
  if (characters(password) < rules.min_length) {
    return bad_password(
        fmt::format("The password has {} characters.", characters(password)),
        fmt::format("Choose one of at least {}: a few words are easy to remember.{}", rules.min_length, asked_by(rules.length_from)));
  }
  if (classes(password) < rules.min_classes) {
    return bad_password(fmt::format("The password has {} of the four kinds of characters.", classes(password)),
                        fmt::format("Choose one with at least {} of: small letters, capital letters, digits, everything else.{}",
                                    rules.min_classes, asked_by(rules.classes_from)));
  }
  const auto key = hierarchy::folded(password);
  if (const auto user = hierarchy::folded(name); user.size() >= 3 && key.find(user) != std::string::npos) {
    return bad_password("The password contains the user's name.", "Choose one that has nothing to do with it.");
  }
  if (std::find(kCommonest.begin(), kCommonest.end(), key) != kCommonest.end()) {
    return bad_password("The password is one of the commonest there are.", "Choose one that nobody tries first.");
  }
  return {};
}

PasswordRules own_password_rules(store::Transaction& transaction) {
  const auto text = store::find_setting(transaction, kLeast).value_or("");
  unsigned least = kFewest;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), least);
  const bool sound = bad == std::errc() && end == text.data() + text.size() && least >= kFewest && least <= kMost;
  return {.min_length = sound ? least : kFewest};
}

PasswordRules password_rules(const hierarchy::Effective& effective) {
  const auto& length = *effective.find(kLengthSetting);
  const auto& classes = *effective.find("passwords.min_classes");
  return {.min_length = static_cast<unsigned>(std::get<std::int64_t>(length.value)),
          .min_classes = static_cast<unsigned>(std::get<std::int64_t>(classes.value)),
          .length_from = policy_of(length),
          .classes_from = policy_of(classes)};
}

bool is_access_setting(std::string_view path) { return path == kSourcesSetting || path == kLengthSetting; }

std::vector<hierarchy::PolicySetting> own_access_settings(store::Transaction& transaction) {
  const auto own = own_rules(transaction);
  std::vector<hierarchy::PolicySetting> settings;
  if (!own.console_sources.empty()) settings.push_back({std::string(kSourcesSetting), own.console_sources});
  if (own.password_least != kFewest) settings.push_back({std::string(kLengthSetting), std::int64_t{own.password_least}});
  return settings;
}

void put_own_access_settings(store::Transaction& transaction, std::span<const hierarchy::PolicySetting> settings) {
  AccessRules::Rules rules;
  const auto before = own_rules(transaction);
  for (const auto& each : settings) {
    if (each.path == kSourcesSetting) rules.console_sources = std::get<std::vector<std::string>>(each.value);
    if (each.path == kLengthSetting) rules.password_least = static_cast<unsigned>(std::get<std::int64_t>(each.value));
  }
  // A damaged list stays damaged, and so closed, until somebody says another one.
  if (rules.password_least != before.password_least || rules.console_sources != before.console_sources) put_rules(transaction, rules);
}

Result<> require_way_back(const Actor& actor, const hierarchy::Effective& effective) {
  if (!comes_here(actor)) return {};
  const auto networks = networks_of(sources_of(effective));
  if (!networks || is_in(*networks, actor.source)) return {};
  return fail(Code::conflict, fmt::format("This would lock you out of this server's console: you come from {}.", actor.source),
              "Add your own address or network to console.sources, or do it on this machine itself, which is always let in.",
              "settings.console.sources");
}

Result<> require_unlocked(const hierarchy::Effective& effective, std::string_view path) {
  const auto* found = effective.find(path);
  if (!found || !found->locked) return {};
  const auto& by = found->from.source;
  return fail(Code::conflict,
              fmt::format("The setting “{}” is locked by the policy “{}” of the group “{}” on “{}”.", path, by.policy_name, by.group,
                          by.server_name),
              "Change it there, or have it unlocked.", fmt::format("settings.{}", path));
}

}  // namespace daikan::server
