#include "server/two_factor.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "server/event.h"
#include "server/totp.h"
#include "store/tables_users.h"

namespace daikan::server {
namespace {

using hierarchy::Account;
using State = hierarchy::TwoFactor::State;

constexpr std::size_t kRecoveryCodes = 10;

tl::unexpected<Error> wrong_code() {
  return fail(Code::wrong_credentials, "The code is wrong, too old, or was used already.",
              "Wait for the next code of the app; is the clock of its device right? A recovery code does as well.", "code");
}

/// Marks the step of a code of the app as used; false when the code is not good.
Result<bool> take_code(store::Transaction& transaction, const Sealing& sealing, Account& account, std::string_view code) {
  const auto secret = sealing.unseal(account.two_factor.secret);
  const auto key = secret ? from_base64(*secret) : std::nullopt;
  // A key that does not open leaves the recovery codes.
  const auto step = key ? accepted_step(*key, trim(code), now(), account.two_factor.last_step) : std::nullopt;
  if (!step) return false;
  account.two_factor.last_step = *step;
  store::update_account(transaction, account);
  return true;
}

Result<Account> own_account(store::Transaction& transaction, const AccountId& id) {
  auto account = store::find_account(transaction, id);
  if (account) return std::move(*account);
  return fail(Code::not_found, "There is no such user any more.", "Log in again.");
}

void tell(store::Transaction& transaction, const Actor& actor, const Account& account, bool on) {
  const auto at = now();
  History::audit(transaction, actor, at, on ? "user.two_factor_on" : "user.two_factor_off",
                 fmt::format("user {} ({})", account.name, account.id.str()));
  History::record(transaction, info_event(at, on ? "user_two_factor_on" : "user_two_factor_off",
                                          fmt::format("The user “{}” turned the second factor {}.", account.name, on ? "on" : "off")));
}

}  // namespace

Result<SecondFactorTaken> take_second_factor(store::Transaction& transaction, const Sealing& sealing, const AccountId& id,
                                             std::string_view code) {
  auto account = own_account(transaction, id);
  if (!account) return fail(std::move(account.error()));
  if (account->two_factor.state != State::on) return SecondFactorTaken::none_needed;
  if (code.empty()) {
    return fail(Code::two_factor_required, fmt::format("The account {} has a second factor: its code is needed too.", account->name),
                "Give the code the authenticator app shows, or a recovery code.", "code");
  }
  auto taken = take_code(transaction, sealing, *account, code);
  if (!taken) return fail(std::move(taken.error()));
  if (*taken) return SecondFactorTaken::code;
  const auto hash = recovery_hash(code);
  if (hash && store::take_recovery_code(transaction, id, *hash)) return SecondFactorTaken::recovery_code;
  return wrong_code();
}

TwoFactor::TwoFactor(Storage& storage, History& history, Accounts& accounts) : storage_(storage), history_(history), accounts_(accounts) {}

/// A code has six digits: whoever guesses is slowed down like at a login.
template <class T>
awaitable<Result<T>> TwoFactor::guess(const Actor& actor, std::function<Result<T>(store::Transaction&)> work) {
  if (auto allowed = accounts_.may_guess(actor.name, actor.source); !allowed) co_return fail(std::move(allowed.error()));
  auto done = co_await storage_.write<T>(std::move(work));
  if (done) {
    accounts_.forget_cached();
    history_.committed();
  } else if (done.error().code == Code::wrong_credentials) {
    accounts_.guessed_wrong(actor.name, actor.source);
  }
  co_return done;
}

awaitable<Result<TwoFactor::Enrolment>> TwoFactor::enrol(const Actor& actor, AccountId id) {
  const auto key = make_totp_key();
  const auto work = [actor, id, key, sealing = storage_.sealing()](store::Transaction& transaction) -> Result<Enrolment> {
    auto account = own_account(transaction, id);
    if (!account) return fail(std::move(account.error()));
    if (account->two_factor.state == State::on) {
      return fail(Code::conflict, "This account has a second factor already.", "Turn it off first, with a code of it.");
    }
    account->two_factor = {.state = State::pending, .secret = sealing.seal(to_base64(key)), .last_step = 0};
    store::update_account(transaction, *account);
    const auto secret = to_base32(key);
    const auto server = store::find_setting(transaction, "server_name").value_or("server");
    History::audit(transaction, actor, now(), "user.two_factor_enrol", fmt::format("user {} ({})", account->name, id.str()));
    return Enrolment{secret, otpauth_uri(server, account->name, secret)};
  };
  auto enrolment = co_await storage_.write<Enrolment>(work);
  co_return enrolment;
}

awaitable<Result<std::vector<std::string>>> TwoFactor::confirm(const Actor& actor, AccountId id, std::string code) {
  using Codes = std::vector<std::string>;
  const auto work = [actor, id, code = std::move(code), sealing = storage_.sealing()](store::Transaction& transaction) -> Result<Codes> {
    auto account = own_account(transaction, id);
    if (!account) return fail(std::move(account.error()));
    if (account->two_factor.state != State::pending) {
      return fail(Code::conflict, "No second factor waits for its first code.", "Enrol one first.");
    }
    account->two_factor.state = State::on;
    auto taken = take_code(transaction, sealing, *account, code);
    if (!taken) return fail(std::move(taken.error()));
    if (!*taken) return wrong_code();
    Codes codes;
    Codes hashes;
    for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
      codes.push_back(make_recovery_code());
      hashes.push_back(*recovery_hash(codes.back()));
    }
    store::replace_recovery_codes(transaction, id, hashes);
    tell(transaction, actor, *account, true);
    return codes;
  };
  auto codes = co_await guess<Codes>(actor, work);
  co_return codes;
}

awaitable<Result<>> TwoFactor::disable(const Actor& actor, AccountId id, std::string code) {
  const auto work = [actor, id, code = std::move(code), sealing = storage_.sealing()](store::Transaction& transaction) -> Result<Done> {
    auto taken = take_second_factor(transaction, sealing, id, code);
    if (!taken) return fail(std::move(taken.error()));
    auto account = own_account(transaction, id);
    if (!account) return fail(std::move(account.error()));
    if (account->two_factor.state == State::off)
      return fail(Code::conflict, "This account has no second factor.", "There is nothing to turn off.");
    account->two_factor = {};
    store::update_account(transaction, *account);
    store::replace_recovery_codes(transaction, id, {});
    tell(transaction, actor, *account, false);
    return Done{};
  };
  auto disabled = co_await guess<Done>(actor, work);
  if (!disabled) co_return fail(std::move(disabled.error()));
  co_return Result<>{};
}

}  // namespace daikan::server
