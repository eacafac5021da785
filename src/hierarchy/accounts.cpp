#include "hierarchy/accounts.h"

namespace daikan::hierarchy {

std::string_view to_string(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::session:
      return "session";
    case CredentialKind::token:
      return "token";
  }
  return "unknown";
}

}  // namespace daikan::hierarchy
