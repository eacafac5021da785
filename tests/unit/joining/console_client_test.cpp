// The console client against a real TLS server that answers what a test tells it to.
#include "joining/console_client.h"

#include <functional>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "net/h1_connection.h"
#include "net/listener.h"
#include "unit/net/test_net.h"

namespace daikan::joining::test {
namespace {

namespace json = boost::json;
using net::test::Loop;
using testing::HasSubstr;

struct Seen {
  std::string method;
  std::string target;
  std::string authorization;
  std::string idempotency_key;
  std::string body;
};

/// One console on loopback. `answer` is called for every request that arrives.
class FakeConsole {
 public:
  explicit FakeConsole(Loop& loop)
      : identity_(net::test::make_identity("hq")),
        listener_(loop.executor(), *net::TlsContext::console_server(identity_), net::test::accept_any(), {16, 0, 0}),
        executor_(loop.executor()) {
    auto started = listener_.start(
        {Endpoint{"127.0.0.1", 0}}, [this](std::unique_ptr<net::TlsStream> stream) { return serve(std::move(stream)); },
        [](const Error&, const net::TlsStream&) {});
    if (!started) throw std::runtime_error(started.error().message);
  }

  Endpoint endpoint() const { return listener_.endpoints().front(); }
  const CertificateRecord& certificate() const { return identity_.certificate(); }
  std::string pem() const { return identity_.certificate_pem(); }
  awaitable<> stop() { return listener_.stop(); }

  std::function<net::Response(const Seen&)> answer;
  std::vector<Seen> seen;
  net::TlsStream* last_stream = nullptr;

 private:
  awaitable<> serve(std::unique_ptr<net::TlsStream> stream) {
    last_stream = stream.get();
    return net::serve_console_connection(std::move(stream), [this](net::Request request) { return handle(std::move(request)); });
  }
  awaitable<net::Response> handle(net::Request request) {
    auto body = co_await request.body.read_all(1 << 20);
    const auto header = [&](std::string_view name) { return std::string(request.headers.find(name).value_or("")); };
    seen.push_back({request.method, request.target, header("authorization"), header("idempotency-key"), body ? *body : ""});
    co_return answer(seen.back());
  }

  net::Identity identity_;
  net::Listener listener_;
  net::Executor executor_;
};

net::Response answer_json(int status, json::value value, std::string type = "application/json") {
  net::Response response;
  response.status = status;
  response.headers.set("content-type", std::move(type));
  response.body = net::Body(json::serialize(value));
  return response;
}

net::Response problem(int status, Code code) {
  return answer_json(status,
                     {{"type", "urn:x"},
                      {"title", "T"},
                      {"status", status},
                      {"detail", "What failed."},
                      {"code", to_string(code)},
                      {"remedy", "What to do."},
                      {"field", "path"}},
                     "application/problem+json");
}

class Console : public testing::Test {
 protected:
  ~Console() override {
    if (client) loop.run(client->close());
    loop.run(console.stop());
  }
  ConsoleClient& connect(std::string fingerprint) {
    client = std::make_unique<ConsoleClient>(loop.executor(), console.endpoint(), std::move(fingerprint));
    return *client;
  }
  json::value identity_json() {
    return {{"id", id.str()},
            {"name", "hq"},
            {"version", "0.1.0"},
            {"fingerprint", console.certificate().fingerprint},
            {"certificate", console.pem()}};
  }

  Loop loop;
  FakeConsole console{loop};
  ServerId id = ServerId::make(from_micros(5));
  std::unique_ptr<ConsoleClient> client;
};

TEST_F(Console, SendsJsonWithTheSecretAndReadsJson) {
  console.answer = [](const Seen&) { return answer_json(201, {{"path", "A/B"}}); };
  auto& to = connect(console.certificate().fingerprint);
  to.use_secret("dks_1");
  auto answer = loop.run(to.call("POST", "/groups", json::value{{"path", "A/B"}}));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body.at("path").as_string(), "A/B");
  ASSERT_EQ(console.seen.size(), 1U);
  EXPECT_EQ(console.seen[0].target, "/api/v1/groups");
  EXPECT_EQ(console.seen[0].authorization, "Bearer dks_1");
  EXPECT_EQ(console.seen[0].body, R"({"path":"A/B"})");
}

TEST_F(Console, RefusesAnotherCertificateAndShowsBothFingerprints) {
  const auto other = net::test::make_identity().certificate().fingerprint;
  auto answer = loop.run(connect(other).call("GET", "/server"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::certificate_mismatch);
  EXPECT_THAT(answer.error().message, HasSubstr(other));
  EXPECT_THAT(answer.error().message, HasSubstr(console.certificate().fingerprint));
  EXPECT_TRUE(console.seen.empty());
}

TEST_F(Console, WithoutAPinTellsTheCertificateThatCame) {
  auto& to = connect("");
  EXPECT_FALSE(to.certificate());
  ASSERT_TRUE(loop.run(to.connect()));
  ASSERT_TRUE(to.certificate());
  EXPECT_EQ(to.certificate()->fingerprint, console.certificate().fingerprint);
}

TEST_F(Console, ReadsAProblemDocument) {
  console.answer = [](const Seen&) { return problem(409, Code::name_taken); };
  auto answer = loop.run(connect("").call("POST", "/groups", json::value{{"path", "x"}}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), Error(Code::name_taken, "What failed.", "What to do.", "path"));
}

TEST_F(Console, NamesTheServerWhenAnErrorSaysNothing) {
  console.answer = [](const Seen&) { return answer_json(503, "busy"); };
  auto answer = loop.run(connect("").call("GET", "/server"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr(console.endpoint().str()));
}

TEST_F(Console, TellsAServerThatDoesNotSpeakJson) {
  console.answer = [](const Seen&) {
    net::Response response;
    response.body = net::Body(std::string("<html>"));
    return response;
  };
  auto answer = loop.run(connect("").call("GET", "/server"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::not_an_administration_server);
}

TEST_F(Console, LogsInAndUsesTheSessionAndLogsOut) {
  console.answer = [](const Seen& seen) {
    if (seen.method == "POST") return answer_json(201, {{"token", "dks_new"}});
    net::Response gone;
    gone.status = 204;
    return gone;
  };
  auto& to = connect("");
  ASSERT_TRUE(loop.run(to.log_in({"admin", "pass", ""})));
  EXPECT_EQ(to.secret(), "dks_new");
  loop.run(to.log_out());
  ASSERT_EQ(console.seen.size(), 2U);
  EXPECT_THAT(console.seen[0].body, HasSubstr(R"("user":"admin","password":"pass")"));
  EXPECT_EQ(console.seen[0].authorization, "");
  EXPECT_EQ(console.seen[1].method, "DELETE");
  EXPECT_EQ(console.seen[1].authorization, "Bearer dks_new");
}

TEST_F(Console, ATokenIsTriedAndNotLoggedOut) {
  console.answer = [](const Seen&) { return answer_json(200, json::object{}); };
  auto& to = connect("");
  ASSERT_TRUE(loop.run(to.log_in({"", "", "dkt_1"})));
  loop.run(to.log_out());
  ASSERT_EQ(console.seen.size(), 1U);
  EXPECT_EQ(console.seen[0].authorization, "Bearer dkt_1");
}

TEST_F(Console, ARefusedLoginNamesTheServer) {
  console.answer = [](const Seen&) { return problem(401, Code::wrong_credentials); };
  auto outcome = loop.run(connect("").log_in({"admin", "wrong", ""}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::wrong_credentials);
  EXPECT_THAT(outcome.error().message, HasSubstr(console.endpoint().str()));
}

TEST_F(Console, GoesOnOverANewConnectionWhenTheOldOneWasClosed) {
  console.answer = [](const Seen&) { return answer_json(200, json::object{}); };
  auto& to = connect("");
  ASSERT_TRUE(loop.run(to.call("GET", "/server")));
  console.last_stream->close();
  const auto again = loop.run(to.call("GET", "/server"));
  ASSERT_TRUE(again) << to_string(again.error().code) << again.error().message;
  EXPECT_EQ(console.seen.size(), 2U);
}

TEST_F(Console, AClientDestroyedWithoutClosingEndsItsConnection) {
  console.answer = [](const Seen&) { return answer_json(200, json::object{}); };
  ASSERT_TRUE(loop.run(connect("").call("GET", "/server")));
  client.reset();
  loop.run(console.stop());
  loop.drain();
  EXPECT_TRUE(loop.context.stopped()) << "nothing is left that waits";
}

TEST_F(Console, ABaseGoesBeforeEveryPath) {
  console.answer = [](const Seen&) { return answer_json(200, json::object{}); };
  auto& to = connect("");
  to.use_base("/servers/7/relay");
  ASSERT_TRUE(loop.run(to.call("GET", "/groups")));
  EXPECT_EQ(console.seen[0].target, "/api/v1/servers/7/relay/groups");
}

TEST_F(Console, AnUnreachableServerIsNamed) {
  auto nobody = std::make_unique<ConsoleClient>(loop.executor(), Endpoint{"127.0.0.1", 1}, "");
  auto answer = loop.run(nobody->call("GET", "/server"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::refused);
  EXPECT_THAT(answer.error().message, HasSubstr("127.0.0.1:1"));
  loop.run(nobody->close());
}

TEST_F(Console, TheSecondaryEndReadsTheIdentityOfTheConnection) {
  console.answer = [this](const Seen&) { return answer_json(200, identity_json()); };
  const auto end = make_secondary_end(connect(console.certificate().fingerprint));
  auto identity = loop.run(end->identity());
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->id, id);
  EXPECT_EQ(identity->certificate.fingerprint, console.certificate().fingerprint);
}

TEST_F(Console, AnIdentityWithAnotherCertificateThanTheConnectionIsRefused) {
  const auto other = net::test::make_identity("other");
  console.answer = [&](const Seen&) {
    auto told = identity_json();
    told.as_object()["certificate"] = other.certificate_pem();
    return answer_json(200, told);
  };
  const auto end = make_secondary_end(connect(""));
  auto identity = loop.run(end->identity());
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, Code::certificate_mismatch);
  EXPECT_THAT(identity.error().message, HasSubstr(other.certificate().fingerprint));
  EXPECT_THAT(identity.error().message, HasSubstr(console.certificate().fingerprint));
}

TEST_F(Console, SomethingElseThanAnIdentityIsNotAnAdministrationServer) {
  console.answer = [](const Seen&) { return answer_json(200, {{"id", "seven"}}); };
  const auto end = make_secondary_end(connect(""));
  EXPECT_EQ(loop.run(end->identity()).error().code, Code::not_an_administration_server);
}

TEST_F(Console, ThePrimaryEndTellsAMadeRegistrationFromOneThatWasThere) {
  int status = 201;
  const auto registration = RegistrationId::make(from_micros(8));
  console.answer = [&](const Seen&) { return answer_json(status, {{"id", registration.str()}}); };
  const auto end = make_primary_end(connect(""));
  JoinRequest request;
  request.group = "Managed devices";
  request.secondary_console = {"branch1", 13291};
  const ServerIdentity secondary{id, "branch1", "0.1.0", console.certificate()};
  EXPECT_EQ(loop.run(end->register_secondary(request, secondary))->was, Registered::Was::made);
  status = 200;
  EXPECT_EQ(loop.run(end->register_secondary(request, secondary))->was, Registered::Was::there);
  EXPECT_THAT(console.seen[0].body, HasSubstr(R"("name":"branch1")"));
  EXPECT_THAT(console.seen[0].body, HasSubstr(R"("address":"branch1:13291")"));
  EXPECT_NE(console.seen[0].idempotency_key, "");
  EXPECT_NE(console.seen[0].idempotency_key, console.seen[1].idempotency_key);
}

TEST_F(Console, ThePrimaryEndSendsTheDmzAddressAndItsProxyPassword) {
  console.answer = [&](const Seen&) { return answer_json(201, {{"id", id.str()}}); };
  const auto end = make_primary_end(connect(""));
  JoinRequest request;
  request.way = Way::primary_dials;
  request.dmz_address = Endpoint{"dmz", 13000};
  request.dmz_proxy = Proxy{ProxyKind::http, {"proxy", 3128}, "olga", "pw"};
  ASSERT_TRUE(loop.run(end->register_secondary(request, {id, "dmz1", "0.1.0", console.certificate()})));
  EXPECT_THAT(console.seen[0].body,
              HasSubstr(R"("direction":"primary_dials","address":"dmz:13000","proxy":{"url":"http://olga@proxy:3128","password":"pw"})"));
}

TEST_F(Console, ASetPrimaryThatWasThereIsToldApart) {
  json::object before = {{"configured", false}};
  console.answer = [&](const Seen& seen) {
    return answer_json(200, seen.method == "GET" ? json::value(before) : json::value(json::object{}));
  };
  const auto end = make_secondary_end(connect(""));
  JoinRequest request;
  request.primary_address = Endpoint{"hq", 13000};
  const ServerIdentity primary{id, "hq", "0.1.0", console.certificate()};
  EXPECT_EQ(*loop.run(end->above(primary)), SecondaryEnd::Above::nobody);
  EXPECT_TRUE(loop.run(end->set_primary(request, primary)));
  before = {{"configured", true}, {"fingerprint", console.certificate().fingerprint}};
  EXPECT_EQ(*loop.run(end->above(primary)), SecondaryEnd::Above::this_primary);
  EXPECT_TRUE(loop.run(end->set_primary(request, primary)));
  EXPECT_THAT(console.seen[1].body, HasSubstr(R"("direction":"secondary_dials","address":"hq:13000")"));
}

TEST_F(Console, AFailedProbeIsTheErrorOfItsStep) {
  console.answer = [&](const Seen&) {
    return answer_json(200,
                       {{"ok", false}, {"error", {{"code", "proxy_denied"}, {"message", "HTTP/1.1 403 Forbidden"}, {"remedy", "Ask."}}}});
  };
  const auto end = make_secondary_end(connect(""));
  auto outcome = loop.run(end->probe_primary({"hq", 13000}, std::nullopt, console.certificate()));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::proxy_denied);
  EXPECT_THAT(console.seen[0].body, HasSubstr(R"("direction":"secondary_dials")"));
}

}  // namespace
}  // namespace daikan::joining::test
