// Progress as JSON, for the operation's record and for a CLI that was interrupted.
#include <boost/json.hpp>

#include "joining/join.h"

namespace daikan::joining {
namespace {

namespace json = boost::json;

json::value error_to_json(const std::optional<Error>& error) {
  if (!error) return nullptr;
  return {{"code", to_string(error->code)}, {"message", error->message}, {"remedy", error->remedy}, {"field", error->field}};
}

std::string text_at(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

template <class Enum>
std::optional<Enum> enum_of(std::string_view name, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

std::optional<Error> error_from_json(const json::object& step) {
  const auto* error = step.if_contains("error");
  if (!error || !error->is_object()) return std::nullopt;
  const auto& fields = error->get_object();
  return Error(code_from_string(text_at(fields, "code")).value_or(Code::internal), text_at(fields, "message"), text_at(fields, "remedy"),
               text_at(fields, "field"));
}

Progress::Made made_at(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_bool() && found->get_bool() ? Progress::Made::it : Progress::Made::nothing;
}

tl::unexpected<Error> unreadable() {
  return fail(Code::protocol_error, "The saved progress of a join cannot be read.",
              "Start the join again; what was made is found and kept.");
}

}  // namespace

std::string to_json(const Progress& progress) {
  json::array steps;
  for (const auto& report : progress.steps) {
    steps.push_back({{"step", to_string(report.step)},
                     {"state", to_string(report.state)},
                     {"detail", report.detail},
                     {"error", error_to_json(report.error)}});
  }
  json::object all;
  all["steps"] = std::move(steps);
  if (progress.secondary_id) all["secondary_id"] = progress.secondary_id->str();
  all["secondary_name"] = progress.secondary_name;
  if (progress.registration) all["registration_id"] = progress.registration->str();
  all["registered"] = progress.registered == Progress::Made::it;
  all["primary_set"] = progress.primary_set == Progress::Made::it;
  return json::serialize(all);
}

Result<Progress> progress_from_json(std::string_view text) {
  boost::system::error_code bad;
  const auto value = json::parse(text, bad);
  if (bad || !value.is_object()) return unreadable();
  const auto& all = value.get_object();
  const auto* steps = all.if_contains("steps");
  if (!steps || !steps->is_array()) return unreadable();
  Progress progress;
  for (const auto& entry : steps->get_array()) {
    if (!entry.is_object()) return unreadable();
    const auto& fields = entry.get_object();
    const auto step = enum_of(text_at(fields, "step"), Step::link);
    const auto state = enum_of(text_at(fields, "state"), StepState::undone);
    if (!step || !state) return unreadable();
    progress.steps.push_back(StepReport{*step, *state, text_at(fields, "detail"), error_from_json(fields)});
  }
  if (!progress.steps.empty() && progress.steps.size() != 5) return unreadable();
  progress.secondary_id = ServerId::parse(text_at(all, "secondary_id"));
  progress.secondary_name = text_at(all, "secondary_name");
  progress.registration = RegistrationId::parse(text_at(all, "registration_id"));
  progress.registered = made_at(all, "registered");
  progress.primary_set = made_at(all, "primary_set");
  return progress;
}

}  // namespace daikan::joining
