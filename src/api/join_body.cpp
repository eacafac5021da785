#include "api/join_body.h"

namespace daikan::api {

namespace json = boost::json;

Result<joining::Credentials> credentials_of(const json::object& body) {
  joining::Credentials credentials;
  if (const auto* object = object_of(body, "credentials")) {
    credentials.user = text_of(*object, "user");
    credentials.password = text_of(*object, "password");
    credentials.token = text_of(*object, "token");
    credentials.code = text_of(*object, "code");
  }
  const bool by_password = !credentials.user.empty() && !credentials.password.empty() && credentials.token.empty();
  const bool by_token = !credentials.token.empty() && credentials.user.empty() && credentials.password.empty();
  if (!by_password && !by_token) {
    return fail(Code::invalid_request, "The credentials are neither user and password nor an API token.", "Send one of both.",
                "credentials");
  }
  return credentials;
}

namespace {

/// The addresses and proxies of `body` into `request`; the one that is dialled is mandatory.
Result<> add_addresses(joining::JoinRequest& request, const json::object& body) {
  auto primary_address = endpoint_of(body, "primary_address", limits::kLinkPort);
  if (!primary_address) return fail(std::move(primary_address.error()));
  auto primary_proxy = proxy_of(body, "primary_proxy");
  if (!primary_proxy) return fail(std::move(primary_proxy.error()));
  auto dmz_address = endpoint_of(body, "dmz_address", limits::kLinkPort);
  if (!dmz_address) return fail(std::move(dmz_address.error()));
  auto dmz_proxy = proxy_of(body, "dmz_proxy");
  if (!dmz_proxy) return fail(std::move(dmz_proxy.error()));
  const bool secondary_dials = request.way == joining::Way::secondary_dials;
  if (secondary_dials && !*primary_address) {
    return fail(Code::address_required, "The address under which the secondary reaches this server is missing.",
                "Fill in the address and port of this server's link port, as seen from the secondary.", "primary_address");
  }
  if (!secondary_dials && !*dmz_address) {
    return fail(Code::address_required, "The address under which this server reaches the secondary is missing.",
                "Fill in the address and port of the secondary's link port.", "dmz_address");
  }
  request.primary_address = std::move(*primary_address);
  request.primary_proxy = std::move(*primary_proxy);
  request.dmz_address = std::move(*dmz_address);
  request.dmz_proxy = std::move(*dmz_proxy);
  return {};
}

}  // namespace

Result<joining::JoinRequest> join_request(const json::object& body) {
  joining::JoinRequest request;
  request.way =
      direction_of(body, "way") == hierarchy::Direction::primary_dials ? joining::Way::primary_dials : joining::Way::secondary_dials;
  request.group = text_of(body, "group");
  request.name = text_of(body, "name");
  auto console = endpoint_of(body, "secondary_console", limits::kConsolePort);
  if (!console) return fail(std::move(console.error()));
  request.secondary_console = std::move(**console);
  auto fingerprint = fingerprint_of(body, "fingerprint");
  if (!fingerprint) return fail(std::move(fingerprint.error()));
  request.fingerprint = std::move(*fingerprint);
  auto credentials = credentials_of(body);
  if (!credentials) return fail(std::move(credentials.error()));
  request.credentials = std::move(*credentials);
  if (auto added = add_addresses(request, body); !added) return fail(std::move(added.error()));
  return request;
}

}  // namespace daikan::api
