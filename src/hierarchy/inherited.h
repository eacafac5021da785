// What a secondary inherits from its primary: objects that the server above owns, the way they came, and the hash both ends agree on.
//
// Values and pure functions. Knows nothing of what is in an object (policy.h does). Called by store (rows), link (messages, differences)
// and server. Invariant: the hash depends on the objects and the way alone, so two ends with one hash inherit the same.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace daikan::hierarchy {

/// What an object is, by its name on the wire: 1 to 32 of a-z, 0-9 and _. A kind that this version does not know keeps the name it came
/// with, so that its objects can be kept and passed on.
class InheritedKind {
 public:
  static constexpr std::size_t kMaxBytes = 32;
  static const InheritedKind policy, role, task;

  constexpr InheritedKind() = default;
  /// Nothing when `name` can be none.
  static std::optional<InheritedKind> from_name(std::string_view name);
  constexpr std::string_view name() const { return {text_.data(), size_}; }

  friend constexpr std::strong_ordering operator<=>(const InheritedKind& a, const InheritedKind& b) { return a.name() <=> b.name(); }
  friend constexpr bool operator==(const InheritedKind& a, const InheritedKind& b) { return a.name() == b.name(); }

 private:
  /// `name` has at most kMaxBytes.
  constexpr explicit InheritedKind(std::string_view name) : size_(static_cast<std::uint8_t>(name.size())) {
    std::copy(name.begin(), name.end(), text_.begin());
  }

  std::array<char, kMaxBytes> text_{};
  std::uint8_t size_ = 0;
};
inline constexpr InheritedKind InheritedKind::policy{"policy"};
inline constexpr InheritedKind InheritedKind::role{"role"};
inline constexpr InheritedKind InheritedKind::task{"task"};

/// Into `kind`.
inline std::string_view to_string(const InheritedKind& kind) { return kind.name(); }
inline std::optional<InheritedKind> inherited_kind_from_string(std::string_view name) { return InheritedKind::from_name(name); }

using ObjectKey = std::pair<InheritedKind, Uuid>;

/// Written by its owner alone; the same on every server it reaches.
struct InheritedObject {
  InheritedKind kind = InheritedKind::policy;
  Uuid id{};
  ServerId owner;
  std::string group;  ///< Path of its group on the owner.
  std::int64_t revision = 0;
  std::string content;  ///< JSON as a rule, for whoever knows the kind.
  ObjectKey key() const { return {kind, id}; }
  friend bool operator==(const InheritedObject&, const InheritedObject&) = default;
};

/// A server above, and in which of its groups the way goes on.
struct InheritedLevel {
  ServerId server;
  std::string name;
  std::string group;
  friend bool operator==(const InheritedLevel&, const InheritedLevel&) = default;
};

using Manifest = std::map<ObjectKey, std::string>;  ///< Digests.

struct InheritedSet {
  std::vector<InheritedLevel> chain;  ///< From the top down to the primary of whom it is for.
  std::map<ObjectKey, InheritedObject> objects;
  void put(InheritedObject object) {
    const auto key = object.key();
    objects.insert_or_assign(key, std::move(object));
  }
  friend bool operator==(const InheritedSet&, const InheritedSet&) = default;
};

/// SHA-256, hexadecimal.
std::string digest_of(const InheritedObject& object);
Manifest manifest_of(const InheritedSet& set);
std::string hash_of(const std::vector<InheritedLevel>& chain, const Manifest& manifest);
inline std::string hash_of(const InheritedSet& set) { return hash_of(set.chain, manifest_of(set)); }

/// The objects in the order in which they take effect: by their owner's place in the chain, then from the root group down. Those of owners
/// that are not in the chain come first.
std::vector<const InheritedObject*> in_order(const InheritedSet& set);

// As kept in one column: a line each, fields apart by tabs.
std::string to_text(const std::vector<InheritedLevel>& chain);
std::optional<std::vector<InheritedLevel>> chain_from_text(std::string_view text);
std::string to_text(const Manifest& manifest);
std::optional<Manifest> manifest_from_text(std::string_view text);

/// What this server's primary had it apply.
struct AppliedSet {
  std::uint64_t revision = 0;  ///< 0: nothing of the present primary yet.
  std::string hash;            ///< Of `set` when it was applied; empty at revision 0.
  InheritedSet set;
};

/// What a secondary confirmed.
struct ConfirmedSet {
  std::uint64_t revision = 0;
  std::string hash;
  Manifest manifest;
};

}  // namespace daikan::hierarchy
