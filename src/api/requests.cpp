#include "api/requests.h"

#include <charconv>

#include <fmt/format.h>

#include "api/problem.h"
#include "base/text.h"
#include "base/time_text.h"
#include "net/identity.h"

namespace daikan::api {

namespace json = boost::json;

Result<std::optional<Endpoint>> endpoint_of(const json::object& body, std::string_view name, std::uint16_t default_port) {
  const auto text = text_of(body, name);
  if (text.empty()) return std::nullopt;
  auto endpoint = parse_endpoint(text, default_port, name);
  if (!endpoint) return fail(std::move(endpoint.error()));
  return std::optional(std::move(*endpoint));
}

Result<std::optional<Proxy>> proxy_of(const json::object& body, std::string_view name) {
  const auto* object = object_of(body, name);
  if (!object) return std::nullopt;
  auto proxy = parse_proxy_url(text_of(*object, "url"), std::string(name) + ".url");
  if (!proxy) return fail(std::move(proxy.error()));
  proxy->password = text_of(*object, "password");
  if (!proxy->password.empty() && proxy->user.empty()) {
    return fail(Code::invalid_request, "A password for the proxy is given, but no user name.",
                "Write the user into the address: http://user@proxy:3128.", std::string(name) + ".url");
  }
  return std::optional(std::move(*proxy));
}

Result<std::vector<std::uint8_t>> certificate_of(const json::object& body, std::string_view name) {
  const auto text = text_of(body, name);
  if (text.empty()) return std::vector<std::uint8_t>{};
  if (text.find("-----BEGIN") != std::string::npos) return std::vector<std::uint8_t>(text.begin(), text.end());
  std::string packed;
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') packed.push_back(c);
  }
  auto der = from_base64(packed);
  if (!der || der->empty()) {
    return fail(Code::certificate_unreadable, "The certificate is neither PEM nor base64 of a DER file.",
                "Send the content of the certificate file the other server exported.", std::string(name));
  }
  return std::move(*der);
}

Result<std::string> fingerprint_of(const json::object& body, std::string_view name) {
  const auto text = text_of(body, name);
  if (text.empty()) return std::string();
  auto normal = net::normalise_fingerprint(text);
  if (!normal) {
    return fail(Code::invalid_request, fmt::format("“{}” is not a SHA-256 fingerprint.", quotable(text, 100)),
                "Write 64 hexadecimal digits, with or without colons.", std::string(name));
  }
  return std::move(*normal);
}

Result<std::optional<ServerId>> server_id_of(const json::object& body, std::string_view name) {
  const auto text = text_of(body, name);
  if (text.empty()) return std::nullopt;
  const auto id = ServerId::parse(text);
  if (!id) {
    return fail(Code::invalid_request, fmt::format("“{}” is not a server id.", quotable(text, 60)),
                "Write it as in GET /api/v1/server/identity.", std::string(name));
  }
  return id;
}

hierarchy::Direction direction_of(const json::object& body, std::string_view name) {
  return hierarchy::direction_from_string(text_of(body, name)).value_or(hierarchy::Direction::secondary_dials);
}

Result<std::int64_t> number_of(const Target& target, std::string_view name, std::int64_t fallback, Bounds bounds) {
  const auto text = target.find_query(name);
  if (!text) return fallback;
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (ec != std::errc() || end != text->data() + text->size() || number < bounds.least || number > bounds.most) {
    return fail(Code::invalid_request,
                fmt::format("The query parameter {} is not a whole number from {} to {}.", name, bounds.least, bounds.most),
                "Give a number in these bounds.", std::string(name));
  }
  return number;
}

Result<std::optional<TimePoint>> time_of(const Target& target, std::string_view name) {
  const auto text = target.find_query(name);
  if (!text) return std::nullopt;
  const auto time = time_from_text(*text);
  if (!time) {
    return fail(Code::invalid_request, fmt::format("“{}” is not a time.", quotable(*text, 60)),
                "Write it as 2026-11-23T21:33:00Z, with another zone as +09:00, or a date alone.", std::string(name));
  }
  return std::optional(*time);
}

Result<std::string> filter_text_of(const Target& target, std::string_view name) {
  const auto text = target.find_query(name).value_or("");
  if (text.size() > limits::kMaxFilterBytes) {
    return fail(Code::invalid_request, fmt::format("What to look for in {} is longer than {} bytes.", name, limits::kMaxFilterBytes),
                "Look for a part of it.", std::string(name));
  }
  return std::string(text);
}

Result<unsigned> limit_of(const Target& target) {
  const auto limit = number_of(target, "limit", limits::kDefaultPage, {1, limits::kLargestPage});
  if (!limit) return fail(limit.error());
  return static_cast<unsigned>(*limit);
}

std::string etag_of(std::int64_t revision) { return fmt::format("\"{}\"", revision); }

server::Seen seen_of(const net::Headers& headers) {
  const auto header = headers.find("if-match");
  if (!header) return {};
  std::vector<std::int64_t> revisions;
  std::string_view rest = *header;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const auto tag = trim(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    if (tag == "*") return {};
    if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') continue;
    const auto digits = tag.substr(1, tag.size() - 2);
    std::int64_t revision = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
    if (ec == std::errc() && end == digits.data() + digits.size()) revisions.push_back(revision);
  }
  return server::Seen(std::move(revisions));
}

}  // namespace daikan::api
