// Whatever a file holds: an invitation that is within its bounds, or invitation_unreadable. Nothing that was altered passes, so the fields
// are also read from inputs that cannot be signed: the parser reads them before it checks the signature.
#include "joining/invitation_file.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = daikan::joining::parse_invitation({reinterpret_cast<const char*>(data), size});
  if (!file) {
    if (file.error().code != daikan::Code::invitation_unreadable || file.error().message.empty() || file.error().remedy.empty())
      std::abort();
    return 0;
  }
  if (file->addresses.empty() || file->addresses.size() > daikan::limits::kMaxInvitationAddresses || file->key.empty()) std::abort();
  return 0;
}
