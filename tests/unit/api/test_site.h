// A whole server without sockets on its console side: real database, real use cases, real links; requests go straight to the handler.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "api/console_api.h"
#include "base/limits.h"
#include "server/initialise.h"
#include "server/sealing.h"
#include "server/secrets.h"
#include "store/tables.h"
#include "store/tables_users.h"
#include "unit/net/test_net.h"

namespace daikan::api::test {

namespace json = boost::json;
using net::test::Loop;
using server::Actor;
using server::awaitable;

/// An answer, read to its end.
struct Seen {
  int status = 0;
  net::Headers headers;
  std::string text;
  json::value body;  ///< null when the text is no JSON

  std::string header(std::string_view name) const { return std::string(headers.find(name).value_or("")); }
  std::string at(std::string_view name) const {
    const auto* object = body.if_object();
    const auto* value = object ? object->if_contains(name) : nullptr;
    if (!value) return "(absent)";
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
  }
  std::string code() const { return at("code"); }
};

struct Site {
  Site(Loop& loop_, std::string name, std::filesystem::path web = {}) : loop(loop_), identity(net::test::make_identity(name)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "daikan-api-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    database = std::move(*store::Database::open("sqlite:" + (folder / "daikan.db").string()));
    const auto prepared = server::prepare_database(*database, name, now());
    facts.id = prepared->id;
    facts.name = prepared->name;
    facts.version = "0.1.0";
    facts.certificate = identity.certificate();
    facts.identity = &identity;
    facts.certificate_pem = identity.certificate_pem();
    facts.certificate_not_after = identity.not_after();
    facts.started_at = now();
    facts.database = database->engine();
    storage = std::make_unique<server::Storage>(loop.executor(), *database, sealing);
    history = std::make_unique<server::History>(*storage);
    accounts = std::make_unique<server::Accounts>(*storage, *history);
    users = std::make_unique<server::Users>(*storage, *history, *accounts);
    roles = std::make_unique<server::Roles>(*storage, *history, *accounts);
    two_factor = std::make_unique<server::TwoFactor>(*storage, *history, *accounts);
    access_rules = std::make_unique<server::AccessRules>(*storage, *history);
    EXPECT_TRUE(loop.run(access_rules->start()));
    groups = std::make_unique<server::Groups>(*storage, *history);
    links = std::make_unique<server::LinkHost>(*storage, *history, identity, facts, sealing);
    secondaries = std::make_unique<server::Secondaries>(*storage, *history, *links, facts);
    primary = std::make_unique<server::Primary>(*storage, *history, *links, facts);
    joins = std::make_unique<server::Joins>(*storage, *history, *secondaries, *links, facts);
    invitations = std::make_unique<server::Invitations>(*storage, *history, *links, facts);
    invited_join = std::make_unique<server::InvitedJoin>(*history, *primary, facts);
    own = std::make_unique<server::OwnIdentity>(*storage, *history, server::OwnIdentity::Place{identity, facts, folder});
    own->on_change([this] { links->identity_changed(); });
    roll_over = std::make_unique<server::RollOver>(*storage, *history, *links, *own);
    EXPECT_TRUE(loop.run(roll_over->start()));
    backups = std::make_unique<server::Backups>(*storage, *history, facts, folder);
    notifications = std::make_unique<server::Notifications>(*storage, *history, facts);
    policies = std::make_unique<server::Policies>(*storage, *history, facts);
    scheduler = std::make_unique<server::TaskScheduler>(*storage, *history, facts, &Site::no_work);
    tasks = std::make_unique<server::Tasks>(*storage, *history, *scheduler, facts);
    EXPECT_TRUE(loop.run(scheduler->start()));
    Options options;
    options.web_folder = std::move(web);
    options.on_exception = [this](std::exception_ptr, std::string_view id) { exceptions.emplace_back(id); };
    api = std::make_unique<ConsoleApi>(services(), std::move(options));
    make_account();
    const auto started = loop.run(links->start({{"127.0.0.1", 0}}, api->relayed()));
    EXPECT_TRUE(started);
    facts.link_endpoints = links->endpoints();
    EXPECT_TRUE(loop.run(joins->start()));
  }

  ~Site() {
    loop.run(scheduler->stop());
    loop.run(joins->stop());
    loop.run(notifications->stop());
    loop.run(links->stop());
    loop.run(invitations->stop());
    loop.run(roll_over->stop());
    loop.poll();
    api.reset();
    tasks.reset();
    scheduler.reset();
    notifications.reset();
    joins.reset();
    users.reset();
    roles.reset();
    two_factor.reset();
    access_rules.reset();
    roll_over.reset();
    own.reset();
    invited_join.reset();
    invitations.reset();
    accounts.reset();
    links.reset();
    database.reset();
    std::filesystem::remove_all(folder);
  }

  static server::awaitable<Result<std::string>> no_work(hierarchy::Task) { co_return std::string("Nothing was to be done."); }

  Services services() {
    return {*storage,       facts,  *history, *accounts,   *groups,       *links,       *secondaries,  *primary,   *joins, *backups,
            *notifications, *users, *roles,   *two_factor, *access_rules, *invitations, *invited_join, *roll_over, *tasks, *policies};
  }

  void change(std::function<Result<server::Done>(store::Transaction&)> work) {
    auto written = loop.run(storage->write<server::Done>(std::move(work)));
    ASSERT_TRUE(written) << written.error().text();
  }

  /// "olga" with a session and a token, without the cost of a password check.
  void make_account() {
    account.id = AccountId::make(now());
    account.name = "olga";
    account.password_hash = "-";
    account.created_at = now();
    session = add_credential(hierarchy::CredentialKind::session);
    token = add_credential(hierarchy::CredentialKind::token);
  }

  std::string add_credential(hierarchy::CredentialKind kind) {
    const auto secret = server::make_secret(kind);
    hierarchy::Credential credential;
    credential.id = TokenId::make(now());
    credential.account = account.id;
    credential.kind = kind;
    credential.name = "test";
    credential.secret_hash = server::stored_form(secret);
    credential.source = "192.0.2.1";
    credential.created_at = credential.last_used_at = now();
    credential.expires_at = now() + std::chrono::hours(1);
    change([&](store::Transaction& transaction) -> Result<server::Done> {
      if (!store::find_account(transaction, account.name)) {
        store::insert_account(transaction, account);
        store::replace_assignments(transaction, account.id, std::vector<hierarchy::Assignment>{{hierarchy::administrator().id, {}}});
      }
      store::insert_credential(transaction, credential);
      return server::Done{};
    });
    return secret;
  }

  net::Headers bearer() const { return {{"authorization", "Bearer " + token}}; }

  net::Response open(std::string method, std::string target, net::Headers headers, std::string body = {}) {
    net::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = std::move(headers);
    if (!body.empty() && !request.headers.find("content-type")) request.headers.add("content-type", "application/json");
    request.body = std::move(body);
    request.remote_ip = "192.0.2.1";
    return loop.run(api->handler()(std::move(request)));
  }

  Seen read(net::Response response) {
    auto text = loop.run(response.body.read_all(64 * 1024 * 1024));
    Seen seen{response.status, response.headers, text ? *text : text.error().text(), nullptr};
    boost::system::error_code ec;
    seen.body = json::parse(seen.text, ec);
    return seen;
  }

  /// Asks as olga, by her token.
  Seen ask(std::string method, std::string target, std::string body = {}) {
    return read(open(std::move(method), std::move(target), bearer(), std::move(body)));
  }
  /// Asks with these headers and no others.
  Seen ask_with(net::Headers headers, std::string method, std::string target, std::string body = {}) {
    return read(open(std::move(method), std::move(target), std::move(headers), std::move(body)));
  }

  /// Registers `below` here and this as its primary there, by certificate files (way 2); waits until the link is up.
  std::string join(Site& below) {
    const json::object added{{"name", below.facts.name}, {"certificate", below.facts.certificate_pem}};
    const auto registered = ask("POST", "/api/v1/secondaries", json::serialize(added));
    EXPECT_EQ(registered.status, 201) << registered.text;
    const json::object set{{"address", links->endpoints().front().str()}, {"certificate", facts.certificate_pem}};
    const auto told = below.ask("PUT", "/api/v1/primary", json::serialize(set));
    EXPECT_EQ(told.status, 200) << told.text;
    const auto id = RegistrationId::parse(registered.at("id"));
    EXPECT_TRUE(id && loop.run_until([&] { return links->status(*id).state == hierarchy::LinkState::connected; }));
    return registered.at("id");
  }

  Loop& loop;
  net::Identity identity;
  server::Sealing sealing = server::Sealing::ephemeral();
  server::Facts facts;
  std::filesystem::path folder;
  hierarchy::Account account;
  std::string session;
  std::string token;
  std::vector<std::string> exceptions;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<server::Storage> storage;
  std::unique_ptr<server::History> history;
  std::unique_ptr<server::Accounts> accounts;
  std::unique_ptr<server::Users> users;
  std::unique_ptr<server::Roles> roles;
  std::unique_ptr<server::TwoFactor> two_factor;
  std::unique_ptr<server::AccessRules> access_rules;
  std::unique_ptr<server::Groups> groups;
  std::unique_ptr<server::LinkHost> links;
  std::unique_ptr<server::Secondaries> secondaries;
  std::unique_ptr<server::Primary> primary;
  std::unique_ptr<server::Joins> joins;
  std::unique_ptr<server::Invitations> invitations;
  std::unique_ptr<server::InvitedJoin> invited_join;
  std::unique_ptr<server::OwnIdentity> own;
  std::unique_ptr<server::RollOver> roll_over;
  std::unique_ptr<server::Backups> backups;
  std::unique_ptr<server::Notifications> notifications;
  std::unique_ptr<server::Policies> policies;
  std::unique_ptr<server::TaskScheduler> scheduler;
  std::unique_ptr<server::Tasks> tasks;
  std::unique_ptr<ConsoleApi> api;
};

}  // namespace daikan::api::test
