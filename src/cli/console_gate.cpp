#include "cli/console_gate.h"

#include <fmt/format.h>

#include "api/authentication.h"
#include "base/text.h"

namespace daikan::cli {
namespace {

/// In a time that does not tell how much of it is right.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned>(static_cast<unsigned char>(a[i] ^ b[i]));
  return different == 0;
}

tl::unexpected<Error> shut(std::string message, std::string remedy) {
  return fail(Code::permission_denied, std::move(message), std::move(remedy));
}

}  // namespace

ConsoleGate::ConsoleGate(std::string host, std::string token, std::string cookie)
    : host_(std::move(host)), token_(std::move(token)), cookie_(std::move(cookie)) {}

std::string ConsoleGate::cookie_name() const { return "daikan_console_" + host_.substr(host_.rfind(':') + 1); }

std::string ConsoleGate::set_cookie() const { return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict", cookie_name(), cookie_); }

Result<> ConsoleGate::judge_origin(const net::Request& request) const {
  const auto origin = request.headers.find("origin");
  const auto site = request.headers.find("sec-fetch-site");
  const bool foreign = (origin && *origin != "http://" + host_) || (site && *site != "same-origin" && *site != "none");
  // A browser names the origin of whatever could change something; what does not is no page of ours.
  const bool changes = request.method != "GET" && request.method != "HEAD";
  if (!foreign && (!changes || origin)) return {};
  return shut(fmt::format("The request comes from {}, not from the console's own page.",
                          foreign && origin ? quotable(*origin, 100) : std::string("another page")),
              fmt::format("Use the console at http://{}/ itself.", host_));
}

Result<ConsoleGate::Ruling> ConsoleGate::judge(const net::Request& request, const api::Target& target) {
  const auto host = request.headers.find("host");
  if (!host || *host != host_) {
    return shut(fmt::format("The console is not called “{}”.", quotable(host.value_or(""), 100)),
                fmt::format("Open http://{}/ with the token that daikan console printed.", host_));
  }
  const auto token = target.segments.empty() && request.method == "GET" ? target.find_query("token") : std::nullopt;
  if (token && same_secret(*token, token_)) {
    token_.clear();
    return Ruling::enter;
  }
  if (auto own = judge_origin(request); !own) return fail(std::move(own.error()));
  const auto shown = api::cookie_value(request.headers, cookie_name());
  if (shown && same_secret(*shown, cookie_)) return Ruling::open;
  return shut("This browser was not let in: the address without its token, or with one that was used before.",
              "Open the address that daikan console printed, or end it and start it again.");
}

}  // namespace daikan::cli
