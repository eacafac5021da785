#include "server/local_primary_end.h"

#include <utility>

#include <fmt/format.h>

#include "server/probe.h"

namespace daikan::server {

using hierarchy::Direction;
using joining::Registered;

LocalPrimaryEnd::LocalPrimaryEnd(Parts parts, Actor actor, TimePoint began_at)
    : parts_(parts), actor_(std::move(actor)), began_at_(began_at) {}

awaitable<Result<joining::ServerIdentity>> LocalPrimaryEnd::identity() {
  const auto& facts = parts_.facts;
  co_return joining::ServerIdentity{facts.id, facts.name, facts.version, facts.certificate};
}

awaitable<Result<>> LocalPrimaryEnd::probe_secondary(const Endpoint& address, const std::optional<Proxy>& proxy,
                                                     const CertificateRecord& expected) {
  ProbeRequest request{.address = address, .proxy = proxy, .expected = expected.pin, .direction = Direction::primary_dials};
  auto reached = co_await try_dial(parts_.facts, std::move(request), expected);
  co_return reached;
}

awaitable<Result<Registered>> LocalPrimaryEnd::register_secondary(const joining::JoinRequest& request,
                                                                  const joining::ServerIdentity& secondary) {
  const bool dials = request.way == joining::Way::primary_dials;
  AddSecondary add{.name = request.name.empty() ? secondary.name : request.name,
                   .group = request.group,
                   .direction = dials ? Direction::primary_dials : Direction::secondary_dials,
                   .address = dials ? request.dmz_address : request.secondary_console,
                   .proxy = dials ? request.dmz_proxy : std::nullopt,
                   .certificate = secondary.certificate.der,
                   .fingerprint = {},
                   .server_id = secondary.id};
  auto added = co_await parts_.secondaries.add(actor_, std::move(add));
  if (!added) co_return fail(std::move(added.error()));
  const bool ours = added->added == SecondaryView::Added::made || added->record.created_at >= began_at_;
  co_return Registered{added->record.id, ours ? Registered::Was::made : Registered::Was::there};
}

awaitable<Result<>> LocalPrimaryEnd::remove_secondary(const RegistrationId& id) { return parts_.secondaries.remove(actor_, id); }

awaitable<Result<joining::LinkView>> LocalPrimaryEnd::link(const RegistrationId& id) {
  if (!parts_.links.resolve(id.str())) {
    co_return fail(Code::not_found, "The secondary server was removed while the join ran.", "Start the join again.");
  }
  const auto status = parts_.links.status(id);
  co_return joining::LinkView{std::string(to_string(status.state)), status.reason};
}

}  // namespace daikan::server
