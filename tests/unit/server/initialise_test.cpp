#include "server/initialise.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "server/data_folder.h"
#include "server/housekeeping.h"
#include "store/tables_feed.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using test::Site;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  ::stat(path.c_str(), &status);
  return status.st_mode & 0777U;
}

struct InitialiseTest : testing::Test {
  TemporaryFolder folder;
  std::filesystem::path data = folder.path / "data";
  InitialiseRequest request() const {
    return {.data = data, .database = {}, .server_name = "hq", .user = "olga", .password = "correct horse"};
  }
};

TEST_F(InitialiseTest, MakesEverythingAServerNeeds) {
  const auto made = initialise(request(), now());
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->server_name, "hq");
  EXPECT_EQ(made->user, "olga");
  EXPECT_EQ(mode_of(data), 0700U);
  EXPECT_EQ(mode_of(data / "server.key"), 0600U);
  EXPECT_EQ(mode_of(data / "secrets.key"), 0600U);
  EXPECT_EQ(std::filesystem::file_size(data / "secrets.key"), 32U);
  const auto database = store::Database::open("sqlite:" + (data / "daikan.db").string());
  ASSERT_TRUE(database);
  const auto row = prepare_database(**database, "", now());
  ASSERT_TRUE(row);
  EXPECT_EQ(row->id, made->id);
  EXPECT_EQ(row->name, "hq");
  EXPECT_EQ(row->first_account, ServerRow::FirstAccount::there);
}

TEST_F(InitialiseTest, RefusesASecondTimeAndSaysHowToGoOn) {
  ASSERT_TRUE(initialise(request(), now()));
  const auto again = initialise(request(), now());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_THAT(again.error().message, HasSubstr("initialised already"));
  EXPECT_THAT(again.error().remedy, HasSubstr("log in"));
}

TEST_F(InitialiseTest, RefusesWhileAnotherProcessHoldsTheFolder) {
  const auto held = DataFolder::open(data);
  ASSERT_TRUE(held);
  const auto refused = initialise(request(), now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("in use by process " + std::to_string(::getpid())));
}

TEST_F(InitialiseTest, RefusesBadNamesAndPasswordsBeforeItMakesAnything) {
  auto short_password = request();
  short_password.password = "short";
  EXPECT_EQ(initialise(short_password, now()).error().field, "password");
  auto bad_name = request();
  bad_name.server_name = "a/b";
  EXPECT_EQ(initialise(bad_name, now()).error().field, "server_name");
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST_F(InitialiseTest, SaysWhichFolderCannotBeMade) {
  std::ofstream(folder.path / "file") << "x";
  auto below_a_file = request();
  below_a_file.data = folder.path / "file" / "data";
  const auto refused = initialise(below_a_file, now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::storage_failed);
  EXPECT_THAT(refused.error().message, HasSubstr((folder.path / "file" / "data").string()));
}

TEST_F(InitialiseTest, ANewNameIsTakenOverAndRecordedAndTheIdStays) {
  const auto made = initialise(request(), now());
  const auto database = store::Database::open("sqlite:" + (data / "daikan.db").string());
  const auto renamed = prepare_database(**database, "headquarters", now());
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->name, "headquarters");
  EXPECT_EQ(renamed->id, made->id);
  EXPECT_EQ(prepare_database(**database, "", now())->name, "headquarters");
  EXPECT_EQ(prepare_database(**database, "a/b", now()).error().code, Code::invalid_request);
}

TEST(SealingTest, OpensWhatItSealedAndNothingElse) {
  TemporaryFolder folder;
  const auto sealing = Sealing::load_or_create(folder.path / "secrets.key");
  ASSERT_TRUE(sealing);
  const auto sealed = sealing->seal("hunter2");
  EXPECT_EQ(sealed.find("hunter2"), std::string::npos);
  EXPECT_NE(sealed, sealing->seal("hunter2"));
  const auto again = Sealing::load_or_create(folder.path / "secrets.key");
  EXPECT_EQ(*again->unseal(sealed), "hunter2");
  EXPECT_EQ(*again->unseal(again->seal("")), "");

  for (auto damaged :
       {sealed.substr(0, sealed.size() - 4), std::string("sealed1:"), std::string("hunter2"), sealed + "AAAA", "x" + sealed}) {
    const auto refused = again->unseal(damaged);
    ASSERT_FALSE(refused) << damaged;
    EXPECT_EQ(refused.error().code, Code::storage_failed);
  }
  EXPECT_FALSE(Sealing::ephemeral().unseal(sealed));
}

TEST(SealingTest, NamesTheLinkWhosePasswordDoesNotOpen) {
  const Proxy proxy{ProxyKind::http, {"proxy", 3128}, "olga", "never sealed"};
  const auto refused = open_proxy(Sealing::ephemeral(), proxy, "the secondary server “Branch 7”");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("Branch 7"));
  EXPECT_FALSE(*open_proxy(Sealing::ephemeral(), std::nullopt, "x"));
}

TEST(SealingTest, AKeyFileOfAnotherLengthIsRefusedAndKept) {
  TemporaryFolder folder;
  std::ofstream(folder.path / "secrets.key") << "short";
  const auto refused = Sealing::load_or_create(folder.path / "secrets.key");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::storage_failed);
  EXPECT_EQ(std::filesystem::file_size(folder.path / "secrets.key"), 5U);
}

TEST(DataFolderTest, IsFreeAgainWhenItsHolderIsGone) {
  TemporaryFolder folder;
  {
    const auto held = DataFolder::open(folder.path);
    ASSERT_TRUE(held);
    EXPECT_EQ(DataFolder::open(folder.path).error().code, Code::conflict);
  }
  EXPECT_TRUE(DataFolder::open(folder.path));
}

TEST(HousekeepingTest, SweepsWhatIsOver) {
  net::test::Loop loop;
  Site hq(loop, "hq");
  const auto account = hq.add_account("olga", "correct horse");
  ASSERT_TRUE(loop.run(hq.accounts->create_token(test::olga(), {account, "ci", 1h})));
  ASSERT_TRUE(loop.run(hq.groups->add(test::olga(), "Old")));
  Housekeeping housekeeping(*hq.storage, *hq.history, hq.facts, std::chrono::days(90));

  ASSERT_TRUE(loop.run(housekeeping.sweep(now())));
  EXPECT_THAT(hq.event_kinds(), ElementsAre("token_created", "group_added", "audit_head"));
  EXPECT_EQ(loop.run(hq.accounts->credentials(account))->size(), 1U);

  ASSERT_TRUE(loop.run(housekeeping.sweep(now() + std::chrono::days(91))));
  EXPECT_TRUE(hq.event_kinds().empty());
  const auto left = hq.read<std::size_t>([account](store::Transaction& t) { return store::credentials_of(t, account).size(); });
  EXPECT_EQ(left, 0U);
}

TEST(Housekeeping, EndOfTheCertificateIsToldFourTimesAndThenDaily) {
  net::test::Loop loop;
  Site hq(loop, "hq");
  Housekeeping housekeeping(*hq.storage, *hq.history, hq.facts, std::chrono::days(365));
  const auto end = std::chrono::floor<std::chrono::days>(now()) + std::chrono::days(100);
  hq.facts.certificate_not_after = end;
  hq.facts.certificate_issuer = "CN=Example CA";
  std::vector<int> told;  // hours before the end
  std::size_t count = 0;
  for (int left = 31 * 24; left >= -49; --left) {
    ASSERT_TRUE(loop.run(housekeeping.sweep(end - std::chrono::hours(left))));
    const auto kinds = hq.event_kinds();
    const auto now_there = static_cast<std::size_t>(std::count(kinds.begin(), kinds.end(), "certificate_expiring"));
    if (now_there > count) told.push_back(left);
    count = now_there;
  }
  EXPECT_THAT(told, ElementsAre(30 * 24, 14 * 24, 7 * 24, 24, 0, -24, -48));
  const auto events = loop.run(hq.history->events({}));
  EXPECT_THAT(events->back().message, testing::AllOf(testing::HasSubstr("CN=Example CA"), testing::HasSubstr("expired"),
                                                     testing::HasSubstr("daikan certificate set")));
  // Another certificate is told of anew.
  hq.facts.certificate.fingerprint = "AB:CD";
  hq.facts.certificate_issuer.clear();
  ASSERT_TRUE(loop.run(housekeeping.sweep(end - std::chrono::days(2))));
  EXPECT_THAT(loop.run(hq.history->events({}))->back().message, testing::HasSubstr("roll begin"));
}

TEST(Housekeeping, HeadOfTheAuditChainIsNotedOnceADayWhenItIsAnother) {
  net::test::Loop loop;
  Site hq(loop, "hq");
  Housekeeping housekeeping(*hq.storage, *hq.history, hq.facts, std::chrono::days(90));
  const auto noon = std::chrono::floor<std::chrono::days>(now()) + 12h;
  ASSERT_TRUE(loop.run(housekeeping.sweep(noon)));
  EXPECT_THAT(hq.event_kinds(), testing::IsEmpty());
  ASSERT_TRUE(loop.run(hq.groups->add(test::olga(), "One")));
  ASSERT_TRUE(loop.run(housekeeping.sweep(noon)));
  EXPECT_THAT(hq.event_kinds(), ElementsAre("group_added", "audit_head"));
  ASSERT_TRUE(loop.run(hq.groups->add(test::olga(), "Two")));
  ASSERT_TRUE(loop.run(housekeeping.sweep(noon + 1h)));
  ASSERT_TRUE(loop.run(housekeeping.sweep(noon + 24h)));
  ASSERT_TRUE(loop.run(housekeeping.sweep(noon + 48h)));
  EXPECT_THAT(hq.event_kinds(), ElementsAre("group_added", "audit_head", "group_added", "audit_head"));
  const auto head = loop.run(hq.history->audit_chain())->head;
  EXPECT_THAT(loop.run(hq.history->events({}))->back().message, testing::HasSubstr(head.hash));
}

TEST(Housekeeping, SeveritiesAndAuditRecordsHaveTheirOwnRetention) {
  net::test::Loop loop;
  Site hq(loop, "hq");
  ASSERT_TRUE(loop.run(hq.groups->add(test::olga(), "One")));
  const auto at = now();
  ASSERT_TRUE(loop.run(hq.history->append({{0, at, hierarchy::Severity::warning, "w", "w", std::nullopt},
                                           {0, at, hierarchy::Severity::error, "e", "e", std::nullopt},
                                           {0, at, hierarchy::Severity::critical, "c", "c", std::nullopt}})));
  Retention retention(std::chrono::days(10));
  retention.warning = std::chrono::days(20);
  retention.error = std::chrono::days(30);
  retention.critical = std::chrono::days(40);
  retention.audit = std::chrono::days(50);
  Housekeeping housekeeping(*hq.storage, *hq.history, hq.facts, retention);
  ASSERT_TRUE(loop.run(housekeeping.sweep(at + std::chrono::days(15))));
  EXPECT_THAT(hq.event_kinds(), ElementsAre("w", "e", "c", "audit_head"));
  ASSERT_TRUE(loop.run(housekeeping.sweep(at + std::chrono::days(35))));
  EXPECT_THAT(hq.event_kinds(), ElementsAre("c"));
  const auto before = loop.run(hq.history->audit_chain());
  ASSERT_TRUE(loop.run(housekeeping.sweep(at + std::chrono::days(51))));
  const auto after = loop.run(hq.history->audit_chain());
  EXPECT_EQ(after->anchor, before->head);
  const auto records = loop.run(hq.history->audit_records({}));
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(records->front().action, "audit.trim");
  EXPECT_EQ(records->front().previous_hash, before->head.hash);
}

TEST(Housekeeping, WhatWaitsForAPrimaryThatIsAwayGoesAfterTheDaysThatAreSaid) {
  net::test::Loop loop;
  Site hq(loop, "hq");
  const auto at = now();
  const auto waits = [&] {
    return hq.read<bool>([](store::Transaction& t) {
      const auto page = store::feed_page(t, 0, 100, 1 << 20);
      return std::any_of(page.begin(), page.end(), [](const auto& entry) { return entry.record.subject == "it"; });
    });
  };
  hq.write([at](store::Transaction& t) {
    store::begin_feed(t, at);
    store::append_feed(t, {.origin = {}, .kind = hierarchy::FeedKind::server, .subject = "it", .payload = "says", .at = at});
  });
  Retention retention(std::chrono::days(90));
  retention.feed = std::chrono::days(20);
  Housekeeping housekeeping(*hq.storage, *hq.history, hq.facts, retention);
  ASSERT_TRUE(loop.run(housekeeping.sweep(at + std::chrono::days(19))));
  EXPECT_TRUE(waits());
  retention.feed = std::chrono::days(2);
  housekeeping.set_events(retention);
  ASSERT_TRUE(loop.run(housekeeping.sweep(at + std::chrono::days(3))));
  EXPECT_FALSE(waits());
}

}  // namespace
}  // namespace daikan::server
