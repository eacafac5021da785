// The private key and the certificates in a file that an administrator brings, not yet judged. Part of net/own_key_file.cpp.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "net/identity.h"

namespace daikan::net::detail {

struct OwnKeyParts {
  KeyPtr key;                         ///< None: the file has none.
  std::vector<X509Ptr> certificates;  ///< In the order of the file.
};

/// Fail with certificate_unreadable, as read_own_key() says.
Result<OwnKeyParts> parts_of_pem(std::string_view text, std::string_view passphrase);
Result<OwnKeyParts> parts_of_pkcs12(std::span<const std::uint8_t> file, std::string_view passphrase);

tl::unexpected<Error> unusable_key_file(std::string message, std::string_view remedy);
tl::unexpected<Error> wrong_passphrase(std::string message);

}  // namespace daikan::net::detail
