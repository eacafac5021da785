#include "hierarchy/notification.h"

#include <algorithm>

namespace daikan::hierarchy {
namespace {

template <class Value>
struct Named {
  Value value;
  std::string_view name;
};

constexpr Named<DestinationKind> kKinds[] = {
    {DestinationKind::email, "email"}, {DestinationKind::webhook, "webhook"}, {DestinationKind::syslog, "syslog"}};
constexpr Named<Transport> kTransports[] = {
    {Transport::plain, "plain"}, {Transport::starttls, "starttls"}, {Transport::tls, "tls"}, {Transport::udp, "udp"}};

template <class Value, std::size_t Count>
std::string_view name_in(const Named<Value> (&table)[Count], Value value) {
  for (const auto& row : table) {
    if (row.value == value) return row.name;
  }
  return "unknown";
}

template <class Value, std::size_t Count>
std::optional<Value> value_in(const Named<Value> (&table)[Count], std::string_view name) {
  for (const auto& row : table) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(DestinationKind kind) { return name_in(kKinds, kind); }
std::optional<DestinationKind> destination_kind_from_string(std::string_view name) { return value_in(kKinds, name); }
std::string_view to_string(Transport transport) { return name_in(kTransports, transport); }
std::optional<Transport> transport_from_string(std::string_view name) { return value_in(kTransports, name); }

bool concerns(const Destination& destination, const Event& event) {
  if (event.severity < destination.least) return false;
  return destination.kinds.empty() || std::find(destination.kinds.begin(), destination.kinds.end(), event.kind) != destination.kinds.end();
}

}  // namespace daikan::hierarchy
