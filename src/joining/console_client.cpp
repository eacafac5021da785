#include "joining/console_client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/dialer.h"
#include "net/h2_connection.h"

namespace daikan::joining {
namespace {

namespace json = boost::json;

constexpr std::string_view kApi = "/api/v1";

/// One connection and how it ended. Shared with the coroutine that serves it.
struct Line {
  explicit Line(std::unique_ptr<net::TlsStream> stream)
      : connection(std::move(stream), net::H2Role::client, net::H2Settings{.concurrent_streams = limits::kMaxConcurrentStreams}, {}) {}
  net::H2Connection connection;
  bool ended = false;
};

awaitable<> serve(std::shared_ptr<Line> line) {
  auto why = co_await line->connection.run();
  static_cast<void>(why);  // the requests in flight have failed with it
  line->ended = true;
}

struct RawAnswer {
  int status = 0;
  net::Headers headers;
  std::string body;
};

awaitable<Result<net::Response>> head_of(std::shared_ptr<Line> line, net::Request request) {
  auto response = co_await line->connection.request(std::move(request));
  co_return response;
}

awaitable<Result<RawAnswer>> exchange(std::shared_ptr<Line> line, net::Request request) {
  auto response = co_await line->connection.request(std::move(request));
  if (!response) co_return fail(std::move(response.error()));
  auto body = co_await response->body.read_all(limits::kMaxConsoleAnswerBytes);
  if (!body) co_return fail(std::move(body.error()));
  co_return RawAnswer{response->status, std::move(response->headers), std::move(*body)};
}

/// What may be sent twice when it is unknown whether the first copy arrived.
bool is_repeatable(const net::Request& request) { return request.method != "POST" || request.headers.find("idempotency-key").has_value(); }

net::SteadyTime answer_deadline() { return std::chrono::steady_clock::now() + limits::kConsoleAnswerTime; }

Result<json::value> parse_json(std::string_view text, std::string_view server) {
  json::parse_options options;
  options.max_depth = limits::kMaxConsoleAnswerDepth;
  boost::system::error_code bad;
  auto value = json::parse(text, bad, {}, options);
  if (bad) {
    return fail(Code::not_an_administration_server, fmt::format("{}: the answer is not JSON.", server),
                "Check the address and the port: the console of an Administration Server listens on 13291.");
  }
  return value;
}

Code code_of_status(int status) {
  switch (status) {
    case 400:
    case 422:
      return Code::invalid_request;
    case 401:
      return Code::unauthenticated;
    case 403:
      return Code::permission_denied;
    case 404:
      return Code::not_found;
    case 405:
      return Code::method_not_allowed;
    case 409:
    case 412:
      return Code::conflict;
    case 413:
      return Code::too_large;
    case 429:
      return Code::rate_limited;
    case 502:
    case 503:
    case 504:
      return Code::unavailable;
    default:
      return status >= 500 ? Code::internal : Code::protocol_error;
  }
}

std::string text_at(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace

Error error_of_answer(int status, std::string_view body, std::string_view server) {
  boost::system::error_code bad;
  const auto value = json::parse(body, bad);
  if (!bad && value.is_object()) {
    const auto& problem = value.get_object();
    const auto code = code_from_string(text_at(problem, "code"));
    auto detail = text_at(problem, "detail");
    if (detail.empty()) detail = text_at(problem, "title");
    if (code && !detail.empty()) return Error(*code, std::move(detail), text_at(problem, "remedy"), text_at(problem, "field"));
  }
  return Error(code_of_status(status), fmt::format("{} answered {} without saying why.", server, status),
               "Check that this is the console of an Administration Server, and read its log.");
}

struct ConsoleClient::State : std::enable_shared_from_this<ConsoleClient::State> {
  State(net::Executor executor_, Endpoint server_, std::string expected_)
      : executor(executor_), server(std::move(server_)), expected(std::move(expected_)), dialled(executor_), tasks(executor_) {}

  net::Executor executor;
  Endpoint server;
  std::string expected;  ///< Fingerprint; empty: whichever comes first, then that one.
  std::string base;
  std::string secret;
  enum class Session : std::uint8_t { none, ours } session = Session::none;
  std::optional<CertificateRecord> certificate;
  std::shared_ptr<net::TlsContext> context;
  std::shared_ptr<Line> line;
  bool dialling = false;  ///< Of forward(): the others wait for `dialled`.
  net::Signal dialled;
  net::TaskGroup tasks;

  bool is_up() const { return line && !line->ended; }

  bool check(const CertificateRecord& seen) {
    const bool wanted = expected.empty() || seen.fingerprint == expected;
    certificate = seen;
    if (wanted && expected.empty()) expected = seen.fingerprint;
    return wanted;
  }

  Error worded(Error error) const {
    if (error.code == Code::certificate_mismatch && certificate) {
      return Error(Code::certificate_mismatch,
                   fmt::format("{}: the certificate is not the expected one: expected {}, received {}.", server.str(), expected,
                               certificate->fingerprint),
                   "If the server's certificate was renewed, compare the new fingerprint with its administrator and log in again with it.",
                   "fingerprint");
    }
    if (error.message.find(server.host) == std::string::npos) error.message = server.str() + ": " + error.message;
    return error;
  }

  net::Request make_request(std::string method, const std::string& path, const net::Headers& headers) const {
    net::Request request{.method = std::move(method), .target = std::string(kApi) + path, .headers = {}, .body = {}, .remote_ip = {}};
    request.headers.set("host", server.str());
    request.headers.set("user-agent", "daikan/" DAIKAN_VERSION);
    if (!secret.empty()) request.headers.set("authorization", "Bearer " + secret);
    for (const auto& [name, value] : headers.fields()) request.headers.set(name, value);
    return request;
  }
};

namespace {

/// Holds the place of the one who dials; the next one gets it also when this one is cancelled.
template <class StatePtr>
class Dialling {
 public:
  explicit Dialling(StatePtr state) : state_(std::move(state)) { state_->dialling = true; }
  ~Dialling() {
    state_->dialling = false;
    state_->dialled.notify_all();
  }
  Dialling(const Dialling&) = delete;
  Dialling& operator=(const Dialling&) = delete;

 private:
  StatePtr state_;
};

/// Ends what a destroyed client left running.
template <class StatePtr>
awaitable<> finish(StatePtr state) {
  co_await state->tasks.join();
}

}  // namespace

ConsoleClient::ConsoleClient(net::Executor executor, Endpoint server, std::string fingerprint)
    : state_(std::make_shared<State>(executor, std::move(server), std::move(fingerprint))) {
  if (auto normal = net::normalise_fingerprint(state_->expected)) state_->expected = *normal;
}

ConsoleClient::~ConsoleClient() {
  if (!state_->line || state_->tasks.size() == 0) return;
  state_->line->connection.close(Error(Code::closed, "The connection was closed by this side."));
  boost::asio::co_spawn(state_->executor, finish(state_), boost::asio::detached);
}

void ConsoleClient::use_secret(std::string secret) { state_->secret = std::move(secret); }
void ConsoleClient::use_base(std::string base) { state_->base = std::move(base); }
const std::string& ConsoleClient::base() const { return state_->base; }
const Endpoint& ConsoleClient::server() const { return state_->server; }
const std::string& ConsoleClient::secret() const { return state_->secret; }
const std::optional<CertificateRecord>& ConsoleClient::certificate() const { return state_->certificate; }

awaitable<Result<>> ConsoleClient::connect() {
  auto state = state_;
  if (state->is_up()) co_return Result<>{};
  if (!state->context) {
    auto context = net::TlsContext::console_client();
    if (!context) co_return fail(std::move(context.error()));
    state->context = std::move(*context);
  }
  const auto deadline = std::chrono::steady_clock::now() + limits::kDialTime;
  net::PinCheck check = [state](const Pin&, const CertificateRecord& seen) { return state->check(seen); };
  auto stream = co_await net::dial(net::DialTarget{state->server, std::nullopt}, state->context, std::move(check), deadline);
  if (!stream) co_return fail(state->worded(std::move(stream.error())));
  if ((*stream)->alpn() != net::kAlpnH2) {
    co_return fail(Code::not_an_administration_server, fmt::format("{} does not speak HTTP/2.", state->server.str()),
                   "Check the address and the port: the console of an Administration Server listens on 13291.");
  }
  state->line = std::make_shared<Line>(std::move(*stream));
  state->tasks.spawn(serve(state->line));
  auto ready = co_await state->line->connection.ready(deadline);
  if (!ready) co_return fail(state->worded(std::move(ready.error())));
  co_return Result<>{};
}

awaitable<Result<>> ConsoleClient::log_in(const Credentials& credentials) {
  auto state = state_;
  if (!credentials.token.empty()) {
    state->secret = credentials.token;
    auto seen = co_await call("GET", "/server");
    if (!seen) co_return fail(std::move(seen.error()));
    co_return Result<>{};
  }
  json::value body = {{"user", credentials.user}, {"password", credentials.password}, {"client", "daikan/" DAIKAN_VERSION}};
  // A server that knows no second factor would refuse the field.
  if (!credentials.code.empty()) body.as_object()["code"] = credentials.code;
  const auto base = std::exchange(state->base, {});
  state->secret.clear();
  auto answer = co_await call("POST", "/sessions", std::move(body));
  state->base = base;
  if (!answer) co_return fail(state->worded(std::move(answer.error())));
  state->secret = answer->body.is_object() ? text_at(answer->body.get_object(), "token") : std::string();
  if (state->secret.empty()) {
    co_return fail(Code::not_an_administration_server, fmt::format("{} answered a login without a session.", state->server.str()),
                   "Check the address and the port: the console of an Administration Server listens on 13291.");
  }
  state->session = State::Session::ours;
  co_return Result<>{};
}

awaitable<Result<ConsoleAnswer>> ConsoleClient::call(std::string method, std::string path, std::optional<json::value> body,
                                                     net::Headers headers) {
  auto state = state_;
  const std::string text = body ? json::serialize(*body) : std::string();
  if (body) headers.set("content-type", "application/json");
  headers.set("accept", "application/json");
  const auto full = state->base + path;
  for (int attempt = 0;; ++attempt) {
    const bool fresh = !state->is_up();
    auto connected = co_await connect();
    if (!connected) co_return fail(std::move(connected.error()));
    auto request = state->make_request(method, full, headers);
    const bool repeatable = is_repeatable(request);
    if (body) request.body = net::Body(text);
    const auto what = fmt::format("{}: waiting for the answer to {} {}", state->server.str(), method, path);
    auto answer = co_await net::with_deadline<RawAnswer>(answer_deadline(), what, exchange(state->line, std::move(request)));
    if (!answer) {
      if (answer.error().code == Code::closed) state->line.reset();  // it ends by itself; nothing more is asked of it
      if (answer.error().code == Code::closed && !fresh && repeatable && attempt == 0) continue;
      co_return fail(state->worded(std::move(answer.error())));
    }
    if (answer->status >= 400) co_return fail(error_of_answer(answer->status, answer->body, state->server.str()));
    ConsoleAnswer told{answer->status, std::move(answer->headers), nullptr};
    if (!answer->body.empty()) {
      auto value = parse_json(answer->body, state->server.str());
      if (!value) co_return fail(std::move(value.error()));
      told.body = std::move(*value);
    }
    co_return told;
  }
}

awaitable<Result<net::Response>> ConsoleClient::open(net::Request request) {
  auto state = state_;
  auto connected = co_await connect();
  if (!connected) co_return fail(std::move(connected.error()));
  auto full = state->make_request(request.method, state->base + request.target, request.headers);
  full.body = std::move(request.body);
  const auto what = fmt::format("{}: waiting for the answer to {} {}", state->server.str(), request.method, request.target);
  auto response = co_await net::with_deadline<net::Response>(answer_deadline(), what, head_of(state->line, std::move(full)));
  if (!response && response.error().code == Code::closed) state->line.reset();
  if (!response) co_return fail(state->worded(std::move(response.error())));
  if (response->status >= 400) {
    auto body = co_await response->body.read_all(limits::kMaxJsonBytes);
    co_return fail(error_of_answer(response->status, body ? *body : std::string(), state->server.str()));
  }
  co_return response;
}

awaitable<Result<net::Response>> ConsoleClient::forward(net::Request request) {
  auto state = state_;
  while (state->dialling) {
    const bool woken = co_await state->dialled.wait();
    if (!woken) co_return fail(Code::cancelled, "The request was given up.");
  }
  if (!state->is_up()) {
    const Dialling<std::shared_ptr<State>> dialling(state);
    auto connected = co_await connect();
    if (!connected) co_return fail(std::move(connected.error()));
  }
  request.headers.set("host", state->server.str());
  if (!state->secret.empty()) request.headers.set("authorization", "Bearer " + state->secret);
  const auto line = state->line;
  auto response = co_await line->connection.request(std::move(request));
  if (!response && response.error().code == Code::closed && state->line == line) state->line.reset();
  if (!response) co_return fail(state->worded(std::move(response.error())));
  co_return response;
}

awaitable<> ConsoleClient::log_out() {
  auto state = state_;
  if (state->session == State::Session::none) co_return;
  state->session = State::Session::none;
  const auto base = std::exchange(state->base, {});
  auto ended = co_await call("DELETE", "/sessions/current");
  static_cast<void>(ended);  // it expires by itself
  state->base = base;
}

awaitable<> ConsoleClient::close() {
  auto state = state_;
  if (state->line) state->line->connection.close(Error(Code::closed, "The connection was closed by this side."));
  co_await state->tasks.join();
  state->line.reset();
}

}  // namespace daikan::joining
