#include "net/signature.h"

#include <memory>
#include <new>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/limits.h"

namespace daikan::net {
namespace {

struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestPtr = std::unique_ptr<EVP_MD_CTX, DigestFree>;

const EVP_MD* digest_for(EVP_PKEY* key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256(); }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::vector<std::uint8_t> sign(const Identity& identity, std::string_view text) {
  const DigestPtr context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest_for(identity.key()), nullptr, identity.key()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) != 1) {
    throw std::bad_alloc();
  }
  std::vector<std::uint8_t> signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(text), text.size()) != 1) throw std::bad_alloc();
  signature.resize(size);
  return signature;
}

bool verify_signature(const CertificateRecord& certificate, std::string_view text, std::span<const std::uint8_t> signature) {
  if (signature.empty() || signature.size() > limits::kMaxSignatureBytes) return false;
  const auto* position = certificate.der.data();
  const X509Ptr parsed(d2i_X509(nullptr, &position, static_cast<long>(certificate.der.size())));
  EVP_PKEY* key = parsed ? X509_get0_pubkey(parsed.get()) : nullptr;
  const DigestPtr context(EVP_MD_CTX_new());
  const bool good = key != nullptr && context && EVP_DigestVerifyInit(context.get(), nullptr, digest_for(key), nullptr, key) == 1 &&
                    EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(text), text.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace daikan::net
