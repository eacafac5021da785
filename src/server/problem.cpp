#include "server/problem.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace daikan::server {
namespace {

std::string_view title(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

int http_status(Code code) {
  switch (code) {
    case Code::unauthenticated:
    case Code::wrong_credentials:
      return 401;
    case Code::permission_denied:
    case Code::two_factor_required:
      return 403;
    case Code::not_found:
      return 404;
    case Code::method_not_allowed:
      return 405;
    case Code::already_has_primary:
    case Code::certificate_in_use:
    case Code::clock_skew:
    case Code::conflict:
    case Code::group_not_empty:
    case Code::identity_conflict:
    case Code::invitation_expired:
    case Code::invitation_revoked:
    case Code::invitation_used:
    case Code::loop:
    case Code::name_taken:
    case Code::removed:
    case Code::replaced:
    case Code::too_deep:
      return 409;
    case Code::too_large:
      return 413;
    case Code::address_required:
    case Code::backup_altered:
    case Code::backup_truncated:
    case Code::backup_unreadable:
    case Code::certificate_expired:
    case Code::certificate_unreadable:
    case Code::group_not_found:
    case Code::invalid_request:
    case Code::invitation_unreadable:
    case Code::own_certificate:
    case Code::port_out_of_range:
      return 422;
    case Code::rate_limited:
      return 429;
    case Code::certificate_mismatch:
    case Code::name_not_resolved:
    case Code::not_an_administration_server:
    case Code::not_tls:
    case Code::protocol_error:
    case Code::proxy_auth_required:
    case Code::proxy_denied:
    case Code::proxy_invalid_answer:
    case Code::proxy_unreachable:
    case Code::refused:
    case Code::timed_out:
    case Code::tls_failed:
    case Code::unknown_to_primary:
    case Code::unknown_to_secondary:
    case Code::unreachable:
    case Code::version_unsupported:
      return 502;
    case Code::cancelled:
    case Code::closed:
    case Code::not_connected:
    case Code::storage_failed:
    case Code::unavailable:
      return 503;
    case Code::configuration_invalid:
    case Code::internal:
      return 500;
  }
  return 500;
}

net::Response problem_response(const Error& error, std::optional<int> status) {
  net::Response response;
  response.status = status.value_or(http_status(error.code));
  boost::json::object document;
  document["type"] = "urn:daikan:problem:" + std::string(to_string(error.code));
  document["title"] = title(response.status);
  document["status"] = response.status;
  document["detail"] = error.message;
  document["code"] = to_string(error.code);
  document["remedy"] = error.remedy;
  if (!error.field.empty()) document["field"] = error.field;
  response.headers.add("content-type", "application/problem+json");
  response.body = net::Body(boost::json::serialize(document) + "\n");
  return response;
}

}  // namespace daikan::server
