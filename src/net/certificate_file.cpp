// Reading certificates that people hand over: files of any kind land here, so every wrong one is named for what it is.
#include "net/detail/certificate_file.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/detail/pem.h"
#include "net/identity.h"

namespace daikan::net {
namespace {

constexpr int kSmallestRsaBits = 2048;
constexpr int kSmallestEcBits = 256;
constexpr std::string_view kExportAgain =
    "Export the certificate on the other server again (daikan certificate export) and choose that file.";

auto unreadable(std::string message, std::string_view remedy = kExportAgain) {
  return fail(Code::certificate_unreadable, std::move(message), std::string(remedy), "certificate");
}

auto private_key_file() {
  return unreadable("The file is a private key, not a certificate.",
                    "Keep it secret: if it left its server, renew that server's key. Choose the certificate (.cer) instead.");
}

using Digest = std::array<std::uint8_t, SHA256_DIGEST_LENGTH>;

Digest sha256(std::span<const std::uint8_t> bytes) {
  Digest digest;
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

std::vector<std::uint8_t> der_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int length = i2d_X509(certificate, &bytes);
  if (length < 0) throw std::bad_alloc();
  std::vector<std::uint8_t> der(bytes, bytes + length);
  OPENSSL_free(bytes);
  return der;
}

std::string with_colons(const Digest& digest) {
  std::string text;
  for (const auto byte : digest) text += fmt::format("{}{:02X}", text.empty() ? "" : ":", byte);
  return text;
}

TimePoint time_of(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return TimePoint(std::chrono::seconds(timegm(&parts)));
}

std::string text_of(X509_NAME* name) {
  BIO* memory = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  std::string shown = quotable(std::string_view(text, static_cast<std::size_t>(std::max(length, 0L))), 512);
  BIO_free(memory);
  return shown;
}

// What else a person may have picked, for a message that helps.
bool is_pkcs12(std::span<const std::uint8_t> der) {
  const auto* position = der.data();
  PKCS12* parsed = d2i_PKCS12(nullptr, &position, static_cast<long>(der.size()));
  const bool is = parsed != nullptr;
  PKCS12_free(parsed);
  ERR_clear_error();
  return is;
}

bool is_private_key(std::span<const std::uint8_t> der) {
  const auto* position = der.data();
  EVP_PKEY* parsed = d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(der.size()));
  const bool is = parsed != nullptr;
  EVP_PKEY_free(parsed);
  ERR_clear_error();
  return is;
}

Result<> check_key(X509* certificate) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) {
    ERR_clear_error();
    return unreadable("The certificate's public key cannot be read.");
  }
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      if (bits >= kSmallestEcBits) return {};
      return unreadable(fmt::format("The certificate's elliptic-curve key has only {} bits.", bits),
                        "Use a certificate with P-256 or better.");
    case EVP_PKEY_RSA:
      if (bits >= kSmallestRsaBits) return {};
      return unreadable(fmt::format("The certificate's RSA key has only {} bits.", bits), "Use a certificate with at least 2048 bits.");
    case EVP_PKEY_ED25519:
      return {};
    default:
      return unreadable("The certificate's key is of a kind that is not supported.", "Use a certificate with an EC, RSA or Ed25519 key.");
  }
}

Result<X509Ptr> certificate_from_der(std::span<const std::uint8_t> der) {
  const auto* position = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!certificate) {
    if (is_pkcs12(der)) {
      return unreadable("The file is a PKCS#12 file (.pfx, .p12): it holds a private key.",
                        "Keep it on its server. Export only the certificate there and choose that file.");
    }
    if (is_private_key(der)) return private_key_file();
    return unreadable("The file is not a certificate.");
  }
  if (position != der.data() + der.size()) return unreadable("The file goes on behind the certificate.");
  // A second encoding of the same certificate would have another fingerprint.
  if (!std::ranges::equal(der_of(certificate.get()), der)) return unreadable("The certificate is not encoded as DER prescribes.");
  auto checked = check_key(certificate.get());
  if (!checked) return fail(checked.error());
  return certificate;
}

Result<X509Ptr> certificate_from_pem(std::string_view text) {
  auto blocks = detail::read_pem(text);
  if (!blocks) return fail(blocks.error());
  for (const auto& block : *blocks) {
    if (block.label.ends_with("PRIVATE KEY")) return private_key_file();
  }
  if (blocks->size() != 1)
    return unreadable("The file holds more than one certificate.", "Choose a file with the server's own certificate alone.");
  const auto& block = blocks->front();
  if (block.label == "CERTIFICATE REQUEST" || block.label == "NEW CERTIFICATE REQUEST") {
    return unreadable("The file is a request for a certificate, not a certificate.");
  }
  if (block.label != "CERTIFICATE" && block.label != "X509 CERTIFICATE") {
    return unreadable(fmt::format("The file is “{}”, not a certificate.", quotable(block.label, 64)));
  }
  return certificate_from_der(block.der);
}

}  // namespace

void X509Free::operator()(X509* certificate) const { X509_free(certificate); }
void KeyFree::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Pin pin_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
  if (length < 0) throw std::bad_alloc();
  Pin pin;
  pin.bytes = sha256({bytes, static_cast<std::size_t>(length)});
  OPENSSL_free(bytes);
  return pin;
}

std::string subject_of(X509* certificate) { return text_of(X509_get_subject_name(certificate)); }
std::string issuer_of(X509* certificate) { return text_of(X509_get_issuer_name(certificate)); }
TimePoint not_before_of(X509* certificate) { return time_of(X509_get0_notBefore(certificate)); }
TimePoint not_after_of(X509* certificate) { return time_of(X509_get0_notAfter(certificate)); }

std::string fingerprint_of(X509* certificate) { return with_colons(sha256(der_of(certificate))); }

CertificateRecord record_of(X509* certificate) {
  CertificateRecord record;
  record.der = der_of(certificate);
  record.pin = pin_of(certificate);
  record.fingerprint = with_colons(sha256(record.der));
  return record;
}

std::optional<std::string> normalise_fingerprint(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ':' && c != ' ' && c != '\t') digits.push_back(c);
    if (digits.size() > 2 * SHA256_DIGEST_LENGTH) return std::nullopt;
  }
  const auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != SHA256_DIGEST_LENGTH) return std::nullopt;
  Digest digest;
  std::ranges::copy(*bytes, digest.begin());
  return with_colons(digest);
}

namespace detail {

Result<X509Ptr> read_certificate(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return unreadable("The certificate file is empty.");
  if (bytes.size() > limits::kMaxCertificateFileBytes) {
    return unreadable(fmt::format("The file is larger than {} KiB, so it is not a certificate.", limits::kMaxCertificateFileBytes / 1024));
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (looks_like_pem(text)) return certificate_from_pem(text);
  return certificate_from_der(bytes);
}

}  // namespace detail

Result<ParsedCertificate> parse_certificate(std::span<const std::uint8_t> bytes, TimePoint now) {
  auto certificate = detail::read_certificate(bytes);
  if (!certificate) return fail(certificate.error());
  ParsedCertificate parsed{.record = record_of(certificate->get()),
                           .subject = subject_of(certificate->get()),
                           .not_before = not_before_of(certificate->get()),
                           .not_after = not_after_of(certificate->get())};
  if (parsed.not_after < now) {
    return fail(Code::certificate_expired, fmt::format("The certificate expired on {}.", to_rfc3339(parsed.not_after).substr(0, 10)),
                "Renew the certificate on the other server, export it again and choose that file.", "certificate");
  }
  return parsed;
}

}  // namespace daikan::net
