#include "server/credential_holder.h"

#include <utility>

#include "store/tables.h"

namespace daikan::server {

std::optional<CredentialHolder> holder_of(store::Transaction& transaction, const std::string& secret_hash) {
  auto credential = store::find_credential(transaction, secret_hash);
  if (!credential) return std::nullopt;
  auto account = store::find_account(transaction, credential->account);
  if (!account || account->state == hierarchy::Account::State::disabled) return std::nullopt;
  auto allowed = allowed_now(transaction, account->id);
  if (credential->rights) allowed.permissions = allowed.permissions.limited_to(*credential->rights);
  return CredentialHolder{{std::move(*account), std::move(*credential), std::move(allowed.permissions)}, allowed.by};
}

}  // namespace daikan::server
