#include "hierarchy/registration_rules.h"

#include <gtest/gtest.h>

namespace daikan::hierarchy {
namespace {

Pin pin(std::uint8_t number) {
  Pin pin;
  pin.bytes[0] = number;
  return pin;
}

template <class IdType>
IdType id(std::uint8_t number) {
  IdType id;
  id.bytes[15] = number;
  return id;
}

class RegistrationRules : public ::testing::Test {
 protected:
  RegistrationRules() {
    SecondaryRecord record;
    record.id = id<RegistrationId>(1);
    record.name = "Branch 7";
    record.certificate.pin = pin(7);
    record.server_id = id<ServerId>(7);
    secondaries_.push_back(record);
    primary_.name = "hq";
    primary_.certificate.pin = pin(2);
    primary_.server_id = id<ServerId>(2);
    here_.self = {id<ServerId>(1), "region"};
    here_.own_pin = pin(1);
    here_.secondaries = secondaries_;
  }

  void have_primary() {
    here_.primary = &primary_;
    here_.ancestors = {{id<ServerId>(3), "world"}, {id<ServerId>(2), "hq"}};
  }

  static SecondaryCandidate candidate() {
    return {.name = "Branch 8", .address = {}, .proxy = {}, .pin = pin(8), .server_id = id<ServerId>(8), .edited = {}};
  }
  static PrimaryCandidate primary_candidate() {
    return {.address = Endpoint{"hq.example.com", 13000}, .proxy = {}, .pin = pin(2), .server_id = {}};
  }

  void expect_add(const SecondaryCandidate& candidate, Code code, std::string_view field, std::string_view words = "") {
    const auto checked = check_add_secondary(here_, candidate);
    ASSERT_FALSE(checked);
    expect(checked.error(), code, field, words);
  }
  void expect_set(const PrimaryCandidate& candidate, Code code, std::string_view field, std::string_view words = "") {
    const auto checked = check_set_primary(here_, candidate);
    ASSERT_FALSE(checked);
    expect(checked.error(), code, field, words);
  }
  static void expect(const Error& error, Code code, std::string_view field, std::string_view words) {
    EXPECT_EQ(error.code, code) << error.text();
    EXPECT_EQ(error.field, field) << error.text();
    EXPECT_NE(error.message.find(words), std::string::npos) << error.text();
    EXPECT_TRUE(error.message.ends_with('.'));
    EXPECT_FALSE(error.remedy.empty());
  }

  std::vector<SecondaryRecord> secondaries_;
  PrimaryRecord primary_;
  Surroundings here_;
};

TEST_F(RegistrationRules, AcceptANewSecondaryInEachWay) {
  have_primary();
  EXPECT_TRUE(check_add_secondary(here_, candidate()));
  auto by_file = candidate();
  by_file.server_id.reset();
  EXPECT_TRUE(check_add_secondary(here_, by_file));
  auto dmz = candidate();
  dmz.direction = Direction::primary_dials;
  dmz.address = Endpoint{"dmz.example.com", 13000};
  dmz.proxy = Proxy{ProxyKind::http, {"proxy", 3128}, "", ""};
  EXPECT_TRUE(check_add_secondary(here_, dmz));
}

TEST_F(RegistrationRules, RefuseABadOrTakenName) {
  auto bad = candidate();
  bad.name = "";
  expect_add(bad, Code::invalid_request, "name");
  bad.name = "BRANCH 7";
  expect_add(bad, Code::name_taken, "name", "“Branch 7”");
}

TEST_F(RegistrationRules, RefuseTheOwnCertificateAndTheOwnId) {
  auto own = candidate();
  own.pin = pin(1);
  expect_add(own, Code::own_certificate, "certificate", "“region”");
  own = candidate();
  own.server_id = id<ServerId>(1);
  expect_add(own, Code::loop, "address", "“region”");
}

TEST_F(RegistrationRules, RefuseACertificateInUseAndNameItsRecord) {
  auto used = candidate();
  used.pin = pin(7);
  expect_add(used, Code::certificate_in_use, "certificate", "“Branch 7”");
}

TEST_F(RegistrationRules, RefuseAServerRegisteredUnderAnotherCertificate) {
  auto same = candidate();
  same.server_id = id<ServerId>(7);
  expect_add(same, Code::identity_conflict, "certificate", "“Branch 7”");
}

TEST_F(RegistrationRules, RefuseTheOwnPrimaryAndEveryAncestorWithThePath) {
  have_primary();
  auto above = candidate();
  above.pin = pin(2);
  above.server_id.reset();
  expect_add(above, Code::loop, "certificate", "hq > region");
  above = candidate();
  above.server_id = id<ServerId>(2);
  expect_add(above, Code::loop, "certificate", "hq > region");
  above.server_id = id<ServerId>(3);
  expect_add(above, Code::loop, "certificate", "world > hq > region");
}

TEST_F(RegistrationRules, RefuseADmzSecondaryWithoutAddress) {
  auto dmz = candidate();
  dmz.direction = Direction::primary_dials;
  expect_add(dmz, Code::address_required, "address");
}

TEST_F(RegistrationRules, RefuseAProxyOnTheSideThatDoesNotDial) {
  auto proxied = candidate();
  proxied.proxy = Proxy{};
  expect_add(proxied, Code::invalid_request, "proxy");
  auto waiting = primary_candidate();
  waiting.direction = Direction::primary_dials;
  waiting.address.reset();
  waiting.proxy = Proxy{};
  expect_set(waiting, Code::invalid_request, "proxy");
}

TEST_F(RegistrationRules, DoNotHoldARecordAgainstItsOwnEdit) {
  SecondaryCandidate edited{
      .name = "branch 7", .address = {}, .proxy = {}, .pin = pin(7), .server_id = id<ServerId>(7), .edited = id<RegistrationId>(1)};
  EXPECT_TRUE(check_add_secondary(here_, edited));
}

TEST_F(RegistrationRules, AcceptAPrimaryAndTheSameOneAgain) {
  EXPECT_TRUE(check_set_primary(here_, primary_candidate()));
  have_primary();
  EXPECT_TRUE(check_set_primary(here_, primary_candidate()));
  auto waiting = primary_candidate();
  waiting.direction = Direction::primary_dials;
  waiting.address.reset();
  EXPECT_TRUE(check_set_primary(here_, waiting));
}

TEST_F(RegistrationRules, RefuseASecondPrimaryUnlessItReplacesTheFirst) {
  have_primary();
  auto other = primary_candidate();
  other.pin = pin(9);
  expect_set(other, Code::already_has_primary, "", "“hq”");
  other.existing = ExistingPrimary::replace;
  EXPECT_TRUE(check_set_primary(here_, other));
  primary_.name.clear();
  primary_.address = Endpoint{"old.example.com", 13000};
  other.existing = ExistingPrimary::keep;
  expect_set(other, Code::already_has_primary, "", "old.example.com:13000");
}

TEST_F(RegistrationRules, RefuseItselfASecondaryOrAServerBelowAsPrimary) {
  auto own = primary_candidate();
  own.pin = pin(1);
  expect_set(own, Code::own_certificate, "certificate");
  own = primary_candidate();
  own.server_id = id<ServerId>(1);
  expect_set(own, Code::loop, "address");
  auto below = primary_candidate();
  below.pin = pin(7);
  expect_set(below, Code::loop, "certificate", "region > Branch 7");
  below = primary_candidate();
  below.server_id = id<ServerId>(7);
  expect_set(below, Code::loop, "certificate", "region > Branch 7");
  const std::vector<PathEntry> known{{id<ServerId>(20), "shop"}};
  here_.below = known;
  below.server_id = id<ServerId>(20);
  expect_set(below, Code::loop, "certificate", "region > … > shop");
}

TEST_F(RegistrationRules, RefuseAPrimaryToDialWithoutAddress) {
  auto nowhere = primary_candidate();
  nowhere.address.reset();
  expect_set(nowhere, Code::address_required, "address");
}

}  // namespace
}  // namespace daikan::hierarchy
