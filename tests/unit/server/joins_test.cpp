// Way 1 as an operation: the real engine, the real use cases on both servers, and the secondary's console API played by a few lines.
#include "server/joins.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/h1_connection.h"
#include "net/listener.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

namespace json = boost::json;
using joining::Progress;
using joining::StepState;
using test::olga;
using test::Site;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

net::Response answer(int status, const json::value& body) {
  return {.status = status,
          .headers = {{"content-type", status < 400 ? "application/json" : "application/problem+json"}},
          .body = net::Body(json::serialize(body))};
}

net::Response problem(const Error& error, int status = 409) {
  return answer(status, {{"status", status}, {"code", to_string(error.code)}, {"detail", error.message}, {"remedy", error.remedy}});
}

/// What way 1 asks of the secondary's 13291, over real TLS, answered by the secondary's own use cases.
class Console {
 public:
  explicit Console(Site& site)
      : site_(site), listener_(site.loop.executor(), *net::TlsContext::console_server(site.identity), net::test::accept_any(), {16, 0, 0}) {
    net::Handler handler = [this](net::Request request) { return handle(std::move(request)); };
    auto started = listener_.start(
        {{"127.0.0.1", 0}}, [handler](std::unique_ptr<net::TlsStream> s) { return net::serve_console_connection(std::move(s), handler); },
        [](const Error&, const net::TlsStream&) {});
    EXPECT_TRUE(started) << started.error().text();
  }
  ~Console() { site_.loop.run(listener_.stop()); }

  Endpoint endpoint() const { return listener_.endpoints().front(); }

  std::optional<Error> refuse_primary;  ///< Answer of PUT /primary instead of doing it.
  bool hang = false;                    ///< PUT /primary never answers.
  bool hold_probes = false;             ///< They are answered once it is taken back.
  unsigned probes = 0;                  ///< How many have been asked for.

 private:
  awaitable<net::Response> handle(net::Request request) {
    auto body = co_await request.body.read_all(limits::kMaxJsonBytes);
    const auto value = !body || body->empty() ? json::value(json::object()) : json::parse(*body);
    const auto path = request.target.substr(std::string_view("/api/v1").size());
    if (path == "/server/identity") co_return identity();
    if (path == "/sessions") {
      const bool right = value.at("password") == "correct horse";
      if (!right) co_return problem({Code::wrong_credentials, "The user name or the password is wrong.", "Check both."}, 401);
      co_return answer(
          201, {{"id", "x"}, {"token", "dks_x"}, {"expires_at", ""}, {"csrf_token", ""}, {"account", {{"id", "x"}, {"name", "olga"}}}});
    }
    if (path == "/sessions/current") co_return net::Response{.status = 204, .headers = {}, .body = {}};
    if (path == "/probes") ++probes;
    while (path == "/probes" && hold_probes) co_await net::sleep_for(5ms);
    if (path == "/probes")
      co_return answer(200,
                       {{"ok", true}, {"fingerprint", nullptr}, {"certificate", nullptr}, {"steps", json::array()}, {"error", nullptr}});
    if (path == "/primary" && request.method == "GET") {
      auto found = co_await site_.primary->find();
      co_return *found ? shown(**found) : answer(200, {{"configured", false}});
    }
    if (path == "/primary" && request.method == "DELETE") {
      auto cleared = co_await site_.primary->clear(olga());
      co_return cleared ? net::Response{.status = 204, .headers = {}, .body = {}} : problem(cleared.error(), 404);
    }
    if (path == "/primary" && request.method == "PUT") {
      auto response = co_await put_primary(value);
      co_return response;
    }
    co_return problem({Code::not_found, "No such resource: " + request.target, ""}, 404);
  }

  awaitable<net::Response> put_primary(const json::value& value) {
    if (hang) co_await net::sleep_for(1h);
    if (refuse_primary) co_return problem(*refuse_primary);
    SetPrimary set;
    const std::string certificate(value.at("certificate").as_string());
    set.certificate = from_base64(certificate).value_or(test::bytes_of(certificate));  // DER in base64, or PEM
    const auto* address = value.as_object().if_contains("address");
    if (address && address->is_string()) {
      set.address = *parse_endpoint(std::string(address->as_string()), limits::kLinkPort);
    } else {
      set.direction = hierarchy::Direction::primary_dials;
    }
    auto done = co_await site_.primary->set(olga(), std::move(set));
    co_return done ? shown(*done) : problem(done.error());
  }

  net::Response identity() const {
    return answer(200, {{"id", site_.facts.id.str()},
                        {"name", site_.facts.name},
                        {"version", "0.1.0"},
                        {"api_version", 1},
                        {"fingerprint", site_.facts.certificate.fingerprint},
                        {"certificate", site_.facts.certificate_pem}});
  }

  static net::Response shown(const PrimaryView& view) {
    return answer(200, {{"configured", true},
                        {"direction", to_string(view.record.direction)},
                        {"address", view.record.address ? json::value(view.record.address->str()) : json::value()},
                        {"proxy", nullptr},
                        {"fingerprint", view.record.certificate.fingerprint},
                        {"server_id", nullptr},
                        {"state", to_string(view.link.state)},
                        {"reason", nullptr},
                        {"revision", view.record.revision}});
  }

  Site& site_;
  net::Listener listener_;
};

struct JoinsTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};
  std::unique_ptr<Console> console = std::make_unique<Console>(branch);

  joining::JoinRequest request() const {
    joining::JoinRequest join;
    join.secondary_console = console->endpoint();
    join.fingerprint = branch.identity.certificate().fingerprint;
    join.credentials = {"olga", "correct horse", ""};
    join.primary_address = hq.link_endpoint();
    join.link_time = 20s;
    return join;
  }
  hierarchy::OperationRecord begin(joining::JoinRequest join) {
    auto begun = loop.run(hq.joins->begin(olga(), std::move(join)));
    EXPECT_TRUE(begun) << begun.error().text();
    return std::move(*begun);
  }
  hierarchy::OperationRecord ended(OperationId id) { return loop.run(wait_for_end(*hq.joins, id)); }
  static awaitable<hierarchy::OperationRecord> wait_for_end(Joins& joins, OperationId id) {
    for (;;) {
      auto record = co_await joins.find(olga(), id);
      if (record->state != "running") co_return *record;
      co_await joins.wait_for_change(net::test::soon());
    }
  }
  static awaitable<> wait_for_step(Joins& joins, OperationId id, joining::Step step) {
    for (;;) {
      auto record = co_await joins.find(olga(), id);
      const auto progress = joining::progress_from_json(record->steps);
      for (const auto& report : progress->steps) {
        if (report.step == step && report.state == StepState::running) co_return;
      }
      co_await joins.wait_for_change(net::test::soon());
    }
  }
  static Progress progress_of(const hierarchy::OperationRecord& record) { return *joining::progress_from_json(record.steps); }
  static const joining::StepReport& report(const Progress& progress, joining::Step step) {
    for (const auto& one : progress.steps) {
      if (one.step == step) return one;
    }
    throw std::logic_error("no such step");
  }
  std::size_t registered() {
    const auto all = loop.run(hq.secondaries->list(olga()));
    return all->size();
  }
  bool has_primary() {
    const auto found = loop.run(branch.primary->find());
    return found->has_value();
  }
};

TEST_F(JoinsTest, AJoinEndsWithTheLinkConnectedOnBothSides) {
  const auto record = ended(begin(request()).id);
  EXPECT_EQ(record.state, "done");
  const auto progress = progress_of(record);
  ASSERT_EQ(progress.steps.size(), 5U);
  for (const auto& step : progress.steps) EXPECT_EQ(step.state, StepState::done) << to_string(step.step);
  ASSERT_TRUE(progress.registration);
  EXPECT_EQ(hq.links->status(*progress.registration).state, hierarchy::LinkState::connected);
  const auto found = loop.run(hq.secondaries->find(olga(), *progress.registration));
  EXPECT_EQ(found->record.name, "branch");
  EXPECT_EQ(found->record.server_id, branch.facts.id);
  EXPECT_THAT(hq.event_kinds(), testing::IsSupersetOf({"secondary_added", "link_connected", "join_done"}));
  EXPECT_THAT(hq.audit(), ElementsAre("join.begin done", "secondary.add done", "join.end done"));
}

TEST_F(JoinsTest, NoPasswordIsKeptInTheOperation) {
  auto join = request();
  join.way = joining::Way::primary_dials;
  join.dmz_address = branch.link_endpoint();
  join.dmz_proxy = Proxy{ProxyKind::http, {"127.0.0.1", 1}, "olga", "hunter2"};
  const auto record = ended(begin(join).id);
  EXPECT_EQ(record.state, "failed");
  EXPECT_EQ(record.input.find("hunter2"), std::string::npos);
  EXPECT_EQ(record.input.find("correct horse"), std::string::npos);
  EXPECT_THAT(record.input, HasSubstr("sealed1:"));
}

TEST_F(JoinsTest, ThePrimaryDialsTheDmzInWayThree) {
  auto join = request();
  join.way = joining::Way::primary_dials;
  join.primary_address.reset();
  join.dmz_address = branch.link_endpoint();
  const auto record = ended(begin(join).id);
  EXPECT_EQ(record.state, "done") << record.steps;
  EXPECT_EQ(loop.run(hq.secondaries->list(olga()))->front().record.direction, hierarchy::Direction::primary_dials);
}

TEST_F(JoinsTest, AnotherServerAtTheDmzAddressIsToldWithBothFingerprints) {
  auto join = request();
  join.way = joining::Way::primary_dials;
  const Site other{loop, "other"};
  join.dmz_address = other.link_endpoint();
  const auto record = ended(begin(join).id);
  EXPECT_EQ(record.state, "failed");
  const auto progress = progress_of(record);
  const auto& error = report(progress, joining::Step::probe).error;
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Code::certificate_mismatch);
  EXPECT_THAT(error->message, HasSubstr(branch.identity.certificate().fingerprint));
  EXPECT_THAT(error->message, HasSubstr(other.identity.certificate().fingerprint));
}

TEST_F(JoinsTest, AFailedStepUndoesWhatWasMadeAndTellsWhy) {
  console->refuse_primary.emplace(Code::already_has_primary, "“branch” already has a primary: “other”.", "Clear it first.");
  const auto record = ended(begin(request()).id);
  EXPECT_EQ(record.state, "failed");
  const auto progress = progress_of(record);
  EXPECT_EQ(report(progress, joining::Step::set_primary).error->code, Code::already_has_primary);
  EXPECT_EQ(report(progress, joining::Step::register_secondary).state, StepState::undone);
  EXPECT_EQ(registered(), 0U);
  EXPECT_THAT(hq.event_kinds(), testing::Contains("join_failed"));
}

TEST_F(JoinsTest, AFailedJoinGoesOnWithNewCredentials) {
  auto join = request();
  join.credentials.password = "wrong";
  const auto failed = ended(begin(join).id);
  EXPECT_EQ(failed.state, "failed");
  EXPECT_EQ(report(progress_of(failed), joining::Step::identity).error->code, Code::wrong_credentials);
  const auto resumed = loop.run(hq.joins->resume(olga(), failed.id, {"olga", "correct horse", ""}));
  ASSERT_TRUE(resumed) << resumed.error().text();
  EXPECT_EQ(resumed->state, "running");
  EXPECT_EQ(ended(failed.id).state, "done");
  EXPECT_EQ(loop.run(hq.joins->resume(olga(), failed.id, {})).error().code, Code::conflict);
}

TEST_F(JoinsTest, ARestartInterruptsAJoinAndItGoesOnAfterwards) {
  console->hang = true;
  const auto begun = begin(request());
  loop.run(wait_for_step(*hq.joins, begun.id, joining::Step::set_primary));
  EXPECT_EQ(registered(), 1U);
  hq.restart();
  const auto interrupted = loop.run(hq.joins->find(olga(), begun.id));
  EXPECT_EQ(interrupted->state, "interrupted");
  EXPECT_EQ(report(progress_of(*interrupted), joining::Step::set_primary).state, StepState::pending);
  console->hang = false;
  auto fresh_address = request();  // hq listens on another port after its restart; the join keeps what it was asked
  hq.write([&](store::Transaction& transaction) {
    auto record = *store::find_operation(transaction, begun.id);
    auto input = json::parse(record.input).as_object();
    input["primary_address"] = fresh_address.primary_address->str();
    record.input = json::serialize(input);
    store::put_operation(transaction, record);
  });
  ASSERT_TRUE(loop.run(hq.joins->resume(olga(), begun.id, {"olga", "correct horse", ""})));
  EXPECT_EQ(ended(begun.id).state, "done");
  EXPECT_EQ(registered(), 1U);
}

TEST_F(JoinsTest, WhoLosesTheRightWhileAJoinRunsGetsNoFurther) {
  const auto otto = hq.add_account("otto", "correct horse");
  auto actor = olga();
  actor.name = "otto";
  actor.credential = TokenId::make(now());
  const auto becomes = [&](const hierarchy::Role& role) {
    hq.write([&](store::Transaction& t) { store::replace_assignments(t, otto, std::vector<hierarchy::Assignment>{{role.id, {}}}); });
  };
  for (const bool loses : {true, false}) {
    becomes(hierarchy::administrator());
    console->hold_probes = true;
    const auto before = console->probes;
    const auto begun = loop.run(hq.joins->begin(actor, request()));
    ASSERT_TRUE(begun) << begun.error().text();
    // The step is written down as begun before its person is asked about: only the probe itself says that the asking is over.
    ASSERT_TRUE(loop.run_until([&] { return console->probes > before; }));
    if (loses) becomes(hierarchy::built_in_roles()[2]);
    console->hold_probes = false;
    const auto record = ended(begun->id);
    const auto progress = progress_of(record);
    if (loses) {
      EXPECT_EQ(record.state, "failed");
      EXPECT_EQ(report(progress, joining::Step::register_secondary).error->code, Code::permission_denied);
      EXPECT_EQ(registered(), 0U);
      EXPECT_FALSE(has_primary());
    } else {
      EXPECT_EQ(record.state, "done");
    }
  }
}

TEST_F(JoinsTest, CancellingARunningJoinUndoesItOnBothSides) {
  console->hang = true;
  const auto begun = begin(request());
  loop.run(wait_for_step(*hq.joins, begun.id, joining::Step::set_primary));
  const auto cancelled = loop.run(hq.joins->cancel(olga(), begun.id));
  ASSERT_TRUE(cancelled) << cancelled.error().text();
  EXPECT_EQ(cancelled->state, "undone");
  EXPECT_EQ(registered(), 0U);
  EXPECT_FALSE(has_primary());
  EXPECT_EQ(loop.run(hq.joins->cancel(olga(), begun.id)).error().code, Code::conflict);
}

TEST_F(JoinsTest, CancellingAnInterruptedJoinUndoesWhatThisServerMade) {
  console->hang = true;
  const auto begun = begin(request());
  loop.run(wait_for_step(*hq.joins, begun.id, joining::Step::set_primary));
  hq.restart();
  console.reset();
  const auto cancelled = loop.run(hq.joins->cancel(olga(), begun.id));
  ASSERT_TRUE(cancelled) << cancelled.error().text();
  EXPECT_EQ(cancelled->state, "undone");
  EXPECT_EQ(registered(), 0U);
}

TEST_F(JoinsTest, AGroupThatIsNotThereIsRefusedAtOnce) {
  auto join = request();
  join.group = "No/Such";
  const auto refused = loop.run(hq.joins->begin(olga(), join));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::group_not_found);
  EXPECT_TRUE(loop.run(hq.joins->list(olga(), 10))->empty());
}

TEST_F(JoinsTest, UnknownOperationsAreNotFound) {
  const auto id = OperationId::make(now());
  EXPECT_EQ(loop.run(hq.joins->find(olga(), id)).error().code, Code::not_found);
  EXPECT_EQ(loop.run(hq.joins->resume(olga(), id, {})).error().code, Code::not_found);
  EXPECT_EQ(loop.run(hq.joins->cancel(olga(), id)).error().code, Code::not_found);
}

}  // namespace
}  // namespace daikan::server
