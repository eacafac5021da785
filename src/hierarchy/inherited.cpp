#include "hierarchy/inherited.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/sha256.h"

namespace daikan::hierarchy {
namespace {

void add(std::string& text, std::string_view field) { text += fmt::format("{}:{}\n", field.size(), field); }

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return parts;
}

}  // namespace

std::optional<InheritedKind> InheritedKind::from_name(std::string_view name) {
  const auto may_be = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (name.empty() || name.size() > kMaxBytes || !std::all_of(name.begin(), name.end(), may_be)) return std::nullopt;
  return InheritedKind(name);
}

std::string digest_of(const InheritedObject& object) {
  std::string text;
  add(text, to_string(object.kind));
  add(text, uuid_to_string(object.id));
  add(text, object.owner.str());
  add(text, object.group);
  add(text, std::to_string(object.revision));
  add(text, object.content);
  return sha256_hex(text);
}

Manifest manifest_of(const InheritedSet& set) {
  Manifest manifest;
  for (const auto& [key, object] : set.objects) manifest.emplace(key, digest_of(object));
  return manifest;
}

std::string hash_of(const std::vector<InheritedLevel>& chain, const Manifest& manifest) {
  std::string text;
  for (const auto& level : chain) {
    add(text, level.server.str());
    add(text, level.name);
    add(text, level.group);
  }
  return sha256_hex(text + "\n" + to_text(manifest));
}

std::vector<const InheritedObject*> in_order(const InheritedSet& set) {
  struct Placed {
    std::size_t level;
    std::ptrdiff_t depth;
    const InheritedObject* object;
  };
  std::vector<Placed> placed;
  for (const auto& [key, object] : set.objects) {
    const auto level = std::find_if(set.chain.begin(), set.chain.end(), [&](const auto& each) { return each.server == object.owner; });
    const auto depth = std::count(object.group.begin(), object.group.end(), '/');
    placed.push_back({level == set.chain.end() ? 0 : static_cast<std::size_t>(level - set.chain.begin()) + 1, depth, &object});
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const Placed& a, const Placed& b) { return std::pair(a.level, a.depth) < std::pair(b.level, b.depth); });
  std::vector<const InheritedObject*> order;
  for (const auto& each : placed) order.push_back(each.object);
  return order;
}

std::string to_text(const std::vector<InheritedLevel>& chain) {
  std::string text;
  for (const auto& level : chain) text += fmt::format("{}\t{}\t{}\n", level.server.str(), level.name, level.group);
  return text;
}

std::optional<std::vector<InheritedLevel>> chain_from_text(std::string_view text) {
  std::vector<InheritedLevel> chain;
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, '\t');
    const auto server = fields.size() == 3 ? ServerId::parse(fields[0]) : std::nullopt;
    if (!server) return std::nullopt;
    chain.push_back({*server, std::string(fields[1]), std::string(fields[2])});
  }
  return chain;
}

std::string to_text(const Manifest& manifest) {
  std::string text;
  for (const auto& [key, digest] : manifest) text += fmt::format("{}\t{}\t{}\n", to_string(key.first), uuid_to_string(key.second), digest);
  return text;
}

std::optional<Manifest> manifest_from_text(std::string_view text) {
  Manifest manifest;
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, '\t');
    if (fields.size() != 3) return std::nullopt;
    const auto kind = inherited_kind_from_string(fields[0]);
    const auto id = uuid_from_string(fields[1]);
    if (!kind || !id) return std::nullopt;
    manifest.emplace(ObjectKey{*kind, *id}, std::string(fields[2]));
  }
  return manifest;
}

}  // namespace daikan::hierarchy
