// device import, list, counts, remove: what each is told.
#pragma once

#include <string>

#include "cli/commands.h"

namespace daikan::cli {

struct DeviceFile {
  std::string file;  ///< "-" is standard input.
};
struct DeviceListOptions {
  std::string group;
  std::string status;
  std::string begins;
  int limit = 1000;
};
struct DeviceGroup {
  std::string group;
};
struct DeviceName {
  std::string name;  ///< Or its id.
};
awaitable<Result<>> device_import(Context&, ApiSession&, DeviceFile);
awaitable<Result<>> device_list(Context&, ApiSession&, DeviceListOptions);
awaitable<Result<>> device_counts(Context&, ApiSession&, DeviceGroup);
awaitable<Result<>> device_remove(Context&, ApiSession&, DeviceName);

}  // namespace daikan::cli
