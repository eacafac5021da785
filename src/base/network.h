// A range of IP addresses in CIDR notation ("10.0.0.0/8", "2001:db8::/32", "192.0.2.7"), and whether an address is in it.
//
// Pure text and bits; IPv4 is kept as IPv4-mapped IPv6, so that "::ffff:10.1.2.3" is in 10.0.0.0/8. Called by server/access_rules.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daikan {

class Network {
 public:
  /// Nothing when `text` is no address, has a prefix beyond its family's, or bits set behind the prefix (a slip worth telling).
  static std::optional<Network> parse(std::string_view text);

  /// False for what is no IP address. A zone ("%eth0") is passed over.
  bool contains(std::string_view ip) const;
  /// Canonical: always with a prefix.
  std::string str() const;

  friend bool operator==(const Network&, const Network&) = default;

 private:
  std::array<std::uint8_t, 16> address_{};
  unsigned prefix_ = 0;  ///< Of the 128 bits.
};

}  // namespace daikan
