// One whole server without its console port: data folder, database, identity, links and every use case.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/accounts.h"
#include "server/groups.h"
#include "server/initialise.h"
#include "server/invitations.h"
#include "server/invited_join.h"
#include "server/joins.h"
#include "server/primary.h"
#include "server/roles.h"
#include "server/roll_over.h"
#include "server/secondaries.h"
#include "server/users.h"
#include "store/tables_users.h"
#include "unit/net/test_net.h"

namespace daikan::server::test {

using net::test::Loop;
using namespace std::chrono_literals;

/// A folder that is gone at the end of the test.
struct TemporaryFolder {
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "daikan-server-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path path;
};

/// An administrator.
inline Actor olga() {
  return {.name = "olga",
          .source = "192.0.2.7",
          .through = {},
          .credential = std::nullopt,
          .permissions = hierarchy::Permissions::everything()};
}

inline std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

class Site {
 public:
  Site(Loop& loop_, const std::string& name) : loop(loop_), identity(net::test::make_identity(name)) {
    database = std::move(*store::Database::open("sqlite:" + (folder.path / "daikan.db").string()));
    const auto row = prepare_database(*database, name, now());
    EXPECT_TRUE(row) << row.error().text();
    facts.id = row->id;
    facts.name = row->name;
    facts.version = "0.1.0";
    facts.certificate = identity.certificate();
    facts.certificate_pem = identity.certificate_pem();
    facts.certificate_not_after = identity.not_after();
    facts.started_at = now();
    facts.identity = &identity;
    sealing = std::move(*Sealing::load_or_create(folder.path / "secrets.key"));
    build();
  }
  ~Site() { close(); }

  /// As a restart of the process: everything is built anew on the same database.
  void restart() {
    close();
    database = std::move(*store::Database::open("sqlite:" + (folder.path / "daikan.db").string()));
    build();
  }

  template <class T>
  T read(std::function<T(store::Transaction&)> what) {
    auto got = loop.run(storage->read<T>([what](store::Transaction& transaction) -> Result<T> { return what(transaction); }));
    if (!got) throw std::runtime_error(got.error().text());
    return std::move(*got);
  }
  void write(std::function<void(store::Transaction&)> what) {
    auto done = loop.run(storage->write<Done>([what](store::Transaction& transaction) -> Result<Done> {
      what(transaction);
      return Done{};
    }));
    ASSERT_TRUE(done) << done.error().text();
  }

  /// Kinds of all events, oldest first, without those of the start.
  std::vector<std::string> event_kinds() {
    std::vector<std::string> kinds;
    const auto events = loop.run(history->events({.after = 0, .before = 0, .limit = 1000}));
    for (const auto& event : *events) kinds.push_back(event.kind);
    return kinds;
  }
  /// "action outcome" of all audit records, oldest first.
  std::vector<std::string> audit() {
    std::vector<std::string> lines;
    const auto records = loop.run(history->audit_records({.after = 0, .before = 0, .limit = 1000}));
    for (const auto& record : *records) {
      lines.push_back(record.action + " " + record.outcome);
    }
    return lines;
  }

  AccountId add_account(const std::string& name, const std::string& password) {
    const auto id = AccountId::make(now());
    const auto hash = hash_password(password);
    write([&](store::Transaction& transaction) {
      store::insert_account(transaction, {id, name, hash, now()});
      store::replace_assignments(transaction, id, std::vector<hierarchy::Assignment>{{hierarchy::administrator().id, {}}});
    });
    return id;
  }

  std::vector<std::uint8_t> certificate() const { return identity.certificate().der; }
  Endpoint link_endpoint() const { return links->endpoints().front(); }

  Loop& loop;
  TemporaryFolder folder;
  net::Identity identity;
  Facts facts;
  Sealing sealing = Sealing::ephemeral();
  std::unique_ptr<store::Database> database;
  std::unique_ptr<Storage> storage;
  std::unique_ptr<History> history;
  std::unique_ptr<Accounts> accounts;
  std::unique_ptr<Users> users;
  std::unique_ptr<Roles> roles;
  std::unique_ptr<Groups> groups;
  std::unique_ptr<LinkHost> links;
  std::unique_ptr<Secondaries> secondaries;
  std::unique_ptr<Primary> primary;
  std::unique_ptr<Joins> joins;
  std::unique_ptr<Invitations> invitations;
  std::unique_ptr<InvitedJoin> invited_join;
  std::unique_ptr<OwnIdentity> own;
  std::unique_ptr<RollOver> roll_over;

 private:
  static awaitable<net::Response> no_console(net::Request, Actor) { co_return net::Response{.status = 404, .headers = {}, .body = {}}; }

  void build() {
    storage = std::make_unique<Storage>(loop.executor(), *database, sealing);
    history = std::make_unique<History>(*storage);
    accounts = std::make_unique<Accounts>(*storage, *history);
    users = std::make_unique<Users>(*storage, *history, *accounts);
    roles = std::make_unique<Roles>(*storage, *history, *accounts);
    groups = std::make_unique<Groups>(*storage, *history);
    links = std::make_unique<LinkHost>(*storage, *history, identity, facts, sealing);
    secondaries = std::make_unique<Secondaries>(*storage, *history, *links, facts);
    primary = std::make_unique<Primary>(*storage, *history, *links, facts);
    joins = std::make_unique<Joins>(*storage, *history, *secondaries, *links, facts);
    invitations = std::make_unique<Invitations>(*storage, *history, *links, facts);
    invited_join = std::make_unique<InvitedJoin>(*history, *primary, facts);
    own = std::make_unique<OwnIdentity>(*storage, *history, OwnIdentity::Place{identity, facts, folder.path});
    own->on_change([this] { links->identity_changed(); });
    roll_over = std::make_unique<RollOver>(*storage, *history, *links, *own);
    EXPECT_TRUE(loop.run(roll_over->start()));
    auto invited = loop.run(invitations->start());
    EXPECT_TRUE(invited) << invited.error().text();
    links->set_guests(invitations->guests());
    auto began = loop.run(joins->start());
    EXPECT_TRUE(began) << began.error().text();
    auto started = loop.run(links->start({{"127.0.0.1", 0}}, &Site::no_console));
    EXPECT_TRUE(started) << started.error().text();
  }
  void close() {
    if (joins) loop.run(joins->stop());
    if (links) loop.run(links->stop());
    if (invitations) loop.run(invitations->stop());
    if (roll_over) loop.run(roll_over->stop());
    roll_over.reset();
    own.reset();
    invited_join.reset();
    invitations.reset();
    joins.reset();
    primary.reset();
    secondaries.reset();
    links.reset();
    groups.reset();
    users.reset();
    roles.reset();
    accounts.reset();
    history.reset();
    storage.reset();
    database.reset();
    loop.poll();
  }
};

}  // namespace daikan::server::test
