// Two servers as the join engine sees them: what they hold, what they were asked, and where they fail.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "joining/join.h"
#include "unit/net/test_net.h"

namespace daikan::joining::test {

using net::test::Loop;

inline const std::string kUpperFingerprint = [] {
  std::string text = "AA";
  for (int i = 1; i < 32; ++i) text += ":AA";
  return text;
}();
inline const std::string kLowerFingerprint = [] {
  std::string text = "BB";
  for (int i = 1; i < 32; ++i) text += ":BB";
  return text;
}();

/// The time between what a server did and the moment the caller knows.
inline awaitable<> answer_on_its_way(bool slow) {
  for (int i = 0; slow && i < 3; ++i) co_await net::yield();
}

inline CertificateRecord certificate_of(const std::string& fingerprint) {
  CertificateRecord record;
  record.der = {1, 2, 3};
  record.pin.bytes.fill(static_cast<std::uint8_t>(fingerprint[0]));
  record.fingerprint = fingerprint;
  return record;
}

struct World {
  ServerIdentity upper{ServerId::make(from_micros(1)), "hq", "0.1.0", certificate_of(kUpperFingerprint)};
  ServerIdentity lower{ServerId::make(from_micros(2)), "branch1", "0.1.0", certificate_of(kLowerFingerprint)};
  std::map<std::string, Error> failures;  ///< By call: what it fails with, every time.
  std::vector<std::string> calls;
  std::optional<RegistrationId> registration;
  bool primary_set = false;
  bool another_primary = false;
  std::string upper_state = "connected";
  std::string lower_state = "connected";
  std::optional<Error> upper_reason;
  std::optional<Error> lower_reason;
  bool slow = false;                  ///< Answers take a few turns of the loop, during which the caller may be cancelled.
  std::map<std::string, Error> lost;  ///< By call: done, but the answer does not arrive; once.
  int link_looks_until_up = 0;        ///< How often the upper side still says "connecting".

  Result<> enter(const std::string& call) {
    calls.push_back(call);
    const auto found = failures.find(call);
    if (found == failures.end()) return {};
    return fail(found->second);
  }
  Result<> leave(const std::string& call) {
    const auto found = lost.find(call);
    if (found == lost.end()) return {};
    auto error = found->second;
    lost.erase(found);
    return fail(std::move(error));
  }
  bool was_called(std::string_view call) const { return std::find(calls.begin(), calls.end(), call) != calls.end(); }
};

class FakePrimary final : public PrimaryEnd {
 public:
  explicit FakePrimary(World& world) : world_(world) {}

  awaitable<Result<ServerIdentity>> identity() override {
    if (auto entered = world_.enter("upper.identity"); !entered) co_return fail(entered.error());
    co_await answer_on_its_way(world_.slow);
    co_return world_.upper;
  }
  awaitable<Result<>> probe_secondary(const Endpoint&, const std::optional<Proxy>&, const CertificateRecord& expected) override {
    if (expected.fingerprint != world_.lower.certificate.fingerprint) throw std::logic_error("the wrong certificate was probed for");
    co_return world_.enter("upper.probe");
  }
  awaitable<Result<Registered>> register_secondary(const JoinRequest&, const ServerIdentity&) override {
    if (auto entered = world_.enter("upper.register"); !entered) co_return fail(entered.error());
    if (world_.registration) {
      co_return Registered{*world_.registration, world_.registration == unanswered_ ? Registered::Was::made : Registered::Was::there};
    }
    world_.registration = RegistrationId::make(from_micros(3));
    const auto made = *world_.registration;
    if (auto left = world_.leave("upper.register"); !left) {
      unanswered_ = made;
      co_return fail(left.error());
    }
    co_await answer_on_its_way(world_.slow);
    co_return Registered{made, Registered::Was::made};
  }
  awaitable<Result<>> remove_secondary(const RegistrationId& id) override {
    if (auto entered = world_.enter("upper.remove"); !entered) co_return entered;
    if (world_.registration != id) co_return fail(Code::not_found, "There is no such secondary.");
    world_.registration.reset();
    co_return Result<>{};
  }
  awaitable<Result<LinkView>> link(const RegistrationId&) override {
    if (auto entered = world_.enter("upper.link"); !entered) co_return fail(entered.error());
    if (world_.link_looks_until_up > 0) {
      --world_.link_looks_until_up;
      co_return LinkView{"connecting", std::nullopt};
    }
    co_return LinkView{world_.upper_state, world_.upper_reason};
  }

 private:
  World& world_;
  std::optional<RegistrationId> unanswered_;  ///< As the key of a create tells it again.
};

class FakeSecondary final : public SecondaryEnd {
 public:
  explicit FakeSecondary(World& world) : world_(world) {}

  awaitable<Result<ServerIdentity>> identity() override {
    if (auto entered = world_.enter("lower.identity"); !entered) co_return fail(entered.error());
    co_await answer_on_its_way(world_.slow);
    co_return world_.lower;
  }
  awaitable<Result<>> log_in(const Credentials&) override { co_return world_.enter("lower.log_in"); }
  awaitable<Result<>> probe_primary(const Endpoint&, const std::optional<Proxy>&, const CertificateRecord& expected) override {
    if (expected.fingerprint != world_.upper.certificate.fingerprint) throw std::logic_error("the wrong certificate was probed for");
    co_return world_.enter("lower.probe");
  }
  awaitable<Result<Above>> above(const ServerIdentity&) override {
    if (auto entered = world_.enter("lower.look"); !entered) co_return fail(entered.error());
    if (world_.another_primary) co_return Above::another;
    co_return world_.primary_set ? Above::this_primary : Above::nobody;
  }
  awaitable<Result<>> set_primary(const JoinRequest&, const ServerIdentity&) override {
    if (auto entered = world_.enter("lower.set_primary"); !entered) co_return entered;
    world_.primary_set = true;
    if (auto left = world_.leave("lower.set_primary"); !left) co_return left;
    co_await answer_on_its_way(world_.slow);
    co_return Result<>{};
  }
  awaitable<Result<>> clear_primary() override {
    if (auto entered = world_.enter("lower.clear"); !entered) co_return entered;
    world_.primary_set = false;
    co_return Result<>{};
  }
  awaitable<Result<LinkView>> link() override {
    if (auto entered = world_.enter("lower.link"); !entered) co_return fail(entered.error());
    co_return LinkView{world_.lower_state, world_.lower_reason};
  }

 private:
  World& world_;
};

inline JoinRequest request_of(Way way) {
  JoinRequest request;
  request.way = way;
  request.group = "Managed devices";
  request.secondary_console = {"branch1.example.com", 13291};
  request.fingerprint = kLowerFingerprint;
  request.credentials = {"admin", "secret", ""};
  if (way == Way::secondary_dials) request.primary_address = Endpoint{"hq.example.com", 13000};
  if (way == Way::primary_dials) request.dmz_address = Endpoint{"dmz.example.com", 13000};
  request.link_time = std::chrono::seconds(20);
  return request;
}

inline std::vector<StepState> states_of(const Progress& progress) {
  std::vector<StepState> states;
  for (const auto& report : progress.steps) states.push_back(report.state);
  return states;
}

inline const StepReport& report_of(const Progress& progress, Step step) {
  return *std::find_if(progress.steps.begin(), progress.steps.end(), [step](const StepReport& report) { return report.step == step; });
}

}  // namespace daikan::joining::test
