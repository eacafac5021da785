#include "hierarchy/accounts.h"

namespace daikan::hierarchy {

std::string_view to_string(TwoFactor::State state) {
  switch (state) {
    case TwoFactor::State::off:
      return "off";
    case TwoFactor::State::pending:
      return "pending";
    case TwoFactor::State::on:
      return "on";
  }
  return "unknown";
}

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
