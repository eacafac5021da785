// A terminal that writes into strings and reads from what a test typed.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/terminal.h"

namespace daikan::cli::test {

struct TestTerminal {
  explicit TestTerminal(Terminal::Traits traits = {}, const std::string& typed = "") : terminal(input_of(typed), out, err, traits) {}
  ~TestTerminal() { ::close(input); }
  TestTerminal(const TestTerminal&) = delete;
  TestTerminal& operator=(const TestTerminal&) = delete;

  int input_of(const std::string& typed) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    if (::write(ends[1], typed.data(), typed.size()) != static_cast<ssize_t>(typed.size())) throw std::runtime_error("the pipe is full");
    ::close(ends[1]);
    input = ends[0];
    return input;
  }

  int input = -1;
  std::ostringstream out;
  std::ostringstream err;
  Terminal terminal;
};

/// A folder of one test, gone with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "daikan_cli_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name) << content;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace daikan::cli::test
