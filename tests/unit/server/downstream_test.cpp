// What flows down over real links: three servers in one process, real TLS on loopback, real databases.
#include "server/downstream.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/limits_downstream.h"
#include "server/link_host.h"
#include "server/sealing.h"
#include "store/database.h"
#include "store/tables.h"
#include "unit/net/test_net.h"

namespace daikan::server {
namespace {

using hierarchy::InheritedKind;
using net::test::Loop;
using namespace std::chrono_literals;

/// A server without console whose policies are texts in the settings table: "object GROUP" is one.
struct Site {
  Site(Loop& loop_, std::string name) : loop(loop_), identity(net::test::make_identity(name)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "daikan-down-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    database = std::move(*store::Database::open("sqlite:" + (folder / "daikan.db").string()));
    storage = std::make_unique<Storage>(loop.executor(), *database);
    history = std::make_unique<History>(*storage);
    facts.id = ServerId::make(now());
    facts.name = std::move(name);
    facts.version = "0.1.0";
    facts.certificate = identity.certificate();
    root = hierarchy::Group{GroupId::make(now()), std::nullopt, std::string(hierarchy::kRootGroupName)};
    group = hierarchy::Group{GroupId::make(now()), root.id, "Branches"};
    object = make_uuid(now());
    change([this](store::Transaction& transaction) {
      store::insert_group(transaction, root);
      store::insert_group(transaction, group);
    });
    start();
  }

  ~Site() {
    stop();
    storage.reset();
    database.reset();
    std::filesystem::remove_all(folder);
  }

  template <class T>
  T see(std::function<T(store::Transaction&)> look) {
    auto seen = loop.run(storage->read<T>([&](store::Transaction& transaction) -> Result<T> { return look(transaction); }));
    EXPECT_TRUE(seen);
    return std::move(*seen);
  }

  void change(std::function<void(store::Transaction&)> what) {
    std::function<Result<Done>(store::Transaction&)> work = [&what](store::Transaction& transaction) -> Result<Done> {
      what(transaction);
      return Done{};
    };
    ASSERT_TRUE(loop.run(storage->write<Done>(std::move(work))));
  }

  void start(std::uint16_t port = 0) {
    links = std::make_unique<LinkHost>(*storage, *history, identity, facts, sealing);
    links->downstream().provide(InheritedKind::policy,
                                {[this](store::Transaction& transaction) { return own(transaction); },
                                 [](const hierarchy::InheritedObject& each) { return check(each); },
                                 {},
                                 [](store::Transaction& transaction, const hierarchy::InheritedSet& set, Inherited, TimePoint) {
                                   store::put_setting(transaction, "left with", std::to_string(set.objects.size()));
                                 }});
    auto started = loop.run(links->start({{"127.0.0.1", port}}, [](net::Request, Actor) { return nothing(); }));
    ASSERT_TRUE(started) << started.error().text();
  }

  void stop() {
    if (links) loop.run(links->stop());
    links.reset();
  }

  static awaitable<net::Response> nothing() { co_return net::Response{}; }

  static Result<> check(const hierarchy::InheritedObject& each) {
    if (each.content != "poison") return {};
    return fail(Code::protocol_error, "This policy cannot be read.", "Write another one.");
  }

  std::vector<OwnObject> own(store::Transaction& transaction) const {
    const auto content = store::find_setting(transaction, "object");
    if (!content || content->empty()) return {};
    OwnObject made;
    made.object.id = object;
    made.object.revision = 1;
    made.object.content = *content;
    made.group = root.id;
    return {made};
  }

  /// An own policy of the root group; empty: none.
  void edit(const std::string& content) {
    change([&](store::Transaction& transaction) {
      store::put_setting(transaction, "object", content);
      links->downstream().refresh(transaction, now());
    });
    history->committed();
  }

  RegistrationId add(const Site& secondary) {
    hierarchy::SecondaryRecord record;
    record.id = RegistrationId::make(now());
    record.name = secondary.facts.name;
    record.group = root.id;
    record.certificate = secondary.identity.certificate();
    record.created_at = now();
    change([&](store::Transaction& transaction) { store::insert_secondary(transaction, record); });
    links->secondary_added(record);
    return record.id;
  }

  void set_primary(const Site& primary) {
    hierarchy::PrimaryRecord record;
    record.address = primary.links->endpoints().front();
    record.certificate = primary.identity.certificate();
    record.created_at = now();
    change([&](store::Transaction& transaction) { store::put_primary(transaction, record); });
    links->primary_set(record);
  }

  std::vector<std::string> inherited() {
    return see<std::vector<std::string>>([](store::Transaction& transaction) {
      std::vector<std::string> contents;
      const auto found = Downstream::inherited(transaction, InheritedKind::policy);
      for (const auto* each : found.objects) contents.push_back(Downstream::owner_name(found.set, each->owner) + ": " + each->content);
      return contents;
    });
  }
  store::DownstreamState state(const RegistrationId& id) {
    return see<store::DownstreamState>(
        [&](store::Transaction& transaction) { return store::find_downstream(transaction, id).value_or(store::DownstreamState{}); });
  }
  bool is_in_force(const RegistrationId& id, Site& below) {
    const auto known = state(id);
    const auto applied = below.see<hierarchy::AppliedSet>([](store::Transaction& transaction) { return store::applied_set(transaction); });
    return !known.wanted_hash.empty() && !known.behind_since && known.confirmed.hash == known.wanted_hash &&
           applied.hash == known.wanted_hash;
  }

  Loop& loop;
  net::Identity identity;
  Sealing sealing = Sealing::ephemeral();
  Facts facts;
  hierarchy::Group root;
  hierarchy::Group group;
  Uuid object{};
  std::filesystem::path folder;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<Storage> storage;
  std::unique_ptr<History> history;
  std::unique_ptr<LinkHost> links;
};

using Texts = std::vector<std::string>;

struct DownstreamTest : testing::Test {
  static awaitable<> a_moment() { static_cast<void>(co_await net::sleep_for(20ms)); }
  Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};
  Site shop{loop, "shop"};
  RegistrationId of_branch, of_shop;

  void join() {
    of_branch = hq.add(branch);
    branch.set_primary(hq);
    of_shop = branch.add(shop);
    shop.set_primary(branch);
  }
  /// Asks the databases until it is so; ends with the test's own time.
  bool becomes(const std::function<bool()>& so) {
    for (int i = 0; i < 600; ++i) {
      if (so()) return true;
      loop.run(a_moment());
    }
    return false;
  }
};

TEST_F(DownstreamTest, P10AnObjectOfTheTopIsAppliedAtTheBottomAndConfirmedAbove) {
  hq.edit("locked at hq");
  branch.edit("of branch");
  join();
  ASSERT_TRUE(becomes([&] { return shop.inherited() == Texts{"hq: locked at hq", "branch: of branch"}; }));
  ASSERT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch) && branch.is_in_force(of_shop, shop); }));
  hq.edit("changed at hq");
  EXPECT_TRUE(becomes([&] { return shop.inherited() == Texts{"hq: changed at hq", "branch: of branch"}; }));
  hq.edit("");
  EXPECT_TRUE(becomes([&] { return shop.inherited() == Texts{"branch: of branch"}; }));
  EXPECT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch) && branch.is_in_force(of_shop, shop); }));
}

TEST_F(DownstreamTest, P11WhatWasAppliedStaysInForceWhileTheLinkIsDownAndTheDifferenceFollows) {
  hq.edit("one");
  join();
  ASSERT_TRUE(becomes([&] { return shop.inherited() == Texts{"hq: one"}; }));
  ASSERT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
  const auto port = branch.links->endpoints().front().port;
  branch.stop();
  hq.edit("two");
  EXPECT_TRUE(hq.state(of_branch).behind_since);
  EXPECT_EQ(shop.inherited(), Texts{"hq: one"});
  branch.start(port);
  EXPECT_TRUE(becomes([&] { return shop.inherited() == Texts{"hq: two"}; }));
  EXPECT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
}

TEST_F(DownstreamTest, P10WhatASecondaryCannotApplyIsToldWithTheReasonAndNothingOfItIsApplied) {
  hq.edit("good");
  join();
  ASSERT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
  hq.edit("poison");
  ASSERT_TRUE(becomes([&] { return hq.state(of_branch).failure.has_value(); }));
  EXPECT_EQ(hq.state(of_branch).failure->message, "This policy cannot be read.");
  EXPECT_TRUE(hq.state(of_branch).behind_since);
  EXPECT_EQ(branch.inherited(), Texts{"hq: good"});
  hq.edit("better");
  EXPECT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
  EXPECT_FALSE(hq.state(of_branch).failure);
}

TEST_F(DownstreamTest, ASecondaryThatIsMovedToAnotherGroupInheritsItsChain) {
  join();
  ASSERT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
  hq.change([&](store::Transaction& transaction) {
    auto record = *store::find_secondary(transaction, of_branch);
    record.group = hq.group.id;
    record.revision = 2;
    store::update_secondary(transaction, record, 1);
  });
  hq.history->committed();
  EXPECT_TRUE(becomes([&] {
    const auto set = branch.see<hierarchy::AppliedSet>([](store::Transaction& t) { return store::applied_set(t); }).set;
    return !set.chain.empty() && set.chain[0].group == "Managed devices/Branches";
  }));
}

TEST_F(DownstreamTest, C4WhoeverOwnsAKindHearsThatThePrimaryWasLeft) {
  hq.edit("one");
  join();
  ASSERT_TRUE(becomes([&] { return branch.inherited() == Texts{"hq: one"}; }));
  branch.change([&](store::Transaction& transaction) {
    ASSERT_TRUE(store::remove_primary(transaction));
    branch.links->downstream().left(transaction, Inherited::kept, now());
  });
  branch.links->primary_cleared();
  branch.history->committed();
  EXPECT_TRUE(branch.inherited().empty());
  EXPECT_EQ(branch.see<std::string>([](store::Transaction& t) { return store::find_setting(t, "left with").value_or(""); }), "1");
  EXPECT_TRUE(becomes([&] { return shop.inherited().empty(); }));
}

}  // namespace
}  // namespace daikan::server
