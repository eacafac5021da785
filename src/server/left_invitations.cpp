#include "server/left_invitations.h"

#include <fmt/format.h>

#include "hierarchy/names.h"
#include "server/event.h"
#include "server/history.h"
#include "store/tables_invitations.h"

namespace daikan::server {
namespace {

bool may_still_invite(store::Transaction& transaction, const std::string& name) {
  const auto account = store::find_account(transaction, name);
  if (!account || account->state == hierarchy::Account::State::disabled) return false;
  return permissions_of(transaction, account->id).anywhere(Right::configure_hierarchy);
}

}  // namespace

void revoke_left_invitations(store::Transaction& transaction, const Actor& actor, const std::string& name) {
  if (may_still_invite(transaction, name)) return;
  const auto at = now();
  for (auto& record : store::all_invitations(transaction)) {
    if (record.used_at || record.revoked_at || record.expires_at <= at || !hierarchy::same_name(record.created_by, name)) continue;
    record.revoked_at = at;
    store::update_invitation(transaction, record);
    History::audit(transaction, actor, at, "invitation.revoke",
                   fmt::format("invitation {}, because {} may no longer invite", record.id.str(), name));
    History::record(
        transaction,
        info_event(at, "invitation_revoked",
                   fmt::format("An invitation was revoked by what {} did: {}, who had made it, may no longer invite.", actor.name, name)));
  }
}

}  // namespace daikan::server
