#include "server/groups.h"

#include <gmock/gmock.h>

#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using test::olga;
using test::Site;
using testing::ElementsAre;

struct GroupsTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
};

TEST_F(GroupsTest, ANewServerHasTheRootGroupAlone) {
  const auto groups = loop.run(hq.groups->list());
  ASSERT_TRUE(groups);
  ASSERT_EQ(groups->size(), 1U);
  EXPECT_EQ(groups->front().path, "Managed devices");
  EXPECT_FALSE(groups->front().group.parent);
}

TEST_F(GroupsTest, AddMakesMissingParentsAndIsRecorded) {
  const auto made = loop.run(hq.groups->add(olga(), "Managed devices/Branches/North"));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->path, "Managed devices/Branches/North");
  EXPECT_EQ(loop.run(hq.groups->list())->size(), 3U);
  EXPECT_EQ(loop.run(hq.groups->find(made->group.id))->path, made->path);
  EXPECT_THAT(hq.event_kinds(), ElementsAre("group_added"));
  EXPECT_THAT(hq.audit(), ElementsAre("group.add done"));
}

TEST_F(GroupsTest, APathThatExistsIsNameTakenAndChangesNothing) {
  ASSERT_TRUE(loop.run(hq.groups->add(olga(), "Branches")));
  const auto again = loop.run(hq.groups->add(olga(), "managed devices/BRANCHES"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::name_taken);
  EXPECT_EQ(again.error().field, "path");
  EXPECT_THAT(hq.audit(), ElementsAre("group.add done"));
}

TEST_F(GroupsTest, RemoveRefusesTheRootWhatIsNotThereAndWhatIsNotEmpty) {
  const auto north = loop.run(hq.groups->add(olga(), "Branches/North"));
  const auto all = *loop.run(hq.groups->list());
  EXPECT_EQ(loop.run(hq.groups->remove(olga(), all[0].group.id)).error().code, Code::permission_denied);
  EXPECT_EQ(loop.run(hq.groups->remove(olga(), GroupId::make(now()))).error().code, Code::not_found);
  const auto not_empty = loop.run(hq.groups->remove(olga(), all[1].group.id));
  ASSERT_FALSE(not_empty);
  EXPECT_EQ(not_empty.error().code, Code::group_not_empty);
  EXPECT_NE(not_empty.error().message.find("1 subgroup"), std::string::npos);

  const net::Identity branch = net::test::make_identity("branch");
  ASSERT_TRUE(loop.run(hq.secondaries->add(olga(), {.name = "b",
                                                    .group = "Branches/North",
                                                    .address = {},
                                                    .proxy = {},
                                                    .certificate = branch.certificate().der,
                                                    .fingerprint = {},
                                                    .server_id = {}})));
  const auto holds = loop.run(hq.groups->remove(olga(), north->group.id));
  ASSERT_FALSE(holds);
  EXPECT_EQ(holds.error().code, Code::group_not_empty);
  EXPECT_NE(holds.error().message.find("1 secondary Administration Server(s): “b”"), std::string::npos);
  EXPECT_EQ(loop.run(hq.groups->find(north->group.id))->secondaries, 1U);
}

TEST_F(GroupsTest, AnEmptyGroupIsRemovedAndRecorded) {
  const auto north = loop.run(hq.groups->add(olga(), "North"));
  ASSERT_TRUE(loop.run(hq.groups->remove(olga(), north->group.id)));
  EXPECT_EQ(loop.run(hq.groups->find(north->group.id)).error().code, Code::not_found);
  EXPECT_THAT(hq.event_kinds(), ElementsAre("group_added", "group_removed"));
}

}  // namespace
}  // namespace daikan::server
