// Records with every field filled, for the table tests.
#pragma once

#include <string>

#include "hierarchy/accounts.h"
#include "hierarchy/history.h"
#include "hierarchy/records.h"

namespace daikan::contract {

inline TimePoint at(std::int64_t seconds) { return from_micros(1'700'000'000'000'000 + seconds * 1'000'000 + 123'456); }

inline CertificateRecord certificate(std::uint8_t number) {
  CertificateRecord record;
  record.der = {0x30, 0x00, 0xff, number};
  record.pin.bytes.fill(number);
  record.fingerprint = "AB:CD:" + std::to_string(number);
  return record;
}

inline hierarchy::Group root_group() { return {GroupId::make(at(0)), std::nullopt, std::string(hierarchy::kRootGroupName)}; }

inline hierarchy::SecondaryRecord secondary(const std::string& name, std::uint8_t number, GroupId group) {
  return {.id = RegistrationId::make(at(number)),
          .name = name,
          .group = group,
          .direction = hierarchy::Direction::secondary_dials,
          .address = std::nullopt,
          .proxy = std::nullopt,
          .certificate = certificate(number),
          .server_id = std::nullopt,
          .version = "",
          .created_at = at(number),
          .last_connected_at = std::nullopt,
          .revision = 1};
}

inline hierarchy::PrimaryRecord primary() {
  return {.direction = hierarchy::Direction::secondary_dials,
          .address = Endpoint{"hq.example.com", 13000},
          .proxy = Proxy{ProxyKind::socks5, {"2001:db8::1", 1080}, "üser", "pässword"},
          .certificate = certificate(9),
          .server_id = std::nullopt,
          .name = "",
          .version = "",
          .created_at = at(1),
          .last_connected_at = std::nullopt,
          .revision = 7};
}

inline hierarchy::Credential credential(AccountId account, const std::string& secret_hash, TimePoint expires_at) {
  return {.id = TokenId::make(at(0)),
          .account = account,
          .kind = hierarchy::CredentialKind::token,
          .name = "backup script",
          .secret_hash = secret_hash,
          .source = "192.0.2.7",
          .created_at = at(1),
          .expires_at = expires_at,
          .last_used_at = at(2)};
}

}  // namespace daikan::contract
