#include "api/history_filters.h"

#include <fmt/format.h>

#include "api/requests.h"
#include "base/text.h"

namespace daikan::api {
namespace {

template <class Filter>
Result<> take_times(const Target& target, Filter& filter) {
  auto from = time_of(target, "from");
  if (!from) return fail(std::move(from.error()));
  auto until = time_of(target, "until");
  if (!until) return fail(std::move(until.error()));
  filter.from = *from;
  filter.until = *until;
  return {};
}

struct TextParameter {
  std::string_view name;
  std::string& into;
};

Result<> take_texts(const Target& target, std::initializer_list<TextParameter> parameters) {
  for (const auto& parameter : parameters) {
    auto text = filter_text_of(target, parameter.name);
    if (!text) return fail(std::move(text.error()));
    parameter.into = std::move(*text);
  }
  return {};
}

}  // namespace

Result<hierarchy::EventFilter> event_filter(const Target& target) {
  hierarchy::EventFilter filter;
  if (const auto name = target.find_query("severity")) {
    const auto severity = hierarchy::severity_from_string(*name);
    if (!severity) {
      return fail(Code::invalid_request, fmt::format("There is no severity “{}”.", quotable(*name, 40)),
                  "Write info, warning, error or critical.", "severity");
    }
    filter.least = *severity;
  }
  if (const auto text = target.find_query("secondary")) {
    filter.secondary = RegistrationId::parse(*text);
    if (!filter.secondary) {
      return fail(Code::invalid_request, fmt::format("“{}” is not the id of a secondary.", quotable(*text, 60)),
                  "GET /secondaries shows the ids.", "secondary");
    }
  }
  if (auto taken = take_texts(target, {{"kind", filter.kind}, {"text", filter.text}}); !taken) return fail(std::move(taken.error()));
  if (auto taken = take_times(target, filter); !taken) return fail(std::move(taken.error()));
  return filter;
}

Result<hierarchy::AuditFilter> audit_filter(const Target& target) {
  hierarchy::AuditFilter filter;
  auto taken = take_texts(target, {{"actor", filter.actor}, {"action", filter.action}, {"object", filter.object}});
  if (!taken) return fail(std::move(taken.error()));
  if (taken = take_times(target, filter); !taken) return fail(std::move(taken.error()));
  return filter;
}

Result<ExportFormat> export_format(const Target& target) {
  const auto name = target.find_query("format").value_or("jsonl");
  if (name == "jsonl") return ExportFormat::json_lines;
  if (name == "csv") return ExportFormat::csv;
  return fail(Code::invalid_request, fmt::format("There is no format “{}”.", quotable(name, 40)), "Write jsonl or csv.", "format");
}

}  // namespace daikan::api
