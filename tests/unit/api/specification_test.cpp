// The route table and spec/openapi.yaml name the same routes, and the server serves the file it was built from.
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "api/console_api.h"

namespace daikan::api {
namespace {

std::string specification_file() {
  std::ifstream in(DAIKAN_SOURCE_DIR "/spec/openapi.yaml");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// "GET /api/v1/groups" for every path (two spaces) and method (four spaces) below "paths:".
std::set<std::string> specified_routes() {
  std::istringstream lines(specification_file());
  std::set<std::string> routes;
  std::string line;
  std::string path;
  bool inside = false;
  while (std::getline(lines, line)) {
    if (!line.empty() && line[0] != ' ' && line[0] != '#') inside = line == "paths:";
    if (!inside) continue;
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    for (const std::string method : {"get", "put", "post", "patch", "delete"}) {
      if (!line.starts_with("    " + method + ":")) continue;
      std::string upper = method;
      for (auto& c : upper) c = static_cast<char>(std::toupper(c));
      routes.insert(upper + " " + path);
    }
  }
  return routes;
}

TEST(Specification, NamesExactlyTheRoutesOfTheTable) {
  std::set<std::string> table;
  for (auto route : ConsoleApi::routes()) {
    if (const auto dots = route.find("...}"); dots != std::string::npos) route.erase(dots, 3);
    EXPECT_TRUE(table.insert(route).second) << route << " stands twice in the table";
  }
  EXPECT_EQ(table, specified_routes());
}

TEST(Specification, IsServedAsItIsInTheSourceTree) { EXPECT_EQ(specification(), specification_file()); }

}  // namespace
}  // namespace daikan::api
