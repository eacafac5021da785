#include "server/secondaries.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "hierarchy/group_tree.h"
#include "hierarchy/names.h"
#include "hierarchy/registration_rules.h"
#include "net/identity.h"
#include "server/access.h"
#include "server/detail/secondary_addition.h"
#include "server/event.h"
#include "server/roll_up.h"
#include "store/tables_in_force.h"
#include "store/tables_secondaries.h"

namespace daikan::server {
namespace {

using hierarchy::SecondaryRecord;

using Stored = StoredSecondary;

/// What people are shown: the password of a proxy is nobody's business, not even sealed.
SecondaryRecord shown(SecondaryRecord record) {
  if (record.proxy) record.proxy->password.clear();
  return record;
}

Result<> check_certificate(Addition& addition) {
  const auto& request = addition.request;
  if (!request.fingerprint.empty()) {
    auto fingerprint = net::normalise_fingerprint(request.fingerprint);
    if (!fingerprint) {
      return fail(Code::invalid_request, fmt::format("“{}” is not a SHA-256 fingerprint.", quotable(request.fingerprint, 100)),
                  "Give 32 bytes in hexadecimal, like AB:CD:….", "fingerprint");
    }
    addition.fingerprint = std::move(*fingerprint);
  }
  if (request.certificate.empty()) {
    if (!addition.fingerprint.empty()) return {};
    return fail(Code::invalid_request, "The certificate of the secondary server is missing.",
                "Give its certificate file, or the fingerprint of an unrecognised server.", "certificate");
  }
  auto parsed = net::parse_certificate(request.certificate, addition.at);
  if (!parsed) {
    auto error = std::move(parsed.error());
    if (error.field.empty()) error.field = "certificate";
    return fail(std::move(error));
  }
  if (!addition.fingerprint.empty() && parsed->record.fingerprint != addition.fingerprint) {
    return fail(Code::certificate_mismatch,
                fmt::format("The certificate is another one than the fingerprint says: expected {}, received {}.", addition.fingerprint,
                            parsed->record.fingerprint),
                "Get the certificate file again from the secondary's administrator and compare the fingerprint by voice.", "fingerprint");
  }
  addition.certificate = std::move(*parsed);
  return {};
}

Result<net::ParsedCertificate> certificate_of(store::Transaction& transaction, const Addition& addition) {
  if (addition.certificate) return *addition.certificate;
  const auto has_it = [&](const auto& record) { return record.certificate.fingerprint == addition.fingerprint; };
  const auto unrecognised = store::all_unrecognised(transaction);
  if (const auto found = std::find_if(unrecognised.begin(), unrecognised.end(), has_it); found != unrecognised.end()) {
    return net::ParsedCertificate{found->certificate, "server " + found->source, {}, {}};
  }
  // The same request again: the first one took the server off the list.
  if (const auto found = store::secondaries_like(transaction, {.fingerprint = addition.fingerprint}); !found.empty()) {
    return net::ParsedCertificate{found.front().certificate, found.front().name, {}, {}};
  }
  return fail(Code::not_found, fmt::format("No unrecognised server has the fingerprint {}.", addition.fingerprint),
              "Let the secondary dial once more, or give its certificate file.", "fingerprint");
}

/// A name nobody gave: the address, or what the certificate says of its owner; with a piece of the fingerprint when it is taken.
std::string derived_name(store::Transaction& transaction, const Addition& addition, const net::ParsedCertificate& certificate) {
  std::string name = addition.request.address ? addition.request.address->host : quotable(certificate.subject, 80);
  if (const auto common = name.find("CN="); common != std::string::npos && !addition.request.address) {
    name = name.substr(common + 3, name.find_first_of(",/", common) - common - 3);
  }
  std::replace(name.begin(), name.end(), '/', ' ');
  name = std::string(trim(name));
  if (name.empty()) name = "Secondary server";
  const bool taken = !store::secondaries_like(transaction, {.name = name}).empty();
  return taken ? fmt::format("{} {}", name, certificate.record.fingerprint.substr(0, 11)) : name;
}

/// The record there is already when the request says nothing new.
const SecondaryRecord* find_same(const Addition& addition, const Pin& pin, GroupId group, const std::vector<SecondaryRecord>& all) {
  const auto& request = addition.request;
  const auto same = [&](const SecondaryRecord& record) {
    return record.certificate.pin == pin && record.group == group && record.direction == request.direction &&
           (request.name.empty() || hierarchy::same_name(record.name, request.name));
  };
  const auto found = std::find_if(all.begin(), all.end(), same);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

Result<StoredSecondary> insert_secondary(store::Transaction& transaction, const Addition& addition) {
  const auto& request = addition.request;
  const hierarchy::GroupTree tree(store::all_groups(transaction));
  const auto group = tree.at_path(request.group);
  if (!group) return fail(group.error());
  if (auto allowed = require(transaction, addition.actor, Right::configure_hierarchy, {tree, group->id}); !allowed) {
    return fail(std::move(allowed.error()));
  }
  const auto certificate = certificate_of(transaction, addition);
  if (!certificate) return fail(certificate.error());
  const auto path = tree.path_of(group->id);
  const auto name = request.name.empty() ? derived_name(transaction, addition, *certificate) : request.name;
  const auto similar =
      store::secondaries_like(transaction, {.pin = certificate->record.pin, .fingerprint = {}, .server = request.server_id, .name = name});
  if (const auto* same = find_same(addition, certificate->record.pin, group->id, similar)) return Stored{*same, path};

  SecondaryRecord record{.id = RegistrationId::make(addition.at),
                         .name = name,
                         .group = group->id,
                         .direction = request.direction,
                         .address = request.address,
                         .proxy = request.proxy,
                         .certificate = certificate->record,
                         .server_id = request.server_id,
                         .version = {},
                         .created_at = addition.at,
                         .last_connected_at = std::nullopt};
  const auto primary = store::find_primary(transaction);
  const hierarchy::Surroundings here{.self = addition.self,
                                     .own_pin = addition.own_pin,
                                     .secondaries = similar,
                                     .primary = primary ? &*primary : nullptr,
                                     .ancestors = addition.ancestors};
  const hierarchy::SecondaryCandidate candidate{.name = record.name,
                                                .direction = record.direction,
                                                .address = record.address,
                                                .proxy = record.proxy,
                                                .pin = record.certificate.pin,
                                                .server_id = record.server_id,
                                                .edited = std::nullopt};
  if (auto checked = hierarchy::check_add_secondary(here, candidate); !checked) return fail(std::move(checked.error()));

  auto row = record;
  row.proxy = sealed_for_store(addition.sealing, row.proxy);
  store::insert_secondary(transaction, row);
  store::remove_unrecognised(transaction, record.certificate.pin);
  claim(transaction, request.once, record.id.str(), addition.at);
  History::audit(transaction, addition.actor, addition.at, "secondary.add",
                 fmt::format("secondary {} ({}), {}", record.name, record.id.str(), record.certificate.fingerprint));
  History::record(transaction, info_event(addition.at, "secondary_added",
                                          fmt::format("The secondary Administration Server “{}” was added to “{}” by {}.", record.name,
                                                      path, addition.actor.name),
                                          record.id));
  return Stored{std::move(record), path, SecondaryView::Added::made};
}

namespace {

Result<Done> remove_record(store::Transaction& transaction, const Actor& actor, RegistrationId id, const Seen& seen) {
  const auto record = store::find_secondary(transaction, id);
  if (!record) return fail(Code::not_found, "There is no such secondary server.", "List the secondary servers and choose one of those.");
  const hierarchy::GroupTree tree(store::all_groups(transaction));
  if (auto allowed = require(transaction, actor, Right::configure_hierarchy, {tree, record->group}); !allowed) {
    return fail(std::move(allowed.error()));
  }
  if (auto checked = seen.check(record->revision, "secondary"); !checked) return fail(std::move(checked.error()));
  store::remove_secondary(transaction, id);
  const auto at = now();
  History::audit(transaction, actor, at, "secondary.remove", fmt::format("secondary {} ({})", record->name, id.str()));
  auto event = info_event(at, "secondary_removed",
                          fmt::format("The secondary Administration Server “{}” was removed by {}.", record->name, actor.name), record->id);
  History::record(transaction, event);
  roll_up_removed(transaction, record->id, at);
  store::end_in_force(transaction, *record, at);
  return Done{};
}

}  // namespace

Secondaries::Secondaries(Storage& storage, History& history, LinkHost& links, const Facts& facts)
    : storage_(storage), history_(history), links_(links), facts_(facts) {}

awaitable<Result<std::vector<SecondaryView>>> Secondaries::list(const Actor& actor) {
  const auto load = [actor](store::Transaction& transaction) -> Result<std::vector<SecondaryView>> {
    const hierarchy::GroupTree tree(store::all_groups(transaction));
    std::vector<SecondaryView> views;
    for (auto& record : store::all_secondaries(transaction)) {
      auto path = tree.path_of(record.group);
      const auto rights = actor.permissions.on_group(hierarchy::path_to(tree, record.group));
      if (!rights.has(Right::read)) continue;
      views.push_back({shown(std::move(record)), std::move(path), {}, rights});
    }
    return views;
  };
  auto views = co_await storage_.read<std::vector<SecondaryView>>(load);
  if (!views) co_return views;
  for (auto& view : *views) view.link = links_.status(view.record.id);
  co_return views;
}

awaitable<Result<SecondaryView>> Secondaries::find(const Actor& actor, RegistrationId id) {
  const auto load = [actor, id](store::Transaction& transaction) -> Result<SecondaryView> {
    auto record = store::find_secondary(transaction, id);
    if (!record) return fail(Code::not_found, "There is no such secondary server.", "List the secondary servers and choose one of those.");
    const hierarchy::GroupTree tree(store::all_groups(transaction));
    if (auto allowed = require(transaction, actor, Right::read, {tree, record->group}); !allowed) return fail(std::move(allowed.error()));
    auto path = tree.path_of(record->group);
    return SecondaryView{shown(std::move(*record)), std::move(path), {}};
  };
  auto view = co_await storage_.read<SecondaryView>(load);
  if (view) view->link = links_.status(id);
  co_return view;
}

awaitable<Result<hierarchy::Rights>> Secondaries::rights_below(const Actor& actor, RegistrationId id) {
  return storage_.read<hierarchy::Rights>([actor, id](store::Transaction& transaction) -> Result<hierarchy::Rights> {
    const auto record = store::find_secondary(transaction, id);
    if (!record) return fail(Code::not_found, "There is no such secondary server.", "List the secondary servers and choose one of those.");
    const hierarchy::GroupTree tree(store::all_groups(transaction));
    if (auto allowed = require(transaction, actor, Right::relay, {tree, record->group}); !allowed) return fail(std::move(allowed.error()));
    return actor.permissions.on_group(hierarchy::path_to(tree, record->group));
  });
}

awaitable<Result<SecondaryView>> Secondaries::add(const Actor& actor, AddSecondary request) {
  Addition addition{.actor = actor,
                    .request = std::move(request),
                    .certificate = std::nullopt,
                    .fingerprint = {},
                    .self = {facts_.id, facts_.name},
                    .own_pin = facts_.certificate.pin,
                    .ancestors = links_.ancestors(),
                    .sealing = storage_.sealing(),
                    .at = now()};
  if (auto checked = check_certificate(addition); !checked) co_return fail(std::move(checked.error()));
  const auto work = [addition = std::move(addition)](store::Transaction& transaction) { return insert_secondary(transaction, addition); };
  auto stored = co_await storage_.write<Stored>(work);
  if (!stored) co_return fail(std::move(stored.error()));
  // No co_await from here on: what is committed is also told to the link host, even when the requester went away meanwhile.
  if (stored->added == SecondaryView::Added::made) {
    links_.secondary_added(stored->record);
    history_.committed();
  }
  const auto id = stored->record.id;
  co_return SecondaryView{shown(std::move(stored->record)), std::move(stored->group_path), links_.status(id), {}, stored->added};
}

awaitable<Result<>> Secondaries::remove(const Actor& actor, RegistrationId id, Seen seen) {
  const auto work = [actor, id, seen](store::Transaction& transaction) { return remove_record(transaction, actor, id, seen); };
  auto removed = co_await storage_.write<Done>(work);
  if (!removed) co_return fail(std::move(removed.error()));
  links_.secondary_removed(id);
  history_.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
