// Files that openssl made (the seeds of the fuzz target, passphrase "secret"), and what is left of them when they are damaged.
#include "net/own_key_file.h"

#include <fstream>
#include <iterator>
#include <limits>

#include <gtest/gtest.h>
#include <openssl/asn1.h>

#include "base/limits.h"
#include "net/detail/key_encryption.h"
#include "unit/net/test_net.h"

namespace daikan::net {
namespace {

// Within the validity of the seeds.
const TimePoint kThen = from_micros(1'800'000'000'000'000);

std::string seed(const std::string& name) {
  std::ifstream in(std::string(DAIKAN_SOURCE_DIR) + "/tests/fuzz/corpus/own_key_file/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Result<Identity> read(std::string_view file, std::string_view passphrase = "secret", TimePoint at = kThen) {
  return read_own_key({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}, passphrase, at);
}

/// "field: message" of what must fail.
std::string refusal(std::string_view file, std::string_view passphrase = "secret", TimePoint at = kThen) {
  const auto identity = read(file, passphrase, at);
  if (identity) return "it was read";
  EXPECT_FALSE(identity.error().remedy.empty());
  return identity.error().field + ": " + identity.error().message;
}

TEST(OwnKeyFile, EveryUsualFormIsReadAndIsTheSameKey) {
  const auto plain = read(seed("plain.pem"), "");
  ASSERT_TRUE(plain) << plain.error().text();
  for (const auto* name : {"plain.pem", "encrypted.pem", "traditional.pem", "scrypt.pem", "modern.p12", "tripledes.p12"}) {
    const auto identity = read(seed(name));
    ASSERT_TRUE(identity) << name << ": " << identity.error().text();
    EXPECT_EQ(identity->certificate().fingerprint, plain->certificate().fingerprint) << name;
    EXPECT_TRUE(identity->chain().empty());
    EXPECT_TRUE(identity->issuer().empty());
  }
  EXPECT_TRUE(read(seed("empty_passphrase.p12"), ""));
}

TEST(OwnKeyFile, ChainIsKeptInOrder) {
  for (const auto* name : {"chain.pem", "chain.p12"}) {
    const auto identity = read(seed(name));
    ASSERT_TRUE(identity) << name << ": " << identity.error().text();
    ASSERT_EQ(identity->chain().size(), 1U);
    EXPECT_EQ(subject_of(identity->chain().front().get()), "CN=root");
    EXPECT_EQ(identity->issuer(), "CN=root");
    EXPECT_EQ(identity->renewed(kThen).error().code, Code::certificate_unreadable);
    const auto again = Identity::from_pem(identity->key_pem() + identity->certificate_pem() + identity->chain_pem());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->chain().size(), 1U);
  }
  // A chain may begin with the certificate itself, as in fullchain.pem.
  const auto file = seed("chain.pem");
  EXPECT_TRUE(read(file + file.substr(file.find("-----BEGIN CERTIFICATE"))));
}

TEST(OwnKeyFile, PassphrasesAreToldApart) {
  for (const auto* name : {"encrypted.pem", "traditional.pem", "scrypt.pem", "modern.p12"}) {
    EXPECT_EQ(refusal(seed(name), "other"), "passphrase: The passphrase does not open the private key.") << name;
    EXPECT_EQ(refusal(seed(name), ""), "passphrase: The private key is encrypted, and no passphrase was given.") << name;
  }
  EXPECT_EQ(refusal(seed("legacy.p12")),
            "file: The PKCS#12 file is encrypted in a way that is not supported any more (as with RC2), or it is damaged.");
}

TEST(OwnKeyFile, WhatIsNoWholeFileIsRefused) {
  EXPECT_EQ(refusal(""), "file: The file is empty.");
  EXPECT_EQ(refusal("Dear Olga,"), "file: The file is neither PKCS#12 nor PEM.");
  EXPECT_EQ(refusal(std::string(limits::kMaxOwnKeyFileBytes + 1, 'x')), "file: The file is larger than 64 KiB.");
  EXPECT_EQ(refusal(seed("modern.p12") + "x"), "file: The file goes on behind the PKCS#12 content.");
  EXPECT_EQ(refusal(seed("plain.pem") + seed("chain.pem")), "file: There is more than one private key.");
  EXPECT_EQ(refusal("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"),
            "file: The private key is in the form of OpenSSH, which is not supported.");
  EXPECT_EQ(refusal("-----BEGIN PGP MESSAGE-----\nAAAA\n-----END PGP MESSAGE-----\n"),
            "file: There is a “PGP MESSAGE”, which is neither key nor certificate.");
  const auto whole = seed("modern.p12");
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
    EXPECT_FALSE(read(damaged).has_value() && read(damaged)->certificate().fingerprint != read(whole)->certificate().fingerprint) << at;
  }
}

TEST(OwnKeyFile, DatesCount) {
  EXPECT_EQ(read(seed("plain.pem"), "", kThen + std::chrono::days(4000)).error().code, Code::certificate_expired);
  const auto early = refusal(seed("plain.pem"), "", kThen - std::chrono::days(400));
  EXPECT_TRUE(early.starts_with("file: The certificate of CN=own is not valid before 2026-")) << early;
}

TEST(OwnKeyFile, DerivationsThatTakeTooLongAreNotBegun) {
  ASN1_INTEGER* count = ASN1_INTEGER_new();
  for (const auto& [value, good] : {std::pair<std::int64_t, bool>{1, true},
                                    {limits::kMaxKeyFileIterations, true},
                                    {limits::kMaxKeyFileIterations + 1, false},
                                    {0, false},
                                    {-1, false},
                                    {std::numeric_limits<std::int64_t>::max(), false}}) {
    ASN1_INTEGER_set_int64(count, value);
    EXPECT_EQ(detail::check_iterations(count).has_value(), good) << value;
  }
  ASN1_INTEGER_free(count);
}

TEST(OwnKeyFile, SecretIsOverwritten) {
  std::string secret = "secret";
  wipe(secret);
  EXPECT_EQ(secret, std::string(6, '\0'));
}

}  // namespace
}  // namespace daikan::net
