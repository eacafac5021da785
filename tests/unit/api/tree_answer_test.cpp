// What a hostile or broken secondary may answer when it is asked for its tree.
#include "api/tree_answer.h"

#include <string>

#include <gtest/gtest.h>

namespace daikan::api::test {
namespace {

std::string node_of(const std::string& entries) { return R"({"id":"a","complete":true,"secondaries":[)" + entries + "]}"; }

Code code_of(const std::string& body, TreeBudget& budget) {
  const auto node = tree_node_from(200, body, budget);
  return node ? Code::internal : node.error().code;
}

TEST(TreeAnswer, OfRightShapeIsTakenAndCounted) {
  TreeBudget budget;
  const auto below = R"({"name":"x","server":)" + node_of(R"({"name":"y","server":null})") + "}";
  const auto node = tree_node_from(200, node_of(below + R"(,{"name":"z","server":null})"), budget);
  ASSERT_TRUE(node) << node.error().text();
  EXPECT_EQ(node->at("secondaries").as_array().size(), 2U);
  EXPECT_EQ(budget.nodes, limits::kMaxTreeNodes - 4);
}

TEST(TreeAnswer, CountsWhatWasKnownBelowAServerThatIsAway) {
  TreeBudget budget;
  budget.nodes = 4;
  EXPECT_TRUE(tree_node_from(200, node_of(R"({"name":"x","server":null,"last_known":[{"name":"y"},{"name":"z"}]})"), budget));
  EXPECT_EQ(budget.nodes, 0U);
  budget.nodes = 3;
  EXPECT_EQ(code_of(node_of(R"({"name":"x","server":null,"last_known":[{"name":"y"},{"name":"z"}]})"), budget), Code::too_large);
}

TEST(TreeAnswer, OfAnotherShapeIsRefusedAtAnyLevel) {
  TreeBudget budget;
  for (const std::string body : {"[]", "7", "", "{", R"({"id":"a"})", R"({"id":"a","secondaries":{}})"}) {
    EXPECT_EQ(code_of(body, budget), Code::protocol_error) << body;
  }
  for (const std::string entry : {"[]", "7", R"({"server":7})", R"({"server":{}})", R"({"server":{"id":"b","secondaries":[[]]}})",
                                  R"({"server":null,"last_known":7})"}) {
    EXPECT_EQ(code_of(node_of(entry), budget), Code::protocol_error) << entry;
  }
  EXPECT_EQ(budget.nodes, limits::kMaxTreeNodes) << "what was refused takes no room";
}

TEST(TreeAnswer, BeyondTheServersOfASurveyIsLeftOutByName) {
  TreeBudget budget;
  budget.nodes = 3;
  const auto three = node_of(R"({"server":null},{"server":null})");
  const auto four = node_of(R"({"server":null},{"server":null},{"server":null})");
  const auto refused = tree_node_from(200, four, budget);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::too_large);
  EXPECT_NE(refused.error().message.find("100000 servers"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(tree_node_from(200, three, budget));
  EXPECT_EQ(code_of(node_of(""), budget), Code::too_large);
}

TEST(TreeAnswer, OfCountlessSmallValuesIsRefusedWhileItIsRead) {
  TreeBudget budget;
  std::string junk = "[]";
  for (std::size_t i = 0; i < limits::kMaxTreeValues; ++i) junk += ",[]";
  EXPECT_EQ(code_of(R"({"id":"a","secondaries":[],"junk":[)" + junk + "]}", budget), Code::too_large);
}

TEST(TreeAnswer, BytesOfAllAnswersAreBoundedTogether) {
  TreeBudget budget;
  EXPECT_TRUE(budget.take_bytes(limits::kMaxTreeSurveyBytes));
  const auto refused = budget.take_bytes(1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::too_large);
}

TEST(TreeAnswer, ThatIsAnErrorKeepsItsCode) {
  TreeBudget budget;
  const auto node = tree_node_from(503, R"({"code":"unavailable","detail":"Busy."})", budget);
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, Code::unavailable);
}

}  // namespace
}  // namespace daikan::api::test
