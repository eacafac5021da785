// Two and three servers in one process: real TLS on loopback, real databases, the real ends.
#include "server/link_host.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "server/sealing.h"
#include "store/database.h"
#include "store/tables.h"
#include "unit/net/test_net.h"

namespace daikan::server {
namespace {

using net::test::Loop;
using namespace std::chrono_literals;

/// A server without console: database, identity and links.
struct Site {
  Site(Loop& loop_, std::string name) : loop(loop_), identity(net::test::make_identity(name)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "daikan-site-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    database = std::move(*store::Database::open("sqlite:" + (folder / "daikan.db").string()));
    storage = std::make_unique<Storage>(loop.executor(), *database);
    history = std::make_unique<History>(*storage);
    facts.id = ServerId::make(now());
    facts.name = std::move(name);
    facts.version = "0.1.0";
    facts.certificate = identity.certificate();
    root = hierarchy::Group{GroupId::make(now()), std::nullopt, std::string(hierarchy::kRootGroupName)};
    change([this](store::Transaction& transaction) { store::insert_group(transaction, root); });
  }

  ~Site() {
    stop();
    storage.reset();
    database.reset();
    std::filesystem::remove_all(folder);
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
    RelayedHandler handler = [this](net::Request request, Actor actor) { return echo(std::move(request), std::move(actor)); };
    auto started = loop.run(links->start({{"127.0.0.1", port}}, handler));
    ASSERT_TRUE(started) << started.error().text();
  }

  void stop() {
    if (links) loop.run(links->stop());
    links.reset();
  }

  awaitable<net::Response> echo(net::Request request, Actor actor) {
    net::Response response;
    std::string through;
    for (const auto& server : actor.through) through += server + ">";
    response.body = net::Body(facts.name + " " + request.method + " " + request.target + " for " + actor.name + " through " + through);
    co_return response;
  }

  Endpoint endpoint() const { return links->endpoints().front(); }

  RegistrationId add(const Site& secondary, hierarchy::Direction direction = hierarchy::Direction::secondary_dials) {
    hierarchy::SecondaryRecord record;
    record.id = RegistrationId::make(now());
    record.name = secondary.facts.name;
    record.group = root.id;
    record.direction = direction;
    if (direction == hierarchy::Direction::primary_dials) record.address = secondary.endpoint();
    record.certificate = secondary.identity.certificate();
    record.created_at = now();
    change([&](store::Transaction& transaction) { store::insert_secondary(transaction, record); });
    links->secondary_added(record);
    return record.id;
  }

  void set_primary(const Site& primary, hierarchy::Direction direction = hierarchy::Direction::secondary_dials) {
    hierarchy::PrimaryRecord record;
    record.direction = direction;
    if (direction == hierarchy::Direction::secondary_dials) record.address = primary.endpoint();
    record.certificate = primary.identity.certificate();
    record.created_at = now();
    change([&](store::Transaction& transaction) { store::put_primary(transaction, record); });
    links->primary_set(record);
  }

  bool below_is(RegistrationId id, hierarchy::LinkState state) {
    return loop.run_until([&] { return links->status(id).state == state; });
  }
  bool above_is(hierarchy::LinkState state) {
    return loop.run_until([&] { return links->primary_status() && links->primary_status()->state == state; });
  }

  Loop& loop;
  net::Identity identity;
  Sealing sealing = Sealing::ephemeral();
  Facts facts;
  hierarchy::Group root;
  std::filesystem::path folder;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<Storage> storage;
  std::unique_ptr<History> history;
  std::unique_ptr<LinkHost> links;
};

using hierarchy::Direction;
using hierarchy::LinkState;

struct LinkHostTest : testing::Test {
  Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};
};

awaitable<Result<std::string>> ask(LinkHost& links, RegistrationId id, std::string path) {
  net::Request request;
  request.method = "GET";
  request.target = std::move(path);
  Actor actor;
  actor.name = "Olga Świątek";
  actor.source = "192.0.2.7";
  auto answer = co_await links.relay(id, std::move(request), actor);
  if (!answer) co_return fail(std::move(answer.error()));
  auto body = co_await answer->body.read_all(1000);
  co_return body;
}

TEST_F(LinkHostTest, SecondaryThatDialsIsConnectedOnBothSides) {
  hq.start();
  branch.start();
  const auto id = hq.add(branch);
  branch.set_primary(hq);
  EXPECT_TRUE(hq.below_is(id, LinkState::connected));
  EXPECT_TRUE(branch.above_is(LinkState::connected));
  ASSERT_EQ(branch.links->ancestors().size(), 1U);
  EXPECT_EQ(branch.links->ancestors().front().name, "hq");
  EXPECT_EQ(hq.links->resolve(branch.facts.id.str()), id);
}

TEST_F(LinkHostTest, PrimaryThatDialsTheDmzIsConnectedOnBothSides) {
  hq.start();
  branch.start();
  branch.set_primary(hq, Direction::primary_dials);
  const auto id = hq.add(branch, Direction::primary_dials);
  EXPECT_TRUE(hq.below_is(id, LinkState::connected));
  EXPECT_TRUE(branch.above_is(LinkState::connected));
}

TEST_F(LinkHostTest, RelayedRequestArrivesUnderThePersonsName) {
  hq.start();
  branch.start();
  const auto id = hq.add(branch);
  branch.set_primary(hq);
  ASSERT_TRUE(hq.below_is(id, LinkState::connected));
  auto answer = loop.run(ask(*hq.links, id, "/groups?limit=3"));
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(*answer, "branch GET /api/v1/groups?limit=3 for Olga Świątek through hq>");
}

TEST_F(LinkHostTest, RelayToAServerThatIsAwaySaysSo) {
  hq.start();
  branch.start();
  const auto id = hq.add(branch);
  auto answer = loop.run(ask(*hq.links, id, "/groups"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::not_connected);
}

TEST_F(LinkHostTest, UnknownServerIsRefusedAndListedAndToldSo) {
  hq.start();
  branch.start();
  branch.set_primary(hq);
  EXPECT_TRUE(branch.above_is(LinkState::refused));
  EXPECT_EQ(branch.links->primary_status()->reason->code, Code::unknown_to_primary);
  std::function<Result<std::vector<hierarchy::UnrecognisedRecord>>(store::Transaction&)> read =
      [](store::Transaction& transaction) -> Result<std::vector<hierarchy::UnrecognisedRecord>> {
    return store::all_unrecognised(transaction);
  };
  auto listed = loop.run(hq.storage->read(read));
  for (int i = 0; i < 200 && listed->empty(); ++i) {
    loop.run(net::sleep_for(10ms));
    listed = loop.run(hq.storage->read(read));
  }
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().certificate.fingerprint, branch.identity.certificate().fingerprint);
  EXPECT_EQ(hq.links->counters().unrecognised, 1U);
}

TEST_F(LinkHostTest, DmzServerThatWasNotToldRefusesThePrimary) {
  hq.start();
  branch.start();
  const auto id = hq.add(branch, Direction::primary_dials);
  EXPECT_TRUE(hq.below_is(id, LinkState::refused));
  EXPECT_EQ(hq.links->status(id).reason->code, Code::unknown_to_secondary);
}

TEST_F(LinkHostTest, RemovedSecondaryIsToldOverTheLink) {
  hq.start();
  branch.start();
  const auto id = hq.add(branch);
  branch.set_primary(hq);
  ASSERT_TRUE(branch.above_is(LinkState::connected));
  hq.links->secondary_removed(id);
  EXPECT_TRUE(branch.above_is(LinkState::refused));
  EXPECT_EQ(branch.links->primary_status()->reason->code, Code::removed);
}

TEST_F(LinkHostTest, SecondaryThatLeavesTellsItsPrimary) {
  hq.start();
  branch.start();
  const auto id = hq.add(branch);
  branch.set_primary(hq);
  ASSERT_TRUE(hq.below_is(id, LinkState::connected));
  branch.links->primary_cleared();
  EXPECT_TRUE(hq.below_is(id, LinkState::refused));
  EXPECT_EQ(hq.links->status(id).reason->code, Code::removed);
  EXPECT_TRUE(loop.run_until([&] { return !branch.links->primary_status(); }));
}

TEST_F(LinkHostTest, LinkComesBackAfterThePrimaryRestarts) {
  hq.start();
  branch.start();
  const auto id = hq.add(branch);
  branch.set_primary(hq);
  ASSERT_TRUE(hq.below_is(id, LinkState::connected));
  const auto port = hq.endpoint().port;
  hq.stop();
  EXPECT_TRUE(branch.above_is(LinkState::disconnected));
  hq.start(port);
  EXPECT_TRUE(hq.below_is(id, LinkState::connected));
  EXPECT_TRUE(branch.above_is(LinkState::connected));
}

TEST_F(LinkHostTest, TwoServersThatAreEachOthersPrimaryAreRefusedAsALoop) {
  hq.start();
  branch.start();
  const auto below_hq = hq.add(branch);
  const auto below_branch = branch.add(hq);
  branch.set_primary(hq);
  hq.set_primary(branch);
  EXPECT_TRUE(loop.run_until([&] {
    const auto refused = [](const hierarchy::LinkStatus& status) {
      return status.state == LinkState::refused && status.reason && status.reason->code == Code::loop;
    };
    return refused(hq.links->status(below_hq)) || refused(branch.links->status(below_branch));
  }));
}

TEST_F(LinkHostTest, ThirdLevelLearnsItsWholePathAndIsReachedThroughTheSecond) {
  Site shop{loop, "shop"};
  hq.start();
  branch.start();
  shop.start();
  const auto to_shop = branch.add(shop);
  shop.set_primary(branch);
  ASSERT_TRUE(branch.below_is(to_shop, LinkState::connected));
  const auto to_branch = hq.add(branch);
  branch.set_primary(hq);
  ASSERT_TRUE(hq.below_is(to_branch, LinkState::connected));
  EXPECT_TRUE(loop.run_until([&] { return shop.links->ancestors().size() == 2; }));
  EXPECT_EQ(hierarchy::in_words(shop.links->ancestors()), "hq > branch");
}

}  // namespace
}  // namespace daikan::server
