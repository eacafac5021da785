// Identifiers: 128-bit UUIDs (version 7, RFC 9562 section 5.7), one C++ type per kind of thing so that they cannot be mixed up.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace daikan {

using Uuid = std::array<std::uint8_t, 16>;

/// Lower-case canonical text, 36 characters.
std::string uuid_to_string(const Uuid& uuid);

/// Accepts exactly the canonical 36-character form, either case.
std::optional<Uuid> uuid_from_string(std::string_view text);

/// A new version-7 UUID at `at`; the rest is from the kernel's random source. Thread-safe.
Uuid make_uuid(TimePoint at);

template <class Tag>
struct Id {
  Uuid bytes{};

  static Id make(TimePoint at) { return Id{make_uuid(at)}; }
  static std::optional<Id> parse(std::string_view text) {
    const auto uuid = uuid_from_string(text);
    if (!uuid) return std::nullopt;
    return Id{*uuid};
  }
  std::string str() const { return uuid_to_string(bytes); }
  /// The all-zero id stands for "none".
  explicit operator bool() const { return bytes != Uuid{}; }

  friend auto operator<=>(const Id&, const Id&) = default;
};

using ServerId = Id<struct ServerTag>;  ///< One Administration Server, for life.
using GroupId = Id<struct GroupTag>;    ///< An administration group of this server.
using RegistrationId =
    Id<struct RegistrationTag>;  ///< A secondary's record on its primary; exists before the secondary's ServerId is known (way 2).
using AccountId = Id<struct AccountTag>;
using OperationId = Id<struct OperationTag>;
using TokenId = Id<struct TokenTag>;
using InvitationId = Id<struct InvitationTag>;

}  // namespace daikan

template <class Tag>
struct std::hash<daikan::Id<Tag>> {
  std::size_t operator()(const daikan::Id<Tag>& id) const noexcept {
    std::size_t h = 1469598103934665603ULL;
    for (const auto b : id.bytes) h = (h ^ b) * 1099511628211ULL;
    return h;
  }
};
