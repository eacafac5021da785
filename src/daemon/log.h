// The log: lines on standard error, for people or as JSON objects, from a level on.
//
// One object, owned by the composition root; safe to use from every thread. While it lives it is also spdlog's default logger, which rooms
// below log through. A line never contains a newline, a control character or a secret.
#pragma once

#include <memory>
#include <string_view>

#include "base/configuration.h"

namespace spdlog {
class logger;
}

namespace daikan::daemon {

class Log {
 public:
  /// `level`: debug, info, warning or error.
  Log(std::string_view level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Lines of this severity and more are written from now on.
  void set_level(std::string_view level);

  void debug(std::string_view message);
  void info(std::string_view message);
  void warning(std::string_view message);
  void error(std::string_view message);

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace daikan::daemon
