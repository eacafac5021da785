#include "server/initialise.h"

#include <array>
#include <functional>
#include <future>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "base/limits.h"
#include "hierarchy/names.h"
#include "net/identity.h"
#include "server/access.h"
#include "server/accounts.h"
#include "server/data_folder.h"
#include "server/event.h"
#include "store/tables.h"
#include "store/tables_users.h"

namespace daikan::server {
namespace {

constexpr std::string_view kServerId = "server_id";
constexpr std::string_view kServerName = "server_name";

/// One durable unit, waited for: there is no I/O loop yet.
template <class T>
Result<T> write_now(store::Database& database, const std::function<Result<T>(store::Transaction&)>& work) {
  std::optional<T> answer;
  std::promise<Result<>> ended;
  auto outcome = ended.get_future();
  database.write(
      [&](store::Transaction& transaction) -> Result<> {
        auto made = work(transaction);
        if (!made) return fail(std::move(made.error()));
        answer.emplace(std::move(*made));
        return {};
      },
      [&](Result<> result) { ended.set_value(std::move(result)); });
  if (auto result = outcome.get(); !result) return fail(std::move(result.error()));
  return std::move(*answer);
}

/// The host's name without its domain, or a word that is no worse.
std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "server";
  std::string text(name.data());
  text.resize(std::min(text.find('.'), text.size()));
  return hierarchy::check_name(text) ? text : "server";
}

Result<std::string> server_name(store::Transaction& transaction, std::string_view wanted, TimePoint at) {
  const auto stored = store::find_setting(transaction, kServerName);
  if (stored && (wanted.empty() || wanted == *stored)) return *stored;
  std::string name = wanted.empty() ? host_name() : std::string(wanted);
  if (auto checked = hierarchy::check_name(name); !checked) return fail(std::move(checked.error()));
  store::put_setting(transaction, kServerName, name);
  if (stored) {
    History::audit(transaction, system_actor(), at, "server.rename", fmt::format("server {} to {}", *stored, name));
    History::record(transaction,
                    info_event(at, "server_renamed", fmt::format("This server, “{}” before, is called “{}” now.", *stored, name)));
  }
  return name;
}

Result<ServerRow> prepare(store::Transaction& transaction, std::string_view name, TimePoint at) {
  ServerRow row;
  store::chain_audit(transaction);
  auto named = server_name(transaction, name, at);
  if (!named) return fail(std::move(named.error()));
  row.name = std::move(*named);
  const auto stored = store::find_setting(transaction, kServerId);
  const auto id = stored ? ServerId::parse(*stored) : ServerId::make(at);
  if (!id) return fail(Code::storage_failed, "The server's id in the database is damaged.", "Restore the database from a backup.");
  row.id = *id;
  if (!stored) store::put_setting(transaction, kServerId, row.id.str());
  if (store::all_groups(transaction).empty()) {
    store::insert_group(transaction, {.id = GroupId::make(at), .parent = std::nullopt, .name = std::string(hierarchy::kRootGroupName)});
  }
  row.first_account = store::count_accounts(transaction) > 0 ? ServerRow::FirstAccount::there : ServerRow::FirstAccount::missing;
  return row;
}

Result<ServerRow> insert_first_account(store::Transaction& transaction, const InitialiseRequest& request, const std::string& hash,
                                       TimePoint at) {
  auto row = prepare(transaction, request.server_name, at);
  if (!row) return row;
  if (row->first_account == ServerRow::FirstAccount::there) {
    return fail(Code::conflict, fmt::format("The server “{}” is initialised already: it has an account.", row->name),
                "Start daikand on this folder and log in with that account; to begin anew, use an empty data folder.");
  }
  const hierarchy::Account account{.id = AccountId::make(at), .name = request.user, .password_hash = hash, .created_at = at};
  store::insert_account(transaction, account);
  const std::array everything = {hierarchy::Assignment{hierarchy::administrator().id, std::nullopt}};
  store::replace_assignments(transaction, account.id, everything);
  History::audit(transaction, system_actor(), at, "account.create", fmt::format("account {}", request.user));
  History::record(transaction,
                  info_event(at, "server_initialised", fmt::format("This server was set up with the administrator “{}”.", request.user)));
  row->first_account = ServerRow::FirstAccount::there;
  return row;
}

}  // namespace

Result<ServerRow> prepare_database(store::Database& database, std::string_view name, TimePoint now) {
  return write_now<ServerRow>(database, [&](store::Transaction& transaction) { return prepare(transaction, name, now); });
}

Result<Initialised> initialise(const InitialiseRequest& request, TimePoint now) {
  if (auto checked = check_account(request.user, request.password); !checked) return fail(std::move(checked.error()));
  if (!request.server_name.empty()) {
    if (auto checked = hierarchy::check_name(request.server_name, "server_name"); !checked) return fail(std::move(checked.error()));
  }
  auto folder = DataFolder::open(request.data);
  if (!folder) return fail(std::move(folder.error()));
  auto identity = net::Identity::load_or_create(folder->path(), now);
  if (!identity) return fail(std::move(identity.error()));
  if (auto sealing = Sealing::load_or_create(folder->secrets_key()); !sealing) return fail(std::move(sealing.error()));
  auto database = store::Database::open(request.database.empty() ? folder->default_database() : request.database);
  if (!database) return fail(std::move(database.error()));

  const auto hash = hash_password(request.password);
  auto row = write_now<ServerRow>(**database,
                                  [&](store::Transaction& transaction) { return insert_first_account(transaction, request, hash, now); });
  if (!row) return fail(std::move(row.error()));
  return Initialised{row->id, row->name, identity->certificate().fingerprint, request.user};
}

}  // namespace daikan::server
