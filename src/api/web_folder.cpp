#include "api/web_folder.h"

#include <system_error>

namespace daikan::api {

namespace fs = std::filesystem;

fs::path web_folder(const fs::path& setting, const fs::path& program) {
  if (setting != "auto") return setting;
  const auto above = program.parent_path().parent_path();
  for (const auto& candidate : {above / "share" / "daikan" / "web", above / "web"}) {
    std::error_code ec;
    if (fs::is_regular_file(candidate / "index.html", ec)) return candidate;
  }
  return {};
}

fs::path this_program() {
  std::error_code ec;
  auto program = fs::read_symlink("/proc/self/exe", ec);
  return ec ? fs::path() : program;
}

}  // namespace daikan::api
