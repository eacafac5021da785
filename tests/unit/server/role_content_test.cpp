#include "server/role_content.h"

#include <gmock/gmock.h>

namespace daikan::server {
namespace {

using hierarchy::Right;
using hierarchy::Role;
using hierarchy::RoleId;

const RoleId kId = RoleId::make(from_micros(1'700'000'000'000'000));

TEST(RoleContent, ARoleIsReadAsItWasWritten) {
  const Role role{.id = kId,
                  .name = "helpdesk",
                  .description = "Looks after “branches”",
                  .rights = {Right::read, Right::relay},
                  .created_at = from_micros(1'700'000'000'000'000)};
  const auto read = role_from_content(kId, content_of(role));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->role.name, role.name);
  EXPECT_EQ(read->role.description, role.description);
  EXPECT_EQ(read->role.rights, role.rights);
  EXPECT_EQ(read->role.created_at, role.created_at);
  EXPECT_TRUE(read->unknown_rights.empty());
}

TEST(RoleContent, RightsOfANewerVersionAreIgnoredAndNamed) {
  const auto read = role_from_content(kId, R"({"name":"newer","rights":["read","bend_time","bend_time"]})");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->role.rights, hierarchy::Rights{Right::read});
  EXPECT_THAT(read->unknown_rights, testing::ElementsAre("bend_time"));
}

TEST(RoleContent, WhatIsNoRoleOrWouldBeABuiltInOneIsRefused) {
  for (const auto* text : {"", "[]", R"({"name":"a/b","rights":[]})", R"({"name":"x"})", R"({"name":"x","rights":["Read it"]})",
                           R"({"name":"x","rights":[7]})", R"({"rights":["read"]})"}) {
    const auto read = role_from_content(kId, text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::invalid_request);
  }
  EXPECT_FALSE(role_from_content(hierarchy::administrator().id, R"({"name":"mine","rights":["read"]})"));
  EXPECT_FALSE(role_from_content(kId, std::string(20'000, ' ')));
}

}  // namespace
}  // namespace daikan::server
