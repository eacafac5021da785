// Where the pages of the web console are, so that whoever starts a program gets them without any setting.
//
// Knows the two places the build and the package put them; reads nothing of them. Called once each by daikand and `daikan console`.
#pragma once

#include <filesystem>

namespace daikan::api {

/// The setting `web`: "auto" looks beside `program` (PREFIX/share/daikan/web for PREFIX/bin and PREFIX/sbin; build/web for build/PRESET)
/// and is empty when there are none; everything else is what it says, empty included.
std::filesystem::path web_folder(const std::filesystem::path& setting, const std::filesystem::path& program);

/// The file of the running program; empty when the kernel does not tell.
std::filesystem::path this_program();

}  // namespace daikan::api
