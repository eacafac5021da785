#include "server/sealing.h"

#include <cstdlib>
#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>

#include "base/text.h"
#include "server/data_folder.h"

namespace daikan::server {
namespace {

constexpr std::string_view kMark = "sealed1:";

static_assert(crypto_secretbox_KEYBYTES == 32);

void start_sodium() {
  // Idempotent and thread-safe. Without a random source no secret can be kept: there is nothing sensible to return.
  if (sodium_init() < 0) std::abort();
}

std::span<const std::uint8_t> as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

tl::unexpected<Error> cannot_open() {
  return fail(Code::storage_failed, "A stored secret cannot be opened with the key in secrets.key.",
              "Put back the secrets.key that belongs to this database, or set the password again.");
}

}  // namespace

Result<Sealing> Sealing::load_or_create(const std::filesystem::path& file) {
  start_sodium();
  Key key{};
  std::error_code ec;
  if (!std::filesystem::exists(file, ec) && !ec) {
    randombytes_buf(key.data(), key.size());
    const std::string_view bytes(reinterpret_cast<const char*>(key.data()), key.size());
    if (auto written = write_file_atomically(file, bytes, 0600); !written) return fail(std::move(written.error()));
    return Sealing(key);
  }
  std::ifstream in(file, std::ios::binary);
  std::array<char, key.size() + 1> bytes{};
  in.read(bytes.data(), bytes.size());
  if (in.bad() || in.gcount() != static_cast<std::streamsize>(key.size())) {
    return fail(
        Code::storage_failed, fmt::format("{} cannot be read or does not hold a key of {} bytes.", file.string(), key.size()),
        "Put back the file from the backup that belongs to this database; without it, remove it and set the proxy passwords again.");
  }
  std::copy_n(reinterpret_cast<const std::uint8_t*>(bytes.data()), key.size(), key.begin());
  sodium_memzero(bytes.data(), bytes.size());
  return Sealing(key);
}

Sealing Sealing::ephemeral() {
  start_sodium();
  Key key{};
  randombytes_buf(key.data(), key.size());
  return Sealing(key);
}

std::string Sealing::seal(std::string_view secret) const {
  if (secret.empty()) return {};
  std::vector<std::uint8_t> sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size());
  randombytes_buf(sealed.data(), crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(sealed.data() + crypto_secretbox_NONCEBYTES, as_bytes(secret).data(), secret.size(), sealed.data(), key_.data());
  return std::string(kMark) + to_base64(sealed);
}

Result<std::string> Sealing::unseal(std::string_view sealed) const {
  if (sealed.empty()) return std::string();
  if (!sealed.starts_with(kMark)) return cannot_open();
  const auto bytes = from_base64(sealed.substr(kMark.size()));
  constexpr std::size_t kOverhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (!bytes || bytes->size() <= kOverhead) return cannot_open();
  std::string secret(bytes->size() - kOverhead, '\0');
  if (crypto_secretbox_open_easy(reinterpret_cast<std::uint8_t*>(secret.data()), bytes->data() + crypto_secretbox_NONCEBYTES,
                                 bytes->size() - crypto_secretbox_NONCEBYTES, bytes->data(), key_.data()) != 0) {
    return cannot_open();
  }
  return secret;
}

std::optional<Proxy> sealed_for_store(const Sealing& sealing, std::optional<Proxy> proxy) {
  if (proxy) proxy->password = sealing.seal(proxy->password);
  return proxy;
}

Result<std::optional<Proxy>> open_proxy(const Sealing& sealing, std::optional<Proxy> proxy, std::string_view whose) {
  if (!proxy) return proxy;
  auto password = sealing.unseal(proxy->password);
  if (!password) {
    auto error = std::move(password.error());
    error.message = fmt::format("The proxy password of {} cannot be opened with the key in secrets.key.", whose);
    return fail(std::move(error));
  }
  proxy->password = std::move(*password);
  return proxy;
}

}  // namespace daikan::server
