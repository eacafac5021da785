#include "server/foreign_json.h"

#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace daikan::server {

namespace json = boost::json;

tl::unexpected<Error> not_understood(std::string_view what, std::string_view why) {
  return fail(Code::invalid_request, fmt::format("What another server tells of {} is not understood: {}.", what, why),
              "Update the older of the two servers.");
}

Result<ForeignObject> ForeignObject::read(std::string_view text, const Bounds& bounds) {
  if (text.size() > bounds.most_bytes || !is_utf8(text)) return not_understood(bounds.what, "it is too long or no UTF-8");
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = bounds.most_depth;
  auto value = json::parse(json::string_view(text.data(), text.size()), ec, {}, options);
  if (ec || !value.is_object()) return not_understood(bounds.what, "it is no JSON object");
  return ForeignObject(std::move(value.get_object()));
}

std::string ForeignObject::text(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<std::int64_t> ForeignObject::number(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

bool ForeignObject::truth(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<TimePoint> ForeignObject::time(std::string_view name) const {
  constexpr std::int64_t kLast = 253'402'300'799'999'999;  // the end of the year 9999
  const auto micros = number(name);
  if (!micros || *micros < 0 || *micros > kLast) return std::nullopt;
  return from_micros(*micros);
}

const json::array* ForeignObject::list(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr ? value->if_array() : nullptr;
}

const json::object* ForeignObject::object(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

}  // namespace daikan::server
