// What other servers tell of roles: what is understood is written so that it is understood the same again, and is never a built-in role.
#include "server/role_content.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daikan;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto relayed = server::role_from_content({}, text)) {
    const auto again = server::role_from_content({}, server::content_of(relayed->role));
    if (!again || again->role.rights != relayed->role.rights || again->role.name != relayed->role.name) std::abort();
    if (!again->unknown_rights.empty()) std::abort();
  }
  if (server::role_from_content(hierarchy::administrator().id, text)) std::abort();
  return 0;
}
