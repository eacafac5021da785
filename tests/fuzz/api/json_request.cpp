// Request bodies: whatever parses and passes the fields of a real route is what it seems to be.
#include <cstdlib>

#include <boost/json/serialize.hpp>

#include "api/json.h"
#include "api/requests.h"
#include "base/text.h"

namespace {

using namespace daikan;
using namespace daikan::api;

constexpr Field kFields[] = {{.name = "name", .presence = Presence::required},
                             {.name = "direction", .choices = kDirections},
                             {.name = "address", .max_bytes = kMaxAddressTextBytes},
                             {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
                             {.name = "certificate", .kind = FieldKind::lines, .max_bytes = kMaxCertificateTextBytes},
                             {.name = "fingerprint", .max_bytes = kMaxFingerprintBytes},
                             {.name = "hours", .kind = FieldKind::integer, .least = 1, .most = 8760},
                             {.name = "replace", .kind = FieldKind::boolean},
                             {.name = "rights", .kind = FieldKind::texts},
                             {.name = "proxies", .kind = FieldKind::objects, .members = kProxyFields}};

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto value = parse_json(text);
  if (!value) {
    require(!value.error().message.empty() && is_utf8(value.error().text()));
    return 0;
  }
  // What was accepted is accepted again as it is written.
  require(parse_json(boost::json::serialize(*value), {.max_bytes = 16 * limits::kMaxJsonBytes}).has_value());
  const auto checked = check_fields(*value, kFields);
  if (!checked) {
    require(checked.error().code == Code::invalid_request && is_utf8(checked.error().text()));
    return 0;
  }
  const auto& body = value->as_object();
  const auto name = text_of(body, "name");
  require(!name.empty() && name.size() <= limits::kMaxNameBytes && is_utf8(name));
  if (const auto hours = integer_of(body, "hours")) require(*hours >= 1 && *hours <= 8760);
  for (const auto& right : texts_of(body, "rights")) require(right.size() <= limits::kMaxNameBytes && is_utf8(right));
  for (const auto& proxy : objects_of(body, "proxies")) require(!text_of(proxy, "url").empty());
  const auto address = endpoint_of(body, "address", limits::kLinkPort);
  if (address && *address) require((*address)->port != 0);
  const auto proxy = proxy_of(body, "proxy");
  if (proxy && *proxy) require(is_utf8((*proxy)->url()));
  static_cast<void>(certificate_of(body, "certificate"));
  const auto fingerprint = api::fingerprint_of(body, "fingerprint");
  if (fingerprint && !fingerprint->empty()) require(fingerprint->size() == 95);
  return 0;
}
