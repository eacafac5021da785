// A file of devices from anybody: never a crash, and every row that is taken has a name, a status and a line of the file.
#include "cli/device_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "hierarchy/device.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rows = daikan::cli::read_device_file(text);
  if (!rows) {
    if (rows.error().message.empty() || rows.error().remedy.empty()) std::abort();
    return 0;
  }
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::size_t last = 0;
  for (const auto& row : *rows) {
    if (row.name.empty() || !daikan::hierarchy::device_status_from_string(row.status)) std::abort();
    if (row.line <= last || row.line > lines) std::abort();
    last = row.line;
  }
  return 0;
}
