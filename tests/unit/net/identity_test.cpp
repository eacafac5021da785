#include "net/identity.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

namespace daikan::net {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

Identity make() { return std::move(*Identity::make(now(), "test")); }

Error parse_error(std::span<const std::uint8_t> bytes) {
  const auto parsed = parse_certificate(bytes, now());
  return parsed ? Error(Code::internal, "it was accepted") : parsed.error();
}

void expect_unreadable(std::span<const std::uint8_t> bytes, std::string_view words) {
  const auto error = parse_error(bytes);
  EXPECT_EQ(error.code, Code::certificate_unreadable) << error.text();
  EXPECT_NE(error.message.find(words), std::string::npos) << error.text();
  EXPECT_FALSE(error.remedy.empty());
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "daikan-identity-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }
  void write(const std::string& name, std::string_view content) const { std::ofstream(path_ / name, std::ios::binary) << content; }
  std::string read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  fs::path path_;
};

// A self-signed certificate around any key.
std::vector<std::uint8_t> certificate_with(EVP_PKEY* key) {
  const X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  const bool own_digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
  EXPECT_GT(X509_sign(certificate.get(), key, own_digest ? nullptr : EVP_sha256()), 0);
  return record_of(certificate.get()).der;
}

TEST(Identity, MakesAP256CertificateThatParsesAsItself) {
  const auto identity = make();
  const auto parsed = parse_certificate(identity.certificate().der, now());
  ASSERT_TRUE(parsed) << parsed.error().text();
  EXPECT_EQ(parsed->record.pin, identity.certificate().pin);
  EXPECT_EQ(parsed->record.fingerprint, identity.certificate().fingerprint);
  EXPECT_EQ(parsed->record.der, identity.certificate().der);
  EXPECT_EQ(parsed->subject, "CN=test");
  EXPECT_LT(parsed->not_before, now());
  EXPECT_EQ(parsed->not_after, identity.not_after());
  EXPECT_EQ(EVP_PKEY_get_bits(identity.key()), 256);
}

TEST(Identity, PrintsTheFingerprintAsOpensslDoes) {
  const auto identity = make();
  const auto& text = identity.certificate().fingerprint;
  ASSERT_EQ(text.size(), 95U);
  EXPECT_EQ(text.find_first_not_of("0123456789ABCDEF:"), std::string::npos);
  EXPECT_EQ(text, fingerprint_of(identity.x509()));
  EXPECT_EQ(normalise_fingerprint(text), text);
}

TEST(Identity, IsTheSameAfterARestart) {
  const Folder folder;
  const auto first = Identity::load_or_create(folder.path(), now());
  ASSERT_TRUE(first) << first.error().text();
  const auto second = Identity::load_or_create(folder.path(), now());
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(first->certificate().fingerprint, second->certificate().fingerprint);
  EXPECT_EQ(first->key_pem(), second->key_pem());
}

TEST(Identity, KeepsItsKeyToItself) {
  const Folder folder;
  ASSERT_TRUE(Identity::load_or_create(folder.path(), now()));
  struct stat status = {};
  ASSERT_EQ(::stat((folder.path() / "server.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_FALSE(fs::exists(folder.path() / "server.key.new"));
  EXPECT_FALSE(fs::exists(folder.path() / "server.cer.new"));
}

TEST(Identity, RefusesAKeyWithoutItsCertificateAndOverwritesNothing) {
  const Folder folder;
  ASSERT_TRUE(Identity::load_or_create(folder.path(), now()));
  const auto key = folder.read("server.key");
  fs::remove(folder.path() / "server.cer");
  const auto loaded = Identity::load_or_create(folder.path(), now());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::certificate_unreadable);
  EXPECT_EQ(folder.read("server.key"), key);
  EXPECT_FALSE(fs::exists(folder.path() / "server.cer"));
}

TEST(Identity, RefusesACertificateWithoutItsKey) {
  const Folder folder;
  ASSERT_TRUE(Identity::load_or_create(folder.path(), now()));
  fs::remove(folder.path() / "server.key");
  const auto loaded = Identity::load_or_create(folder.path(), now());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::certificate_unreadable);
}

TEST(Identity, RefusesAKeyOfAnotherCertificate) {
  const Folder folder;
  ASSERT_TRUE(Identity::load_or_create(folder.path(), now()));
  folder.write("server.key", make().key_pem());
  const auto loaded = Identity::load_or_create(folder.path(), now());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::certificate_unreadable);
  EXPECT_NE(loaded.error().message.find("do not belong together"), std::string::npos);
}

TEST(Identity, RefusesADamagedKeyWithoutAskingForAPassword) {
  const Folder folder;
  ASSERT_TRUE(Identity::load_or_create(folder.path(), now()));
  folder.write("server.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n");
  const auto loaded = Identity::load_or_create(folder.path(), now());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::certificate_unreadable);
}

TEST(Identity, FinishesAFirstStartThatWasInterruptedBetweenItsFiles) {
  const Folder folder;
  const auto first = Identity::load_or_create(folder.path(), now());
  fs::rename(folder.path() / "server.cer", folder.path() / "server.cer.new");
  const auto again = Identity::load_or_create(folder.path(), now());
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->certificate().fingerprint, first->certificate().fingerprint);
}

TEST(Identity, BeginsAnewAfterAFirstStartThatWasInterruptedEarlier) {
  const Folder folder;
  folder.write("server.key.new", "half a ke");
  folder.write("server.cer.new", "");
  const auto made = Identity::load_or_create(folder.path(), now());
  ASSERT_TRUE(made) << made.error().text();
}

TEST(Identity, LoadsWithAnExpiredCertificate) {
  const Folder folder;
  const auto first = Identity::load_or_create(folder.path(), now() - std::chrono::years(20));
  ASSERT_TRUE(first);
  EXPECT_TRUE(Identity::load_or_create(folder.path(), now()));
}

TEST(Identity, SaysWhyAFolderCannotBeUsed) {
  const auto loaded = Identity::load_or_create("/nonexistent/folder", now());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::storage_failed);
  EXPECT_NE(loaded.error().message.find("/nonexistent/folder"), std::string::npos);
}

TEST(ParseCertificate, ReadsPemWithRemarksBefore) {
  const auto identity = make();
  const auto parsed = parse_certificate(bytes_of("subject=CN = test\r\n\r\n" + identity.certificate_pem() + "\r\n"), now());
  ASSERT_TRUE(parsed) << parsed.error().text();
  EXPECT_EQ(parsed->record.fingerprint, identity.certificate().fingerprint);
}

TEST(ParseCertificate, SaysThatAFileIsEmpty) { expect_unreadable({}, "empty"); }

TEST(ParseCertificate, SaysThatAFileIsTooLarge) {
  expect_unreadable(std::vector<std::uint8_t>(limits::kMaxCertificateFileBytes + 1), "larger than 64 KiB");
}

TEST(ParseCertificate, SaysThatAFileIsNoCertificate) {
  expect_unreadable(bytes_of("Dear colleague, attached please find"), "not a certificate");
  expect_unreadable(std::vector<std::uint8_t>{0x30, 0x82, 0xff, 0xff}, "not a certificate");
}

TEST(ParseCertificate, SaysThatAFileIsAPrivateKey) {
  const auto identity = make();
  expect_unreadable(bytes_of(identity.key_pem()), "private key");
  expect_unreadable(bytes_of(identity.certificate_pem() + identity.key_pem()), "private key");
  unsigned char* der = nullptr;
  const int length = i2d_PrivateKey(identity.key(), &der);
  ASSERT_GT(length, 0);
  expect_unreadable({der, static_cast<std::size_t>(length)}, "private key");
  OPENSSL_free(der);
}

TEST(ParseCertificate, SaysThatAFileIsAPkcs12File) {
  const auto identity = make();
  PKCS12* file = PKCS12_create("secret", "test", identity.key(), identity.x509(), nullptr, 0, 0, 0, 0, 0);
  ASSERT_NE(file, nullptr);
  unsigned char* der = nullptr;
  const int length = i2d_PKCS12(file, &der);
  expect_unreadable({der, static_cast<std::size_t>(length)}, "PKCS#12");
  OPENSSL_free(der);
  PKCS12_free(file);
}

TEST(ParseCertificate, SaysThatAFileHoldsMoreThanOne) {
  const auto pem = make().certificate_pem() + make().certificate_pem();
  expect_unreadable(bytes_of(pem), "more than one");
}

TEST(ParseCertificate, SaysThatAFileGoesOnBehindTheCertificate) {
  auto der = make().certificate().der;
  der.push_back(0);
  expect_unreadable(der, "goes on");
  expect_unreadable(bytes_of(make().certificate_pem() + "and so on"), "goes on");
}

TEST(ParseCertificate, SaysThatAFileIsCutOff) {
  const auto pem = make().certificate_pem();
  expect_unreadable(bytes_of(pem.substr(0, pem.size() / 2)), "cut off");
  auto der = make().certificate().der;
  der.resize(der.size() / 2);
  expect_unreadable(der, "not a certificate");
}

TEST(ParseCertificate, SaysThatPemIsDamagedOrSomethingElse) {
  expect_unreadable(bytes_of("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"), "not base64");
  expect_unreadable(bytes_of("-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"), "request");
  expect_unreadable(bytes_of("-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n"), "PKCS7");
  expect_unreadable(bytes_of("-----BEGIN CERTIFICATE"), "damaged PEM line");
}

TEST(ParseCertificate, TakesGoodKeysAndRefusesWeakOnes) {
  const KeyPtr good_rsa(EVP_RSA_gen(2048U));
  EXPECT_TRUE(parse_certificate(certificate_with(good_rsa.get()), now()));
  const KeyPtr ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  EXPECT_TRUE(parse_certificate(certificate_with(ed25519.get()), now()));
  const KeyPtr weak_rsa(EVP_RSA_gen(1024U));
  expect_unreadable(certificate_with(weak_rsa.get()), "only 1024 bits");
  const KeyPtr weak_curve(EVP_EC_gen("secp224r1"));
  expect_unreadable(certificate_with(weak_curve.get()), "only 224 bits");
}

TEST(ParseCertificate, SaysThatACertificateExpiredAndWhen) {
  const auto old = *Identity::make(from_micros(0), "old");
  const auto error = parse_error(old.certificate().der);
  EXPECT_EQ(error.code, Code::certificate_expired);
  EXPECT_NE(error.message.find("1980-01-01"), std::string::npos) << error.message;
}

TEST(Fingerprint, IsTakenAsPeopleTypeIt) {
  const auto identity = make();
  const auto& canonical = identity.certificate().fingerprint;
  std::string lower;
  for (const char c : canonical) {
    if (c != ':') lower.push_back(static_cast<char>(std::tolower(c)));
  }
  EXPECT_EQ(normalise_fingerprint(lower), canonical);
  EXPECT_EQ(normalise_fingerprint("  " + lower.substr(0, 32) + " " + lower.substr(32)), canonical);
  EXPECT_FALSE(normalise_fingerprint(""));
  EXPECT_FALSE(normalise_fingerprint(lower.substr(1)));
  EXPECT_FALSE(normalise_fingerprint(lower + "00"));
  EXPECT_FALSE(normalise_fingerprint(std::string(64, 'g')));
}

}  // namespace
}  // namespace daikan::net
