// Every file of tests/scenario/stories is one test: Stories/Story.Comes/<name of the file>.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "scenario/story.h"

namespace daikan::scenario {
namespace {

std::vector<std::string> story_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(DAIKAN_SOURCE_DIR "/tests/scenario/stories")) {
    if (entry.path().extension() == ".story") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Story : public ::testing::TestWithParam<std::string> {};

TEST_P(Story, ComesTrue) {
  std::ifstream file(std::string(DAIKAN_SOURCE_DIR "/tests/scenario/stories/") + GetParam() + ".story");
  std::ostringstream text;
  text << file.rdbuf();
  ASSERT_FALSE(text.str().empty());
  for (std::uint64_t seed = 1; seed <= 3; ++seed) play(GetParam() + ".story", text.str(), seed);
}

INSTANTIATE_TEST_SUITE_P(Stories, Story, ::testing::ValuesIn(story_names()), [](const auto& tested) { return tested.param; });

TEST(Stories, AreAtLeastTwenty) { EXPECT_GE(story_names().size(), 20U); }

}  // namespace
}  // namespace daikan::scenario
