// What every room knows of a certificate: values only. `net/identity` reads and makes them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace daikan {

/// SHA-256 of a certificate's SubjectPublicKeyInfo: what trust rests on (docs/adr/0003-pins-without-a-ca.md).
struct Pin {
  std::array<std::uint8_t, 32> bytes{};
  friend auto operator<=>(const Pin&, const Pin&) = default;
};

/// A certificate as records keep it: the file itself, what trust rests on, and what people compare by voice.
struct CertificateRecord {
  std::vector<std::uint8_t> der;
  Pin pin;
  std::string fingerprint;  ///< SHA-256 of the DER, as `openssl x509 -fingerprint -sha256` prints it: "AB:CD:…".
};

}  // namespace daikan
