// Way 1: the console (a CLI on an administrator's machine, or a primary acting for its web console) reaches both servers.
//
// Five steps, each idempotent, all undone in reverse when a later one fails: identity → probe → register → set_primary → link. The engine
// knows the two servers only as JoinEnds, so it runs in `daikan` and in `daikand` alike, and in tests without either.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/certificate.h"
#include "base/ids.h"
#include "net/async.h"

namespace daikan::joining {

using net::awaitable;

struct Credentials {
  std::string user;
  std::string password;
  std::string token;      ///< An API token instead of user and password.
  std::string code = {};  ///< Of the second factor, when the account has one.
};

enum class Way : std::uint8_t { secondary_dials, primary_dials };

struct JoinRequest {
  Way way = Way::secondary_dials;
  std::string group;                        ///< Path on the primary.
  std::string name;                         ///< Empty: the name the secondary tells.
  Endpoint secondary_console;               ///< Its 13291.
  std::string fingerprint;                  ///< What the administrator confirmed; must be the secondary's.
  Credentials credentials;                  ///< Of an account on the secondary.
  std::optional<Endpoint> primary_address;  ///< secondary_dials: where the secondary reaches the primary's 13000.
  std::optional<Proxy> primary_proxy;       ///< secondary_dials: through which proxy.
  std::optional<Endpoint> dmz_address;      ///< primary_dials: where the primary reaches the secondary's 13000.
  std::optional<Proxy> dmz_proxy;           ///< primary_dials: through which proxy.
  std::chrono::seconds link_time{60};       ///< How long the last step waits.
};

enum class Step : std::uint8_t { identity, probe, register_secondary, set_primary, link };
enum class StepState : std::uint8_t { pending, running, done, failed, undone };
std::string_view to_string(Step);
std::string_view to_string(StepState);

struct StepReport {
  Step step;
  StepState state = StepState::pending;
  std::string detail;  ///< One line: "branch1 (0.1.0), fingerprint AB:CD…"
  std::optional<Error> error;
};

/// What the steps learned and made; kept so that an interrupted join can go on or be undone.
struct Progress {
  std::vector<StepReport> steps;
  std::optional<ServerId> secondary_id;
  std::string secondary_name;
  std::optional<RegistrationId> registration;
  enum class Made : std::uint8_t { nothing, it } registered = Made::nothing, primary_set = Made::nothing;  ///< By us, so ours to undo; primary_set: or asked for without an answer yet.
};

std::string to_json(const Progress&);
Result<Progress> progress_from_json(std::string_view json);

struct ServerIdentity {
  ServerId id;
  std::string name;
  std::string version;
  CertificateRecord certificate;
};

struct LinkView {
  std::string state;  ///< LinkState's name
  std::optional<Error> reason;
};

struct Registered {
  RegistrationId id;
  enum class Was : std::uint8_t { made, there } was = Was::made;
};

/// The primary as the engine needs it.
class PrimaryEnd {
 public:
  virtual ~PrimaryEnd() = default;
  virtual awaitable<Result<ServerIdentity>> identity() = 0;
  /// primary_dials: name → … → certificate of the secondary's 13000.
  virtual awaitable<Result<>> probe_secondary(const Endpoint& address, const std::optional<Proxy>& proxy,
                                              const CertificateRecord& expected) = 0;
  /// Asked again on the same end after an answer that was lost, it answers as the first would have.
  virtual awaitable<Result<Registered>> register_secondary(const JoinRequest& request, const ServerIdentity& secondary) = 0;
  virtual awaitable<Result<>> remove_secondary(const RegistrationId& id) = 0;
  virtual awaitable<Result<LinkView>> link(const RegistrationId& id) = 0;
};

/// The secondary as the engine needs it.
class SecondaryEnd {
 public:
  virtual ~SecondaryEnd() = default;
  /// Reads the identity without an account; the TLS certificate must be the one it tells. Fails with certificate_mismatch.
  virtual awaitable<Result<ServerIdentity>> identity() = 0;
  virtual awaitable<Result<>> log_in(const Credentials& credentials) = 0;
  virtual awaitable<Result<>> probe_primary(const Endpoint& address, const std::optional<Proxy>& proxy,
                                            const CertificateRecord& expected) = 0;
  enum class Above : std::uint8_t { nobody, this_primary, another };
  /// Which primary is set now; `this_primary` also with another address.
  virtual awaitable<Result<Above>> above(const ServerIdentity& primary) = 0;
  virtual awaitable<Result<>> set_primary(const JoinRequest& request, const ServerIdentity& primary) = 0;
  virtual awaitable<Result<>> clear_primary() = 0;
  virtual awaitable<Result<LinkView>> link() = 0;
};

/// Called after each change of a step, before the next one starts; a durable caller stores the progress here.
using OnProgress = std::function<awaitable<Result<>>(const Progress&)>;

/// Runs the steps from the first unfinished one of `progress`. On a failure undoes what this join made (register, set_primary) and returns
/// the error of the failed step; `progress` then shows failed and undone steps. On cancellation of the coroutine nothing is undone: the
/// caller resumes, or calls undo().
awaitable<Result<>> run_join(PrimaryEnd& primary, SecondaryEnd& secondary, const JoinRequest& request, Progress& progress,
                             OnProgress on_progress);

/// Takes back what `progress` says was made, on both sides, in reverse order; goes on over a side that is away and reports the first error.
awaitable<Result<>> undo_join(PrimaryEnd& primary, SecondaryEnd& secondary, Progress& progress);

}  // namespace daikan::joining
