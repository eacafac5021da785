// This server as the primary of a join: the joining room's PrimaryEnd over the use cases in this process.
//
// Used by Joins alone; everything is done in the name of the actor who began (or goes on with) the join.
#pragma once

#include "joining/join.h"
#include "server/secondaries.h"

namespace daikan::server {

class LocalPrimaryEnd final : public joining::PrimaryEnd {
 public:
  struct Parts {
    Secondaries& secondaries;
    LinkHost& links;
    const Facts& facts;
  };
  /// `began_at`: a registration made since then is this join's own, even when a crash kept us from writing that down.
  LocalPrimaryEnd(Parts parts, Actor actor, TimePoint began_at);

  awaitable<Result<joining::ServerIdentity>> identity() override;
  awaitable<Result<>> probe_secondary(const Endpoint& address, const std::optional<Proxy>& proxy,
                                      const CertificateRecord& expected) override;
  awaitable<Result<joining::Registered>> register_secondary(const joining::JoinRequest& request,
                                                            const joining::ServerIdentity& secondary) override;
  awaitable<Result<>> remove_secondary(const RegistrationId& id) override;
  awaitable<Result<joining::LinkView>> link(const RegistrationId& id) override;

 private:
  Parts parts_;
  Actor actor_;
  TimePoint began_at_;
};

}  // namespace daikan::server
