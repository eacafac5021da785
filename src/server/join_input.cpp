#include "server/join_input.h"

#include <boost/json.hpp>

#include "base/limits.h"

namespace daikan::server {
namespace {

namespace json = boost::json;
using joining::JoinRequest;
using joining::Way;

void put_endpoint(json::object& object, std::string_view key, const std::optional<Endpoint>& endpoint) {
  if (endpoint) object[key] = endpoint->str();
}

void put_proxy(json::object& object, std::string_view key, const std::optional<Proxy>& proxy, const Sealing& sealing) {
  if (proxy) object[key] = {{"url", proxy->url()}, {"sealed_password", sealing.seal(proxy->password)}};
}

std::string text_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<std::optional<Endpoint>> endpoint_at(const json::object& object, std::string_view key, std::uint16_t port) {
  if (!object.contains(key)) return std::nullopt;
  auto endpoint = parse_endpoint(text_at(object, key), port, key);
  if (!endpoint) return fail(std::move(endpoint.error()));
  return std::move(*endpoint);
}

Result<std::optional<Proxy>> proxy_at(const json::object& object, std::string_view key, const Sealing& sealing) {
  const auto* value = object.if_contains(key);
  if (!value || !value->is_object()) return std::nullopt;
  auto proxy = parse_proxy_url(text_at(value->get_object(), "url"), key);
  if (!proxy) return fail(std::move(proxy.error()));
  proxy->password = text_at(value->get_object(), "sealed_password");
  return open_proxy(sealing, std::move(*proxy), "this join");
}

tl::unexpected<Error> damaged() {
  return fail(Code::storage_failed, "What this join was asked to do cannot be read any more.", "Start the join again.");
}

}  // namespace

std::string join_to_json(const JoinRequest& request, const Sealing& sealing) {
  json::object object;
  object["way"] = request.way == Way::secondary_dials ? "secondary_dials" : "primary_dials";
  object["group"] = request.group;
  object["name"] = request.name;
  object["secondary_console"] = request.secondary_console.str();
  object["fingerprint"] = request.fingerprint;
  object["user"] = request.credentials.user;
  put_endpoint(object, "primary_address", request.primary_address);
  put_proxy(object, "primary_proxy", request.primary_proxy, sealing);
  put_endpoint(object, "dmz_address", request.dmz_address);
  put_proxy(object, "dmz_proxy", request.dmz_proxy, sealing);
  object["link_seconds"] = request.link_time.count();
  return json::serialize(object);
}

Result<JoinRequest> join_from_json(std::string_view text, const Sealing& sealing) {
  boost::system::error_code bad;
  const auto value = json::parse(text, bad);
  if (bad || !value.is_object()) return damaged();
  const auto& object = value.get_object();
  JoinRequest request;
  const auto way = text_at(object, "way");
  if (way != "secondary_dials" && way != "primary_dials") return damaged();
  request.way = way == "primary_dials" ? Way::primary_dials : Way::secondary_dials;
  request.group = text_at(object, "group");
  request.name = text_at(object, "name");
  request.fingerprint = text_at(object, "fingerprint");
  auto console = endpoint_at(object, "secondary_console", limits::kConsolePort);
  auto primary_address = endpoint_at(object, "primary_address", limits::kLinkPort);
  auto dmz_address = endpoint_at(object, "dmz_address", limits::kLinkPort);
  if (!console || !*console || !primary_address || !dmz_address) return damaged();
  request.secondary_console = std::move(**console);
  request.primary_address = std::move(*primary_address);
  request.dmz_address = std::move(*dmz_address);
  auto primary_proxy = proxy_at(object, "primary_proxy", sealing);
  if (!primary_proxy) return fail(std::move(primary_proxy.error()));
  request.primary_proxy = std::move(*primary_proxy);
  auto dmz_proxy = proxy_at(object, "dmz_proxy", sealing);
  if (!dmz_proxy) return fail(std::move(dmz_proxy.error()));
  request.dmz_proxy = std::move(*dmz_proxy);
  if (const auto* seconds = object.if_contains("link_seconds"); seconds && seconds->is_int64()) {
    request.link_time = std::chrono::seconds(seconds->get_int64());
  }
  return request;
}

}  // namespace daikan::server
