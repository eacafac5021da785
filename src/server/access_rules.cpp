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
#include "store/tables.h"

namespace daikan::server {
namespace {

constexpr std::string_view kSources = "console_sources";
constexpr std::string_view kLeast = "password_least";
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

}  // namespace

struct AccessRules::State {
  Storage& storage;
  History& history;
  Rules rules{};
  std::vector<Network> networks{};
  enum class Readable : std::uint8_t { no, yes } readable = Readable::no;
};

AccessRules::AccessRules(Storage& storage, History& history) : state_(new State{storage, history}) {}
AccessRules::~AccessRules() = default;

awaitable<Result<>> AccessRules::start() {
  struct Stored {
    unsigned least;
    std::optional<std::vector<std::string>> sources;
  };
  auto stored = co_await state_->storage.read<Stored>([](store::Transaction& transaction) -> Result<Stored> {
    return Stored{server::password_least(transaction), stored_sources(transaction)};
  });
  if (!stored) co_return fail(std::move(stored.error()));
  state_->rules.password_least = stored->least;
  if (!stored->sources) co_return Result<>{};
  auto networks = networks_of(*stored->sources);
  if (!networks) co_return Result<>{};
  state_->rules.console_sources = std::move(*stored->sources);
  state_->networks = std::move(*networks);
  state_->readable = State::Readable::yes;
  co_return Result<>{};
}

AccessRules::Rules AccessRules::current() const { return state_->rules; }

bool AccessRules::lets_in(std::string_view ip) const {
  if (is_loopback(ip)) return true;
  if (state_->readable == State::Readable::no) return false;
  const auto& networks = state_->networks;
  return networks.empty() || std::any_of(networks.begin(), networks.end(), [&](const Network& each) { return each.contains(ip); });
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
  const bool own = std::any_of(networks->begin(), networks->end(), [&](const Network& each) { return each.contains(actor.source); });
  // Who comes through the primary does not come to this console at all.
  if (!networks->empty() && actor.through.empty() && !is_loopback(actor.source) && !own) {
    co_return fail(Code::conflict, fmt::format("This list would lock you out: you come from {}.", actor.source),
                   "Add your own address or network to it.", "console_sources");
  }
  const auto put = [actor, rules](store::Transaction& transaction) -> Result<Done> {
    store::put_setting(transaction, kLeast, std::to_string(rules.password_least));
    store::put_setting(transaction, kSources, fmt::format("{}", fmt::join(rules.console_sources, " ")));
    const auto at = now();
    const auto from = rules.console_sources.empty() ? "everywhere" : fmt::format("{}", fmt::join(rules.console_sources, ", "));
    History::audit(transaction, actor, at, "access_rules.set",
                   quotable(fmt::format("passwords of at least {}, console from {}", rules.password_least, from), 1000));
    History::record(transaction, {.sequence = 0,
                                  .at = at,
                                  .severity = hierarchy::Severity::info,
                                  .kind = "access_rules_set",
                                  .message = quotable(fmt::format("{} set who is let in: passwords of at least {} characters, the console "
                                                                  "from {}.",
                                                                  actor.name, rules.password_least, from),
                                                      1000),
                                  .secondary = std::nullopt});
    return Done{};
  };
  auto written = co_await state_->storage.write<Done>(put);
  if (!written) co_return fail(std::move(written.error()));
  // No co_await from here on: what is committed counts, even when the requester went away meanwhile.
  state_->rules = rules;
  state_->networks = std::move(*networks);
  state_->readable = State::Readable::yes;
  state_->history.committed();
  co_return rules;
}

Result<> check_password(std::string_view name, std::string_view password, unsigned least) {
  if (password.size() > limits::kMaxPasswordBytes) {
    return bad_password(fmt::format("The password has {} bytes.", password.size()),
                        fmt::format("Choose one of at most {}.", limits::kMaxPasswordBytes));
  }
  if (!is_utf8(password)) return bad_password("The password is not UTF-8.", "Type it in a terminal that uses UTF-8.");
  if (characters(password) < least) {
    return bad_password(fmt::format("The password has {} characters.", characters(password)),
                        fmt::format("Choose one of at least {}: a few words are easy to remember.", least));
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

unsigned password_least(store::Transaction& transaction) {
  const auto text = store::find_setting(transaction, kLeast).value_or("");
  unsigned least = kFewest;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), least);
  return bad == std::errc() && end == text.data() + text.size() && least >= kFewest && least <= kMost ? least : kFewest;
}

}  // namespace daikan::server
