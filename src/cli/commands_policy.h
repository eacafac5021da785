// policy list, status, show, create, set, lock, unlock, activate, deactivate, remove, effective, preview, history, compare, restore,
// export, apply: what each is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace daikan::cli {

struct PolicyName {
  std::string name;  ///< Or its id; "GROUP:NAME" where a name is in more than one group.
};
struct PolicyCreate {
  std::string name;
  std::string group;
  std::string application;
  bool active = false, no_inherit = false, force = false;
};
/// What is given changes; the rest stays. Values are JSON, or a text as it is.
struct PolicySet {
  std::string name;
  std::vector<std::string> settings;  ///< "log.level=debug", "log.level=" takes it out
  std::string new_name;
  std::string group;
  bool lock = false;
  bool inherit = false, no_inherit = false, force = false, no_force = false;
  bool preview = false;  ///< Nothing is saved.
};
struct PolicyPaths {
  std::string name;
  std::vector<std::string> paths;
};
struct PolicyEffective {
  std::string group;  ///< Empty: the server itself.
  std::string application;
  bool reasons = false;
};
struct PolicyCompare {
  std::string name;
  std::int64_t before = 0, after = 0;
};
struct PolicyRestore {
  std::string name;
  std::int64_t revision = 0;
};
struct PolicyStatus {
  std::string name;  ///< Empty: all of them.
};
struct PolicyFolder {
  std::string folder;
  bool yes = false;
};
awaitable<Result<>> policy_status(Context&, ApiSession&, PolicyStatus);
awaitable<Result<>> policy_list(Context&, ApiSession&, NoOptions);
awaitable<Result<>> policy_show(Context&, ApiSession&, PolicyName);
awaitable<Result<>> policy_create(Context&, ApiSession&, PolicyCreate);
awaitable<Result<>> policy_set(Context&, ApiSession&, PolicySet);
awaitable<Result<>> policy_lock(Context&, ApiSession&, PolicyPaths);
awaitable<Result<>> policy_unlock(Context&, ApiSession&, PolicyPaths);
awaitable<Result<>> policy_activate(Context&, ApiSession&, PolicyName);
awaitable<Result<>> policy_deactivate(Context&, ApiSession&, PolicyName);
awaitable<Result<>> policy_remove(Context&, ApiSession&, PolicyName);
awaitable<Result<>> policy_effective(Context&, ApiSession&, PolicyEffective);
awaitable<Result<>> policy_history(Context&, ApiSession&, PolicyName);
awaitable<Result<>> policy_compare(Context&, ApiSession&, PolicyCompare);
awaitable<Result<>> policy_restore(Context&, ApiSession&, PolicyRestore);
awaitable<Result<>> policy_export(Context&, ApiSession&, PolicyFolder);
awaitable<Result<>> policy_apply(Context&, ApiSession&, PolicyFolder);

}  // namespace daikan::cli
