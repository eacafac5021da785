#include "link/proof.h"

namespace daikan::link {
namespace {

std::string begun(const char* purpose, const ChannelBinding& binding) {
  std::string text(purpose);
  text.push_back('\0');
  text.append(binding.begin(), binding.end());
  return text;
}

}  // namespace

std::string claim_proof(const ChannelBinding& binding, const InvitationId& invitation) {
  auto text = begun("daikan invitation claim v1", binding);
  text.append(invitation.bytes.begin(), invitation.bytes.end());
  return text;
}

std::string next_identity_proof(const ChannelBinding& binding, Says says) {
  return begun(says == Says::upper ? "daikan next identity of the upper end v1" : "daikan next identity of the lower end v1", binding);
}

}  // namespace daikan::link
