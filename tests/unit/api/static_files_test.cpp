// The files of the web console: what is served, in which form, and where daikand looks for them.
#include "api/static_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "api/accept_encoding.h"
#include "api/shared_text.h"
#include "api/web_folder.h"
#include "base/limits.h"
#include "unit/net/test_net.h"

namespace daikan::api {
namespace {

namespace fs = std::filesystem;

std::string text_of(net::Response& response) {
  net::test::Loop loop;
  auto text = loop.run(response.body.read_all(limits::kMaxWebFileBytes));
  return text ? *text : text.error().text();
}

struct StaticFilesTest : testing::Test {
  StaticFilesTest() {
    std::string pattern = (fs::temp_directory_path() / "daikan-web-XXXXXX").string();
    outside = ::mkdtemp(pattern.data());
    folder = outside / "web";
    fs::create_directories(folder / "assets");
    write(outside / "secret.txt", "secret");
    write(folder / "index.html", "<!doctype html>");
    write(folder / "assets" / "app-1a2b.js", "1");
    write(folder / ".env", "hidden");
    fs::create_symlink(outside / "secret.txt", folder / "link.txt");
  }
  ~StaticFilesTest() override { fs::remove_all(outside); }
  static void write(const fs::path& file, std::string_view text) { std::ofstream(file) << text; }

  std::optional<net::Response> get(std::string_view path, const net::Headers& headers = {}) const {
    const auto target = parse_target(path);
    if (!target) return std::nullopt;
    return StaticFiles(folder).answer(*target, headers);
  }
  fs::path outside;
  fs::path folder;
};

TEST_F(StaticFilesTest, AreServedWithTheirTypeAndCaching) {
  const auto index = get("/");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->headers.find("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(index->headers.find("cache-control"), "no-cache");
  auto script = get("/assets/app-1a2b.js");
  ASSERT_TRUE(script);
  EXPECT_EQ(text_of(*script), "1");
  EXPECT_NE(script->headers.find("cache-control")->find("immutable"), std::string_view::npos);
  EXPECT_EQ(get("/", {{"if-none-match", std::string(*index->headers.find("etag"))}})->status, 304);
}

TEST_F(StaticFilesTest, AreHandedOutInPiecesOfOneBuffer) {
  const std::string big(3 * limits::kSharedTextPieceBytes + 1, 'x');
  const auto shared = std::make_shared<const std::string>(big);
  net::test::Loop loop;
  net::Response response;
  serve_shared(response, shared);
  EXPECT_EQ(response.headers.find("content-length"), std::to_string(big.size()));
  EXPECT_EQ(shared.use_count(), 2) << "a response holds the buffer, no copy of it";
  const auto source = response.body.into_source();
  std::string all;
  for (;;) {
    const auto piece = loop.run(source->next());
    ASSERT_TRUE(piece);
    if (piece->empty()) break;
    EXPECT_LE(piece->size(), limits::kSharedTextPieceBytes);
    all += *piece;
  }
  EXPECT_EQ(all, big);
}

TEST_F(StaticFilesTest, PagesOfTheConsoleAreItsIndex) {
  auto page = get("/secondaries/7");
  ASSERT_TRUE(page);
  EXPECT_EQ(text_of(*page), "<!doctype html>");
  EXPECT_FALSE(get("/missing.js"));
}

TEST_F(StaticFilesTest, NothingOutsideTheFolderCanBeNamed) {
  for (const auto* path : {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/link.txt", "/.env",
                           "//etc/passwd", "/%2fetc%2fpasswd.txt", "/index.html%00.js"}) {
    auto response = get(path);
    EXPECT_FALSE(response && text_of(*response) != "<!doctype html>") << path;
  }
}

// ---- packed forms ----

struct PackedFilesTest : StaticFilesTest {
  PackedFilesTest() {
    write(folder / "assets" / "app-1a2b.js.br", "in brotli");
    write(folder / "assets" / "app-1a2b.js.gz", "in gzip");
    write(folder / "index.html.gz", "page in gzip");
    write(folder / "report.gz", "a file of its own");
  }
  std::string served(std::string_view path, std::string_view accepts) const {
    auto response = get(path, {{"accept-encoding", std::string(accepts)}});
    return response ? text_of(*response) : "(none)";
  }
};

TEST_F(PackedFilesTest, AreChosenByWhatTheBrowserTakes) {
  EXPECT_EQ(served("/assets/app-1a2b.js", "gzip, deflate, br"), "in brotli");
  EXPECT_EQ(served("/assets/app-1a2b.js", "gzip, deflate"), "in gzip");
  EXPECT_EQ(served("/assets/app-1a2b.js", "br;q=0.1, gzip;q=0.9"), "in gzip");
  EXPECT_EQ(served("/assets/app-1a2b.js", "br;q=0, *"), "in gzip");
  EXPECT_EQ(served("/assets/app-1a2b.js", "br;q=0.5, identity;q=0.8"), "1");
  EXPECT_EQ(served("/assets/app-1a2b.js", ""), "1");
  EXPECT_EQ(served("/assets/app-1a2b.js", "zstd"), "1");
  EXPECT_EQ(served("/servers", "br, gzip"), "page in gzip");
  auto plain = get("/assets/app-1a2b.js");
  EXPECT_EQ(text_of(*plain), "1") << "who says nothing gets it as it is";
}

TEST_F(PackedFilesTest, SayWhatTheyAreAndThatTheyVary) {
  const auto packed = get("/assets/app-1a2b.js", {{"accept-encoding", "br"}});
  const auto plain = get("/assets/app-1a2b.js");
  EXPECT_EQ(packed->headers.find("content-encoding"), "br");
  EXPECT_EQ(packed->headers.find("content-type"), "text/javascript; charset=utf-8");
  EXPECT_FALSE(plain->headers.find("content-encoding"));
  EXPECT_EQ(packed->headers.find("vary"), "accept-encoding");
  EXPECT_EQ(plain->headers.find("vary"), "accept-encoding");
}

TEST_F(PackedFilesTest, HaveATagOfTheirOwn) {
  const std::string packed(*get("/assets/app-1a2b.js", {{"accept-encoding", "br"}})->headers.find("etag"));
  EXPECT_NE(packed, *get("/assets/app-1a2b.js")->headers.find("etag"));
  EXPECT_EQ(get("/assets/app-1a2b.js", {{"accept-encoding", "br"}, {"if-none-match", packed}})->status, 304);
  EXPECT_EQ(get("/assets/app-1a2b.js", {{"accept-encoding", "gzip"}, {"if-none-match", packed}})->status, 200);
}

TEST_F(PackedFilesTest, AreNoFilesOfTheirOwn) {
  EXPECT_FALSE(get("/assets/app-1a2b.js.br"));
  EXPECT_FALSE(get("/index.html.gz"));
  auto lone = get("/report.gz");
  EXPECT_EQ(text_of(*lone), "a file of its own");
}

TEST(AcceptEncoding, IsReadWithQualities) {
  EXPECT_EQ(quality_of("br", "br"), 1000U);
  EXPECT_EQ(quality_of("BR ; Q=0.25 , gzip", "br"), 250U);
  EXPECT_EQ(quality_of("gzip;q=1.000", "gzip"), 1000U);
  EXPECT_EQ(quality_of("*;q=0.3, gzip;q=0", "br"), 300U);
  EXPECT_EQ(quality_of("*;q=0.3, gzip;q=0", "gzip"), 0U);
  EXPECT_EQ(quality_of("", "br"), 0U);
  for (const auto* strange :
       {"br;q=1.001", "br;q=2", "br;q=", "br;q", "br;q=0.1234", "br;q=-1", "br;level=5", "br;q=0,5", ";;,,", "x-br"}) {
    EXPECT_FALSE(quality_named(strange, "br").value_or(0) > 0) << strange;
  }
}

// ---- where the pages are ----

struct WebFolderTest : StaticFilesTest {
  fs::path page(const fs::path& below) const {
    fs::create_directories(outside / below);
    write(outside / below / "index.html", "<!doctype html>");
    return outside / below;
  }
};

TEST_F(WebFolderTest, IsBesideTheInstalledProgram) {
  const auto pages = page("usr/share/daikan/web");
  EXPECT_EQ(web_folder("auto", outside / "usr/sbin/daikand"), pages);
  EXPECT_EQ(web_folder("auto", outside / "usr/bin/daikan"), pages);
}

TEST_F(WebFolderTest, IsThatOfTheBuildTreeForAProgramNotInstalled) {
  EXPECT_EQ(web_folder("auto", outside / "build/asan/daikand"), fs::path()) << "not built yet";
  const auto pages = page("build/web");
  EXPECT_EQ(web_folder("auto", outside / "build/asan/daikand"), pages);
}

TEST_F(WebFolderTest, IsWhatTheSettingSays) {
  page("build/web");
  EXPECT_EQ(web_folder("", outside / "build/asan/daikand"), fs::path()) << "no pages are wanted";
  EXPECT_EQ(web_folder("/srv/pages", outside / "build/asan/daikand"), "/srv/pages");
}

}  // namespace
}  // namespace daikan::api
