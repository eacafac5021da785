// policy export, apply: policies as files that fit a git repository, one JSON file for each.
#include <algorithm>
#include <charconv>
#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits_policies.h"
#include "cli/commands_policy.h"
#include "cli/files.h"
#include "cli/link_text.h"
#include "cli/policy_text.h"

namespace daikan::cli {
namespace {

constexpr std::string_view kFields[] = {"application", "group", "name", "active", "inherit", "force", "settings"};

/// What of a policy is not of one server alone.
json::object portable(const json::value& policy) {
  json::object out;
  for (const auto field : kFields) out[field] = member(policy, field);
  return out;
}

std::string file_name(const json::value& policy) {
  auto name = percent_encoded(text_of(policy, "group")) + "--" + percent_encoded(text_of(policy, "name")) + ".json";
  for (auto at = name.find("%20"); at != std::string::npos; at = name.find("%20", at)) name.replace(at, 3, "_");
  return name;
}

struct WantedPolicy {
  std::string file;
  json::value wanted;
  json::value present = nullptr;  ///< As on the server; null: it is not there.
  std::vector<std::string> lines = {};
};

Result<WantedPolicy> read_policy(const std::filesystem::path& path) {
  auto text = read_file(path.string(), limits::kMaxPolicyTextBytes * 2);
  if (!text) return fail(std::move(text.error()));
  boost::system::error_code ec;
  auto value = json::parse(*text, ec);
  const auto bad = [&](std::string_view what, std::string remedy) {
    return fail(Code::invalid_request, fmt::format("{} {}.", path.string(), what), std::move(remedy));
  };
  if (ec || !value.is_object()) return bad("is no JSON object", "Write it like one that daikan policy export has written.");
  for (const auto& each : value.get_object()) {
    if (std::find(std::begin(kFields), std::end(kFields), std::string_view(each.key())) == std::end(kFields)) {
      return bad(fmt::format("has a field “{}” that a policy does not have", shown(std::string(each.key()))), "Take it out.");
    }
  }
  if (text_of(value, "name").empty() || text_of(value, "group").empty())
    return bad("names no policy and group", "Give it “name” and “group”.");
  return WantedPolicy{.file = path.filename().string(), .wanted = std::move(value)};
}

Result<std::vector<WantedPolicy>> read_folder(const std::string& folder) {
  std::error_code ec;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  if (ec)
    return fail(Code::not_found, fmt::format("The folder {} cannot be read: {}.", folder, ec.message()), "Name a folder with policies.");
  if (paths.size() > limits::kMaxPolicies)
    return fail(Code::too_large, fmt::format("{} holds {} files.", folder, paths.size()), "Apply fewer.");
  std::sort(paths.begin(), paths.end());
  std::vector<WantedPolicy> wanted;
  for (const auto& path : paths) {
    auto read = read_policy(path);
    if (!read) return fail(std::move(read.error()));
    wanted.push_back(std::move(*read));
  }
  return wanted;
}

/// Fills in what is there and what differs.
void compare(WantedPolicy& policy, const json::array& present) {
  const auto application = text_of(policy.wanted, "application");
  for (const auto& each : present) {
    const bool same = text_of(each, "group") == text_of(policy.wanted, "group") &&
                      text_of(each, "name") == text_of(policy.wanted, "name") &&
                      (application.empty() || text_of(each, "application") == application) && member(each, "inherited_from").is_null();
    if (same) policy.present = each;
  }
  if (policy.present.is_null()) policy.lines.emplace_back("is made");
  for (const std::string_view key : {"active", "inherit", "force"}) {
    const auto& wanted = member(policy.wanted, key);
    if (!wanted.is_null() && !policy.present.is_null() && text_of(policy.wanted, key) != text_of(policy.present, key)) {
      policy.lines.push_back(fmt::format("{}: {} → {}", key, text_of(policy.present, key), text_of(policy.wanted, key)));
    }
  }
  if (member(policy.wanted, "settings").is_null()) return;
  for (auto& line : difference_lines(member(policy.present, "settings"), member(policy.wanted, "settings")))
    policy.lines.push_back(std::move(line));
}

/// Makes all of them what their files say, or none: one request, refused as a whole when a policy was changed since the differences were
/// shown.
awaitable<Result<>> put(ApiSession& session, const std::vector<WantedPolicy>& policies) {
  json::array wanted;
  for (const auto& each : policies) {
    auto body = each.wanted.get_object();
    body["revision"] = each.present.is_null() ? json::value(0) : member(each.present, "revision");
    wanted.push_back(std::move(body));
  }
  auto applied = co_await session.call("POST", "/policies/apply", json::object{{"policies", std::move(wanted)}});
  if (applied) co_return Result<>{};
  auto error = std::move(applied.error());
  // "policies.2.settings": the third file's.
  constexpr std::string_view kBegin = "policies.";
  std::size_t index = policies.size();
  if (error.field.starts_with(kBegin)) std::from_chars(error.field.data() + kBegin.size(), error.field.data() + error.field.size(), index);
  if (index < policies.size()) error.message = fmt::format("{}: {}", shown(policies[index].file), error.message);
  error.message += " Nothing was changed.";
  co_return fail(std::move(error));
}

Result<> confirmed(Context& context, const PolicyFolder& options) {
  if (options.yes) return {};
  if (!context.terminal.can_ask()) {
    return fail(Code::invalid_request, "Nothing was changed: nobody can be asked here.", "Say --yes to apply these differences.");
  }
  auto answer = context.terminal.confirm("Apply these differences?");
  if (!answer) return fail(std::move(answer.error()));
  return *answer ? Result<>{} : fail(Code::cancelled, "Nothing was changed.", "");
}

}  // namespace

awaitable<Result<>> policy_export(Context& context, ApiSession& session, PolicyFolder options) {
  auto all = co_await session.get("/policies");
  if (!all) co_return fail(std::move(all.error()));
  std::error_code ec;
  std::filesystem::create_directories(options.folder, ec);
  std::size_t written = 0;
  for (const auto& each : elements(*all, "items")) {
    if (!member(each, "inherited_from").is_null()) continue;
    auto kept = write_file(std::filesystem::path(options.folder) / file_name(each), pretty(portable(each)), 0644);
    if (!kept) co_return fail(std::move(kept.error()));
    ++written;
  }
  if (!context.as_json()) context.terminal.line(fmt::format("{} policies are written to {}.", written, options.folder));
  co_return Result<>{};
}

awaitable<Result<>> policy_apply(Context& context, ApiSession& session, PolicyFolder options) {
  auto wanted = read_folder(options.folder);
  if (!wanted) co_return fail(std::move(wanted.error()));
  auto present = co_await session.get("/policies");
  if (!present) co_return fail(std::move(present.error()));
  std::vector<WantedPolicy> different;
  for (auto& each : *wanted) {
    compare(each, elements(*present, "items"));
    if (each.lines.empty()) continue;
    context.terminal.line(
        fmt::format("{} “{}” of “{}”", shown(each.file), shown(text_of(each.wanted, "name")), shown(text_of(each.wanted, "group"))));
    for (const auto& line : each.lines) context.terminal.line("  " + line);
    different.push_back(std::move(each));
  }
  if (different.empty()) {
    context.terminal.line(fmt::format("Nothing to change: {} policies are as the files say.", wanted->size()));
    co_return Result<>{};
  }
  if (auto agreed = confirmed(context, options); !agreed) co_return agreed;
  if (auto done = co_await put(session, different); !done) co_return done;
  context.terminal.line(fmt::format("{} policies are changed.", different.size()));
  co_return Result<>{};
}

}  // namespace daikan::cli
