#include "net/own_key_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/detail/key_encryption.h"
#include "net/detail/own_key_parts.h"
#include "net/detail/pem.h"
#include "net/signature.h"
#include "net/tls_stream.h"

namespace daikan::net {
namespace {

using detail::OwnKeyParts;
using detail::unusable_key_file;

constexpr int kSmallestRsaBits = 2048;
constexpr int kLargestRsaBits = 8192;             // whose signature still fits into limits::kMaxSignatureBytes
constexpr std::size_t kCertificateOverhead = 5;   // of each in TLS: its length and that of its extensions
constexpr std::size_t kCertificatesOverhead = 8;  // of the message that holds them
constexpr std::string_view kBringKey =
    "Give a PKCS#12 file, or PEM with the private key, its certificate and the certificates of its issuers.";
constexpr std::string_view kNewKey =
    "Have a certificate made for a key of a kind that is supported: EC P-256 or P-384, RSA with at least 2048 bits, or Ed25519.";

Result<> check_key(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  std::array<char, 64> curve{};
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return {};
    case EVP_PKEY_RSA:
      if (bits < kSmallestRsaBits) {
        return unusable_key_file(fmt::format("The RSA key has only {} bits; at least {} are needed.", bits, kSmallestRsaBits), kNewKey);
      }
      if (bits <= kLargestRsaBits) return {};
      return unusable_key_file(fmt::format("The RSA key has {} bits; more than {} are not supported.", bits, kLargestRsaBits), kNewKey);
    case EVP_PKEY_EC:
      if (EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) != 1) curve[0] = '\0';
      ERR_clear_error();
      for (const std::string_view good : {"prime256v1", "P-256", "secp384r1", "P-384"}) {
        if (good == curve.data()) return {};
      }
      return unusable_key_file(fmt::format("The key is on the elliptic curve {}, which is not supported.",
                                           curve[0] == '\0' ? "of its own parameters" : quotable(curve.data(), curve.size())),
                               kNewKey);
    default:
      return unusable_key_file("The private key is of a kind that is not supported.", kNewKey);
  }
}

Result<> check_dates(X509* certificate, TimePoint now) {
  const auto day = [](TimePoint at) { return to_rfc3339(at).substr(0, 10); };
  if (not_after_of(certificate) < now) {
    return fail(Code::certificate_expired,
                fmt::format("The certificate of {} expired on {}.", subject_of(certificate), day(not_after_of(certificate))),
                "Get a new one from its issuer, or check this server's clock.", "file");
  }
  if (not_before_of(certificate) > now) {
    return unusable_key_file(
        fmt::format("The certificate of {} is not valid before {}.", subject_of(certificate), to_rfc3339(not_before_of(certificate))),
        "Wait until then, or check this server's clock.");
  }
  return {};
}

/// That a client would take it for a server's.
Result<> check_use(X509* certificate) {
  // Both answer with all bits where the certificate does not restrict its use.
  if ((X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) == 0) {
    return unusable_key_file("The certificate does not allow its key to sign, which TLS 1.3 needs.",
                             "Have it issued with the key usage digitalSignature.");
  }
  const auto purposes = X509_get_extended_key_usage(certificate);
  if ((purposes & (XKU_SSL_SERVER | XKU_ANYEKU)) == 0) {
    return unusable_key_file("The certificate is not meant for a server.", "Have it issued with the extended key usage serverAuth.");
  }
  return {};
}

Result<X509Ptr> take_leaf(OwnKeyParts& parts) {
  if (parts.certificates.empty()) {
    return unusable_key_file("There is a private key, but no certificate.", kBringKey);
  }
  const auto leaf = std::find_if(parts.certificates.begin(), parts.certificates.end(), [&](const X509Ptr& certificate) {
    return X509_check_private_key(certificate.get(), parts.key.get()) == 1;
  });
  ERR_clear_error();
  if (leaf == parts.certificates.end()) {
    return unusable_key_file(
        fmt::format("The private key does not belong to the certificate of {}.", subject_of(parts.certificates.front().get())),
        "Give the key that the certificate was requested with.");
  }
  auto taken = std::move(*leaf);
  parts.certificates.erase(leaf);
  return taken;
}

bool issued(X509* issuer, X509* subject) {
  const bool did = X509_check_issued(issuer, subject) == X509_V_OK && X509_verify(subject, X509_get0_pubkey(issuer)) == 1;
  ERR_clear_error();
  return did;
}

bool is_same(X509* one, X509* other) { return X509_cmp(one, other) == 0; }

/// What is left of the certificates, in the order in which each issued the one before. Nothing may be over: it would be forgotten silently.
Result<std::vector<X509Ptr>> take_chain(OwnKeyParts& parts, X509* leaf, TimePoint now) {
  std::vector<X509Ptr> chain;
  auto& left = parts.certificates;
  X509* last = leaf;
  for (;;) {
    std::erase_if(left,
                  [last](const X509Ptr& one) { return is_same(one.get(), last); });  // a chain that begins with the certificate itself
    const auto next = std::find_if(left.begin(), left.end(), [last](const X509Ptr& one) { return issued(one.get(), last); });
    if (next == left.end()) break;
    if (auto dated = check_dates(next->get(), now); !dated) return fail(std::move(dated.error()));
    chain.push_back(std::move(*next));
    left.erase(next);
    last = chain.back().get();
    if (chain.size() > limits::kMaxOwnChain) {
      return unusable_key_file(fmt::format("The chain has more than {} certificates.", limits::kMaxOwnChain),
                               "Leave out what clients know already.");
    }
  }
  if (left.empty()) return chain;
  return unusable_key_file(
      fmt::format("The certificate of {} is no part of the chain: it issued none of the others.", subject_of(left.front().get())),
      "Leave it out, or add what is missing between it and the server's certificate.");
}

Result<> check_size(const Identity& identity) {
  std::size_t bytes = kCertificatesOverhead + identity.certificate().der.size() + kCertificateOverhead;
  for (const auto& issuer : identity.chain()) {
    bytes += static_cast<std::size_t>(std::max(i2d_X509(issuer.get(), nullptr), 0)) + kCertificateOverhead;
  }
  if (bytes <= limits::kMaxPeerCertificateBytes) return {};
  return unusable_key_file(
      fmt::format("The certificate and its chain have {} bytes together; clients read {}.", bytes, limits::kMaxPeerCertificateBytes),
      "Leave certificates out of the chain that clients know already, or have it issued with fewer names.");
}

/// What only a try shows: a private half that is damaged, and what TLS refuses on its own.
Result<> try_out(const Identity& identity) {
  constexpr std::string_view kText = "daikan own key";
  bool good = false;
  try {
    good = verify_signature(identity.certificate(), kText, sign(identity, kText));
  } catch (const std::bad_alloc&) {  // how sign() says that OpenSSL failed
    ERR_clear_error();
  }
  if (!good) return unusable_key_file("What the private key signs does not fit its certificate: the key is damaged.", "Export it again.");
  auto console = TlsContext::console_server(identity);
  auto link = TlsContext::link(identity, {std::string(kAlpnH2)});
  if (console && link) return {};
  return unusable_key_file(fmt::format("TLS cannot use the certificate. {}", (console ? link : console).error().message),
                           "Have it issued with a signature that today's clients accept (SHA-256 or better).");
}

}  // namespace

Result<Identity> read_own_key(std::span<const std::uint8_t> file, std::string_view passphrase, TimePoint now) {
  if (file.empty()) return unusable_key_file("The file is empty.", kBringKey);
  if (file.size() > limits::kMaxOwnKeyFileBytes) {
    return unusable_key_file(fmt::format("The file is larger than {} KiB.", limits::kMaxOwnKeyFileBytes / 1024), kBringKey);
  }
  if (passphrase.size() > limits::kMaxPasswordBytes) {
    return detail::wrong_passphrase(fmt::format("The passphrase is longer than {} bytes.", limits::kMaxPasswordBytes));
  }
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  auto parts = detail::looks_like_pem(text) ? detail::parts_of_pem(text, passphrase) : detail::parts_of_pkcs12(file, passphrase);
  if (!parts) return fail(std::move(parts.error()));
  if (!parts->key) return unusable_key_file("There is no private key in the file.", kBringKey);
  if (auto checked = check_key(parts->key.get()); !checked) return fail(std::move(checked.error()));
  auto leaf = take_leaf(*parts);
  if (!leaf) return fail(std::move(leaf.error()));
  if (auto dated = check_dates(leaf->get(), now); !dated) return fail(std::move(dated.error()));
  if (auto used = check_use(leaf->get()); !used) return fail(std::move(used.error()));
  auto chain = take_chain(*parts, leaf->get(), now);
  if (!chain) return fail(std::move(chain.error()));
  auto identity = Identity::of(std::move(parts->key), std::move(*leaf), std::move(*chain));
  if (auto sized = check_size(identity); !sized) return fail(std::move(sized.error()));
  if (auto tried = try_out(identity); !tried) return fail(std::move(tried.error()));
  return identity;
}

void wipe(std::span<char> secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

}  // namespace daikan::net
