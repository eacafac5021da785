#include "daemon/log.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.h"
#include "base/text.h"

namespace daikan::daemon {
namespace {

constexpr std::size_t kLongestLine = 8 * 1024;  // bytes; a log line is a sentence, not a dump

std::string_view name_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::warn:
      return "warning";
    case spdlog::level::err:
    case spdlog::level::critical:
      return "error";
    default:
      return "info";
  }
}

std::string in_json(std::string_view text) {
  std::string out;
  for (const char c : quotable(text, kLongestLine)) {  // no control characters are left
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto at = to_rfc3339(std::chrono::time_point_cast<Duration>(message.time));
    const std::string_view text(message.payload.data(), message.payload.size());
    if (format_ == LogFormat::json) {
      fmt::format_to(std::back_inserter(out), "{{\"time\":\"{}\",\"level\":\"{}\",\"message\":\"{}\"}}\n", at, name_of(message.level),
                     in_json(text));
    } else {
      fmt::format_to(std::back_inserter(out), "{} {:<7} {}\n", at, name_of(message.level), quotable(text, kLongestLine));
    }
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LineFormatter>(format_); }

 private:
  LogFormat format_;
};

spdlog::level::level_enum level_of(std::string_view name) {
  if (name == "debug") return spdlog::level::debug;
  if (name == "warning") return spdlog::level::warn;
  if (name == "error") return spdlog::level::err;
  return spdlog::level::info;
}

spdlog::string_view_t as_view(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Log::Log(std::string_view level, LogFormat format)
    : logger_(std::make_shared<spdlog::logger>("daikand", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_formatter(std::make_unique<LineFormatter>(format));
  logger_->set_level(level_of(level));
  spdlog::set_default_logger(logger_);
}

Log::~Log() = default;

void Log::set_level(std::string_view level) { logger_->set_level(level_of(level)); }

void Log::debug(std::string_view message) { logger_->log(spdlog::level::debug, as_view(message)); }
void Log::info(std::string_view message) { logger_->log(spdlog::level::info, as_view(message)); }
void Log::warning(std::string_view message) { logger_->log(spdlog::level::warn, as_view(message)); }
void Log::error(std::string_view message) { logger_->log(spdlog::level::err, as_view(message)); }

}  // namespace daikan::daemon
