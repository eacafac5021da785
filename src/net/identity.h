// Keys, certificates and pins.
//
// A server owns one key and one certificate: self-signed (ECDSA P-256) and made on first start, or brought by an administrator
// (own_key_file.h). `server.key` (PEM, mode 0600) and `server.cer` (DER) lie in the data folder, and beside a certificate that came with
// those of its issuers `server.chain.pem`. Trust between servers rests on the pin, never on a CA and never on dates
// (docs/adr/0003-pins-without-a-ca.md).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <openssl/types.h>

#include "base/certificate.h"
#include "base/clock.h"
#include "base/result.h"

namespace daikan::net {

struct X509Free {
  void operator()(X509*) const;
};
struct KeyFree {
  void operator()(EVP_PKEY*) const;
};
using X509Ptr = std::unique_ptr<X509, X509Free>;
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyFree>;

/// SHA-256 of the certificate's SubjectPublicKeyInfo (RFC 7469 section 2.4).
Pin pin_of(X509* certificate);
/// Colon-separated upper-case SHA-256 of the DER.
std::string fingerprint_of(X509* certificate);
/// As RFC 2253 writes it, safe to show.
std::string subject_of(X509* certificate);
std::string issuer_of(X509* certificate);
TimePoint not_before_of(X509* certificate);
TimePoint not_after_of(X509* certificate);
CertificateRecord record_of(X509* certificate);

/// The same fingerprint typed by a person: upper or lower case, with or without colons and spaces; nothing for anything else.
std::optional<std::string> normalise_fingerprint(std::string_view text);

struct ParsedCertificate {
  CertificateRecord record;
  std::string subject;
  TimePoint not_before;
  TimePoint not_after;
};

/// Reads one certificate, DER or PEM. Fails with certificate_unreadable (empty, too large, not a certificate, more than one, trailing
/// bytes, a key type other than EC/RSA ≥ 2048/Ed25519, a private key or a PKCS#12 file: each said in the message) or certificate_expired.
Result<ParsedCertificate> parse_certificate(std::span<const std::uint8_t> bytes, TimePoint now);

class Identity {
 public:
  /// Reads server.key and server.cer from `folder`, or makes both (atomically, synced) when neither exists. Fails with
  /// certificate_unreadable when one is missing, unreadable or they do not belong together, or storage_failed; nothing is overwritten. A
  /// crash during the making is finished or begun anew by the next call. An expired certificate is no failure.
  static Result<Identity> load_or_create(const std::filesystem::path& folder, TimePoint now);
  /// A fresh identity in memory, for tests and tools.
  static Result<Identity> make(TimePoint now, std::string_view common_name = "Daikan Administration Server");

  /// A fresh certificate for the key in `pkcs8` (PrivateKeyInfo in DER, not encrypted). Fails with certificate_unreadable.
  static Result<Identity> from_key(std::span<const std::uint8_t> pkcs8, TimePoint now, std::string_view common_name);

  /// A key and its certificate, both PEM, in any order; certificates behind the first one are its chain. Fails with certificate_unreadable:
  /// one is missing, has a password, or they do not belong together.
  static Result<Identity> from_pem(std::string_view pem);
  /// That they belong together is the caller's word.
  static Identity of(KeyPtr key, X509Ptr certificate, std::vector<X509Ptr> chain);

  /// The same key with a fresh certificate from `now` on; subject and alternative names as before. Fails with certificate_unreadable when
  /// the certificate was issued by somebody else: what they attested cannot be renewed here.
  Result<Identity> renewed(TimePoint now) const;
  /// Puts this certificate in place of the one in `folder` that has the same key. Fails with storage_failed; the old one stays.
  Result<> save_certificate(const std::filesystem::path& folder) const;

  const CertificateRecord& certificate() const { return record_; }
  TimePoint not_after() const { return not_after_; }
  /// Who signed it; empty: the server itself.
  const std::string& issuer() const { return issuer_; }
  /// Of the certificate's issuers, the nearest first; empty unless an administrator brought one. Only the console shows it.
  const std::vector<X509Ptr>& chain() const { return chain_; }
  X509* x509() const { return certificate_.get(); }
  EVP_PKEY* key() const { return key_.get(); }
  std::string certificate_pem() const;
  std::string chain_pem() const;
  std::string key_pem() const;
  std::vector<std::uint8_t> key_pkcs8() const;

 private:
  static Result<Identity> certified(KeyPtr key, TimePoint now, std::string_view common_name);

  X509Ptr certificate_;
  KeyPtr key_;
  std::vector<X509Ptr> chain_;
  CertificateRecord record_;
  TimePoint not_after_;
  std::string issuer_;
};

}  // namespace daikan::net
