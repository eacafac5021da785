#include "server/inheritance_refused.h"

#include <fmt/format.h>

#include "server/event.h"
#include "server/history.h"

namespace daikan::server {
namespace {

// A setting: it outlives a restart, after which the same set comes again.
constexpr std::string_view kRefused = "inheritance_refused";
constexpr std::string_view kYes = "yes";
constexpr std::string_view kNo = "no";

bool is_refused(store::Transaction& transaction) { return store::find_setting(transaction, kRefused) == kYes; }

}  // namespace

bool refused_inheritance(store::Transaction& transaction, std::string_view primary, const Error& why, TimePoint at) {
  if (is_refused(transaction)) return false;
  store::put_setting(transaction, kRefused, kYes);
  History::record(transaction,
                  warning_event(at, "inheritance_refused", fmt::format("What “{}” hands down was not applied: {}", primary, why.text())));
  return true;
}

void accepted_inheritance(store::Transaction& transaction) {
  if (is_refused(transaction)) store::put_setting(transaction, kRefused, kNo);
}

}  // namespace daikan::server
