#include "api/check_answer.h"

#include <boost/json/array.hpp>

#include "api/json.h"
#include "api/problem.h"
#include "base/text.h"
#include "net/identity.h"
#include "server/link_check.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxCheckValues = 2000;  // ten steps, two ends and some lists of five
constexpr std::size_t kMaxListed = 16;
constexpr double kLongestMilliseconds = 1e15;  // some 30,000 years: what a clock can be wrong by

/// What another server wrote, for people: no control characters, no endless text, no user of a URL.
std::string safe(std::string_view text) { return server::without_secrets(quotable(text, limits::kMaxLinkTextBytes), std::nullopt); }

tl::unexpected<Error> no_check() {
  return fail(Code::protocol_error, "The other server's answer is no check of a link.",
              "See whether both servers run compatible versions.");
}

std::optional<double> number_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_number()) return std::nullopt;
  const auto number = value->to_number<double>();
  if (!(number >= -kLongestMilliseconds && number <= kLongestMilliseconds)) return std::nullopt;
  return number;
}

json::value number_or_null(const json::object& object, std::string_view name) {
  const auto number = number_of(object, name);
  return number ? json::value(*number) : json::value(nullptr);
}

/// Digits and marks of RFC 3339, as this program writes them; null for anything else.
json::value time_or_null(const json::object& object, std::string_view name) {
  const auto text = text_of(object, name);
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.ddddddZ";
  if (text.size() != kShape.size()) return nullptr;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return nullptr;
  }
  return json::value(text);
}

json::value safe_or_null(const json::object& object, std::string_view name) {
  const auto text = text_of(object, name);
  return text.empty() ? json::value(nullptr) : json::value(safe(text));
}

std::optional<Error> error_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_object()) return std::nullopt;
  const auto told = error_from_json(*value);
  return Error(told.code, safe(told.message), safe(told.remedy));
}

std::optional<server::CheckedStep> step_from(const json::value& value) {
  const auto* object = value.if_object();
  if (!object) return std::nullopt;
  const auto step = server::check_step_from_string(text_of(*object, "step"));
  const auto outcome = server::step_outcome_from_string(text_of(*object, "outcome"));
  if (!step || !outcome) return std::nullopt;
  server::CheckedStep made;
  made.step = *step;
  made.outcome = *outcome;
  made.detail = safe(text_of(*object, "detail"));
  if (const auto took = number_of(*object, "took_ms")) made.took = std::chrono::microseconds(static_cast<std::int64_t>(*took * 1000));
  made.error = error_in(*object, "error");
  if ((*outcome == server::StepOutcome::failed) != made.error.has_value()) return std::nullopt;
  return made;
}

/// The elements of the list that `make` makes something of.
template <class Make>
json::array list_of(const json::object& object, std::string_view name, Make make) {
  json::array made;
  const auto* list = object.if_contains(name);
  if (!list || !list->is_array()) return made;
  for (const auto& element : list->get_array()) {
    if (made.size() >= kMaxListed) break;
    if (auto one = make(element); !one.is_null()) made.push_back(std::move(one));
  }
  return made;
}

json::value address_from(const json::value& value) {
  const auto* text = value.if_string();
  return text ? json::value(safe(*text)) : json::value(nullptr);
}

json::value refusal_from(const json::value& value) {
  const auto* object = value.if_object();
  if (!object) return nullptr;
  auto at = time_or_null(*object, "at");
  const auto code = code_from_string(text_of(*object, "code"));
  if (at.is_null() || !code) return nullptr;
  return json::object{{"at", std::move(at)},
                      {"source", safe(text_of(*object, "source"))},
                      {"code", to_string(*code)},
                      {"message", safe(text_of(*object, "message"))}};
}

json::value unrecognised_from(const json::value& value) {
  const auto* object = value.if_object();
  if (!object) return nullptr;
  auto first = time_or_null(*object, "first_seen");
  auto last = time_or_null(*object, "last_seen");
  const auto fingerprint = net::normalise_fingerprint(text_of(*object, "fingerprint"));
  const auto* attempts = object->if_contains("attempts");
  if (first.is_null() || last.is_null() || !fingerprint || !attempts || !attempts->is_int64()) return nullptr;
  return json::object{{"fingerprint", *fingerprint},  {"source", safe(text_of(*object, "source"))}, {"first_seen", std::move(first)},
                      {"last_seen", std::move(last)}, {"attempts", attempts->get_int64()},          {"ignored_at", nullptr}};
}

bool is_state(std::string_view text) {
  using hierarchy::LinkState;
  for (const auto state :
       {LinkState::never_connected, LinkState::connecting, LinkState::connected, LinkState::disconnected, LinkState::refused}) {
    if (to_string(state) == text) return true;
  }
  return false;
}

std::optional<json::object> end_from(const json::object& told) {
  const auto role = text_of(told, "role");
  const auto state = text_of(told, "state");
  const auto fingerprint = net::normalise_fingerprint(text_of(told, "fingerprint"));
  const auto expects = net::normalise_fingerprint(text_of(told, "expects"));
  if ((role != "primary" && role != "secondary") || !is_state(state) || !fingerprint || !expects) return std::nullopt;
  const auto reason = error_in(told, "reason");
  return json::object{{"server", safe(text_of(told, "server"))},
                      {"version", safe(text_of(told, "version"))},
                      {"role", role},
                      {"dials", flag_of(told, "dials")},
                      {"fingerprint", *fingerprint},
                      {"expects", *expects},
                      {"address", safe_or_null(told, "address")},
                      {"proxy", safe_or_null(told, "proxy")},
                      {"state", state},
                      {"since", time_or_null(told, "since")},
                      {"reason", reason ? json::value(reason_json(*reason)) : json::value(nullptr)},
                      {"peer_address", safe_or_null(told, "peer_address")},
                      {"last_connected_at", time_or_null(told, "last_connected_at")},
                      {"next_attempt_at", time_or_null(told, "next_attempt_at")},
                      {"round_trip_ms", number_or_null(told, "round_trip_ms")},
                      {"clock_skew_ms", number_or_null(told, "clock_skew_ms")},
                      {"listens_on", list_of(told, "listens_on", address_from)},
                      {"refused", list_of(told, "refused", refusal_from)},
                      {"unrecognised", list_of(told, "unrecognised", unrecognised_from)}};
}

}  // namespace

Result<OtherEnd> other_end_from(int status, std::string_view body) {
  auto document =
      parse_json(body, {.max_bytes = limits::kMaxCheckAnswerBytes, .max_depth = limits::kMaxJsonDepth, .max_values = kMaxCheckValues});
  if (status != 200) {
    const auto told = error_from_json(document ? *document : json::value());
    return fail(told.code, safe(told.message), safe(told.remedy));
  }
  if (!document) {
    if (document.error().code == Code::too_large) return fail(std::move(document.error()));
    return no_check();
  }
  const auto* object = document->if_object();
  const auto* told = object ? object_of(*object, "this_end") : nullptr;
  const auto* steps = object ? object->if_contains("steps") : nullptr;
  if (!told || !steps || !steps->is_array() || steps->get_array().size() > server::kCheckSteps) return no_check();
  OtherEnd other;
  for (const auto& each : steps->get_array()) {
    auto step = step_from(each);
    if (!step) return no_check();
    other.steps.push_back(std::move(*step));
  }
  auto end = end_from(*told);
  if (!end) return no_check();
  other.end = std::move(*end);
  return other;
}

json::object check_step_json(const server::CheckedStep& step) {
  return {{"step", to_string(step.step)},
          {"outcome", to_string(step.outcome)},
          {"seen_by", to_string(step.seen_by)},
          {"detail", step.detail},
          {"took_ms", step.took ? json::value(static_cast<double>(step.took->count()) / 1000.0) : json::value(nullptr)},
          {"error", step.error ? json::value(reason_json(*step.error)) : json::value(nullptr)}};
}

}  // namespace daikan::api
