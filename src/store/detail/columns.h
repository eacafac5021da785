// How values of base and hierarchy are kept in columns, both ways. Used by the tables_*.cpp files alone.
//
// Reading throws StorageFailure for a column that does not hold what this program writes there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/certificate.h"
#include "base/clock.h"
#include "base/ids.h"
#include "store/database.h"

namespace daikan::store::detail {

[[noreturn]] void unreadable_column(std::string_view what);

template <class T>
T require(std::optional<T> value, std::string_view what) {
  if (!value) unreadable_column(what);
  return *std::move(value);
}

inline Value to_value(std::string_view text) { return std::string(text); }
inline Value to_value(TimePoint time) { return to_micros(time); }
inline Value to_value(std::optional<TimePoint> time) { return time ? Value(to_micros(*time)) : Value(nullptr); }
template <class Tag>
Value to_value(const Id<Tag>& id) {
  return id.str();
}
template <class Tag>
Value to_value(const std::optional<Id<Tag>>& id) {
  return id ? Value(id->str()) : Value(nullptr);
}
Value to_value(const Pin& pin);
Pin read_pin(const Row& row, std::size_t column);

/// The key of names that are unique without regard to ASCII case.
Value name_key(std::string_view name);

inline TimePoint read_time(const Row& row, std::size_t column) { return from_micros(row.integer(column)); }
std::optional<TimePoint> read_maybe_time(const Row& row, std::size_t column);
template <class IdType>
IdType read_id(const Row& row, std::size_t column) {
  return require(IdType::parse(row.text(column)), "an id");
}
template <class IdType>
std::optional<IdType> read_maybe_id(const Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return read_id<IdType>(row, column);
}

// Endpoint: host, port. Proxy: kind, host, port, user, password. All NULL when absent.
Value host_value(const std::optional<Endpoint>& endpoint);
Value port_value(const std::optional<Endpoint>& endpoint);
std::optional<Endpoint> read_endpoint(const Row& row, std::size_t first_column);
struct ProxyValues {
  Value kind, host, port, user, password;
};
ProxyValues proxy_values(const std::optional<Proxy>& proxy);
std::optional<Proxy> read_proxy(const Row& row, std::size_t first_column);

/// A certificate's columns in order: certificate (base64 of the DER), pin (hex), fingerprint.
Value certificate_value(const CertificateRecord& certificate);
CertificateRecord read_certificate(const Row& row, std::size_t first_column);

}  // namespace daikan::store::detail
