// Another key in place of the one in a folder, with a crash at every step; and renewal with the same key.
#include "net/identity_change.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::net {
namespace {

namespace fs = std::filesystem;

class IdentityChange : public ::testing::Test {
 protected:
  IdentityChange() {
    std::string pattern = (fs::temp_directory_path() / "daikan-change-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~IdentityChange() override { fs::remove_all(folder); }

  Identity opened() { return std::move(*Identity::load_or_create(folder, now())); }
  static std::string content(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder;
};

TEST_F(IdentityChange, NextIdentityIsKeptSecretLoadedUsedAndGone) {
  const auto old = opened();
  const auto next = std::move(*Identity::make(now()));
  ASSERT_TRUE(save_next(folder, next));
  EXPECT_EQ(fs::status(folder / "server.next.pem").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(opened().certificate().pin, old.certificate().pin);
  const auto loaded = load_next(folder);
  ASSERT_TRUE(loaded && *loaded);
  EXPECT_EQ((*loaded)->certificate().pin, next.certificate().pin);
  ASSERT_TRUE(use_next(folder));
  EXPECT_EQ(opened().certificate().fingerprint, next.certificate().fingerprint);
  EXPECT_EQ(fs::status(folder / "server.key").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(*load_next(folder));
  EXPECT_FALSE(fs::exists(folder / "server.switch.pem"));
}

TEST_F(IdentityChange, CrashAtAnyStepLeavesOneWholeIdentity) {
  const auto old = opened();
  const auto next = std::move(*Identity::make(now()));
  const auto key = next.key_pem();
  const auto& der = next.certificate().der;
  // The steps of use_next behind its rename: nothing yet, the key replaced, both replaced.
  for (int done = 0; done <= 2; ++done) {
    std::ofstream(folder / "server.key") << (done >= 1 ? key : old.key_pem());
    std::ofstream(folder / "server.cer", std::ios::binary)
        << (done >= 2 ? std::string(der.begin(), der.end()) : std::string(old.certificate().der.begin(), old.certificate().der.end()));
    std::ofstream(folder / "server.switch.pem") << key << next.certificate_pem();
    EXPECT_EQ(opened().certificate().pin, next.certificate().pin) << done;
    EXPECT_FALSE(fs::exists(folder / "server.switch.pem")) << done;
  }
}

TEST_F(IdentityChange, DiscardedNextIdentityChangesNothing) {
  const auto old = opened();
  ASSERT_TRUE(save_next(folder, *Identity::make(now())));
  ASSERT_TRUE(discard_next(folder));
  EXPECT_FALSE(*load_next(folder));
  EXPECT_FALSE(use_next(folder));
  EXPECT_EQ(opened().certificate().pin, old.certificate().pin);
}

TEST_F(IdentityChange, ChangeThatFailedOnTheWayCannotBeTakenBackAndGoesOn) {
  opened();
  const auto next = std::move(*Identity::make(now()));
  ASSERT_TRUE(save_next(folder, next));
  fs::remove(folder / "server.key");
  fs::create_directories(folder / "server.key" / "in the way");
  EXPECT_EQ(use_next(folder).error().code, Code::storage_failed);
  EXPECT_EQ(discard_next(folder).error().code, Code::storage_failed);
  EXPECT_EQ(use_next(folder).error().code, Code::storage_failed);
  fs::remove_all(folder / "server.key");
  ASSERT_TRUE(use_next(folder));
  EXPECT_EQ(opened().certificate().pin, next.certificate().pin);
  EXPECT_FALSE(use_next(folder)) << "there is nothing left to use";
}

TEST_F(IdentityChange, FileLeftFromAnEarlierChangeDoesNotHoldUpTheNextOne) {
  opened();
  const auto earlier = std::move(*Identity::make(now())), next = std::move(*Identity::make(now()));
  std::ofstream(folder / "server.switch.pem") << earlier.key_pem() << earlier.certificate_pem();
  ASSERT_TRUE(save_next(folder, next));
  ASSERT_TRUE(use_next(folder));
  EXPECT_EQ(opened().certificate().pin, next.certificate().pin);
  EXPECT_FALSE(fs::exists(folder / "server.switch.pem"));
}

TEST_F(IdentityChange, DamagedNextIdentityIsSaidSo) {
  opened();
  std::ofstream(folder / "server.next.pem") << "nothing";
  EXPECT_EQ(load_next(folder).error().code, Code::certificate_unreadable);
  const auto one = std::move(*Identity::make(now())), other = std::move(*Identity::make(now()));
  EXPECT_EQ(Identity::from_pem(one.key_pem() + other.certificate_pem()).error().code, Code::certificate_unreadable);
  EXPECT_EQ(Identity::from_key({}, now(), "x").error().code, Code::certificate_unreadable);
}

TEST_F(IdentityChange, RenewedCertificateHasTheSameKeyAndSubject) {
  const auto old = opened();
  const auto later = now() + std::chrono::days(3600);
  auto renewed = old.renewed(later);
  ASSERT_TRUE(renewed) << renewed.error().text();
  EXPECT_EQ(renewed->certificate().pin, old.certificate().pin);
  EXPECT_NE(renewed->certificate().fingerprint, old.certificate().fingerprint);
  EXPECT_GT(renewed->not_after(), later + std::chrono::days(365));
  const auto before = parse_certificate(old.certificate().der, now()), after = parse_certificate(renewed->certificate().der, later);
  EXPECT_EQ(before->subject, after->subject);
  ASSERT_TRUE(renewed->save_certificate(folder));
  EXPECT_EQ(opened().certificate().fingerprint, renewed->certificate().fingerprint);
}

}  // namespace
}  // namespace daikan::net
