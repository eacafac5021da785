// Who may what: named rights, roles made of them, and what somebody's assignments allow on the server and on each group.
//
// Values and rules only: no database, no sessions, no HTTP. `server` loads assignments and asks here; `api` declares a right for each
// route. Invariant: what nobody gave is refused (an empty Permissions allows nothing), and a right that reaches the whole server is never
// gained from an assignment to a group.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"

namespace daikan::hierarchy {

class GroupTree;

/// Stable: stored and told on the API and on links by name. A new one goes to the end, and into the table in rights.cpp.
enum class Right : std::uint8_t {
  read,
  read_audit,
  edit_groups,
  configure_hierarchy,
  relay,
  manage_users,
  manage_server,
  manage_tasks,
  edit_policies
};

/// Whether a right can be given for a group and what is below it, or for the whole server only.
enum class Reach : std::uint8_t { groups, server };

struct RightText {
  Right right;
  std::string_view name;   ///< "configure_hierarchy"
  std::string_view title;  ///< "Configure hierarchy", for people.
  Reach reach;
  std::string_view sentence;  ///< What it allows.
};
/// Every right, in the order of the enumeration.
std::span<const RightText> all_rights();
const RightText& text_of(Right);
inline std::string_view to_string(Right right) { return text_of(right).name; }
std::optional<Right> right_from_string(std::string_view name);

/// A set of rights.
class Rights {
 public:
  constexpr Rights() = default;
  constexpr Rights(std::initializer_list<Right> rights) {
    for (const auto right : rights) add(right);
  }
  static Rights all();
  constexpr void add(Right right) { bits_ = static_cast<std::uint16_t>(bits_ | bit(right)); }
  constexpr bool has(Right right) const { return (bits_ & bit(right)) != 0; }
  constexpr bool includes(Rights other) const { return (other.bits_ & ~bits_) == 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr Rights operator&(Rights a, Rights b) { return Rights(static_cast<std::uint16_t>(a.bits_ & b.bits_)); }
  friend constexpr Rights operator|(Rights a, Rights b) { return Rights(static_cast<std::uint16_t>(a.bits_ | b.bits_)); }
  friend constexpr bool operator==(Rights, Rights) = default;

 private:
  constexpr explicit Rights(std::uint16_t bits) : bits_(bits) {}
  static constexpr std::uint16_t bit(Right right) { return static_cast<std::uint16_t>(1U << static_cast<unsigned>(right)); }
  std::uint16_t bits_ = 0;
};
/// "read,relay"; the empty text for none.
std::string to_text(Rights rights);
/// The reverse. Names that are not known (of a newer version) give nothing.
Rights rights_from_text(std::string_view text);

using RoleId = Id<struct RoleTag>;

/// A named set of rights. Built-in ones cannot be edited; what they hold is decided by the program, not by the database.
struct Role {
  RoleId id;
  std::string name;
  std::string description;
  Rights rights;
  enum class Origin : std::uint8_t { built_in, made } origin = Origin::made;
  TimePoint created_at;
  std::int64_t revision = 1;
};
/// administrator, operator, viewer, auditor: the same ids on every server, for ever.
std::span<const Role> built_in_roles();
const Role& administrator();

/// A role given to somebody, for one group and everything below it, or (without a group) for the server and every group.
struct Assignment {
  RoleId role;
  std::optional<GroupId> group;
  friend auto operator<=>(const Assignment&, const Assignment&) = default;
};

/// A group as the groups from the root down to itself.
using GroupPath = std::vector<GroupId>;
/// Empty for an unknown id.
GroupPath path_to(const GroupTree& tree, const GroupId& group);

/// What somebody may, where. Made from assignments; asked by the dispatcher and by the use cases.
class Permissions {
 public:
  Permissions() = default;
  static Permissions everything();
  static Permissions of(Rights on_server);

  /// Adds rights for the server (no group), or for a group; there only those that reach groups.
  void give(Rights rights, std::optional<GroupId> group = std::nullopt);
  /// The same without every right that is not in `most`.
  Permissions limited_to(Rights most) const;

  /// What the server and, with it, every group allows.
  Rights on_server() const { return on_server_; }
  bool on_server(Right right) const { return on_server_.has(right); }
  /// What the group at the end of `path` allows: given for it, for a group above it, or for the server.
  Rights on_group(std::span<const GroupId> path) const;
  /// On the server or on any group at all.
  bool anywhere(Right right) const;
  const std::map<GroupId, Rights>& groups() const { return on_groups_; }

 private:
  Rights on_server_;
  std::map<GroupId, Rights> on_groups_;
};

/// Assignments to roles that are not among `roles` give nothing.
Permissions permissions_of(std::span<const Assignment> assignments, std::span<const Role> roles);

/// Whether `assignments` allow `right` on the group at the end of `path`; an empty path is the server.
bool may(const Permissions& permissions, Right right, std::span<const GroupId> path);

/// Whether everything `given` allows is allowed by `own` too: nobody gives, or takes over, what they do not have themselves.
bool covers(const Permissions& own, const Permissions& given, const GroupTree& tree);

/// permission_denied: names the right, the place and the server that refuses. `group` is a path; empty: the server itself.
Error denied(Right right, std::string_view group, std::string_view server);

/// What this server lets people do who come through its primary (joining.md section 8). Decided here, below, and never by the primary.
enum class PrimaryMay : std::uint8_t { full, read, none };
std::string_view to_string(PrimaryMay);
std::optional<PrimaryMay> primary_may_from_string(std::string_view name);
/// The most a request that came down the link may do.
Rights bound_of(PrimaryMay);

}  // namespace daikan::hierarchy
