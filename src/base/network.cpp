#include "base/network.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace daikan {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr unsigned kMappedBits = 96;
constexpr std::size_t kMaxAddressText = 45;
constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

enum class Family : std::uint8_t { v4, v6 };
struct Parsed {
  Bytes bytes{};
  Family family = Family::v6;
};

std::optional<Parsed> parse_ip(std::string_view text) {
  if (text.empty() || text.size() > kMaxAddressText) return std::nullopt;
  const std::string held(text);
  Parsed parsed;
  if (::inet_pton(AF_INET6, held.c_str(), parsed.bytes.data()) == 1) return parsed;
  std::copy(kMapped.begin(), kMapped.end(), parsed.bytes.begin());
  if (::inet_pton(AF_INET, held.c_str(), parsed.bytes.data() + kMapped.size()) != 1) return std::nullopt;
  parsed.family = Family::v4;
  return parsed;
}

bool same_bits(const Bytes& a, const Bytes& b, unsigned bits) {
  const auto whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffU << (8 - bits % 8));
  return (a.at(whole) & mask) == (b.at(whole) & mask);
}

/// `bytes` with nothing behind the first `bits`.
Bytes cut(Bytes bytes, unsigned bits) {
  for (unsigned i = 0; i < bytes.size(); ++i) {
    const auto kept = bits > i * 8 ? std::min(8U, bits - i * 8) : 0U;
    bytes.at(i) = static_cast<std::uint8_t>(bytes.at(i) & (0xffU << (8 - kept)));
  }
  return bytes;
}

}  // namespace

std::optional<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto parsed = parse_ip(text.substr(0, slash));
  if (!parsed) return std::nullopt;
  const auto most = parsed->family == Family::v4 ? 32U : 128U;
  auto prefix = most;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (digits.empty() || digits.size() > 3 || bad != std::errc() || end != digits.data() + digits.size() || prefix > most) {
      return std::nullopt;
    }
  }
  Network network;
  network.address_ = parsed->bytes;
  network.prefix_ = parsed->family == Family::v4 ? prefix + kMappedBits : prefix;
  if (cut(network.address_, network.prefix_) != network.address_) return std::nullopt;
  return network;
}

bool Network::contains(std::string_view ip) const {
  const auto parsed = parse_ip(ip.substr(0, ip.find('%')));
  return parsed && same_bits(address_, parsed->bytes, prefix_);
}

std::string Network::str() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool mapped = prefix_ >= kMappedBits && std::equal(kMapped.begin(), kMapped.end(), address_.begin());
  if (mapped) {
    ::inet_ntop(AF_INET, address_.data() + kMapped.size(), text.data(), text.size());
    return fmt::format("{}/{}", text.data(), prefix_ - kMappedBits);
  }
  ::inet_ntop(AF_INET6, address_.data(), text.data(), text.size());
  return fmt::format("{}/{}", text.data(), prefix_);
}

}  // namespace daikan
