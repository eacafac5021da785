#include "net/http_post.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"

namespace daikan::net {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

tl::unexpected<Error> no_url(std::string_view url, std::string_view why, std::string_view field) {
  return fail(Code::invalid_request, fmt::format("“{}” is not the address of a webhook: {}.", quotable(url, 100), why),
              "Write https://host/path, or http://host/path inside a trusted network.", std::string(field));
}

tl::unexpected<Error> no_answer(std::string_view line) {
  return fail(Code::protocol_error, fmt::format("The answer “{}” is not one of a web server.", quotable(line, 80)),
              "Check the address and the port, and whether it speaks HTTPS.");
}

/// "HTTP/1.1 204 No Content"
std::optional<int> status_of(std::string_view line) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || (line[7] != '0' && line[7] != '1') || line[8] != ' ') return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  int status = 0;
  for (const char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return std::nullopt;
    status = status * 10 + (c - '0');
  }
  if (status < 100 || status > 599) return std::nullopt;
  return status;
}

std::string request_text(const WebPost& post) {
  const auto& endpoint = post.target.endpoint;
  const auto usual = post.target.scheme == WebTarget::Scheme::https ? kHttpsPort : kHttpPort;
  auto host = endpoint.str();
  if (endpoint.port == usual) host.resize(host.rfind(':'));
  auto text =
      fmt::format("POST {} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\nconnection: close\r\n", post.target.path, host, post.body.size());
  for (const auto& [name, value] : post.headers.fields()) text += fmt::format("{}: {}\r\n", name, value);
  return text + "\r\n" + post.body;
}

awaitable<Result<int>> post_once(const WebPost& post, SteadyTime deadline) {
  auto wire = co_await Wire::dial(post.target.endpoint, deadline);
  if (!wire) co_return fail(std::move(wire.error()));
  if (post.target.scheme == WebTarget::Scheme::https) {
    auto secured = co_await (*wire)->secure(post.trust, deadline);
    if (!secured) co_return fail(std::move(secured.error()));
  }
  auto written = co_await (*wire)->write(request_text(post));
  if (!written) co_return fail(std::move(written.error()));
  AnswerHead head;
  for (;;) {
    auto piece = co_await (*wire)->read_some();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) {
      co_return fail(Code::closed, fmt::format("{}: the web server closed the connection without an answer.", post.target.endpoint.str()),
                     "Check that the address is that of the webhook, and the server's log.");
    }
    auto status = head.feed(*piece);
    if (!status) co_return fail(std::move(status.error()));
    if (!*status) continue;
    (*wire)->close();
    co_return **status;
  }
}

}  // namespace

std::string WebTarget::str() const { return fmt::format("{}://{}{}", scheme == Scheme::https ? "https" : "http", endpoint.str(), path); }

Result<WebTarget> parse_web_target(std::string_view url, std::string_view field) {
  if (url.size() > limits::kMaxWebhookUrlBytes) return no_url(url, "it is too long", field);
  if (!std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; }))
    return no_url(url, "it holds more than visible ASCII", field);
  WebTarget target;
  auto rest = url;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    target.scheme = WebTarget::Scheme::http;
  } else {
    return no_url(url, "it begins with neither https:// nor http://", field);
  }
  const auto slash = rest.find_first_of("/?#");
  const auto authority = rest.substr(0, slash);
  if (rest.find('#') != std::string_view::npos) return no_url(url, "it holds a fragment", field);
  if (authority.find('@') != std::string_view::npos) return no_url(url, "it holds a user; use the secret instead", field);
  auto endpoint = parse_endpoint(authority, target.scheme == WebTarget::Scheme::https ? kHttpsPort : kHttpPort, field);
  if (!endpoint) return fail(std::move(endpoint.error()));
  target.endpoint = std::move(*endpoint);
  if (slash != std::string_view::npos) target.path = std::string(rest.substr(slash));
  if (target.path.front() != '/') target.path.insert(0, 1, '/');
  return target;
}

Result<std::optional<int>> AnswerHead::feed(std::string_view bytes) {
  rest_ += bytes;
  for (;;) {
    const auto line_end = rest_.find('\n');
    // What is no status line is known before its end: another protocol may never send one.
    if (line_end == std::string::npos) {
      const auto known = std::min<std::size_t>(rest_.size(), 7);
      if (std::string_view(rest_).substr(0, known) != std::string_view("HTTP/1.").substr(0, known)) return no_answer(rest_);
    }
    if (line_end != std::string::npos) {
      auto line = std::string_view(rest_).substr(0, line_end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      const auto status = status_of(line);
      if (!status) return no_answer(line);
      const auto head_end = rest_.find(kHeadEnd);
      if (head_end != std::string::npos) {
        if (*status >= 200) return status;
        rest_.erase(0, head_end + kHeadEnd.size());
        continue;
      }
    }
    if (rest_.size() > limits::kMaxHeaderListBytes) return no_answer(rest_);
    return std::nullopt;
  }
}

awaitable<Result<int>> http_post(WebPost post, SteadyTime deadline) {
  auto posting = post_once(post, deadline);
  auto status = co_await with_deadline(deadline, fmt::format("waiting for {}", post.target.endpoint.str()), std::move(posting));
  co_return status;
}

}  // namespace daikan::net
