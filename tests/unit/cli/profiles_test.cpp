#include "cli/profiles.h"

#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/new_file.h"
#include "unit/cli/test_terminal.h"
#include "unit/net/test_net.h"

namespace daikan::cli::test {
namespace {

using testing::HasSubstr;

std::string fingerprint() {
  std::string text = "AB";
  for (int i = 1; i < 32; ++i) text += ":CD";
  return text;
}

Profile profile_named(const std::string& name) {
  return {name, {"hq.example.com", 13291}, fingerprint(), "olga", "dks_1", "2026-11-24T09:33:00.000000Z"};
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

TEST(Profiles, AreKeptWhereOnlyTheirOwnerReadsThem) {
  const Folder folder;
  Profiles profiles(folder.path() / "daikan");
  ASSERT_TRUE(profiles.put(profile_named("hq")));
  EXPECT_EQ(mode_of(folder.path() / "daikan"), 0700U);
  EXPECT_EQ(mode_of(folder.path() / "daikan" / "profiles.json"), 0600U);
  const auto found = profiles.find("hq");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->url(), "https://hq.example.com:13291");
  EXPECT_EQ(found->fingerprint, fingerprint());
  EXPECT_EQ(found->secret, "dks_1");
  EXPECT_EQ(found->user, "olga");
}

TEST(Profiles, TheOnlyOneIsTheDefault) {
  const Folder folder;
  Profiles profiles(folder.path());
  EXPECT_EQ(profiles.find("").error().code, Code::not_found);
  ASSERT_TRUE(profiles.put(profile_named("hq")));
  EXPECT_EQ(profiles.find("")->name, "hq");
  ASSERT_TRUE(profiles.put(profile_named("branch1")));
  const auto none = profiles.find("");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::invalid_request);
  EXPECT_THAT(none.error().message, HasSubstr("branch1, hq"));
  EXPECT_EQ(profiles.find("shop").error().code, Code::not_found);
}

TEST(Profiles, PuttingAgainReplaces) {
  const Folder folder;
  Profiles profiles(folder.path());
  ASSERT_TRUE(profiles.put(profile_named("hq")));
  auto changed = profile_named("hq");
  changed.secret.clear();
  ASSERT_TRUE(profiles.put(changed));
  EXPECT_EQ(profiles.list()->size(), 1U);
  EXPECT_EQ(profiles.find("hq")->secret, "");
}

TEST(Profiles, RemovingWhatIsNotThereIsNotFound) {
  const Folder folder;
  Profiles profiles(folder.path());
  ASSERT_TRUE(profiles.put(profile_named("hq")));
  EXPECT_EQ(profiles.remove("shop").error().code, Code::not_found);
  ASSERT_TRUE(profiles.remove("hq"));
  EXPECT_TRUE(profiles.list()->empty());
}

TEST(Profiles, AFileThatCannotBeUnderstoodIsNeverOverwritten) {
  for (const auto* text : {"", "{", "[]", R"({"profiles":7})", R"({"profiles":[{"name":"hq"}]})",
                           R"({"profiles":[{"name":"hq","url":"https://hq","fingerprint":"12"}]})"}) {
    SCOPED_TRACE(text);
    const Folder folder;
    const auto file = folder.file("profiles.json", text);
    Profiles profiles(folder.path());
    EXPECT_EQ(profiles.list().error().code, Code::configuration_invalid);
    EXPECT_EQ(profiles.put(profile_named("hq")).error().code, Code::configuration_invalid);
    EXPECT_EQ(content_of(file), text);
  }
}

TEST(Profiles, TwoCommandsAtOnceLoseNothing) {
  const Folder folder;
  const auto add = [&](const std::string& prefix) {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(Profiles(folder.path()).put(profile_named(prefix + std::to_string(i))));
  };
  std::thread one(add, "a");
  std::thread two(add, "b");
  one.join();
  two.join();
  EXPECT_EQ(Profiles(folder.path()).list()->size(), 20U);
}

TEST(Profiles, AFolderThatCannotBeMadeIsNamed) {
  const Folder folder;
  const auto file = folder.file("file", "x");
  const auto outcome = Profiles(std::filesystem::path(file) / "below").put(profile_named("hq"));
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr(file));
}

TEST(Profiles, TheUrlOfAConsole) {
  EXPECT_EQ(parse_console_url("https://hq.example.com")->str(), "hq.example.com:13291");
  EXPECT_EQ(parse_console_url("https://hq.example.com:443/")->str(), "hq.example.com:443");
  EXPECT_EQ(parse_console_url("[2001:db8::7]:9")->str(), "[2001:db8::7]:9");
  EXPECT_EQ(parse_console_url("hq")->str(), "hq:13291");
  EXPECT_EQ(parse_console_url("http://hq").error().field, "url");
  EXPECT_EQ(parse_console_url("https://hq:70000").error().code, Code::port_out_of_range);
  EXPECT_FALSE(parse_console_url("https://hq/path"));
  EXPECT_EQ(parse_console_url("").error().code, Code::address_required);
}

TEST(Profiles, NamesAreSimple) {
  EXPECT_TRUE(check_profile_name("hq-1.test_2"));
  for (const auto* name : {"", "a b", "a/b", "東京"}) EXPECT_FALSE(check_profile_name(name)) << name;
  EXPECT_FALSE(check_profile_name(std::string(65, 'a')));
}

TEST(Files, APasswordIsTheFirstLine) {
  const Folder folder;
  EXPECT_EQ(*read_secret(folder.file("a", "two words \r\nmore\n")), "two words ");
  EXPECT_EQ(*read_secret(folder.file("b", "no line feed")), "no line feed");
  EXPECT_EQ(read_secret(folder.file("c", "\n")).error().code, Code::invalid_request);
  EXPECT_EQ(read_secret((folder.path() / "missing").string()).error().code, Code::not_found);
  EXPECT_EQ(read_secret(folder.path().string()).error().code, Code::invalid_request);
  EXPECT_EQ(read_secret(folder.file("d", std::string(5000, 'x'))).error().code, Code::too_large);
}

TEST(Files, ACertificateIsLookedAtBeforeItIsSent) {
  const Folder folder;
  const auto identity = net::test::make_identity();
  const auto pem = read_certificate(folder.file("a.pem", identity.certificate_pem()));
  ASSERT_TRUE(pem);
  EXPECT_EQ(pem->record.fingerprint, identity.certificate().fingerprint);
  const auto& der = identity.certificate().der;
  const auto file = read_certificate(folder.file("a.cer", std::string(der.begin(), der.end())));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text, pem->text);
  const auto bad = folder.file("bad.cer", "not a certificate");
  EXPECT_EQ(read_certificate(bad).error().code, Code::certificate_unreadable);
  EXPECT_THAT(read_certificate(bad).error().message, HasSubstr(bad));
  EXPECT_EQ(read_certificate(folder.file("big.cer", std::string(70'000, 'x'))).error().code, Code::certificate_unreadable);
}

TEST(Files, AProxyPasswordNeedsAUser) {
  const Folder folder;
  const auto password = folder.file("pw", "secret\n");
  EXPECT_EQ(read_proxy("http://olga@proxy:3128", password, "proxy")->password, "secret");
  EXPECT_EQ(read_proxy("http://proxy:3128", password, "proxy").error().field, "proxy");
  EXPECT_EQ(read_proxy("socks5://proxy", "", "proxy")->endpoint.port, 1080);
  EXPECT_FALSE(read_proxy("ftp://proxy", "", "proxy"));
}

TEST(Files, AFileIsReplacedAsAWhole) {
  const Folder folder;
  const auto file = folder.path() / "out";
  ASSERT_TRUE(write_file(file, "one", 0644));
  ASSERT_TRUE(write_file(file, "two", 0600));
  EXPECT_EQ(content_of(file), "two");
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(write_file(folder.path() / "none" / "out", "x", 0600).error().code, Code::storage_failed);
}

TEST(Files, WhatAnotherPutInTheWayIsNeitherFollowedNorRemoved) {
  const Folder folder;
  const auto precious = folder.file("precious", "kept");
  const auto file = folder.path() / "out";
  const auto guessed = {file.string() + fmt::format(".{}.new", ::getpid()), file.string() + fmt::format(".{}.part", ::getpid()),
                        file.string() + ".part"};
  for (const auto& name : guessed) std::filesystem::create_symlink(precious, name);
  ASSERT_TRUE(write_file(file, "one", 0600));
  EXPECT_EQ(content_of(file), "one");
  EXPECT_EQ(content_of(precious), "kept");
  for (const auto& name : guessed) EXPECT_TRUE(std::filesystem::is_symlink(name)) << name;
}

TEST(Files, WhatIsNotKeptLeavesNothing) {
  const Folder folder;
  {
    NewFile file((folder.path() / "out").string());
    ASSERT_TRUE(file.open(0600));
    ASSERT_TRUE(file.write("half"));
    EXPECT_TRUE(std::filesystem::exists(file.partial()));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace daikan::cli::test
