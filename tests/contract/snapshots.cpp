// A snapshot of either engine is put into an empty database of either engine, and is the same there.
#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include <gmock/gmock.h>

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/migrations.h"
#include "store/snapshot.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using store::Restoration;
using store::Transaction;
using testing::HasSubstr;

struct Content {
  std::vector<store::TableShape> tables;
  std::map<std::string, std::vector<std::vector<store::Value>>> rows;
  std::int64_t version = 0;
};

std::string in_words(const std::vector<store::Value>& row) {
  std::string words;
  for (const auto& value : row) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) words += std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) words += *text;
    words += '|';
  }
  return words;
}

Content content_of(store::Database& database) {
  Content content;
  const auto read_all = read(database, [&](Transaction& t) {
    content.version = store::schema_version(t);
    return store::read_snapshot(t, database.engine(),
                                {.table = [&](const store::TableShape& shape) -> Result<> {
                                   content.tables.push_back(shape);
                                   content.rows[shape.name];
                                   return {};
                                 },
                                 .row = [&](std::span<const store::Value> values) -> Result<> {
                                   content.rows[content.tables.back().name].emplace_back(values.begin(), values.end());
                                   return {};
                                 }});
  });
  EXPECT_TRUE(read_all) << read_all.error().text();
  // Each engine has its own order of texts.
  for (auto& [name, rows] : content.rows) {
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return in_words(a) < in_words(b); });
  }
  return content;
}

Result<> restored(const Content& content, const std::string& url, const store::Work& last = [](Transaction&) -> Result<> { return {}; }) {
  auto restoration = Restoration::begin(url, content.version);
  if (!restoration) return fail(std::move(restoration.error()));
  for (const auto& table : content.tables) {
    if (auto begun = (*restoration)->table(table); !begun) return begun;
    for (const auto& row : content.rows.at(table.name)) {
      if (auto added = (*restoration)->row(row); !added) return added;
    }
  }
  return (*restoration)->commit(last, at(0));
}

/// Children before parents, more rows than a page, texts that are not ASCII.
void fill(store::Database& database) {
  in_write(database, [](Transaction& t) {
    const auto root = root_group();
    store::insert_group(t, root);
    auto parent = root.id;
    for (int i = 0; i < 5; ++i) {
      // Ids that sort before their parent's.
      const hierarchy::Group group{GroupId::make(at(-10 * (i + 1))), parent, "Gruppe Ä" + std::to_string(i)};
      store::insert_group(t, group);
      parent = group.id;
    }
    store::insert_secondary(t, secondary("Branch 7", 7, parent));
    const hierarchy::Account account{.id = AccountId::make(at(1)), .name = "olga", .password_hash = "-", .created_at = at(1)};
    store::insert_account(t, account);
    store::insert_credential(t, credential(account.id, "hash", at(100)));
    store::put_primary(t, primary());
    for (int i = 0; i < 700; ++i)
      store::append_event(t, {0, at(i), hierarchy::Severity::info, "kind", "Nachricht „" + std::to_string(i) + "“", std::nullopt});
    return 0;
  });
}

class Snapshots : public OnBoth {
 protected:
  Snapshots() {
    open();
    fill(database());
    std::string name = (std::filesystem::temp_directory_path() / "daikan-snapshot-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Snapshots() override { std::filesystem::remove_all(folder_); }

  std::string empty(EngineKind kind) const {
    return kind == EngineKind::sqlite ? "sqlite:" + (folder_ / "restored.db").string() : postgresql().create_space();
  }
  std::filesystem::path folder_;
};
INSTANTIATE_TEST_SUITE_P(, Snapshots, testing::Values(EngineKind::sqlite, EngineKind::postgresql), engine_name);

TEST_P(Snapshots, HoldEveryTableOfTheSchema) {
  const auto content = content_of(database());
  EXPECT_EQ(content.version, store::known_schema_version());
  EXPECT_GE(content.tables.size(), 12U);
  EXPECT_EQ(content.rows.at("admin_groups").size(), 6U);
  EXPECT_EQ(content.rows.at("events").size(), 700U);
  EXPECT_EQ(content.rows.at("schema_version").size(), store::migrations().size());
}

TEST_P(Snapshots, AreTheSameInEitherEngine) {
  const auto content = content_of(database());
  close();  // its lock is on the whole PostgreSQL database, where the next one is another schema
  for (const auto kind : {EngineKind::sqlite, EngineKind::postgresql}) {
    const auto url = empty(kind);
    const auto outcome = restored(content, url);
    ASSERT_TRUE(outcome) << outcome.error().text();
    auto opened = store::Database::open(url);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(content_of(**opened).rows, content.rows);
    // It works on, also where it refuses: references hold as before.
    in_write(**opened,
             [](Transaction& t) { return store::append_event(t, {0, at(1), hierarchy::Severity::info, "kind", "More.", std::nullopt}); });
    EXPECT_FALSE(write(**opened, [](Transaction& t) -> Result<> {
      t.execute("DELETE FROM admin_groups WHERE parent IS NULL");
      return {};
    }));
  }
}

TEST_P(Snapshots, AreConsistentWhileSomebodyWrites) {
  // Each unit moves one from a counter to the other; no view may see a half.
  in_write(database(), [](Transaction& t) { return t.execute("INSERT INTO counters (name, value) VALUES ('left', 0), ('right', 0)"); });
  std::atomic<bool> go_on = true;
  std::thread writer([&] {
    while (go_on) {
      in_write(database(), [](Transaction& t) {
        t.execute("UPDATE counters SET value = value + 1 WHERE name = 'left'");
        return t.execute("UPDATE counters SET value = value - 1 WHERE name = 'right'");
      });
    }
  });
  for (int i = 0; i < 5; ++i) {
    std::map<std::string, std::int64_t> counters;
    const auto content = content_of(database());
    for (const auto& row : content.rows.at("counters")) counters[std::get<std::string>(row[0])] = std::get<std::int64_t>(row[1]);
    EXPECT_EQ(counters["left"] + counters["right"], 0);
  }
  go_on = false;
  writer.join();
}

TEST_P(Snapshots, AreRestoredAsAWholeOrNotAtAll) {
  auto content = content_of(database());
  close();
  const auto url = empty(GetParam());
  const auto failing = restored(content, url, [](Transaction&) -> Result<> { return fail(Code::invalid_request, "No."); });
  ASSERT_FALSE(failing);
  auto orphaned = content;
  orphaned.rows["accounts"].clear();  // its credential refers to nobody
  EXPECT_FALSE(restored(orphaned, url));
  auto lacking = content;
  lacking.tables.pop_back();
  EXPECT_FALSE(restored(lacking, url));
  auto foreign = content;
  foreign.tables[0].columns[0] = "no_such_column";
  EXPECT_FALSE(restored(foreign, url));
  EXPECT_TRUE(restored(content, url)) << "what failed before has left something behind";
}

TEST_P(Snapshots, GoIntoAnEmptyDatabaseOnly) {
  const auto content = content_of(database());
  close();
  const auto outcome = restored(content, url());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::conflict) << outcome.error().text();
}

TEST_P(Snapshots, OfANewerSchemaAreRefused) {
  auto content = content_of(database());
  content.version = store::known_schema_version() + 1;
  const auto outcome = restored(content, empty(GetParam()));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::version_unsupported);
}

}  // namespace
}  // namespace daikan::contract
