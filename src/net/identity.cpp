#include "net/identity.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/limits.h"
#include "net/detail/certificate_file.h"
#include "net/detail/durable_file.h"
#include "net/detail/tls_error.h"
#include "net/identity_change.h"

namespace daikan::net {
namespace {

// Dates decide nothing on a link; long enough that nobody renews for their sake, and back-dated because clocks differ.
constexpr auto kLifetime = std::chrono::years(10);
constexpr auto kBackDated = std::chrono::hours(24);
constexpr int kSerialBytes = 16;

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioFree>;

std::string text_of(BIO* memory) {
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  return {text, static_cast<std::size_t>(length)};
}

auto openssl_failed(std::string_view what) {
  const auto reason = detail::openssl_reason(ERR_peek_error());
  ERR_clear_error();
  return fail(Code::internal, fmt::format("Could not make {}: {}.", what, reason), "Check the OpenSSL configuration of this machine.");
}

bool set_serial(X509* certificate) {
  std::array<std::uint8_t, kSerialBytes> bytes;
  if (RAND_bytes(bytes.data(), kSerialBytes) != 1) return false;
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x7f) | 0x40);  // positive, and never shorter
  BIGNUM* number = BN_bin2bn(bytes.data(), kSerialBytes, nullptr);
  const bool set = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

bool set_name(X509* certificate, std::string_view common_name, X509_NAME* as_before) {
  if (as_before != nullptr) return X509_set_subject_name(certificate, as_before) == 1 && X509_set_issuer_name(certificate, as_before) == 1;
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

bool set_dates(X509* certificate, TimePoint now) {
  const auto seconds = [](TimePoint t) {
    return std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::seconds>(t));
  };
  return ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(now - kBackDated)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(now + kLifetime)) != nullptr;
}

bool add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

/// Names that clients look for: a certificate an administrator brought has them, one made here has none.
bool keep_names(X509* certificate, X509* before) {
  const int at = before == nullptr ? -1 : X509_get_ext_by_NID(before, NID_subject_alt_name, -1);
  return at < 0 || X509_add_ext(certificate, X509_get_ext(before, at), -1) == 1;
}

/// Subject, issuer and names are those of `before`, or, where that is null, `common_name`.
X509Ptr sign_own(EVP_PKEY* key, TimePoint now, std::string_view common_name, X509* before = nullptr) {
  X509Ptr certificate(X509_new());
  if (!certificate) return nullptr;
  X509* x = certificate.get();
  X509_NAME* as_before = before == nullptr ? nullptr : X509_get_subject_name(before);
  const EVP_MD* digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  const bool made = X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) && set_name(x, common_name, as_before) && set_dates(x, now) &&
                    X509_set_pubkey(x, key) == 1 && add_extension(x, NID_subject_key_identifier, "hash") &&
                    add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(x, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(x, NID_ext_key_usage, "serverAuth,clientAuth") && keep_names(x, before) && X509_sign(x, key, digest) > 0;
  return made ? std::move(certificate) : nullptr;
}

/// No password is ever asked for: the callback answers for a terminal that must not be.
KeyPtr key_from_pem(std::string_view pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyPtr key(PEM_read_bio_PrivateKey(memory.get(), nullptr, [](char*, int, int, void*) { return -1; }, nullptr));
  ERR_clear_error();
  return key;
}

std::string pem_of(X509* certificate) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(memory.get(), certificate) != 1) throw std::bad_alloc();
  return text_of(memory.get());
}

/// Up to the first one that cannot be read.
std::vector<X509Ptr> certificates_from_pem(std::string_view pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<X509Ptr> certificates;
  while (certificates.size() <= limits::kMaxOwnChain) {
    X509Ptr certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    certificates.push_back(std::move(certificate));
  }
  ERR_clear_error();
  return certificates;
}

bool signed_itself(X509* certificate) {
  const bool itself = X509_self_signed(certificate, 1) == 1;
  ERR_clear_error();
  return itself;
}

Result<KeyPtr> read_key(const std::filesystem::path& path) {
  auto content = detail::read_file(path, limits::kMaxCertificateFileBytes);
  if (!content) return fail(Code::certificate_unreadable, content.error().message, content.error().remedy);
  auto key = key_from_pem(*content);
  OPENSSL_cleanse(content->data(), content->size());
  if (!key) {
    return fail(Code::certificate_unreadable, fmt::format("{} is not a private key in PEM form, or it has a password.", path.string()),
                "Restore it from a backup; without it, remove server.key and server.cer and join this server again.");
  }
  return key;
}

Result<X509Ptr> read_own_certificate(const std::filesystem::path& path) {
  const auto content = detail::read_file(path, limits::kMaxCertificateFileBytes);
  if (!content) return fail(Code::certificate_unreadable, content.error().message, content.error().remedy);
  auto certificate = detail::read_certificate({reinterpret_cast<const std::uint8_t*>(content->data()), content->size()});
  if (!certificate) {
    return fail(Code::certificate_unreadable, fmt::format("{}: {}", path.string(), certificate.error().message),
                "Restore it from a backup.");
  }
  return certificate;
}

/// What is not the chain of `certificate` counts as none: somebody put another certificate in its place.
Result<std::vector<X509Ptr>> read_chain(const std::filesystem::path& path, X509* certificate) {
  std::error_code unreadable;
  if (!std::filesystem::exists(path, unreadable)) return std::vector<X509Ptr>();
  const auto content = detail::read_file(path, limits::kMaxCertificateFileBytes);
  if (!content) return fail(Code::certificate_unreadable, content.error().message, content.error().remedy);
  auto chain = certificates_from_pem(*content);
  if (chain.empty() || X509_check_issued(chain.front().get(), certificate) != X509_V_OK) chain.clear();
  return chain;
}

// Unreadable counts as absent: the step that needs the file then fails with the system's reason.
bool is_there(const std::filesystem::path& path) {
  std::error_code unreadable;
  return std::filesystem::exists(path, unreadable);
}

std::filesystem::path staged(std::filesystem::path path) {
  path += ".new";
  return path;
}

// A crash between the two renames of a first start leaves one file in place and the other one still under its first name.
Result<> finish_creation(const std::filesystem::path& path) {
  if (is_there(path) || !is_there(staged(path))) return {};
  return detail::rename_durably(staged(path), path);
}

Result<> save(const Identity& identity, const std::filesystem::path& key_path, const std::filesystem::path& certificate_path) {
  std::error_code ignored;
  std::filesystem::remove(staged(key_path), ignored);
  std::filesystem::remove(staged(certificate_path), ignored);
  std::string pem = identity.key_pem();
  auto done = detail::write_new_file(staged(key_path), pem, 0600);
  OPENSSL_cleanse(pem.data(), pem.size());
  if (!done) return done;
  const auto& der = identity.certificate().der;
  done = detail::write_new_file(staged(certificate_path), {reinterpret_cast<const char*>(der.data()), der.size()}, 0644);
  if (!done) return done;
  done = detail::rename_durably(staged(key_path), key_path);
  if (!done) return done;
  return detail::rename_durably(staged(certificate_path), certificate_path);
}

}  // namespace

Result<Identity> Identity::make(TimePoint now, std::string_view common_name) {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return openssl_failed("a key");
  return certified(std::move(key), now, common_name);
}

Result<Identity> Identity::from_key(std::span<const std::uint8_t> pkcs8, TimePoint now, std::string_view common_name) {
  const auto* position = pkcs8.data();
  PKCS8_PRIV_KEY_INFO* wrapped = d2i_PKCS8_PRIV_KEY_INFO(nullptr, &position, static_cast<long>(pkcs8.size()));
  KeyPtr key(wrapped != nullptr ? EVP_PKCS82PKEY(wrapped) : nullptr);
  PKCS8_PRIV_KEY_INFO_free(wrapped);
  ERR_clear_error();
  if (!key || position != pkcs8.data() + pkcs8.size()) {
    return fail(Code::certificate_unreadable, "The bytes are not one private key (PKCS#8).", "Check that the file is whole.");
  }
  return certified(std::move(key), now, common_name);
}

Result<Identity> Identity::certified(KeyPtr key, TimePoint now, std::string_view common_name) {
  auto certificate = sign_own(key.get(), now, common_name);
  if (!certificate) return openssl_failed("a certificate");
  return of(std::move(key), std::move(certificate), {});
}

Identity Identity::of(KeyPtr key, X509Ptr certificate, std::vector<X509Ptr> chain) {
  Identity identity;
  identity.key_ = std::move(key);
  identity.certificate_ = std::move(certificate);
  identity.chain_ = std::move(chain);
  identity.record_ = record_of(identity.certificate_.get());
  identity.not_after_ = not_after_of(identity.certificate_.get());
  if (!signed_itself(identity.certificate_.get())) identity.issuer_ = issuer_of(identity.certificate_.get());
  return identity;
}

Result<Identity> Identity::from_pem(std::string_view pem) {
  auto key = key_from_pem(pem);
  if (!key) {
    return fail(Code::certificate_unreadable, "There is no private key in PEM form, or it has a password.",
                "Give the key and its certificate.");
  }
  auto certificates = certificates_from_pem(pem);
  if (certificates.empty() || X509_check_private_key(certificates.front().get(), key.get()) != 1) {
    ERR_clear_error();
    return fail(Code::certificate_unreadable, "There is no certificate that belongs to the key.", "Give the key and its certificate.");
  }
  auto certificate = std::move(certificates.front());
  certificates.erase(certificates.begin());
  return of(std::move(key), std::move(certificate), std::move(certificates));
}

Result<Identity> Identity::renewed(TimePoint now) const {
  if (!issuer_.empty()) {
    return fail(Code::certificate_unreadable, "This server's certificate was issued by somebody else and cannot be renewed by itself.",
                "Get a new one from its issuer and set it with daikan certificate set.");
  }
  if (EVP_PKEY_up_ref(key_.get()) != 1) throw std::bad_alloc();
  KeyPtr key(key_.get());
  auto certificate = sign_own(key_.get(), now, {}, certificate_.get());
  if (!certificate) return openssl_failed("a certificate");
  return of(std::move(key), std::move(certificate), {});
}

Result<> Identity::save_certificate(const std::filesystem::path& folder) const {
  const auto lock = detail::FolderLock::take(folder);
  if (!lock) return fail(lock.error());
  return detail::replace_file(folder / "server.cer", {reinterpret_cast<const char*>(record_.der.data()), record_.der.size()}, 0644);
}

Result<Identity> Identity::load_or_create(const std::filesystem::path& folder, TimePoint now) {
  const auto lock = detail::FolderLock::take(folder);
  if (!lock) return fail(lock.error());
  const auto key_path = folder / "server.key";
  const auto certificate_path = folder / "server.cer";
  if (!is_there(key_path) && !is_there(certificate_path)) {
    auto made = make(now);
    if (!made) return made;
    const auto saved = save(*made, key_path, certificate_path);
    if (!saved) return fail(saved.error());
    return made;
  }
  if (auto changed = finish_change(folder); !changed) return fail(std::move(changed.error()));
  const auto finished = finish_creation(certificate_path);
  if (!finished) return fail(finished.error());
  auto key = read_key(key_path);
  if (!key) return fail(key.error());
  auto certificate = read_own_certificate(certificate_path);
  if (!certificate) return fail(certificate.error());
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    ERR_clear_error();
    return fail(Code::certificate_unreadable,
                fmt::format("{} and {} do not belong together.", key_path.string(), certificate_path.string()),
                "Restore both from the same backup.");
  }
  auto chain = read_chain(folder / "server.chain.pem", certificate->get());
  if (!chain) return fail(chain.error());
  return of(std::move(*key), std::move(*certificate), std::move(*chain));
}

std::string Identity::certificate_pem() const { return pem_of(certificate_.get()); }

std::string Identity::chain_pem() const {
  std::string pem;
  for (const auto& certificate : chain_) pem += pem_of(certificate.get());
  return pem;
}

std::vector<std::uint8_t> Identity::key_pkcs8() const {
  PKCS8_PRIV_KEY_INFO* wrapped = EVP_PKEY2PKCS8(key_.get());
  unsigned char* bytes = nullptr;
  const int length = wrapped != nullptr ? i2d_PKCS8_PRIV_KEY_INFO(wrapped, &bytes) : -1;
  PKCS8_PRIV_KEY_INFO_free(wrapped);
  if (length < 0) throw std::bad_alloc();
  std::vector<std::uint8_t> der(bytes, bytes + length);
  OPENSSL_clear_free(bytes, static_cast<std::size_t>(length));
  return der;
}

std::string Identity::key_pem() const {
  const BioPtr memory(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) throw std::bad_alloc();
  return text_of(memory.get());
}

}  // namespace daikan::net
