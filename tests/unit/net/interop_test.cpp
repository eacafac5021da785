// Other people's HTTP clients against the server on 13291: curl, nghttp and h2load (installed by ./dev setup).
#include <cstdio>
#include <thread>

#include "net/h1_connection.h"
#include "net/listener.h"
#include "unit/net/test_http.h"

namespace daikan::net {
namespace {

using namespace test;

awaitable<Response> ramble(Observed& fed) {
  Response response;
  response.body = Body(std::make_unique<CountedSource>(fed, 100, 50'000));
  co_return response;
}

// A console server on its own thread; the tools run on the test's.
class Interop : public testing::Test {
 protected:
  Loop loop;
  Observed fed{loop.executor()};
  std::unique_ptr<Listener> listener;
  std::thread thread;
  std::string url;
  std::vector<std::exception_ptr> exceptions;

  void SetUp() override {
    identity_ = std::make_unique<Identity>(make_identity("interop"));
    listener = std::make_unique<Listener>(loop.executor(), *TlsContext::console_server(*identity_), accept_any(), ListenerLimits{64, 0, 0});
    const auto started = listener->start(
        {Endpoint{"127.0.0.1", 0}}, [this](std::unique_ptr<TlsStream> stream) { return serve(std::move(stream)); },
        [](const Error&, const TlsStream&) {});
    ASSERT_TRUE(started) << started.error().text();
    url = "https://127.0.0.1:" + std::to_string(listener->endpoints().front().port);
    thread = std::thread([this] { loop.context.run(); });
  }
  void TearDown() override {
    asio::co_spawn(loop.context, listener->stop(), asio::detached);
    thread.join();
    EXPECT_TRUE(exceptions.empty());
  }

  awaitable<> serve(std::unique_ptr<TlsStream> stream) {
    Handler handler = [this](Request request) { return request.target == "/ramble" ? ramble(fed) : echo(std::move(request)); };
    return serve_console_connection(std::move(stream), std::move(handler),
                                    [this](const std::exception_ptr& e) { exceptions.push_back(e); });
  }

  static std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return "popen failed";
    std::string out;
    std::array<char, 4096> buffer;
    while (const auto n = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), n);
    const int status = ::pclose(pipe);
    return out + "exit " + std::to_string(WEXITSTATUS(status));
  }

 private:
  std::unique_ptr<Identity> identity_;
};

class InteropWithCurl : public Interop, public testing::WithParamInterface<std::string> {};
INSTANTIATE_TEST_SUITE_P(InBothVersions, InteropWithCurl, testing::Values("--http2", "--http1.1"));

TEST_P(InteropWithCurl, GetsAndPuts) {
  const auto curl = "curl -sSk " + GetParam() + " ";
  const auto got = output_of(curl + "-i " + url + "/one");
  EXPECT_NE(got.find("x-target: /one"), std::string::npos) << got;
  EXPECT_EQ(output_of(curl + "-X PUT -d hello " + url + "/two"), "helloexit 0");
  EXPECT_EQ(output_of(curl + "-o /dev/null -w '%{http_version} ' -I " + url + "/"), (GetParam() == "--http2" ? "2 exit 0" : "1.1 exit 0"));
}

TEST_P(InteropWithCurl, StreamsBothWays) {
  const auto curl = "curl -sSk " + GetParam() + " ";
  EXPECT_EQ(output_of(curl + url + "/ramble | wc -c"), "5000000\nexit 0");
  EXPECT_EQ(output_of("head -c 3000000 /dev/zero | " + curl + "-T - " + url + "/up | wc -c"), "3000000\nexit 0");
}

TEST_P(InteropWithCurl, ReusesItsConnection) {
  const auto got = output_of("curl -sSk " + GetParam() + " -o /dev/null -o /dev/null -w '%{num_connects} ' " + url + "/1 " + url + "/2");
  EXPECT_EQ(got, "1 0 exit 0");
}

TEST_F(Interop, NghttpFindsNothingToComplainAbout) {
  const auto got = output_of("nghttp -nv " + url + "/one");
  EXPECT_NE(got.find(":status: 200"), std::string::npos) << got;
  EXPECT_NE(got.find("x-target: /one"), std::string::npos) << got;
  EXPECT_EQ(got.find("GOAWAY frame <length=8, flags=0x00, stream_id=0>\n          (last_stream_id=0, error_code=PROTOCOL"),
            std::string::npos);
  EXPECT_TRUE(got.ends_with("exit 0")) << got;
}

TEST_F(Interop, H2loadSucceedsWithEveryRequest) {
  const auto got = output_of("h2load -n 2000 -c 10 -m 32 " + url + "/load");
  EXPECT_NE(got.find("2000 succeeded, 0 failed, 0 errored"), std::string::npos) << got;
  const auto h1 = output_of("h2load --h1 -n 500 -c 5 " + url + "/load");
  EXPECT_NE(h1.find("500 succeeded, 0 failed, 0 errored"), std::string::npos) << h1;
}

}  // namespace
}  // namespace daikan::net
