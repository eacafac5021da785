// Who holds a credential, and what that person may now, in one view of the database: for Accounts alone.
#pragma once

#include <optional>
#include <string>

#include "server/accounts.h"
#include "server/known_roles.h"

namespace daikan::server {

struct CredentialHolder {
  Authenticated who;
  Allowed::By by;
};
/// Nothing for an unknown secret and a disabled account; whether the credential is still good is asked by the caller.
std::optional<CredentialHolder> holder_of(store::Transaction&, const std::string& secret_hash);

}  // namespace daikan::server
