#include "hierarchy/group_tree.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::hierarchy {
namespace {

GroupId id(std::uint8_t number) {
  GroupId id;
  id.bytes[14] = 1;
  id.bytes[15] = number;
  return id;
}

/// Managed devices(1) / Branches(2) / North(3), South(4); Servers(5).
GroupTree sample() {
  return GroupTree({{id(3), id(2), "North"},
                    {id(1), std::nullopt, "Managed devices"},
                    {id(2), id(1), "Branches"},
                    {id(4), id(2), "South"},
                    {id(5), id(1), "Servers"}});
}

TEST(GroupTree, FindsByIdAndByPathWithOrWithoutTheRootInEitherCase) {
  const auto tree = sample();
  EXPECT_EQ(tree.find(id(3))->name, "North");
  EXPECT_EQ(tree.find(id(9)), nullptr);
  for (const char* path : {"Managed devices/Branches/North", "Branches/North", "branches/NORTH", "managed DEVICES/branches/north"}) {
    ASSERT_TRUE(tree.at_path(path)) << path;
    EXPECT_EQ(tree.at_path(path)->id, id(3)) << path;
  }
  EXPECT_EQ(tree.at_path("")->id, id(1));
  EXPECT_EQ(tree.at_path("Managed devices")->id, id(1));
}

TEST(GroupTree, SaysWhichPartOfAPathIsMissing) {
  const auto missing = sample().at_path("Branches/West/Inner");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::group_not_found);
  EXPECT_EQ(missing.error().field, "group");
  EXPECT_NE(missing.error().message.find("“West” in “Managed devices/Branches”"), std::string::npos) << missing.error().message;
  EXPECT_FALSE(sample().at_path("/Branches"));
  EXPECT_FALSE(sample().at_path("Branches/"));
  EXPECT_EQ(sample().require(id(9)).error().code, Code::group_not_found);
}

TEST(GroupTree, KnowsPathsChildrenAndAncestors) {
  const auto tree = sample();
  EXPECT_EQ(tree.path_of(id(3)), "Managed devices/Branches/North");
  EXPECT_EQ(tree.path_of(id(9)), "");
  ASSERT_EQ(tree.children(id(2)).size(), 2U);
  EXPECT_EQ(tree.children(id(2))[0].name, "North");
  EXPECT_EQ(tree.children(id(2))[1].name, "South");
  ASSERT_EQ(tree.ancestors(id(3)).size(), 2U);
  EXPECT_EQ(tree.ancestors(id(3))[0].name, "Managed devices");
  EXPECT_EQ(tree.ancestors(id(3))[1].name, "Branches");
  EXPECT_TRUE(tree.ancestors(id(1)).empty());
}

TEST(GroupTree, PlansTheMissingPartsOfAPath) {
  const auto plan = sample().plan_path("Managed devices/branches/West/Inner");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->existing, id(2));
  EXPECT_EQ(plan->names, (std::vector<std::string>{"West", "Inner"}));
  EXPECT_EQ(sample().plan_path("New")->existing, id(1));
}

TEST(GroupTree, PlansNothingForAPathThatExistsOrCannot) {
  const auto tree = sample();
  EXPECT_EQ(tree.plan_path("Branches/north").error().code, Code::name_taken);
  EXPECT_EQ(tree.plan_path("").error().code, Code::name_taken);
  for (const char* path : {"/x", "x/", "x//y", " x", "x/\ty"}) {
    const auto plan = tree.plan_path(path);
    ASSERT_FALSE(plan) << path;
    EXPECT_EQ(plan.error().code, Code::invalid_request);
    EXPECT_EQ(plan.error().field, "path");
  }
}

TEST(GroupTree, BoundsTheDepthOfAPlan) {
  std::string path = "a";
  for (std::size_t level = 3; level <= limits::kMaxGroupDepth; ++level) path += "/a";
  EXPECT_TRUE(sample().plan_path(path));
  EXPECT_EQ(sample().plan_path(path + "/a").error().code, Code::invalid_request);
}

TEST(GroupTree, BoundsTheNumberOfGroups) {
  std::vector<Group> groups{{id(1), std::nullopt, "Managed devices"}};
  for (std::size_t i = 1; i < limits::kMaxGroups; ++i) {
    GroupId made;
    for (std::size_t k = 0; k < 4; ++k) made.bytes[k] = static_cast<std::uint8_t>(i >> (8 * k));
    made.bytes[8] = 7;
    groups.push_back({made, id(1), std::to_string(i)});
  }
  const GroupTree tree(std::move(groups));
  EXPECT_EQ(tree.plan_path("one more").error().code, Code::too_large);
}

TEST(GroupTree, RefusesTakenNamesAmongSiblingsOnly) {
  const auto tree = sample();
  EXPECT_TRUE(tree.check_place(id(5), "North"));
  const auto taken = tree.check_place(id(2), "nOrTh");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::name_taken);
  EXPECT_EQ(taken.error().field, "name");
  EXPECT_EQ(tree.check_place(id(1), "managed devices").error().code, Code::name_taken);
  EXPECT_EQ(tree.check_place(id(9), "x").error().code, Code::group_not_found);
  EXPECT_EQ(tree.check_place(id(2), "a/b").error().code, Code::invalid_request);
}

TEST(GroupTree, LetsAGroupBeRenamedAndMovedButNotBelowItself) {
  const auto tree = sample();
  EXPECT_TRUE(tree.check_place(id(2), "NORTH", id(3)));
  EXPECT_TRUE(tree.check_place(id(5), "North", id(3)));
  EXPECT_EQ(tree.check_place(id(3), "Branches", id(2)).error().code, Code::conflict);
  EXPECT_EQ(tree.check_place(id(2), "Branches", id(2)).error().code, Code::conflict);
  EXPECT_EQ(tree.check_place(id(2), "Root", id(1)).error().code, Code::conflict);
  EXPECT_EQ(tree.check_place(id(2), "South", id(3)).error().code, Code::name_taken);
}

TEST(GroupTree, BoundsTheDepthOfWhatIsMoved) {
  std::vector<Group> groups{{id(1), std::nullopt, "Managed devices"}};
  for (std::uint8_t i = 2; i <= limits::kMaxGroupDepth; ++i) groups.push_back({id(i), id(static_cast<std::uint8_t>(i - 1)), "g"});
  groups.push_back({id(100), id(1), "other"});
  groups.push_back({id(101), id(100), "below"});
  const GroupTree tree(std::move(groups));
  const auto last = id(static_cast<std::uint8_t>(limits::kMaxGroupDepth));
  EXPECT_EQ(tree.check_place(last, "x").error().code, Code::invalid_request);
  EXPECT_EQ(tree.check_place(id(31), "other", id(100)).error().code, Code::invalid_request);
  EXPECT_TRUE(tree.check_place(id(30), "other", id(100)));
}

TEST(GroupTree, IsNotMadeFromDamagedRecords) {
  EXPECT_THROW(GroupTree({}), std::invalid_argument);
  EXPECT_THROW(GroupTree({{id(1), std::nullopt, "a"}, {id(2), std::nullopt, "b"}}), std::invalid_argument);
  EXPECT_THROW(GroupTree({{id(1), std::nullopt, "a"}, {id(2), id(9), "b"}}), std::invalid_argument);
  EXPECT_THROW(GroupTree({{id(1), std::nullopt, "a"}, {id(1), id(1), "b"}}), std::invalid_argument);
  EXPECT_THROW(GroupTree({{id(1), std::nullopt, "a"}, {id(2), id(3), "b"}, {id(3), id(2), "c"}}), std::invalid_argument);
}

}  // namespace
}  // namespace daikan::hierarchy
