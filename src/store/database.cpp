#include "store/database.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/detail/connection.h"
#include "store/detail/threaded_database.h"
#include "store/migrations.h"

namespace daikan::store {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

template <class T>
const T& value_as(const std::vector<Value>& values, std::size_t column) {
  const T* value = column < values.size() ? std::get_if<T>(&values[column]) : nullptr;
  if (!value) throw StorageFailure(fmt::format("Column {} of a row is not of the expected type.", column));
  return *value;
}

bool is_postgresql(std::string_view url) { return url.starts_with("postgresql://") || url.starts_with("postgres://"); }

detail::Engine open_engine(const std::string& url) {
  return is_postgresql(url) ? detail::open_postgresql(url) : detail::open_sqlite(url.substr(kSqlite.size()));
}

}  // namespace

bool Row::is_null(std::size_t column) const { return column < values_.size() && std::holds_alternative<std::nullptr_t>(values_[column]); }

std::int64_t Row::integer(std::size_t column) const { return value_as<std::int64_t>(values_, column); }

const std::string& Row::text(std::size_t column) const { return value_as<std::string>(values_, column); }

std::optional<std::int64_t> Row::maybe_integer(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Row::maybe_text(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& url) {
  if (!url.starts_with(kSqlite) && !is_postgresql(url)) {
    return fail(Code::configuration_invalid, "The database's address is neither \"sqlite:PATH\" nor \"postgresql://…\".",
                "Correct the setting of the database.");
  }
  try {
    detail::Engine engine = open_engine(url);
    if (auto migrated = migrate(*engine.writer, migrations(), now()); !migrated) return fail(std::move(migrated.error()));
    return std::make_unique<detail::ThreadedDatabase>(std::move(engine));
  } catch (const StorageFailure& failure) {
    return fail(Code::storage_failed, failure.what(),
                "Check that the database is there, that this user may use it, and that no other daikand runs on it.");
  }
}

}  // namespace daikan::store
