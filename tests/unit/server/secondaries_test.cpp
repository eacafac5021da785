#include "server/secondaries.h"

#include <gmock/gmock.h>

#include "server/unrecognised.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::Direction;
using hierarchy::LinkState;
using test::olga;
using test::Site;
using testing::ElementsAre;
using testing::IsEmpty;

struct SecondariesTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  net::Identity branch = net::test::make_identity("branch");

  AddSecondary request(std::string name = "Branch 7") const {
    AddSecondary add;
    add.name = std::move(name);
    add.certificate = branch.certificate().der;
    return add;
  }
  Error refused(AddSecondary add) {
    const auto before = hq.audit();
    auto added = loop.run(hq.secondaries->add(olga(), std::move(add)));
    EXPECT_FALSE(added);
    EXPECT_EQ(hq.audit(), before);
    return added ? Error(Code::internal, "accepted") : added.error();
  }
  void see_unrecognised(const net::Identity& who) {
    hq.write([&](store::Transaction& transaction) {
      store::record_unrecognised(transaction, {who.certificate(), "192.0.2.9", now(), now(), 1}, {1000, 50});
    });
  }
};

TEST_F(SecondariesTest, AnAddedSecondaryIsShownAsNeverConnectedWithItsAuditRecordAndEvent) {
  const auto added = loop.run(hq.secondaries->add(olga(), request()));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_EQ(added->added, SecondaryView::Added::made);
  EXPECT_EQ(added->group_path, "Managed devices");
  EXPECT_EQ(added->link.state, LinkState::never_connected);
  const auto all = loop.run(hq.secondaries->list());
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().record.certificate.fingerprint, branch.certificate().fingerprint);
  EXPECT_EQ(loop.run(hq.secondaries->find(added->record.id))->record.name, "Branch 7");
  EXPECT_THAT(hq.event_kinds(), ElementsAre("secondary_added"));
  EXPECT_THAT(hq.audit(), ElementsAre("secondary.add done"));
}

TEST_F(SecondariesTest, TheSameAgainReturnsTheRecordThereIs) {
  const auto first = loop.run(hq.secondaries->add(olga(), request()));
  const auto again = loop.run(hq.secondaries->add(olga(), request("branch 7")));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->added, SecondaryView::Added::there);
  EXPECT_EQ(again->record.id, first->record.id);
  EXPECT_THAT(hq.audit(), ElementsAre("secondary.add done"));
}

TEST_F(SecondariesTest, APemFileIsAsGoodAsADerFile) {
  auto add = request();
  add.certificate = test::bytes_of(branch.certificate_pem());
  add.fingerprint = branch.certificate().fingerprint;
  const auto added = loop.run(hq.secondaries->add(olga(), add));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_EQ(added->record.certificate.der, branch.certificate().der);
}

TEST_F(SecondariesTest, WrongCertificatesAreRefusedEachWithItsCode) {
  auto unreadable = request();
  unreadable.certificate = test::bytes_of("not a certificate");
  EXPECT_EQ(refused(unreadable).code, Code::certificate_unreadable);
  EXPECT_EQ(refused(unreadable).field, "certificate");

  auto own = request();
  own.certificate = hq.certificate();
  EXPECT_EQ(refused(own).code, Code::own_certificate);

  auto missing = request();
  missing.certificate.clear();
  EXPECT_EQ(refused(missing).code, Code::invalid_request);
  EXPECT_EQ(refused(missing).field, "certificate");

  auto mismatch = request();
  mismatch.fingerprint = hq.identity.certificate().fingerprint;
  const auto error = refused(mismatch);
  EXPECT_EQ(error.code, Code::certificate_mismatch);
  EXPECT_NE(error.message.find(hq.identity.certificate().fingerprint), std::string::npos);
  EXPECT_NE(error.message.find(branch.certificate().fingerprint), std::string::npos);

  auto nonsense = request();
  nonsense.fingerprint = "AB:CD";
  EXPECT_EQ(refused(nonsense).field, "fingerprint");

  ASSERT_TRUE(loop.run(hq.secondaries->add(olga(), request())));
  EXPECT_EQ(refused(request("Another name")).code, Code::certificate_in_use);
}

TEST_F(SecondariesTest, WrongFieldsAreRefusedEachWithItsField) {
  auto group = request();
  group.group = "No/Such";
  EXPECT_EQ(refused(group).code, Code::group_not_found);
  EXPECT_EQ(refused(group).field, "group");

  auto dmz = request();
  dmz.direction = Direction::primary_dials;
  EXPECT_EQ(refused(dmz).code, Code::address_required);
  EXPECT_EQ(refused(dmz).field, "address");

  auto self = request();
  self.server_id = hq.facts.id;
  EXPECT_EQ(refused(self).code, Code::loop);

  ASSERT_TRUE(loop.run(hq.secondaries->add(olga(), request())));
  auto taken = request("BRANCH 7");
  taken.certificate = net::test::make_identity("other").certificate().der;
  EXPECT_EQ(refused(taken).code, Code::name_taken);
  EXPECT_EQ(refused(taken).field, "name");
}

TEST_F(SecondariesTest, AServerThatIsThePrimaryCannotBecomeASecondary) {
  SetPrimary set;
  set.direction = Direction::primary_dials;
  set.certificate = branch.certificate().der;
  ASSERT_TRUE(loop.run(hq.primary->set(olga(), set)));
  EXPECT_EQ(refused(request()).code, Code::loop);
}

TEST_F(SecondariesTest, ANameNobodyGaveComesFromTheAddressOrTheCertificate) {
  auto by_address = request("");
  by_address.address = Endpoint{"branch7.example.com", 13291};
  EXPECT_EQ(loop.run(hq.secondaries->add(olga(), by_address))->record.name, "branch7.example.com");
  auto by_subject = request("");
  const auto north = net::test::make_identity("North");
  by_subject.certificate = north.certificate().der;
  EXPECT_EQ(loop.run(hq.secondaries->add(olga(), by_subject))->record.name, "North");
  const auto second = net::test::make_identity("North");
  by_subject.certificate = second.certificate().der;
  EXPECT_EQ(loop.run(hq.secondaries->add(olga(), by_subject))->record.name, "North " + second.certificate().fingerprint.substr(0, 11));
}

TEST_F(SecondariesTest, AProxyPasswordIsSealedInTheDatabaseAndShownToNobody) {
  auto add = request();
  add.direction = Direction::primary_dials;
  add.address = Endpoint{"127.0.0.1", 1};
  add.proxy = Proxy{ProxyKind::http, {"127.0.0.1", 1}, "olga", "hunter2"};
  const auto added = loop.run(hq.secondaries->add(olga(), add));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_EQ(added->record.proxy->password, "");
  EXPECT_EQ(loop.run(hq.secondaries->list())->front().record.proxy->password, "");
  const auto rows = hq.read<std::vector<hierarchy::SecondaryRecord>>([](store::Transaction& t) { return store::all_secondaries(t); });
  EXPECT_TRUE(rows[0].proxy->password.starts_with("sealed1:"));
  EXPECT_EQ(*hq.sealing.unseal(rows[0].proxy->password), "hunter2");
}

TEST_F(SecondariesTest, AnUnrecognisedServerIsAddedByItsFingerprintAlone) {
  see_unrecognised(branch);
  ASSERT_EQ(loop.run(list_unrecognised(*hq.storage, Unrecognised::shown))->size(), 1U);
  AddSecondary add;
  add.name = "Branch 7";
  add.fingerprint = branch.certificate().fingerprint;
  const auto added = loop.run(hq.secondaries->add(olga(), add));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_EQ(added->record.certificate.der, branch.certificate().der);
  EXPECT_THAT(*loop.run(list_unrecognised(*hq.storage, Unrecognised::shown)), IsEmpty());
  EXPECT_EQ(loop.run(hq.secondaries->add(olga(), add))->added, SecondaryView::Added::there);

  add.fingerprint = hq.identity.certificate().fingerprint;
  EXPECT_EQ(refused(add).code, Code::not_found);
}

TEST_F(SecondariesTest, ARemovedSecondaryIsGoneAndCanBeAddedAgain) {
  const auto added = loop.run(hq.secondaries->add(olga(), request()));
  ASSERT_TRUE(loop.run(hq.secondaries->remove(olga(), added->record.id)));
  EXPECT_EQ(loop.run(hq.secondaries->remove(olga(), added->record.id)).error().code, Code::not_found);
  EXPECT_EQ(loop.run(hq.secondaries->find(added->record.id)).error().code, Code::not_found);
  EXPECT_TRUE(loop.run(hq.secondaries->add(olga(), request())));
  EXPECT_THAT(hq.event_kinds(), ElementsAre("secondary_added", "secondary_removed", "secondary_added"));
  EXPECT_THAT(hq.audit(), ElementsAre("secondary.add done", "secondary.remove done", "secondary.add done"));
}

TEST_F(SecondariesTest, WhatWasAddedIsThereAfterARestart) {
  const auto added = loop.run(hq.secondaries->add(olga(), request()));
  hq.restart();
  const auto found = loop.run(hq.secondaries->find(added->record.id));
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->record.name, "Branch 7");
}

awaitable<> add_both(Site& site, AddSecondary one, AddSecondary other, std::vector<bool>& made) {
  auto first = co_await site.secondaries->add(olga(), std::move(one));
  made.push_back(first.has_value());
  auto second = co_await site.secondaries->add(olga(), std::move(other));
  made.push_back(second.has_value());
}

TEST_F(SecondariesTest, OfTwoAdministratorsAtOnceWithOneNameExactlyOneSucceeds) {
  auto other = request();
  other.certificate = net::test::make_identity("other").certificate().der;
  std::vector<bool> made;
  net::TaskGroup tasks(loop.executor());
  tasks.spawn(add_both(hq, request("One"), request("One b"), made));
  auto second = other;
  second.name = "One";
  other.name = "Two";
  tasks.spawn(add_both(hq, second, other, made));
  loop.run(tasks.join());
  const auto names = loop.run(hq.secondaries->list());
  EXPECT_EQ(std::count(made.begin(), made.end(), true), 2);
  EXPECT_EQ(names->size(), 2U);
}

}  // namespace
}  // namespace daikan::server
