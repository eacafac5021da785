// Rules of this server for everybody: what passwords are, and from which addresses the console is reached.
//
// What is set here is this server's own word among the settings that policies govern (console.sources, passwords.min_length): whoever
// computes those is named by the composition root. What is in force is held in memory for the dispatcher, which asks before every request.
// Called by api/access_rules.cpp (manage_server) and by whoever sets a password. Invariants: loopback is always let in, whatever any list
// says, so that an administrator on the machine itself is never locked out; and no change made here is accepted that would lock out the
// person who makes it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hierarchy/policy.h"
#include "server/history.h"

namespace daikan::server {

/// What is asked of a new password, besides that it is not the name and not one of the commonest.
struct PasswordRules {
  unsigned min_length = 8;   ///< Characters.
  unsigned min_classes = 1;  ///< Of four: small letters, capital letters, digits, everything else.
  // The policy that asks for it, in words; empty: none does.
  std::string length_from = {};
  std::string classes_from = {};
};

class AccessRules {
 public:
  struct Rules {
    unsigned password_least = 8;                 ///< Characters.
    std::vector<std::string> console_sources{};  ///< "10.0.0.0/8", "2001:db8::/32", "192.0.2.7"; empty: from everywhere.
  };

  AccessRules(Storage& storage, History& history);
  ~AccessRules();

  /// Who computes the settings in force, this server's own among them. Before start(); without it the own rules are in force.
  void use(std::function<hierarchy::Effective(store::Transaction&)> governing);
  /// The sources that are in force from now on (server/governed); networks all.
  void govern(const std::vector<std::string>& console_sources);
  /// Loads them; before that, and when what is stored cannot be read, only loopback is let in.
  awaitable<Result<>> start();
  /// This server's own, as stored.
  awaitable<Result<Rules>> own() const;
  bool lets_in(std::string_view ip) const;
  /// Fails with invalid_request ("password_least", "console_sources") or conflict (the caller's own address would not be let in; or a
  /// policy has locked what is to change).
  awaitable<Result<Rules>> set(const Actor& actor, Rules rules);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether `password` may be one of `name`: as the rules say, not the name and not around it, not one of the commonest. Fails with
/// invalid_request ("password").
Result<> check_password(std::string_view name, std::string_view password, const PasswordRules& rules);
/// This server's own rule, and what is in force.
PasswordRules own_password_rules(store::Transaction&);
PasswordRules password_rules(const hierarchy::Effective& effective);

/// The own rules as settings, for whoever computes what is in force, and the reverse. A default says nothing.
std::vector<hierarchy::PolicySetting> own_access_settings(store::Transaction&);
void put_own_access_settings(store::Transaction&, std::span<const hierarchy::PolicySetting> settings);
bool is_access_setting(std::string_view path);

/// Fails with conflict ("settings.console.sources") when `actor` came to this console and would not be let in by what `effective` says.
Result<> require_way_back(const Actor& actor, const hierarchy::Effective& effective);
/// Fails with conflict ("settings.PATH") where a policy has locked the setting, naming it.
Result<> require_unlocked(const hierarchy::Effective& effective, std::string_view path);

}  // namespace daikan::server
