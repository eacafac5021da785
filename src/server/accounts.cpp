#include "server/accounts.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "base/limits.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "server/access.h"
#include "server/access_rules.h"
#include "server/credential_holder.h"
#include "server/login_limiter.h"
#include "server/password_checks.h"
#include "server/secrets.h"
#include "server/two_factor.h"
#include "store/tables_users.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;
using hierarchy::Account;
using hierarchy::Credential;
using hierarchy::CredentialKind;

constexpr auto kTouchAfter = 1min;  // how stale last_used_at may be: one write a minute, not one a request; of short sessions a tenth
constexpr auto kCachedFor = 5s;
constexpr auto kLongestToken = std::chrono::hours(24 * 365);

tl::unexpected<Error> wrong_credentials() {
  return fail(Code::wrong_credentials, "The user name or the password is wrong.", "Check both and log in again.");
}

tl::unexpected<Error> not_authenticated() {
  return fail(Code::unauthenticated, "The session has ended or the token is not valid.", "Log in again, or use another token.");
}

std::string try_again_in(std::chrono::seconds wait) {
  return fmt::format("Try again in {} second{}.", wait.count(), wait.count() == 1 ? "" : "s");
}

}  // namespace

Result<> check_account(std::string_view name, std::string_view password) {
  if (auto checked = hierarchy::check_name(name, "user"); !checked) return checked;
  return check_password(name, password, PasswordRules{});
}

std::string hash_password(std::string_view password) {
  if (sodium_init() < 0) std::abort();  // no random source: there is nothing sensible to return
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    throw std::bad_alloc();
  }
  hash.resize(hash.find('\0'));
  return hash;
}

struct Accounts::State {
  State(Storage& storage_, History& history_) : storage(storage_), history(history_), checks(storage_.executor()) {}

  struct Cached {
    Authenticated who;
    net::SteadyTime until;
  };

  Storage& storage;
  History& history;
  PasswordChecks checks;
  LoginLimiter limiter;
  std::unordered_map<std::string, Cached> cache;  ///< by stored form of the secret
  std::uint64_t revocations = 0;
  std::chrono::minutes session_idle{12 * 60};
  std::function<PasswordRules(store::Transaction&)> password_rules{own_password_rules};

  void forget_all() {
    cache.clear();
    ++revocations;
  }
  void remember(std::string hash, const Authenticated& who);
  awaitable<> audit_refusal(const LoginRequest& request, Code outcome);
  awaitable<Result<std::optional<Account>>> account_named(std::string name);
  awaitable<Result<Login>> open_session(const LoginRequest& request, Account account);
  awaitable<Result<Authenticated>> authenticate(std::string secret);
  awaitable<Result<>> touch(Credential credential);
};

void Accounts::State::remember(std::string hash, const Authenticated& who) {
  if (cache.size() >= limits::kMaxCachedCredentials) cache.clear();
  cache.insert_or_assign(std::move(hash), Cached{who, std::chrono::steady_clock::now() + kCachedFor});
}

awaitable<> Accounts::State::audit_refusal(const LoginRequest& request, Code outcome) {
  hierarchy::AuditRecord record;
  record.at = now();
  record.actor = quotable(request.name, limits::kMaxNameBytes);
  record.source = request.source;
  record.action = "login.refused";
  record.object = quotable(request.client, limits::kMaxNameBytes);
  record.outcome = to_string(outcome);
  // A refusal stands whether or not it could be written down.
  auto written = co_await history.append_audit(std::move(record));
  (void)written;
}

awaitable<Result<std::optional<Account>>> Accounts::State::account_named(std::string name) {
  // A name that no account can have is not asked for: it might not even be text.
  if (!hierarchy::check_name(name)) co_return std::optional<Account>();
  const auto find = [name](store::Transaction& transaction) -> Result<std::optional<Account>> {
    return store::find_account(transaction, name);
  };
  auto found = co_await storage.read<std::optional<Account>>(find);
  co_return found;
}

awaitable<Result<Login>> Accounts::State::open_session(const LoginRequest& request, Account account) {
  const auto at = now();
  Login login{.secret = make_secret(CredentialKind::session), .credential = {}, .account = std::move(account)};
  login.credential = {.id = TokenId::make(at),
                      .account = login.account.id,
                      .kind = CredentialKind::session,
                      .name = quotable(request.client, limits::kMaxNameBytes),
                      .secret_hash = stored_form(login.secret),
                      .source = request.source,
                      .created_at = at,
                      .expires_at = at + session_idle,
                      .last_used_at = at};
  const Actor actor{.name = login.account.name, .source = request.source, .through = {}, .credential = login.credential.id};
  enum class Made : std::uint8_t { free_place, made_room };
  const auto insert = [login, actor, at, code = request.code,
                       sealing = storage.sealing()](store::Transaction& transaction) -> Result<Made> {
    // What was checked is what the account is still: it may have been disabled, or given another password, while the hash was computed.
    const auto present = store::find_account(transaction, login.account.id);
    if (!present || present->state == Account::State::disabled || present->password_hash != login.account.password_hash) {
      return wrong_credentials();
    }
    auto taken = take_second_factor(transaction, sealing, login.account.id, code);
    if (!taken) return fail(std::move(taken.error()));
    auto sessions = store::credentials_of(transaction, login.account.id);
    std::erase_if(sessions, [](const Credential& c) { return c.kind != CredentialKind::session; });
    auto made = Made::free_place;
    for (std::size_t i = 0; i + limits::kMaxSessionsPerAccount <= sessions.size(); ++i) {  // oldest first
      store::remove_credential(transaction, sessions[i].id);
      made = Made::made_room;
    }
    store::insert_credential(transaction, login.credential);
    const bool recovered = *taken == SecondFactorTaken::recovery_code;
    History::audit(transaction, actor, at, recovered ? "login.recovery_code" : "login", login.credential.name);
    return made;
  };
  auto made = co_await storage.write<Made>(insert);
  if (!made) co_return fail(std::move(made.error()));
  history.committed();
  if (*made == Made::made_room) forget_all();
  co_return login;
}

awaitable<Result<>> Accounts::State::touch(Credential credential) {
  const auto update = [credential](store::Transaction& transaction) -> Result<Done> {
    store::touch_credential(transaction, credential.id, credential.last_used_at, credential.expires_at);
    return Done{};
  };
  auto written = co_await storage.write<Done>(update);
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<>{};
}

awaitable<Result<Authenticated>> Accounts::State::authenticate(std::string secret) {
  if (!looks_like_secret(secret)) co_return not_authenticated();
  const auto hash = stored_form(secret);
  const auto at = now();
  if (const auto cached = cache.find(hash); cached != cache.end()) {
    if (std::chrono::steady_clock::now() < cached->second.until && at < cached->second.who.credential.expires_at)
      co_return cached->second.who;
    cache.erase(cached);
  }
  const auto seen = revocations;
  auto found = co_await storage.read<std::optional<CredentialHolder>>(
      [hash](store::Transaction& transaction) -> Result<std::optional<CredentialHolder>> { return holder_of(transaction, hash); });
  if (!found) co_return fail(std::move(found.error()));
  if (!*found || (*found)->who.credential.expires_at <= at) co_return not_authenticated();
  auto who = std::move((*found)->who);
  const bool is_session = who.credential.kind == CredentialKind::session;
  // A session that was opened under a longer limit ends by the present one.
  if (is_session && at - who.credential.last_used_at >= session_idle) co_return not_authenticated();
  if (at - who.credential.last_used_at >= std::min<Duration>(kTouchAfter, session_idle / 10)) {
    who.credential.last_used_at = at;
    if (is_session) who.credential.expires_at = at + session_idle;
    // The proof stands even when the disk is full; the next request tries again.
    auto touched = co_await touch(who.credential);
    (void)touched;
  }
  // Revoked while we were reading: true for this request, which came first, and not to be remembered. Nor is what inherited roles give.
  if (seen == revocations && (*found)->by == Allowed::By::own_roles) remember(hash, who);
  co_return who;
}

Accounts::Accounts(Storage& storage, History& history) : state_(std::make_unique<State>(storage, history)) {}

Accounts::~Accounts() = default;

void Accounts::set_session_idle(std::chrono::minutes idle) {
  if (state_->session_idle == idle) return;
  state_->session_idle = idle;
  state_->forget_all();
}

void Accounts::set_login_limits(const LoginLimits& limits) { state_->limiter.use(limits); }

void Accounts::use(std::function<PasswordRules(store::Transaction&)> rules) { state_->password_rules = std::move(rules); }

awaitable<Result<Login>> Accounts::login(LoginRequest request) {
  auto& state = *state_;
  if (const auto refusal = state.limiter.ask(request.name, request.source, std::chrono::steady_clock::now())) {
    if (refusal->told == LoginLimiter::Refusal::Told::first) co_await state.audit_refusal(request, Code::rate_limited);
    co_return fail(Code::rate_limited, "Too many failed logins with this user name or from this address.", try_again_in(refusal->wait));
  }
  auto account = co_await state.account_named(request.name);
  if (!account) co_return fail(std::move(account.error()));
  // An unknown name costs what a wrong password costs, so that nobody learns names with a watch.
  std::string hash = *account ? (*account)->password_hash : std::string(kNobodysHash);
  if (request.password.size() > limits::kMaxPasswordBytes) request.password.clear();  // nobody has an empty one
  auto answer = co_await state.checks.check(std::move(hash), std::exchange(request.password, {}));
  if (!answer) {
    co_await state.audit_refusal(request, answer.error().code);
    co_return fail(std::move(answer.error()));
  }
  // A disabled account is told from a wrong password by nothing either.
  if (*answer == PasswordChecks::Answer::wrong || !*account || (*account)->state == Account::State::disabled) {
    state.limiter.failed(request.name, request.source, std::chrono::steady_clock::now());
    co_await state.audit_refusal(request, Code::wrong_credentials);
    co_return wrong_credentials();
  }
  auto login = co_await state.open_session(request, std::move(**account));
  if (login) {
    state.limiter.succeeded(request.name, request.source);
    co_return login;
  }
  const auto outcome = login.error().code;
  // A right password alone clears no count: codes would be guessed in its shadow.
  if (outcome == Code::wrong_credentials) state.limiter.failed(request.name, request.source, std::chrono::steady_clock::now());
  if (outcome == Code::wrong_credentials || outcome == Code::two_factor_required) co_await state.audit_refusal(request, outcome);
  co_return login;
}

awaitable<Result<Authenticated>> Accounts::authenticate(std::string_view secret) { return state_->authenticate(std::string(secret)); }

awaitable<Result<>> Accounts::logout(const Actor& actor, TokenId id) {
  const auto end = [actor, id](store::Transaction& transaction) -> Result<Done> {
    if (!store::remove_credential(transaction, id)) return not_authenticated();
    History::audit(transaction, actor, now(), "logout", fmt::format("session {}", id.str()));
    return Done{};
  };
  auto ended = co_await state_->storage.write<Done>(end);
  state_->forget_all();
  if (!ended) co_return fail(std::move(ended.error()));
  state_->history.committed();
  co_return Result<>{};
}

Result<> Accounts::may_guess(std::string_view name, std::string_view source) {
  const auto refusal = state_->limiter.ask(name, source, std::chrono::steady_clock::now());
  if (!refusal) return {};
  return fail(Code::rate_limited, "Too many wrong guesses were made for this account or from this address.", try_again_in(refusal->wait));
}

void Accounts::guessed_wrong(std::string_view name, std::string_view source) {
  state_->limiter.failed(name, source, std::chrono::steady_clock::now());
}

awaitable<Result<>> Accounts::check_new_password(std::string name, std::string password) {
  const auto read = [rules = state_->password_rules](store::Transaction& transaction) -> Result<PasswordRules> {
    return rules(transaction);
  };
  auto rules = co_await state_->storage.read<PasswordRules>(read);
  if (!rules) co_return fail(std::move(rules.error()));
  co_return check_password(name, password, *rules);
}

void Accounts::forget_cached() { state_->forget_all(); }

awaitable<Result<std::string>> Accounts::hash(std::string password) { return state_->checks.hash(std::move(password)); }

awaitable<Result<>> Accounts::change_password(const Actor& actor, PasswordChange change) {
  auto& state = *state_;
  const auto& account = change.account;
  if (auto allowed = may_guess(account.name, actor.source); !allowed) co_return allowed;
  if (change.current.size() > limits::kMaxPasswordBytes) change.current.clear();
  auto answer = co_await state.checks.check(account.password_hash, std::exchange(change.current, {}));
  if (!answer) co_return fail(std::move(answer.error()));
  if (*answer == PasswordChecks::Answer::wrong) {
    guessed_wrong(account.name, actor.source);
    co_return fail(Code::wrong_credentials, "The current password is wrong.", "Give the password you log in with.", "current_password");
  }
  auto checked = co_await check_new_password(account.name, change.password);
  if (!checked) co_return checked;
  auto hashed = co_await state.checks.hash(std::exchange(change.password, {}));
  if (!hashed) co_return fail(std::move(hashed.error()));
  const auto update = [actor, id = account.id, was = account.password_hash,
                       hash = *hashed](store::Transaction& transaction) -> Result<Done> {
    // As in open_session: a reset in the meantime is not undone by who knew the old password.
    const auto present = store::find_account(transaction, id);
    if (!present || present->state == Account::State::disabled) return not_authenticated();
    if (present->password_hash != was) {
      return fail(Code::wrong_credentials, "The password was changed meanwhile.", "Give the password you log in with now.",
                  "current_password");
    }
    store::update_password(transaction, id, hash);
    store::remove_sessions(transaction, id, actor.credential);
    History::audit(transaction, actor, now(), "user.password", fmt::format("user {} ({}), by itself", actor.name, id.str()));
    return Done{};
  };
  auto written = co_await state.storage.write<Done>(update);
  state.forget_all();
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<>{};
}

awaitable<Result<Login>> Accounts::create_token(const Actor& actor, TokenRequest request) {
  auto& [account, name, valid_for, rights] = request;
  if (auto checked = hierarchy::check_name(name); !checked) co_return fail(std::move(checked.error()));
  if (valid_for < 1h || valid_for > kLongestToken) {
    co_return fail(Code::invalid_request, fmt::format("A token cannot be valid for {} hours.", valid_for.count()),
                   fmt::format("Give 1 to {} hours.", kLongestToken.count()), "expires_in_hours");
  }
  const auto at = now();
  const auto secret = make_secret(CredentialKind::token);
  const Credential credential{.id = TokenId::make(at),
                              .account = account,
                              .kind = CredentialKind::token,
                              .name = std::move(name),
                              .secret_hash = stored_form(secret),
                              .source = actor.source,
                              .created_at = at,
                              .expires_at = at + valid_for,
                              .last_used_at = at,
                              .rights = rights};
  const auto insert = [actor, credential](store::Transaction& transaction) -> Result<Account> {
    auto owner = store::find_account(transaction, credential.account);
    if (!owner) return fail(Code::not_found, "There is no such account.", "Log in again.");
    const auto all = store::credentials_of(transaction, credential.account);
    const auto tokens = std::count_if(all.begin(), all.end(), [](const Credential& c) { return c.kind == CredentialKind::token; });
    if (static_cast<std::size_t>(tokens) >= limits::kMaxTokensPerAccount) {
      return fail(Code::conflict, fmt::format("The account {} has {} tokens already.", owner->name, tokens),
                  "Revoke one that is not needed.");
    }
    store::insert_credential(transaction, credential);
    History::audit(transaction, actor, credential.created_at, "token.create",
                   fmt::format("token {} ({}), {}", credential.name, credential.id.str(),
                               credential.rights ? hierarchy::to_text(*credential.rights) : "every right of its owner"));
    return std::move(*owner);
  };
  auto owner = co_await state_->storage.write<Account>(insert);
  if (!owner) co_return fail(std::move(owner.error()));
  state_->history.committed();
  co_return Login{secret, credential, std::move(*owner)};
}

awaitable<Result<std::vector<Credential>>> Accounts::credentials(AccountId account) {
  return state_->storage.read<std::vector<Credential>>([account](store::Transaction& transaction) -> Result<std::vector<Credential>> {
    auto all = store::credentials_of(transaction, account);
    std::erase_if(all, [at = now()](const Credential& c) { return c.expires_at <= at; });
    return all;
  });
}

awaitable<Result<>> Accounts::revoke(const Actor& actor, AccountId account, TokenId id) {
  const auto remove = [actor, account, id](store::Transaction& transaction) -> Result<Done> {
    const auto all = store::credentials_of(transaction, account);
    const auto found = std::find_if(all.begin(), all.end(), [&](const Credential& c) { return c.id == id; });
    if (found == all.end())
      return fail(Code::not_found, "This account has no such session or token.", "List them and choose one of those.");
    store::remove_credential(transaction, id);
    History::audit(transaction, actor, now(), "token.revoke", fmt::format("{} {} ({})", to_string(found->kind), found->name, id.str()));
    return Done{};
  };
  auto removed = co_await state_->storage.write<Done>(remove);
  state_->forget_all();
  if (!removed) co_return fail(std::move(removed.error()));
  state_->history.committed();
  co_return Result<>{};
}

std::string Accounts::csrf_token(std::string_view secret) { return csrf_form(secret); }

}  // namespace daikan::server
