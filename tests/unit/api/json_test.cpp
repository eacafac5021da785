#include "api/json.h"

#include <gtest/gtest.h>

namespace daikan::api {
namespace {

constexpr std::string_view kChoices[] = {"one", "two"};
constexpr Field kInner[] = {{.name = "url", .presence = Presence::required}, {.name = "password", .max_bytes = 8}};
constexpr Field kFields[] = {{.name = "name", .presence = Presence::required, .max_bytes = 5},
                             {.name = "file", .kind = FieldKind::lines},
                             {.name = "hours", .kind = FieldKind::integer, .least = 1, .most = 10},
                             {.name = "replace", .kind = FieldKind::boolean},
                             {.name = "direction", .choices = kChoices},
                             {.name = "proxy", .kind = FieldKind::object, .members = kInner}};

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

Error refused(std::string_view text) {
  const auto value = parse_json(text);
  if (!value) return value.error();
  const auto checked = check_fields(*value, kFields);
  EXPECT_FALSE(checked) << text;
  return checked ? Error(Code::internal, "not refused") : checked.error();
}

TEST(Json, IsParsedStrictly) {
  for (const std::string_view bad :
       {"", " ", "{", "{}x", "{} {}", "{\"a\":1,}", "{'a':1}", "{\"a\":01}", "// c\n{}", "{\"a\":NaN}", "{\"a\":1e400}",
        "{\"a\":0.5e00003030300}", "\xef\xbb\xbf{}", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xed\xa0\x80\"}"}) {
    const auto value = parse_json(bad);
    ASSERT_FALSE(value) << bad;
    EXPECT_EQ(value.error().code, Code::invalid_request);
  }
  EXPECT_TRUE(parse_json("  {\"a\": [1, -2.5e3, true, null, \"\\u00fc\"]}  "));
}

TEST(Json, WithAKeyTwiceIsRefusedAndNamesIt) {
  EXPECT_EQ(refused(R"({"name":"a","name":"b"})").field, "name");
  EXPECT_EQ(refused(R"({"name":"a","n\u0061me":"b"})").field, "name");
  EXPECT_FALSE(parse_json(R"({"a":{"b":1,"b":2}})"));
  EXPECT_TRUE(parse_json(R"({"a":{"b":1},"b":{"a":1,"b":2}})"));
  const std::string long_key(5000, 'k');
  EXPECT_FALSE(parse_json("{\"" + long_key + "\":1,\"" + long_key + "\":2}"));
}

TEST(Json, BeyondItsBoundsIsRefused) {
  EXPECT_TRUE(parse_json(nested(limits::kMaxJsonDepth)));
  EXPECT_FALSE(parse_json(nested(limits::kMaxJsonDepth + 1)));
  EXPECT_TRUE(parse_json(nested(100), {.max_depth = 200}));
  const auto large = parse_json("\"" + std::string(limits::kMaxJsonBytes, 'a') + "\"");
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Code::too_large);
}

TEST(Fields, ThatFitPass) {
  const auto value = parse_json(R"({"name":"b1","file":"a\nb","hours":10,"replace":true,"direction":"two","proxy":{"url":"http://p"}})");
  ASSERT_TRUE(value);
  EXPECT_TRUE(check_fields(*value, kFields));
  const auto& object = value->as_object();
  EXPECT_EQ(text_of(object, "name"), "b1");
  EXPECT_EQ(text_of(object, "absent", "x"), "x");
  EXPECT_EQ(integer_of(object, "hours"), 10);
  EXPECT_TRUE(flag_of(object, "replace"));
  EXPECT_NE(object_of(object, "proxy"), nullptr);
}

TEST(Fields, NullCountsAsAbsent) {
  const auto value = parse_json(R"({"name":"b1","hours":null,"proxy":null})");
  ASSERT_TRUE(value);
  EXPECT_TRUE(check_fields(*value, kFields));
  EXPECT_EQ(object_of(value->as_object(), "proxy"), nullptr);
  EXPECT_EQ(refused(R"({"name":null})").field, "name");
}

TEST(Fields, ThatDoNotFitAreNamed) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"[]", ""},
      {"{}", "name"},
      {R"({"name":""})", "name"},
      {R"({"name":7})", "name"},
      {R"({"name":"123456"})", "name"},
      {R"({"name":"a\u0000"})", "name"},
      {R"({"name":"a\nb"})", "name"},
      {R"({"name":"a","file":"a\u0001"})", "file"},
      {R"({"name":"a","hours":0})", "hours"},
      {R"({"name":"a","hours":11})", "hours"},
      {R"({"name":"a","hours":1.5})", "hours"},
      {R"({"name":"a","hours":"1"})", "hours"},
      {R"({"name":"a","hours":99999999999999999999})", "hours"},
      {R"({"name":"a","replace":"yes"})", "replace"},
      {R"({"name":"a","direction":"three"})", "direction"},
      {R"({"name":"a","proxy":"http://p"})", "proxy"},
      {R"({"name":"a","proxy":{}})", "proxy.url"},
      {R"({"name":"a","proxy":{"url":"x","password":"123456789"}})", "proxy.password"},
      {R"({"name":"a","proxy":{"url":"x","port":1}})", "proxy.port"},
      {R"({"name":"a","adress":"x"})", "adress"}};
  for (const auto& [text, field] : cases) {
    const auto error = refused(text);
    EXPECT_EQ(error.code, Code::invalid_request) << text;
    EXPECT_EQ(error.field, field) << text;
    EXPECT_FALSE(error.remedy.empty()) << text;
  }
}

TEST(CheckFields, ListsAreCheckedItemByItemAndTheErrorNamesTheItem) {
  static constexpr std::string_view kLetters[] = {"a", "b"};
  static constexpr Field kMembers[] = {{.name = "role", .presence = Presence::required}};
  static constexpr Field kLists[] = {{.name = "texts", .kind = FieldKind::texts, .most = 2, .choices = kLetters},
                                     {.name = "objects", .kind = FieldKind::objects, .members = kMembers}};
  const auto field_of = [&](const char* text) {
    const auto checked = check_fields(*parse_json(text), kLists);
    return checked ? std::string() : checked.error().field;
  };
  EXPECT_EQ(field_of(R"({"texts":["a","b"],"objects":[{"role":"x"}]})"), "");
  EXPECT_EQ(field_of(R"({"texts":[],"objects":[]})"), "");
  EXPECT_EQ(field_of(R"({"texts":"a"})"), "texts");
  EXPECT_EQ(field_of(R"({"texts":["a","c"]})"), "texts[1]");
  EXPECT_EQ(field_of(R"({"texts":["a",1]})"), "texts[1]");
  EXPECT_EQ(field_of(R"({"texts":["a","a","a"]})"), "texts");
  EXPECT_EQ(field_of(R"({"objects":[{"role":"x"},{}]})"), "objects[1].role");
  EXPECT_EQ(field_of(R"({"objects":[{"role":"x","more":1}]})"), "objects[0].more");
  EXPECT_EQ(field_of(R"({"objects":["x"]})"), "objects[0]");
  EXPECT_EQ(field_of(R"({"objects":{}})"), "objects");
  const auto body = parse_json(R"({"texts":["b","a"],"objects":[{"role":"x"}]})")->as_object();
  EXPECT_EQ(texts_of(body, "texts"), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(objects_of(body, "objects").size(), 1U);
  EXPECT_TRUE(texts_of(body, "nothing").empty());
}

}  // namespace
}  // namespace daikan::api
