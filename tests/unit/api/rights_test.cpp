// No route without a right: every one is walked, as somebody who may nothing and as somebody who may everything on another group.
#include <algorithm>
#include <set>

#include "unit/api/test_site.h"

namespace daikan::api {
namespace {

using hierarchy::Assignment;
using hierarchy::Right;
using hierarchy::Rights;
using hierarchy::RoleId;
using server::Actor;
using test::Site;
namespace json = boost::json;

struct RightsOfRoutes : testing::Test {
  test::Loop loop;
  Site hq{loop, "hq"};

  /// What olga has from now on.
  void give(std::vector<Assignment> assignments) {
    hq.change([&](store::Transaction& transaction) -> Result<server::Done> {
      store::replace_assignments(transaction, hq.account.id, assignments);
      return server::Done{};
    });
    hq.accounts->forget_cached();
  }
  RoleId made_role(Rights rights) {
    hierarchy::Role role{.id = RoleId::make(now()), .name = to_text(rights), .description = {}, .rights = rights, .created_at = now()};
    hq.change([&](store::Transaction& transaction) -> Result<server::Done> {
      store::insert_role(transaction, role);
      return server::Done{};
    });
    return role.id;
  }
  GroupId group(const std::string& path) {
    const auto made = hq.ask("POST", "/api/v1/groups", json::serialize(json::object{{"path", path}}));
    EXPECT_EQ(made.status, 201) << made.text;
    return *GroupId::parse(made.at("id"));
  }
  static std::string filled(std::string pattern) {
    const std::string id = "01930c4e-5a00-7000-8000-000000000001";
    for (const std::string name : {"{id}", "{fingerprint}", "{name}", "{kind}", "{revision}"}) {
      if (const auto at = pattern.find(name); at != std::string::npos) pattern.replace(at, name.size(), id);
    }
    if (const auto at = pattern.find("{rest...}"); at != std::string::npos) pattern.replace(at, 9, "groups");
    return pattern;
  }
};

TEST_F(RightsOfRoutes, EveryRouteDeclaresOne) {
  for (const auto& [route, needs] : ConsoleApi::needs()) {
    EXPECT_NE(needs, "undeclared") << route << " has no .needs in its table: see api/routes.h";
  }
}

TEST_F(RightsOfRoutes, OnlyOpenRoutesAndTheOwnAccountNeedNone) {
  std::set<std::string> open;
  for (const auto& [route, needs] : ConsoleApi::needs()) {
    if (needs == "nothing" && route.find("/api/v1/account") == std::string::npos && route.find("/api/v1/tokens") == std::string::npos) {
      open.insert(route);
    }
  }
  EXPECT_EQ(open, (std::set<std::string>{"GET /healthz", "GET /api/v1/openapi.yaml", "GET /api/v1/server/identity", "GET /api/v1/rights",
                                         "POST /api/v1/sessions", "GET /api/v1/sessions/current", "DELETE /api/v1/sessions/current"}));
}

TEST_F(RightsOfRoutes, WhoHasNoRoleIsRefusedByEveryRouteThatNeedsARightAndTheRefusalIsAudited) {
  give({});
  std::size_t refused = 0;
  for (const auto& [route, needs] : ConsoleApi::needs()) {
    if (needs == "nothing") continue;
    const auto blank = route.find(' ');
    const auto seen = hq.ask(route.substr(0, blank), filled(route.substr(blank + 1)));
    EXPECT_EQ(seen.status, 403) << route << ": " << seen.text;
    EXPECT_EQ(seen.code(), "permission_denied") << route;
    EXPECT_NE(seen.at("detail").find("(" + needs.substr(0, needs.find(' ')) + ")"), std::string::npos) << route << ": " << seen.text;
    EXPECT_NE(seen.at("detail").find("“hq”"), std::string::npos) << seen.text;
    EXPECT_NE(seen.at("remedy"), "") << route;
    ++refused;
  }
  give({{hierarchy::administrator().id, std::nullopt}});
  const auto audit = hq.ask("GET", "/api/v1/audit?limit=1000");
  std::size_t noted = 0;
  for (const auto& each : audit.body.as_object().at("items").as_array()) noted += each.as_object().at("action") == "access.refused" ? 1 : 0;
  EXPECT_EQ(noted, refused);
}

TEST_F(RightsOfRoutes, ARightOnTheServerIsNotGainedFromAllGroups) {
  give({{hierarchy::administrator().id, hq.loop
                                            .run(hq.storage->read<GroupId>([](store::Transaction& transaction) -> Result<GroupId> {
                                              return store::all_groups(transaction).front().id;
                                            }))
                                            .value()}});
  for (const auto& [route, needs] : ConsoleApi::needs()) {
    if (!needs.ends_with(" on_server")) continue;
    const auto blank = route.find(' ');
    const auto seen = hq.ask(route.substr(0, blank), filled(route.substr(blank + 1)));
    EXPECT_EQ(seen.status, 403) << route << ": " << seen.text;
  }
}

// One request for each route that acts on a group, by somebody who may everything on another group. A new such route needs a line here.
TEST_F(RightsOfRoutes, WhoMayOnlyOnAnotherGroupIsRefusedByTheUseCaseNamingTheGroup) {
  const auto mine = group("Managed devices/Mine");
  const auto theirs = group("Managed devices/Theirs");
  const auto other = net::test::make_identity("other").certificate_pem();
  const auto added =
      hq.ask("POST", "/api/v1/secondaries", json::serialize(json::object{{"name", "shop"}, {"group", "Theirs"}, {"certificate", other}}));
  ASSERT_EQ(added.status, 201) << added.text;
  const auto shop = added.at("id");
  const auto another = net::test::make_identity("another").certificate_pem();
  const std::string join = R"({"group":"Theirs","secondary_console":"127.0.0.1:1","fingerprint":")" + hq.facts.certificate.fingerprint +
                           R"(","credentials":{"user":"a","password":"b"},"primary_address":"127.0.0.1:1"})";
  const std::string invitation = R"({"group":"Theirs","addresses":["127.0.0.1:1"]})";
  const auto invited = hq.ask("POST", "/api/v1/invitations", invitation);
  ASSERT_EQ(invited.status, 201) << invited.text;
  const auto invited_id = invited.at("id");
  const std::string check = R"({"name":"Check","kind":"link_check","group":"Theirs"})";
  const auto task = hq.ask("POST", "/api/v1/tasks", check);
  ASSERT_EQ(task.status, 201) << task.text;
  const auto task_path = "/api/v1/tasks/" + task.at("id");
  const std::string rule = R"({"name":"Rule","group":"Theirs"})";
  const auto policy = hq.ask("POST", "/api/v1/policies", rule);
  ASSERT_EQ(policy.status, 201) << policy.text;
  const auto policy_path = "/api/v1/policies/" + policy.at("id");
  const std::string told = R"({"devices":[{"name":"till","group":"Theirs","status":"ok"}]})";
  ASSERT_EQ(hq.ask("PUT", "/api/v1/devices", told).status, 200);
  const auto devices = hq.ask("GET", "/api/v1/devices?name=till");
  const std::string till(devices.body.at("items").at(0).at("id").as_string());
  struct Try {
    std::string path;
    std::string body;
  };
  const std::map<std::string, Try> tries = {
      {"GET /api/v1/groups/{id}", {"/api/v1/groups/" + theirs.str(), ""}},
      {"DELETE /api/v1/groups/{id}", {"/api/v1/groups/" + theirs.str(), ""}},
      {"POST /api/v1/groups", {"/api/v1/groups", R"({"path":"Managed devices/Theirs/New"})"}},
      {"POST /api/v1/secondaries",
       {"/api/v1/secondaries", json::serialize(json::object{{"name", "x"}, {"group", "Theirs"}, {"certificate", another}})}},
      {"GET /api/v1/secondaries/{id}", {"/api/v1/secondaries/" + shop, ""}},
      {"DELETE /api/v1/secondaries/{id}", {"/api/v1/secondaries/" + shop, ""}},
      {"PATCH /api/v1/groups/{id}", {"/api/v1/groups/" + theirs.str(), R"({"name":"Ours"})"}},
      {"PATCH /api/v1/secondaries/{id}", {"/api/v1/secondaries/" + shop, R"({"name":"ours"})"}},
      {"POST /api/v1/joins", {"/api/v1/joins", join}},
      {"POST /api/v1/invitations", {"/api/v1/invitations", invitation}},
      {"DELETE /api/v1/invitations/{id}", {"/api/v1/invitations/" + invited_id, ""}},
      {"POST /api/v1/policies", {"/api/v1/policies", R"({"name":"x","group":"Theirs"})"}},
      {"POST /api/v1/policies/apply", {"/api/v1/policies/apply", R"({"policies":[{"name":"x","group":"Theirs"}]})"}},
      {"POST /api/v1/policies/preview", {"/api/v1/policies/preview", R"({"name":"x","group":"Theirs"})"}},
      {"GET /api/v1/policies/{id}", {policy_path, ""}},
      {"PATCH /api/v1/policies/{id}", {policy_path, R"({"active":true})"}},
      {"DELETE /api/v1/policies/{id}", {policy_path, ""}},
      {"GET /api/v1/policies/{id}/revisions", {policy_path + "/revisions", ""}},
      {"POST /api/v1/policies/{id}/revisions/{revision}/restore", {policy_path + "/revisions/1/restore", ""}},
      {"GET /api/v1/groups/{id}/effective_settings", {"/api/v1/groups/" + theirs.str() + "/effective_settings", ""}},
      {"PUT /api/v1/devices", {"/api/v1/devices", told}},
      {"DELETE /api/v1/devices/{id}", {"/api/v1/devices/" + till, ""}},
      {"POST /api/v1/tasks", {"/api/v1/tasks", R"({"name":"x","kind":"link_check","group":"Theirs"})"}},
      {"GET /api/v1/tasks/{id}", {task_path, ""}},
      {"PATCH /api/v1/tasks/{id}", {task_path, R"({"enabled":false})"}},
      {"DELETE /api/v1/tasks/{id}", {task_path, ""}},
      {"POST /api/v1/tasks/{id}/start", {task_path + "/start", ""}},
      {"POST /api/v1/tasks/{id}/cancel", {task_path + "/cancel", ""}},
      {"GET /api/v1/tasks/{id}/runs", {task_path + "/runs", ""}},
      {"GET /api/v1/servers/{id}/relay/{rest...}", {"/api/v1/servers/" + shop + "/relay/groups", ""}},
      {"POST /api/v1/servers/{id}/relay/{rest...}", {"/api/v1/servers/" + shop + "/relay/groups", R"({"path":"x"})"}},
      {"PUT /api/v1/servers/{id}/relay/{rest...}", {"/api/v1/servers/" + shop + "/relay/primary", "{}"}},
      {"PATCH /api/v1/servers/{id}/relay/{rest...}", {"/api/v1/servers/" + shop + "/relay/primary", "{}"}},
      {"DELETE /api/v1/servers/{id}/relay/{rest...}", {"/api/v1/servers/" + shop + "/relay/primary", ""}},
  };
  give({{hierarchy::administrator().id, mine}});
  for (const auto& [route, needs] : ConsoleApi::needs()) {
    if (!needs.ends_with(" on_group")) continue;
    const auto found = tries.find(route);
    ASSERT_TRUE(found != tries.end()) << route << " acts on a group and has no line in this test";
    const auto seen = hq.ask(route.substr(0, route.find(' ')), found->second.path, found->second.body);
    EXPECT_EQ(seen.status, 403) << route << ": " << seen.text;
    if (route != "POST /api/v1/groups") EXPECT_NE(seen.at("detail").find("“Managed devices/Theirs”"), std::string::npos) << seen.text;
  }
}

TEST_F(RightsOfRoutes, ListsHoldWhatTheCallerMaySee) {
  const auto mine = group("Managed devices/Mine");
  const auto theirs = group("Managed devices/Theirs");
  for (const std::string name : {"Mine", "Theirs"}) {
    const auto pem = net::test::make_identity(name).certificate_pem();
    ASSERT_EQ(
        hq.ask("POST", "/api/v1/secondaries", json::serialize(json::object{{"name", "of " + name}, {"group", name}, {"certificate", pem}}))
            .status,
        201);
  }
  const auto names = [&](const std::string& path) {
    std::vector<std::string> all;
    const auto seen = hq.ask("GET", path);
    EXPECT_EQ(seen.status, 200) << seen.text;
    for (const auto& each : seen.body.as_object().at(path.find("tree") == std::string::npos ? "items" : "secondaries").as_array()) {
      all.emplace_back(each.as_object().at("name").as_string());
    }
    return all;
  };
  give({{hierarchy::administrator().id, mine}});
  EXPECT_EQ(names("/api/v1/groups"), std::vector<std::string>{"Mine"});
  EXPECT_EQ(names("/api/v1/secondaries"), std::vector<std::string>{"of Mine"});
  EXPECT_EQ(names("/api/v1/secondaries?group=Mine"), std::vector<std::string>{"of Mine"});
  EXPECT_EQ(names("/api/v1/tree"), std::vector<std::string>{"of Mine"});
  EXPECT_EQ(hq.ask("GET", "/api/v1/secondaries?group=Theirs").code(), "group_not_found");
  static_cast<void>(theirs);
}

TEST_F(RightsOfRoutes, WhatThePrimaryTellsIsBoundedHereAndNeverMore) {
  Actor actor;
  actor.name = "olga";
  actor.through = {"above"};
  const auto ask = [&](std::string method, std::string target, std::string body = {}) {
    net::Request request{.method = std::move(method), .target = std::move(target), .headers = {}, .body = {}, .remote_ip = {}};
    if (!body.empty()) request.headers.add("content-type", "application/json");
    request.body = std::move(body);
    return hq.read(loop.run(hq.api->relayed()(std::move(request), actor)));
  };
  EXPECT_EQ(ask("GET", "/groups").status, 403) << "an actor without rights has none";
  actor.permissions = hierarchy::Permissions::of({Right::read});
  EXPECT_EQ(ask("GET", "/groups").status, 200);
  EXPECT_EQ(ask("POST", "/groups", R"({"path":"A"})").status, 403) << "nothing that was not told";
  actor.permissions = hierarchy::Permissions::everything();
  EXPECT_EQ(ask("POST", "/groups", R"({"path":"A"})").status, 201);
  const auto bound = [&](std::string may) {
    hq.change([&](store::Transaction& transaction) -> Result<server::Done> {
      store::put_setting(transaction, "primary_may", may);
      return server::Done{};
    });
  };
  bound("read");
  EXPECT_EQ(ask("GET", "/groups").status, 200);
  EXPECT_EQ(ask("GET", "/audit").status, 200);
  const auto refused = ask("POST", "/groups", R"({"path":"B"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.at("detail").find("“hq” lets its primary only read"), std::string::npos) << refused.text;
  EXPECT_EQ(ask("PUT", "/primary/rights", R"({"primary_may":"full"})").status, 403) << "the bound is not lifted through the primary";
  for (const std::string may : {"none", "a damaged value"}) {
    bound(may);
    EXPECT_EQ(ask("GET", "/groups").status, 403) << may;
    EXPECT_EQ(ask("GET", "/server/identity").status, 403) << may;
    EXPECT_EQ(ask("GET", "/users").status, 403) << may;
  }
}

TEST_F(RightsOfRoutes, ATokenWithAScopeMayWhatTheScopeSaysAndNoMoreThanItsOwnerNow) {
  const auto made = hq.ask_with({{"authorization", "Bearer " + hq.session}}, "POST", "/api/v1/tokens",
                                R"({"name":"watch","expires_in_hours":1,"rights":["read","read_audit"]})");
  ASSERT_EQ(made.status, 201) << made.text;
  const net::Headers token{{"authorization", "Bearer " + made.at("token")}};
  EXPECT_EQ(hq.ask_with(token, "GET", "/api/v1/groups").status, 200);
  EXPECT_EQ(hq.ask_with(token, "GET", "/api/v1/audit").status, 200);
  EXPECT_EQ(hq.ask_with(token, "POST", "/api/v1/groups", R"({"path":"A"})").code(), "permission_denied");
  EXPECT_EQ(hq.ask_with(token, "GET", "/api/v1/account").status, 200);
  EXPECT_EQ(hq.ask_with(token, "POST", "/api/v1/tokens", R"({"name":"more","expires_in_hours":1})").code(), "permission_denied");
  EXPECT_EQ(hq.ask_with(token, "PUT", "/api/v1/account/password", R"({"current_password":"a","password":"bbbbbbbb"})").status, 403);
  give({{made_role({Right::read}), std::nullopt}});
  EXPECT_EQ(hq.ask_with(token, "GET", "/api/v1/groups").status, 200);
  EXPECT_EQ(hq.ask_with(token, "GET", "/api/v1/audit").status, 403);
}

}  // namespace
}  // namespace daikan::api
