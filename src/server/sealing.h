// Secrets at rest: the proxy passwords that the database keeps are sealed under a key that is not in the database.
//
// Knows one key and libsodium's secretbox, nothing of records but their proxies. The rule: **records in the database hold sealed text,
// records in memory hold the password**. So use cases seal just before they write (sealed_for_store), and whoever loads records to dial
// with them (LinkHost) opens them (open_proxy). A secret that does not open costs that one link, never the server's start.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"

namespace daikan::server {

class Sealing {
 public:
  /// Reads the key from `file` ("secrets.key", 32 bytes, mode 0600), or makes it (atomically, synced) when the file does not exist. Fails
  /// with storage_failed when it cannot be read or written or has another length; an existing file is never overwritten.
  static Result<Sealing> load_or_create(const std::filesystem::path& file);
  /// A key of this process only: what it sealed cannot be opened after a restart. For tests and tools.
  static Sealing ephemeral();

  /// "sealed1:" and base64 of nonce and box. The empty text stays empty: there is nothing to hide.
  std::string seal(std::string_view secret) const;
  /// Fails with storage_failed when `sealed` is damaged, was sealed under another key, or was never sealed.
  Result<std::string> unseal(std::string_view sealed) const;

 private:
  using Key = std::array<std::uint8_t, 32>;
  explicit Sealing(const Key& key) : key_(key) {}
  Key key_;
};

/// The proxy as the database keeps it.
std::optional<Proxy> sealed_for_store(const Sealing& sealing, std::optional<Proxy> proxy);
/// The proxy as a dialler needs it; `whose` names the link in the error ("the secondary server “Branch 7”").
Result<std::optional<Proxy>> open_proxy(const Sealing& sealing, std::optional<Proxy> proxy, std::string_view whose);

}  // namespace daikan::server
