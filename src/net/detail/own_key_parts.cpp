#include "net/detail/own_key_parts.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/detail/key_encryption.h"
#include "net/detail/pem.h"

namespace daikan::net::detail {
namespace {

constexpr std::string_view kExportAgain = "Export the key and its certificate again, as PKCS#12 or PEM.";
constexpr int kMaxSafes = 8;
constexpr std::size_t kMaxCertificates = 2 * (limits::kMaxOwnChain + 1);  // some are there twice

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct Pkcs12Free {
  void operator()(PKCS12* file) const { PKCS12_free(file); }
};
struct SigFree {
  void operator()(X509_SIG* sig) const { X509_SIG_free(sig); }
};
struct SafesFree {
  void operator()(STACK_OF(PKCS7) * safes) const { sk_PKCS7_pop_free(safes, PKCS7_free); }
};
struct BagsFree {
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const { sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free); }
};
struct InfoFree {
  void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};
using BagsPtr = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), BagsFree>;
using InfoPtr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, InfoFree>;

auto missing_passphrase() { return wrong_passphrase("The private key is encrypted, and no passphrase was given."); }
auto other_passphrase() { return wrong_passphrase("The passphrase does not open the private key."); }
auto damaged() { return unusable_key_file("The file is damaged.", kExportAgain); }

Result<> add_key(OwnKeyParts& parts, KeyPtr key) {
  if (!key) return damaged();
  if (parts.key) return unusable_key_file("There is more than one private key.", "Leave only the one of this server.");
  parts.key = std::move(key);
  return {};
}

Result<> add_certificate(OwnKeyParts& parts, X509Ptr certificate) {
  ERR_clear_error();
  if (!certificate || X509_get0_pubkey(certificate.get()) == nullptr) {
    ERR_clear_error();
    return unusable_key_file("A certificate in the file is damaged.", kExportAgain);
  }
  if (parts.certificates.size() >= kMaxCertificates) {
    return unusable_key_file(fmt::format("There are more than {} certificates.", kMaxCertificates),
                             "Leave the server's certificate and those of its issuers.");
  }
  parts.certificates.push_back(std::move(certificate));
  return {};
}

/// OpenSSL's way to ask for a passphrase.
int answer_passphrase(char* into, int size, int, void* passphrase) {
  const auto& given = *static_cast<const std::string_view*>(passphrase);
  if (given.empty() || given.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(into, given.data(), given.size());
  return static_cast<int>(given.size());
}

Result<> add_pem_key(OwnKeyParts& parts, const PemBlock& block, std::string_view passphrase) {
  const bool wrapped = block.label == "ENCRYPTED PRIVATE KEY";
  const bool encrypted = wrapped || block.text.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
  if (encrypted && passphrase.empty()) return missing_passphrase();
  if (wrapped) {
    const auto* position = block.der.data();
    const std::unique_ptr<X509_SIG, SigFree> sig(d2i_X509_SIG(nullptr, &position, static_cast<long>(block.der.size())));
    ERR_clear_error();
    if (!sig) return damaged();
    const X509_ALGOR* algorithm = nullptr;
    X509_SIG_get0(sig.get(), &algorithm, nullptr);
    if (auto bounded = check_derivation(algorithm); !bounded) return bounded;
  }
  const std::unique_ptr<BIO, BioFree> memory(BIO_new_mem_buf(block.text.data(), static_cast<int>(block.text.size())));
  KeyPtr key(PEM_read_bio_PrivateKey(memory.get(), nullptr, answer_passphrase, &passphrase));
  ERR_clear_error();
  if (!key && encrypted) return other_passphrase();
  if (!key) return unusable_key_file("The private key is damaged, or of a kind that is not supported.", kExportAgain);
  return add_key(parts, std::move(key));
}

Result<> add_block(OwnKeyParts& parts, const PemBlock& block, std::string_view passphrase) {
  if (block.label == "OPENSSH PRIVATE KEY") {
    return unusable_key_file("The private key is in the form of OpenSSH, which is not supported.",
                             "Convert it to PKCS#8 (ssh-keygen -p -m PKCS8), or export it as PKCS#12.");
  }
  if (block.label.ends_with("PRIVATE KEY")) return add_pem_key(parts, block, passphrase);
  if (block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE" || block.label == "TRUSTED CERTIFICATE") {
    const auto* position = block.der.data();
    return add_certificate(parts, X509Ptr(d2i_X509(nullptr, &position, static_cast<long>(block.der.size()))));
  }
  if (block.label.ends_with("CERTIFICATE REQUEST")) {
    return unusable_key_file("There is a request for a certificate, not the certificate.",
                             "Send the request to an authority and give what it answers.");
  }
  // Parameters of the curve, which some tools write in front of the key, say nothing that the key does not.
  if (block.label == "EC PARAMETERS") return {};
  return unusable_key_file(fmt::format("There is a “{}”, which is neither key nor certificate.", quotable(block.label, 64)),
                           "Leave the key, its certificate and those of its issuers.");
}

/// A PKCS#12 file and what opens it.
struct Opening {
  std::string_view passphrase;
  enum class Mac : std::uint8_t { right, absent } mac = Mac::absent;
  /// OpenSSL distinguishes an empty passphrase from none.
  const char* bytes() const { return none ? nullptr : passphrase.data(); }
  int length() const { return static_cast<int>(passphrase.size()); }
  bool none = false;

  tl::unexpected<Error> failed() const {
    if (mac == Mac::right) {
      return unusable_key_file("The PKCS#12 file is encrypted in a way that is not supported any more (as with RC2), or it is damaged.",
                               "Export it again with AES-256 and SHA-256.");
    }
    return passphrase.empty() ? missing_passphrase() : other_passphrase();
  }
};

Result<> check_mac(PKCS12* file, Opening& opening) {
  if (PKCS12_mac_present(file) != 1) return {};
  const ASN1_INTEGER* iterations = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &iterations, file);
  if (auto bounded = check_iterations(iterations); !bounded) return bounded;
  opening.mac = Opening::Mac::right;
  if (PKCS12_verify_mac(file, opening.bytes(), opening.length()) == 1) return {};
  if (ERR_peek_error() != 0) {
    ERR_clear_error();
    return unusable_key_file("The PKCS#12 file is protected in a way that is not supported, or it is damaged.",
                             "Export it again with AES-256 and SHA-256.");
  }
  opening.none = true;
  if (opening.passphrase.empty() && PKCS12_verify_mac(file, nullptr, 0) == 1) return {};
  ERR_clear_error();
  return opening.passphrase.empty() ? missing_passphrase() : other_passphrase();
}

Result<> add_shrouded_key(OwnKeyParts& parts, const PKCS12_SAFEBAG* bag, const Opening& opening) {
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, nullptr);
  if (auto bounded = check_derivation(algorithm); !bounded) return bounded;
  const InfoPtr info(PKCS12_decrypt_skey(bag, opening.bytes(), opening.length()));
  if (!info) {
    ERR_clear_error();
    return opening.failed();
  }
  KeyPtr key(EVP_PKCS82PKEY(info.get()));
  ERR_clear_error();
  return add_key(parts, std::move(key));
}

Result<> add_bag(OwnKeyParts& parts, const PKCS12_SAFEBAG* bag, const Opening& opening) {
  switch (PKCS12_SAFEBAG_get_nid(bag)) {
    case NID_keyBag: {
      KeyPtr key(EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)));
      ERR_clear_error();
      return add_key(parts, std::move(key));
    }
    case NID_pkcs8ShroudedKeyBag:
      return add_shrouded_key(parts, bag, opening);
    case NID_certBag:
      if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) return {};
      return add_certificate(parts, X509Ptr(PKCS12_SAFEBAG_get1_cert(bag)));
    default:
      return {};  // a list of revocations, a secret of another program
  }
}

Result<BagsPtr> open_safe(PKCS7* safe, const Opening& opening) {
  if (PKCS7_type_is_data(safe)) {
    BagsPtr bags(PKCS12_unpack_p7data(safe));
    ERR_clear_error();
    if (!bags) return damaged();
    return bags;
  }
  if (!PKCS7_type_is_encrypted(safe) || safe->d.encrypted == nullptr || safe->d.encrypted->enc_data == nullptr) {
    return unusable_key_file("The PKCS#12 file is encrypted for somebody's key, not with a passphrase.", "Export it with a passphrase.");
  }
  if (auto bounded = check_derivation(safe->d.encrypted->enc_data->algorithm); !bounded) return fail(std::move(bounded.error()));
  BagsPtr bags(PKCS12_unpack_p7encdata(safe, opening.bytes(), opening.length()));
  ERR_clear_error();
  if (!bags) return opening.failed();
  return bags;
}

tl::unexpected<Error> no_key_file(std::span<const std::uint8_t> file) {
  const auto* position = file.data();
  const bool certificate = X509Ptr(d2i_X509(nullptr, &position, static_cast<long>(file.size()))) != nullptr;
  position = file.data();
  const bool key = KeyPtr(d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(file.size()))) != nullptr;
  ERR_clear_error();
  if (certificate) {
    return unusable_key_file("The file is a certificate without its private key.", "Give the key as well, both as PEM, or a PKCS#12 file.");
  }
  if (key) {
    return unusable_key_file("The file is a private key in DER form, without its certificate.", "Give both as PEM, or a PKCS#12 file.");
  }
  return unusable_key_file("The file is neither PKCS#12 nor PEM.", kExportAgain);
}

}  // namespace

tl::unexpected<Error> unusable_key_file(std::string message, std::string_view remedy) {
  return fail(Code::certificate_unreadable, std::move(message), std::string(remedy), "file");
}

tl::unexpected<Error> wrong_passphrase(std::string message) {
  return fail(Code::certificate_unreadable, std::move(message), "Give the passphrase that the file was made with.", "passphrase");
}

Result<OwnKeyParts> parts_of_pem(std::string_view text, std::string_view passphrase) {
  auto blocks = read_pem(text);
  if (!blocks) return unusable_key_file(std::move(blocks.error().message), kExportAgain);
  OwnKeyParts parts;
  for (auto& block : *blocks) {
    auto added = add_block(parts, block, passphrase);
    if (!block.der.empty()) OPENSSL_cleanse(block.der.data(), block.der.size());
    if (!added) return fail(std::move(added.error()));
  }
  return parts;
}

Result<OwnKeyParts> parts_of_pkcs12(std::span<const std::uint8_t> file, std::string_view passphrase) {
  const auto* position = file.data();
  const std::unique_ptr<PKCS12, Pkcs12Free> parsed(d2i_PKCS12(nullptr, &position, static_cast<long>(file.size())));
  ERR_clear_error();
  if (!parsed) return no_key_file(file);
  if (position != file.data() + file.size()) return unusable_key_file("The file goes on behind the PKCS#12 content.", kExportAgain);
  Opening opening{.passphrase = passphrase.empty() ? std::string_view("") : passphrase};
  if (auto checked = check_mac(parsed.get(), opening); !checked) return fail(std::move(checked.error()));
  const std::unique_ptr<STACK_OF(PKCS7), SafesFree> safes(PKCS12_unpack_authsafes(parsed.get()));
  ERR_clear_error();
  if (!safes) return damaged();
  // Each may be encrypted anew; three are usual.
  if (sk_PKCS7_num(safes.get()) > kMaxSafes) return unusable_key_file("The PKCS#12 file has too many parts.", kExportAgain);
  OwnKeyParts parts;
  for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
    auto bags = open_safe(sk_PKCS7_value(safes.get(), i), opening);
    if (!bags) return fail(std::move(bags.error()));
    for (int j = 0; j < sk_PKCS12_SAFEBAG_num(bags->get()); ++j) {
      if (auto added = add_bag(parts, sk_PKCS12_SAFEBAG_value(bags->get(), j), opening); !added) return fail(std::move(added.error()));
    }
  }
  return parts;
}

}  // namespace daikan::net::detail
