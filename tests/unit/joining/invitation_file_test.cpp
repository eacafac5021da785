#include "joining/invitation_file.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/signature.h"

namespace daikan::joining {
namespace {

TimePoint at(std::int64_t seconds) { return from_micros(seconds * 1'000'000); }

class InvitationFiles : public ::testing::Test {
 protected:
  InvitationFile sample() const {
    return {.id = InvitationId::make(at(1'790'000'000)),
            .primary = "hq – “Zentrale”",
            .addresses = {{"hq.example.com", 13000}, {"2001:db8::7", 14000}},
            .certificate = primary.certificate(),
            .group = "Managed devices/Branches: north",
            .name = "Branch 7",
            .expires_at = at(1'790'604'800),
            .key = bootstrap.key_pkcs8()};
  }
  std::string altered(std::string text, std::string_view from, std::string_view to) const {
    const auto found = text.find(from);
    EXPECT_NE(found, std::string::npos) << from;
    return text.replace(found, from.size(), to);
  }
  void expect_unreadable(const std::string& text, std::string_view says) const {
    const auto file = parse_invitation(text);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Code::invitation_unreadable);
    EXPECT_NE(file.error().message.find(says), std::string::npos) << file.error().message;
    EXPECT_FALSE(file.error().remedy.empty());
  }

  net::Identity primary = std::move(*net::Identity::make(at(1'790'000'000), "hq"));
  net::Identity bootstrap = std::move(*net::Identity::make(at(1'790'000'000), "invitation"));
};

TEST_F(InvitationFiles, WhatWasWrittenIsReadAgain) {
  const auto written = sample();
  const auto file = parse_invitation(write_invitation(written, primary));
  ASSERT_TRUE(file) << file.error().text();
  EXPECT_EQ(file->id, written.id);
  EXPECT_EQ(file->primary, written.primary);
  EXPECT_EQ(file->addresses, written.addresses);
  EXPECT_EQ(file->certificate.pin, written.certificate.pin);
  EXPECT_EQ(file->group, written.group);
  EXPECT_EQ(file->name, written.name);
  EXPECT_EQ(file->expires_at, written.expires_at);
  EXPECT_EQ(file->key, written.key);
  const auto key = net::Identity::from_key(file->key, at(1'790'000'000), "invitation");
  ASSERT_TRUE(key) << key.error().text();
  EXPECT_EQ(key->certificate().pin, bootstrap.certificate().pin);
}

TEST_F(InvitationFiles, LineEndsAndBlankLinesOfMailDoNotMatter) {
  std::string text = "\r\n";
  for (const char c : write_invitation(sample(), primary)) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_TRUE(parse_invitation(text + "\r\n"));
}

TEST_F(InvitationFiles, AnyAlterationIsNoticed) {
  const auto text = write_invitation(sample(), primary);
  expect_unreadable(altered(text, "hq.example.com", "hx.example.com"), "altered");
  expect_unreadable(altered(text, "name: Branch 7", "name: Branch 8"), "altered");
  expect_unreadable(altered(text, "expires: 2026", "expires: 2036"), "altered");
  expect_unreadable(altered(text, "certificate: ", "remark: x\ncertificate: "), "altered");
  const auto other = std::move(*net::Identity::make(at(1'790'000'000), "other"));
  expect_unreadable(write_invitation(sample(), other), "altered");
  for (std::size_t i = 0; i < text.size() - 1; i += 7) {  // not the last line end
    auto damaged = text;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    const auto file = parse_invitation(damaged);
    EXPECT_FALSE(file) << i;
    if (!file) EXPECT_EQ(file.error().code, Code::invitation_unreadable);
  }
}

TEST_F(InvitationFiles, OtherFilesAreToldApart) {
  expect_unreadable("", "not an invitation");
  expect_unreadable(primary.certificate_pem(), "not an invitation");
  expect_unreadable(altered(write_invitation(sample(), primary), "daikan-invitation 1", "daikan-invitation 2"), "form");
  expect_unreadable(write_invitation(sample(), primary).substr(0, 300), "cut off");
  expect_unreadable(std::string(limits::kMaxInvitationFileBytes + 1, 'x'), "too large");
}

TEST_F(InvitationFiles, FieldsOutOfBoundsAreRefusedEvenWhenSigned) {
  auto file = sample();
  file.addresses.clear();
  expect_unreadable(write_invitation(file, primary), "0 addresses");
  file = sample();
  file.addresses.assign(limits::kMaxInvitationAddresses + 1, {"hq", 1});
  expect_unreadable(write_invitation(file, primary), "addresses");
  file = sample();
  file.name = std::string(limits::kMaxNameBytes + 1, 'n');
  expect_unreadable(write_invitation(file, primary), "too long");
  file = sample();
  file.primary = "two\nname: lines";
  expect_unreadable(write_invitation(file, primary), "twice");
}

TEST(Signatures, HoldForTheirTextAndKeyOnly) {
  const auto one = std::move(*net::Identity::make(at(1'790'000'000)));
  const auto other = std::move(*net::Identity::make(at(1'790'000'000)));
  const auto signature = net::sign(one, "text");
  EXPECT_TRUE(net::verify_signature(one.certificate(), "text", signature));
  EXPECT_FALSE(net::verify_signature(one.certificate(), "Text", signature));
  EXPECT_FALSE(net::verify_signature(other.certificate(), "text", signature));
  EXPECT_FALSE(net::verify_signature(one.certificate(), "text", {}));
}

}  // namespace
}  // namespace daikan::joining
