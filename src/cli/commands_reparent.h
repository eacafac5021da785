// primary move, and secondary move --to-primary: what each is told.
#pragma once

#include <string>

#include "cli/commands.h"

namespace daikan::cli {

struct PrimaryMoveOptions {
  PrimarySet to;
  unsigned wait_seconds = 60;
};
/// On the server that moves: by the new primary's certificate file.
awaitable<Result<>> primary_move(Context&, ApiSession&, PrimaryMoveOptions);
awaitable<Result<>> primary_move_show(Context&, ApiSession&, NoOptions);

struct SecondaryReparent {
  std::string secondary;
  std::string to_primary;       ///< A profile's name, or the address of its console.
  std::string group;            ///< On the new primary; empty: its root group.
  std::string primary_address;  ///< Under which the secondary reaches it; empty: the host of its console, its first link port.
  unsigned wait_seconds = 60;
};
/// On its present primary: all steps, undone when the new link does not come up.
awaitable<Result<>> secondary_reparent(Context&, ApiSession&, SecondaryReparent);

}  // namespace daikan::cli
