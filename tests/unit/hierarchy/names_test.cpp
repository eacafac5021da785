#include "hierarchy/names.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::hierarchy {
namespace {

TEST(Names, AcceptOrdinaryOnesInAnyScript) {
  for (const char* name : {"Branch 7", "支社", "a", "it's “quoted”", "x.y-z_1"}) EXPECT_TRUE(check_name(name)) << name;
  EXPECT_TRUE(check_name(std::string(limits::kMaxNameBytes, 'n')));
}

TEST(Names, RefuseWhatCannotBeShownOrTypedAgain) {
  const std::string long_name(limits::kMaxNameBytes + 1, 'n');
  for (const std::string& name :
       {std::string(), long_name, std::string("a/b"), std::string("tab\there"), std::string("line\nbreak"), std::string(" x"),
        std::string("x "), std::string("\xff\xfe"), std::string("nul\0", 4), std::string("\x7f")}) {
    const auto checked = check_name(name, "group_name");
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code, Code::invalid_request);
    EXPECT_EQ(checked.error().field, "group_name");
    EXPECT_FALSE(checked.error().remedy.empty());
  }
}

TEST(Names, AreComparedWithoutRegardToAsciiCase) {
  EXPECT_TRUE(same_name("Branch", "bRANCH"));
  EXPECT_FALSE(same_name("Branch", "Branch "));
  EXPECT_FALSE(same_name("É", "é"));
  EXPECT_EQ(folded("ABC é"), "abc é");
}

}  // namespace
}  // namespace daikan::hierarchy
