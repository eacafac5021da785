#include "server/dial_edit.h"

#include <utility>

#include <fmt/format.h>

#include "net/identity.h"

namespace daikan::server {
namespace {

/// The wanted proxy as the database is to keep it; the stored one itself when nothing about it changes.
std::optional<Proxy> edited_proxy(const std::optional<Proxy>& stored, const std::optional<Proxy>& wanted, const Sealing& sealing) {
  if (!wanted) return std::nullopt;
  if (stored && wanted->password.empty() && stored->url() == wanted->url()) return stored;
  const auto opened = open_proxy(sealing, stored, "the other server");
  if (opened && *opened == wanted) return stored;
  return sealed_for_store(sealing, wanted);
}

}  // namespace

DialWay edited_way(const DialWay& stored, const DialEdit& edit, hierarchy::Direction own, const Sealing& sealing) {
  DialWay way = stored;
  if (edit.direction) way.direction = *edit.direction;
  if (stored.direction == own && way.direction != own) {
    way.address.reset();
    way.proxy.reset();
  }
  if (edit.address) way.address = *edit.address;
  if (edit.proxy) way.proxy = edited_proxy(stored.proxy, *edit.proxy, sealing);
  return way;
}

std::vector<std::string> changes_between(const DialWay& before, const DialWay& after) {
  std::vector<std::string> changed;
  if (before.direction != after.direction) changed.push_back(fmt::format("direction: {}", to_string(after.direction)));
  if (before.address != after.address) changed.push_back(fmt::format("address: {}", after.address ? after.address->str() : "none"));
  if (before.proxy != after.proxy) changed.push_back(fmt::format("proxy: {}", after.proxy ? after.proxy->url() : "none"));
  if (before.certificate.fingerprint != after.certificate.fingerprint) {
    changed.push_back(fmt::format("certificate: {}", after.certificate.fingerprint));
  }
  return changed;
}

Result<std::optional<ProbeRequest>> test_of(const DialWay& before, const DialWay& after, hierarchy::Direction own, const Sealing& sealing) {
  if (after.direction != own || !after.address) return std::nullopt;
  const bool same = before.direction == after.direction && before.address == after.address && before.proxy == after.proxy &&
                    before.certificate.pin == after.certificate.pin;
  if (same) return std::nullopt;
  auto proxy = open_proxy(sealing, after.proxy, "the other server");
  if (!proxy) return fail(std::move(proxy.error()));
  return ProbeRequest{.address = *after.address, .proxy = std::move(*proxy), .expected = after.certificate.pin, .direction = own};
}

Result<std::optional<CertificateRecord>> certificate_of(const DialEdit& edit, TimePoint at) {
  if (edit.certificate.empty()) return std::nullopt;
  auto parsed = net::parse_certificate(edit.certificate, at);
  if (parsed) return std::optional(std::move(parsed->record));
  auto error = std::move(parsed.error());
  if (error.field.empty()) error.field = "certificate";
  return fail(std::move(error));
}

}  // namespace daikan::server
