#include "api/problem.h"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "server/problem.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr unsigned kUsualRetrySeconds = 30;

/// The seconds to wait, which a rate_limited error tells as the first number of its remedy ("Wait 12 seconds …").
unsigned retry_seconds(const Error& error) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  auto at = std::find_if(error.remedy.begin(), error.remedy.end(), digit);
  unsigned seconds = 0;
  for (; at != error.remedy.end() && digit(*at) && seconds < 100'000; ++at) seconds = seconds * 10 + static_cast<unsigned>(*at - '0');
  return seconds > 0 ? seconds : kUsualRetrySeconds;
}

std::string text_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->begin(), text->end()) : std::string();
}

}  // namespace

net::Response problem(const Error& error, std::optional<int> status) {
  // What a person typed against what a certificate says is a field's fault here; on a link it is the other end's.
  if (!status && error.code == Code::certificate_mismatch) status = 422;
  if (!status && error.code == Code::conflict && error.field == "If-Match") status = 412;
  auto response = server::problem_response(error, status);
  if (error.code == Code::rate_limited) response.headers.add("retry-after", std::to_string(retry_seconds(error)));
  if (response.status == 401) response.headers.add("www-authenticate", "Bearer");
  return response;
}

net::Response internal_problem(std::string_view request_id) {
  auto response = server::problem_response(
      Error(Code::internal, "This server failed to answer the request.", "Look up the request id in the server's log and report it."));
  auto document = json::parse(response.body.text()).as_object();
  document["request_id"] = request_id;
  response.body = json::serialize(document);
  return response;
}

json::object reason_json(const Error& error) {
  return {{"code", to_string(error.code)}, {"message", error.message}, {"remedy", error.remedy}};
}

Error error_from_json(const json::value& document) {
  const auto* object = document.if_object();
  if (!object) return Error(Code::internal, "The other server answered with an error it did not explain.", "Look into its log.");
  auto message = text_member(*object, "detail");
  if (message.empty()) message = text_member(*object, "message");
  if (message.empty()) message = "The other server answered with an error it did not explain.";
  const auto code = code_from_string(text_member(*object, "code"));
  return Error(code.value_or(Code::internal), std::move(message), text_member(*object, "remedy"), text_member(*object, "field"));
}

net::Response json_answer(int status, const json::value& value) {
  return net::Response{status, {{"content-type", "application/json"}}, json::serialize(value)};
}

net::Response no_content() { return net::Response{204, {}, {}}; }

net::Response text_answer(int status, std::string text, std::string content_type) {
  return net::Response{status, {{"content-type", std::move(content_type)}}, std::move(text)};
}

}  // namespace daikan::api
