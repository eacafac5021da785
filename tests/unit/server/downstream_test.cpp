// What flows down over real links: three servers in one process, real TLS on loopback, real databases.
#include "server/downstream.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <gtest/gtest.h>

#include "base/limits_downstream.h"
#include "server/access.h"
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
      History::audit(transaction, system_actor(), now(), "test.change", "as every use case");
      return Done{};
    };
    ASSERT_TRUE(loop.run(storage->write<Done>(std::move(work))));
  }

  void start(std::uint16_t port = 0) {
    links = std::make_unique<LinkHost>(*storage, *history, identity, facts, sealing);
    InheritedSource source;
    source.own = [this](store::Transaction& transaction) { return own(transaction); };
    source.check = [](const hierarchy::InheritedObject& each) { return check(each); };
    source.left = [](store::Transaction& transaction, const hierarchy::InheritedSet& set, Inherited, TimePoint) {
      store::put_setting(transaction, "left with", std::to_string(set.objects.size()));
    };
    source.has_own = [this](store::Transaction&, const Uuid& id) { return id == object; };
    links->downstream().provide(InheritedKind::policy, std::move(source));
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
  std::ptrdiff_t events(std::string_view kind) {
    const auto all = loop.run(history->events({.after = 0, .before = 0, .limit = 1000}));
    EXPECT_TRUE(all);
    return std::count_if(all->begin(), all->end(), [&](const hierarchy::Event& each) { return each.kind == kind; });
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

TEST_F(DownstreamTest, ASecondaryThatLostWhatItConfirmedIsBehindUntilItHasConfirmedAgain) {
  hq.edit("one");
  join();
  ASSERT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
  const auto port = branch.links->endpoints().front().port;
  branch.stop();
  // As after the restore of a backup from before; and what it is sent cannot be applied at once.
  branch.change([](store::Transaction& transaction) { store::remove_inherited(transaction); });
  const auto own = std::exchange(branch.object, hq.object);
  branch.start(port);
  ASSERT_TRUE(becomes([&] { return hq.state(of_branch).failure.has_value(); })) << "it is still taken for in force";
  EXPECT_TRUE(hq.state(of_branch).behind_since);
  EXPECT_EQ(hq.state(of_branch).confirmed.revision, 0U);
  EXPECT_TRUE(hq.state(of_branch).confirmed.manifest.empty());
  branch.stop();
  branch.object = own;
  branch.start(port);
  EXPECT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
  EXPECT_EQ(branch.inherited(), Texts{"hq: one"});
}

TEST_F(DownstreamTest, AnObjectWithTheIdOfAnOwnOneIsRefusedWithTheWholeSetAndToldOnce) {
  branch.object = hq.object;
  branch.edit("of branch");
  hq.edit("would stand in its place");
  join();
  ASSERT_TRUE(becomes([&] { return hq.state(of_branch).failure.has_value(); }));
  EXPECT_NE(hq.state(of_branch).failure->message.find("“branch” was handed the policy"), std::string::npos);
  EXPECT_NE(hq.state(of_branch).failure->message.find("has one of its own with that id"), std::string::npos);
  EXPECT_TRUE(branch.inherited().empty());
  EXPECT_TRUE(becomes([&] { return shop.inherited() == Texts{"branch: of branch"}; })) << "what is below keeps its own server's";
  EXPECT_EQ(branch.events("inheritance_refused"), 1);
  EXPECT_EQ(hq.events("inheritance_failed"), 1);
  hq.edit("would again");
  ASSERT_TRUE(becomes([&] { return hq.events("inheritance_failed") == 2; })) << "something else was wanted, and failed";
  EXPECT_EQ(branch.events("inheritance_refused"), 1) << "it is refused all the while";
  hq.edit("");
  EXPECT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
}

TEST_F(DownstreamTest, WhatIsSaidToBeOfThisServerItselfOrOfOneThatIsNotAboveIsRefused) {
  const auto checked = [&](const ServerId& owner) {
    hierarchy::InheritedSet set;
    set.chain = {{hq.facts.id, "hq", "Managed devices"}};
    set.put({.kind = InheritedKind::policy, .id = hq.object, .owner = owner, .group = "Managed devices", .revision = 1, .content = "x"});
    return branch.see<std::string>([&](store::Transaction& transaction) {
      const auto verdict = branch.links->downstream().check(transaction, set);
      return verdict ? std::string("taken") : verdict.error().message;
    });
  };
  EXPECT_EQ(checked(hq.facts.id), "taken");
  EXPECT_NE(checked(branch.facts.id).find("which it would have to own itself"), std::string::npos);
  EXPECT_NE(checked(shop.facts.id).find("which is no server above it"), std::string::npos);
}

TEST_F(DownstreamTest, AKindThatIsNotKnownBelowHoldsNothingUpGoesThroughAndIsToldOnce) {
  const auto gadget = InheritedKind::from_name("gadget").value();
  InheritedSource later;
  later.own = [this](store::Transaction&) {
    OwnObject made;
    made.object.id = hq.object;
    made.object.revision = 1;
    made.object.content = "whatever";
    made.group = hq.root.id;
    return std::vector<OwnObject>{std::move(made)};
  };
  hq.links->downstream().provide(gadget, std::move(later));
  hq.edit("one");
  join();
  ASSERT_TRUE(becomes([&] { return shop.inherited() == Texts{"hq: one"}; })) << "the rest applies";
  const auto set = shop.see<hierarchy::AppliedSet>([](store::Transaction& t) { return store::applied_set(t); }).set;
  ASSERT_TRUE(set.objects.contains({gadget, hq.object}));
  EXPECT_EQ(set.objects.at({gadget, hq.object}).content, "whatever");
  hq.edit("two");
  ASSERT_TRUE(becomes([&] { return shop.inherited() == Texts{"hq: two"}; }));
  EXPECT_EQ(branch.events("inherited_kind_unknown"), 1);
  EXPECT_EQ(shop.events("inherited_kind_unknown"), 1);
}

TEST_F(DownstreamTest, NothingIsComputedAnewForEventsThatChangeNothing) {
  join();
  ASSERT_TRUE(becomes([&] { return hq.is_in_force(of_branch, branch); }));
  const auto stamp = [&] { return hq.see<std::string>([](store::Transaction& transaction) { return Downstream::stamp(transaction); }); };
  const auto before = stamp();
  ASSERT_TRUE(loop.run(hq.history->append({{.sequence = 0,
                                            .at = now(),
                                            .severity = hierarchy::Severity::info,
                                            .kind = "secondary_connected",
                                            .message = "It is connected.",
                                            .secondary = std::nullopt}})));
  EXPECT_EQ(stamp(), before);
  hq.edit("one");
  EXPECT_NE(stamp(), before);
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
