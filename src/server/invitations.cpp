#include "server/invitations.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "hierarchy/group_tree.h"
#include "hierarchy/names.h"
#include "joining/invitation_file.h"
#include "server/access.h"
#include "server/detail/invitations_state.h"
#include "server/event.h"
#include "store/tables_invitations.h"
#include "store/tables_secondaries.h"

namespace daikan::server {
namespace {

using hierarchy::InvitationRecord;

constexpr std::string_view kBootstrapName = "Daikan invitation";

/// Everything one invitation needs inside its transaction.
struct Making {
  Actor actor;
  MakeInvitation request;
  Pin pin;
  TimePoint at;
};

Result<InvitationView> insert(store::Transaction& transaction, const Making& making) {
  const auto& request = making.request;
  store::trim_invitations(transaction, making.at - limits::kInvitationKept);
  if (store::all_invitations(transaction).size() >= limits::kMaxInvitations) {
    return fail(Code::rate_limited, fmt::format("{} invitations are kept already.", limits::kMaxInvitations),
                "Revoke those that nobody will use; ended ones go by themselves after 30 days.");
  }
  const hierarchy::GroupTree tree(store::all_groups(transaction));
  const auto group = tree.at_path(request.group);
  if (!group) return fail(group.error());
  if (auto allowed = require(transaction, making.actor, Right::configure_hierarchy, {tree, group->id}); !allowed) {
    return fail(std::move(allowed.error()));
  }
  if (!request.name.empty() && !store::secondaries_like(transaction, {.name = request.name}).empty()) {
    return fail(Code::name_taken, fmt::format("There is a secondary called “{}” already.", request.name), "Choose another name.", "name");
  }
  InvitationRecord record;
  record.id = InvitationId::make(making.at);
  record.group = group->id;
  record.name = request.name;
  record.pin = making.pin;
  record.created_by = making.actor.name;
  record.created_at = making.at;
  // In whole seconds, as the file says it.
  record.expires_at = std::chrono::floor<std::chrono::seconds>(making.at + request.valid);
  store::insert_invitation(transaction, record);
  auto path = tree.path_of(group->id);
  History::audit(transaction, making.actor, making.at, "invitation.make",
                 fmt::format("invitation {} to {}, until {}", record.id.str(), path, to_rfc3339(record.expires_at)));
  History::record(transaction, info_event(making.at, "invitation_made",
                                          fmt::format("{} made an invitation to “{}”, valid until {}.", making.actor.name, path,
                                                      to_rfc3339(record.expires_at))));
  return InvitationView{std::move(record), std::move(path)};
}

Result<Done> end_invitation(store::Transaction& transaction, const Actor& actor, InvitationId id) {
  auto record = store::find_invitation(transaction, id);
  if (!record) return fail(Code::not_found, "There is no such invitation.", "List the invitations and choose one of those.");
  const hierarchy::GroupTree tree(store::all_groups(transaction));
  if (auto allowed = require(transaction, actor, Right::configure_hierarchy, {tree, record->group}); !allowed) {
    return fail(std::move(allowed.error()));
  }
  const auto at = now();
  if (record->used_at) {
    return fail(Code::conflict, "The invitation was used already; revoking it would change nothing.",
                "To end what it began, remove the secondary that it registered.");
  }
  if (record->revoked_at) return Done{};
  record->revoked_at = at;
  store::update_invitation(transaction, *record);
  History::audit(transaction, actor, at, "invitation.revoke", fmt::format("invitation {}", id.str()));
  History::record(transaction, info_event(at, "invitation_revoked",
                                          fmt::format("{} revoked the invitation that {} had made.", actor.name, record->created_by)));
  return Done{};
}

bool is_wildcard(const std::string& host) { return host == "0.0.0.0" || host == "::" || host == "*"; }

/// What this server can be reached at as far as it knows itself: the addresses it listens on, or the machine's name where it listens on
/// all.
std::vector<Endpoint> own_addresses(const Facts& facts) {
  std::vector<Endpoint> addresses;
  for (const auto& endpoint : facts.link_endpoints) {
    Endpoint found = endpoint;
    if (is_wildcard(found.host)) {
      std::array<char, 256> name{};
      if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') continue;
      found.host = name.data();
    }
    if (std::find(addresses.begin(), addresses.end(), found) == addresses.end()) addresses.push_back(std::move(found));
    if (addresses.size() == limits::kMaxInvitationAddresses) break;
  }
  return addresses;
}

Result<> check(const MakeInvitation& request) {
  if (!request.name.empty()) {
    if (auto checked = hierarchy::check_name(request.name); !checked) return checked;
  }
  if (request.valid < std::chrono::seconds(1) || request.valid > limits::kLongestInvitationTime) {
    return fail(Code::invalid_request, "An invitation is valid for one second to 366 days.", "Choose a time in these bounds.",
                "expires_in_seconds");
  }
  if (request.addresses.empty()) {
    return fail(Code::address_required, "It is not known under which address other servers reach this one.",
                "Give the address and port of this server's links.", "addresses");
  }
  if (request.addresses.size() > limits::kMaxInvitationAddresses) {
    return fail(Code::invalid_request, fmt::format("An invitation holds at most {} addresses.", limits::kMaxInvitationAddresses),
                "Give the likeliest ones.", "addresses");
  }
  return {};
}

}  // namespace

Invitations::Invitations(Storage& storage, History& history, LinkHost& links, const Facts& facts)
    : state_(std::make_shared<State>(storage, history, links, facts)) {}

Invitations::~Invitations() = default;

awaitable<Result<>> Invitations::State::load_keys() {
  const auto load = [](store::Transaction& transaction) -> Result<std::vector<InvitationRecord>> {
    return store::all_invitations(transaction);
  };
  auto records = co_await storage.read<std::vector<InvitationRecord>>(load);
  if (!records) co_return fail(std::move(records.error()));
  std::map<Pin, Known> kept;
  for (const auto& record : *records) kept.emplace(record.pin, keys[record.pin]);
  keys = std::move(kept);
  co_return Result<>{};
}

awaitable<Result<>> Invitations::start() { return state_->load_keys(); }

awaitable<> Invitations::stop() {
  state_->tasks.cancel();
  co_await state_->tasks.join();
}

Guests Invitations::guests() {
  State* state = state_.get();
  return {.knows = [state](const Pin& pin) { return state->keys.contains(pin); },
          .receive = [state](std::unique_ptr<net::TlsStream> stream) { return state->receive(std::move(stream)); }};
}

awaitable<Result<MadeInvitation>> Invitations::make(const Actor& actor, MakeInvitation request) {
  const auto& facts = state_->facts;
  if (request.addresses.empty()) request.addresses = own_addresses(facts);
  if (auto checked = check(request); !checked) co_return fail(std::move(checked.error()));
  const auto at = now();
  auto bootstrap = net::Identity::make(at, kBootstrapName);
  if (!bootstrap) co_return fail(std::move(bootstrap.error()));
  const Making making{actor, request, bootstrap->certificate().pin, at};
  const auto work = [making](store::Transaction& transaction) { return insert(transaction, making); };
  auto view = co_await state_->storage.write<InvitationView>(work);
  if (!view) co_return fail(std::move(view.error()));
  state_->keys.emplace(view->record.pin, State::Known{});
  state_->history.committed();
  // Keys of trimmed invitations are harmless (their holders are refused), but not to be kept without end.
  if (state_->keys.size() > 2 * limits::kMaxInvitations) {
    if (auto loaded = co_await state_->load_keys(); !loaded) co_return fail(std::move(loaded.error()));
    state_->keys.emplace(view->record.pin, State::Known{});
  }
  const joining::InvitationFile file{.id = view->record.id,
                                     .primary = facts.name,
                                     .addresses = std::move(request.addresses),
                                     .certificate = facts.certificate,
                                     .group = view->group_path,
                                     .name = view->record.name,
                                     .expires_at = view->record.expires_at,
                                     .key = bootstrap->key_pkcs8()};
  co_return MadeInvitation{std::move(*view), joining::write_invitation(file, *facts.identity)};
}

awaitable<Result<std::vector<InvitationView>>> Invitations::list() {
  const auto load = [](store::Transaction& transaction) -> Result<std::vector<InvitationView>> {
    const hierarchy::GroupTree tree(store::all_groups(transaction));
    std::vector<InvitationView> views;
    for (auto& record : store::all_invitations(transaction)) {
      auto path = tree.path_of(record.group);
      views.push_back({std::move(record), std::move(path)});
    }
    return views;
  };
  return state_->storage.read<std::vector<InvitationView>>(load);
}

awaitable<Result<>> Invitations::revoke(const Actor& actor, InvitationId id) {
  const auto work = [actor, id](store::Transaction& transaction) { return end_invitation(transaction, actor, id); };
  auto revoked = co_await state_->storage.write<Done>(work);
  if (!revoked) co_return fail(std::move(revoked.error()));
  state_->history.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
