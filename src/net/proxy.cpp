#include "net/proxy.h"

#include <array>
#include <span>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace daikan::net {
namespace {

constexpr std::string_view kCheckProxy = "Check the proxy's address, port and kind (http or socks5).";

// The words both protocols share. `who` begins every message: the target and the proxy on the way to it.
class Exchange : public ProxyExchange {
 public:
  Exchange(const Proxy& proxy, const Endpoint& target)
      : proxy_(proxy), target_(target), who_(fmt::format("{}: the proxy {}", target.str(), proxy.url())) {}

  Error closed() const override {
    return {Code::proxy_invalid_answer,
            fmt::format("{} closed the connection {}.", who_, received_ == 0 ? "without an answer" : "in the middle of its answer"),
            std::string(kCheckProxy)};
  }

 protected:
  Error invalid(std::string_view what) const {
    return {Code::proxy_invalid_answer, fmt::format("{} {}.", who_, what), std::string(kCheckProxy)};
  }
  Error denied(std::string_view what) const {
    return {Code::proxy_denied, fmt::format("{} refused the connection: {}.", who_, what),
            fmt::format("Ask the proxy's administrator to allow connections to {}.", target_.str())};
  }
  Error credentials(std::string_view what) const {
    return {Code::proxy_auth_required, fmt::format("{} {}.", who_, what),
            proxy_.user.empty() ? "Give a user name and password for the proxy." : "Check the proxy's user name and password."};
  }

  Proxy proxy_;
  Endpoint target_;
  std::string who_;
  std::size_t received_ = 0;
};

// ---- HTTP CONNECT ----

class HttpConnect final : public Exchange {
 public:
  using Exchange::Exchange;
  Result<std::string> begin() override;
  Result<ProxyProgress> feed(std::string_view bytes) override;

 private:
  Result<ProxyProgress> judge(std::string_view head, bool more_behind) const;

  std::string answer_;
};

std::span<const std::uint8_t> as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

Result<std::string> HttpConnect::begin() {
  // A control character would end the line and smuggle in a header.
  if (target_.host.find_first_of(std::string_view("\r\n \t\0", 5)) != std::string::npos) {
    return fail(Code::invalid_request, fmt::format("{}: the address cannot be asked of a proxy.", quotable(target_.host)),
                "Correct the address.", "address");
  }
  if (proxy_.user.find(':') != std::string::npos) {
    return fail(Code::invalid_request, fmt::format("{} cannot take a user name with a colon.", who_), "Use another user name.", "proxy");
  }
  auto request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target_.str());
  if (!proxy_.user.empty()) {
    request += fmt::format("Proxy-Authorization: Basic {}\r\n", to_base64(as_bytes(fmt::format("{}:{}", proxy_.user, proxy_.password))));
  }
  return request + "\r\n";
}

// The length of the head with its empty line, or npos. Bare line feeds are taken too: RFC 9112 section 2.2.
std::size_t head_length(std::string_view text) {
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (text.substr(at + 1).starts_with("\n")) return at + 2;
    if (text.substr(at + 1).starts_with("\r\n")) return at + 3;
  }
  return std::string_view::npos;
}

Result<ProxyProgress> HttpConnect::feed(std::string_view bytes) {
  received_ += bytes.size();
  answer_ += bytes.substr(0, limits::kMaxProxyAnswerBytes + 1 - answer_.size());  // one byte too many is enough to know
  constexpr std::string_view kStart = "HTTP/1.";
  if (answer_.substr(0, kStart.size()) != kStart.substr(0, answer_.size())) {
    const auto line = std::string_view(answer_).substr(0, answer_.find_first_of("\r\n"));
    return fail(invalid(fmt::format("answered “{}”, which is not HTTP", quotable(line, 60))));
  }
  const auto length = head_length(answer_);
  if (length == std::string::npos || length > limits::kMaxProxyAnswerBytes) {
    if (answer_.size() <= limits::kMaxProxyAnswerBytes) return ProxyProgress{};
    return fail(invalid(fmt::format("answered with more than {} KiB of headers", limits::kMaxProxyAnswerBytes / 1024)));
  }
  return judge(std::string_view(answer_).substr(0, length), received_ > length);
}

Result<ProxyProgress> HttpConnect::judge(std::string_view head, bool more_behind) const {
  const auto line = head.substr(0, head.find_first_of("\r\n"));
  const auto quoted = quotable(line, 120);
  const auto digit = [&](std::size_t at) { return line.size() > at && line[at] >= '0' && line[at] <= '9'; };
  // "HTTP/1.x SP NNN", then a space and a reason, or nothing.
  const bool well_formed =
      digit(7) && line.size() >= 12 && line[8] == ' ' && digit(9) && digit(10) && digit(11) && (line.size() == 12 || line[12] == ' ');
  if (!well_formed) return fail(invalid(fmt::format("answered “{}”, which is not a status line", quoted)));
  const auto status = line.substr(9, 3);
  // 401 is for servers, but tinyproxy says so to wrong credentials; nobody else can answer a CONNECT.
  if (status == "407" || status == "401") {
    return fail(credentials(proxy_.user.empty() ? fmt::format("asks for a user name and password (“{}”)", quoted)
                                                : fmt::format("did not accept the user name and password (“{}”)", quoted)));
  }
  if (status[0] == '1' || status[0] == '0') return fail(invalid(fmt::format("answered “{}”, which is not an answer to CONNECT", quoted)));
  if (status[0] != '2') return fail(denied(fmt::format("“{}”", quoted)));
  if (more_behind) return fail(invalid(fmt::format("sent more than its answer “{}”, although the other side has not spoken yet", quoted)));
  return ProxyProgress{.send = {}, .connected = true, .detail = quoted};
}

// ---- SOCKS5 ----

constexpr char kVersion = 5;
constexpr char kAuthVersion = 1;  // RFC 1929
constexpr char kNoAuthentication = 0;
constexpr char kUserPassword = 2;
constexpr char kNoAcceptableMethod = static_cast<char>(0xff);
constexpr char kConnect = 1;
constexpr char kIpv4 = 1;
constexpr char kName = 3;
constexpr char kIpv6 = 4;
constexpr std::size_t kLongestField = 255;

class Socks5 final : public Exchange {
 public:
  using Exchange::Exchange;
  Result<std::string> begin() override;
  Result<ProxyProgress> feed(std::string_view bytes) override;

 private:
  enum class Stage : std::uint8_t { method, credentials, reply, over };
  Result<ProxyProgress> take_method();
  Result<ProxyProgress> take_credentials();
  Result<ProxyProgress> take_reply();
  std::string connect_request() const;
  std::size_t wanted() const;

  Stage stage_ = Stage::method;
  std::string answer_;
};

Result<std::string> Socks5::begin() {
  if (target_.host.size() > kLongestField || proxy_.user.size() > kLongestField || proxy_.password.size() > kLongestField) {
    return fail(Code::invalid_request, fmt::format("{} takes names and passwords of at most {} bytes.", who_, kLongestField),
                "Use a shorter one.", "proxy");
  }
  if (proxy_.user.empty()) return std::string{kVersion, 1, kNoAuthentication};
  return std::string{kVersion, 2, kNoAuthentication, kUserPassword};
}

// How long the answer of this stage is, as far as it is known by now.
std::size_t Socks5::wanted() const {
  if (stage_ != Stage::reply) return 2;
  if (answer_.size() < 5) return 5;
  switch (answer_[3]) {
    case kIpv4:
      return 10;
    case kIpv6:
      return 22;
    default:
      return 7 + static_cast<std::size_t>(static_cast<std::uint8_t>(answer_[4]));
  }
}

Result<ProxyProgress> Socks5::feed(std::string_view bytes) {
  received_ += bytes.size();
  answer_ += bytes.substr(0, std::min<std::size_t>(bytes.size(), 512));
  if (stage_ == Stage::over) return fail(invalid("sent more than its answer"));
  if (answer_.empty()) return ProxyProgress{};
  const char version = stage_ == Stage::credentials ? kAuthVersion : kVersion;
  if (answer_[0] != version) return fail(invalid(fmt::format("answered “{}”, which is not SOCKS5", quotable(answer_, 60))));
  // A refusal counts as soon as its code is here: some proxies send a shorter reply with it.
  if (stage_ == Stage::reply && answer_.size() >= 2 && answer_[1] != 0) return take_reply();
  if (stage_ == Stage::reply && answer_.size() >= 4 && answer_[3] != kIpv4 && answer_[3] != kIpv6 && answer_[3] != kName) {
    return fail(invalid("answered with an address of an unknown kind"));
  }
  if (answer_.size() < wanted()) return ProxyProgress{};
  if (answer_.size() > wanted()) return fail(invalid("sent more than its answer, although the other side has not spoken yet"));
  Result<ProxyProgress> progress;
  if (stage_ == Stage::method) {
    progress = take_method();
  } else if (stage_ == Stage::credentials) {
    progress = take_credentials();
  } else {
    progress = take_reply();
  }
  answer_.clear();
  if (!progress) stage_ = Stage::over;
  return progress;
}

Result<ProxyProgress> Socks5::take_method() {
  const char method = answer_[1];
  if (method == kNoAuthentication) {
    stage_ = Stage::reply;
    return ProxyProgress{.send = connect_request(), .connected = false, .detail = {}};
  }
  if (method == kUserPassword && !proxy_.user.empty()) {
    stage_ = Stage::credentials;
    std::string send{kAuthVersion, static_cast<char>(proxy_.user.size())};
    send += proxy_.user;
    send += static_cast<char>(proxy_.password.size());
    return ProxyProgress{.send = send + proxy_.password, .connected = false, .detail = {}};
  }
  if (method == kNoAcceptableMethod) {
    return fail(credentials(proxy_.user.empty() ? "accepts no connection without a user name and password"
                                                : "accepts neither no login nor a user name and password"));
  }
  return fail(
      invalid(fmt::format("chose a login method that was not offered ({})", static_cast<unsigned>(static_cast<std::uint8_t>(method)))));
}

Result<ProxyProgress> Socks5::take_credentials() {
  if (answer_[1] != 0) return fail(credentials("did not accept the user name and password"));
  stage_ = Stage::reply;
  return ProxyProgress{.send = connect_request(), .connected = false, .detail = {}};
}

Result<ProxyProgress> Socks5::take_reply() {
  // RFC 1928 section 6.
  static constexpr std::array<std::string_view, 9> kReplies = {"succeeded",
                                                               "general failure",
                                                               "not allowed by its rules",
                                                               "network unreachable",
                                                               "host unreachable or name not found",
                                                               "connection refused by the other side",
                                                               "time to live expired",
                                                               "command not supported",
                                                               "address type not supported"};
  const auto code = static_cast<std::uint8_t>(answer_[1]);
  stage_ = Stage::over;
  if (code == 0) return ProxyProgress{.send = {}, .connected = true, .detail = "SOCKS5 succeeded"};
  return fail(denied(fmt::format("SOCKS5 reply {}, {}", code, code < kReplies.size() ? kReplies[code] : "an unknown code")));
}

std::string Socks5::connect_request() const {
  std::string request{kVersion, kConnect, 0};
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(target_.host, ec);
  if (ec) {
    request += kName;
    request += static_cast<char>(target_.host.size());
    request += target_.host;
  } else if (address.is_v4()) {
    request += kIpv4;
    for (const auto byte : address.to_v4().to_bytes()) request += static_cast<char>(byte);
  } else {
    request += kIpv6;
    for (const auto byte : address.to_v6().to_bytes()) request += static_cast<char>(byte);
  }
  request += static_cast<char>(target_.port >> 8);
  request += static_cast<char>(target_.port & 0xff);
  return request;
}

}  // namespace

std::unique_ptr<ProxyExchange> make_proxy_exchange(const Proxy& proxy, const Endpoint& target) {
  if (proxy.kind == ProxyKind::http) return std::make_unique<HttpConnect>(proxy, target);
  return std::make_unique<Socks5>(proxy, target);
}

}  // namespace daikan::net
