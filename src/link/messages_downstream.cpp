// The bytes of what flows down (spec/link.proto). messages.cpp has the other messages.
#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_downstream.h"
#include "base/text.h"
#include "link.pb.h"
#include "link/downstream.h"

namespace daikan::link {
namespace {

constexpr std::size_t kMaxGroupPath = limits::kMaxGroupDepth * (limits::kMaxNameBytes + 1);

tl::unexpected<Error> malformed(std::string_view what, std::string_view why) {
  return fail(Code::protocol_error, fmt::format("The other server sent a set whose {} {}.", what, why),
              "Both servers must run a version of this software that keeps to docs/protocol.md.");
}

template <class Bytes>
std::string text_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

bool read_uuid(const std::string& bytes, Uuid& to) {
  if (bytes.size() != to.size()) return false;
  std::copy(bytes.begin(), bytes.end(), to.begin());
  return to != Uuid{};
}

/// Text within its bound, without control characters: tabs and line ends are what it is kept between.
bool is_plain(const std::string& text, std::size_t max) {
  return !text.empty() && text.size() <= max && is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::optional<std::string> read_hash(const std::string& bytes) {
  if (bytes.size() != 32) return std::nullopt;
  const std::vector<std::uint8_t> raw(bytes.begin(), bytes.end());
  return to_hex(raw);
}

std::string hash_bytes(const std::string& hex) {
  const auto raw = from_hex(hex);
  if (!raw || raw->size() != 32) throw std::logic_error("a hash that is none");
  return text_of(*raw);
}

std::optional<ObjectKey> read_key(const v1::ObjectKey& from) {
  const auto kind = hierarchy::inherited_kind_from_string(from.kind());
  ObjectKey key;
  if (!kind || !read_uuid(from.id(), key.second)) return std::nullopt;
  key.first = *kind;
  return key;
}

void write_key(const ObjectKey& key, v1::ObjectKey& to) {
  to.set_kind(std::string(to_string(key.first)));
  to.set_id(text_of(key.second));
}

Result<InheritedObject> read_object(const v1::InheritedObject& from) {
  const auto key = read_key(from.key());
  if (!key) return malformed("object", "has no key");
  InheritedObject object;
  object.kind = key->first;
  object.id = key->second;
  if (!read_uuid(from.owner(), object.owner.bytes)) return malformed("object", "has no owner");
  if (!is_plain(from.group(), kMaxGroupPath)) return malformed("object", "has no group");
  if (from.revision() < 1) return malformed("object", "has no revision");
  if (from.content().size() > limits::kMaxInheritedBytes || !is_utf8(from.content()) || from.content().find('\0') != std::string::npos) {
    return malformed("object", "has a content that is too large or no text");
  }
  object.group = from.group();
  object.revision = from.revision();
  object.content = from.content();
  return object;
}

Result<std::vector<InheritedLevel>> read_chain(const v1::DownstreamUpdate& from) {
  if (from.chain_size() < 1 || static_cast<unsigned>(from.chain_size()) > limits::kHighestMaxDepth) {
    return malformed("chain", "has not 1 to 64 servers");
  }
  std::vector<InheritedLevel> chain;
  for (const auto& each : from.chain()) {
    InheritedLevel level;
    const bool read = read_uuid(each.server_id(), level.server.bytes) && is_plain(each.name(), limits::kMaxNameBytes) &&
                      is_plain(each.group(), kMaxGroupPath);
    if (!read) return malformed("chain", "has an entry that is none");
    level.name = each.name();
    level.group = each.group();
    chain.push_back(std::move(level));
  }
  return chain;
}

}  // namespace

// Messages that stand one behind the other are read as one, and these two have no field in common.
std::string encode(const DownstreamUpdate& update) { return encode_revisions(update) + encode_content(update); }

std::string encode_revisions(const DownstreamUpdate& update) {
  v1::DownstreamUpdate message;
  message.set_from_revision(update.from);
  message.set_to_revision(update.to);
  return message.SerializeAsString();
}

std::string encode_content(const DownstreamUpdate& update) {
  v1::DownstreamUpdate message;
  message.set_full(update.extent == DownstreamUpdate::Extent::full);
  message.set_hash(hash_bytes(update.hash));
  for (const auto& level : update.chain) {
    auto& to = *message.add_chain();
    to.set_server_id(text_of(level.server.bytes));
    to.set_name(level.name);
    to.set_group(level.group);
  }
  for (const auto& object : update.changed) {
    auto& to = *message.add_changed();
    write_key(object.key(), *to.mutable_key());
    to.set_owner(text_of(object.owner.bytes));
    to.set_group(object.group);
    to.set_revision(object.revision);
    to.set_content(object.content);
  }
  for (const auto& key : update.removed) write_key(key, *message.add_removed());
  return message.SerializeAsString();
}

Result<DownstreamUpdate> decode_downstream_update(std::string_view bytes) {
  v1::DownstreamUpdate message;
  if (bytes.size() > limits::kMaxDownstreamBytes || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return malformed("encoding", "cannot be read");
  }
  DownstreamUpdate update;
  update.from = message.from_revision();
  update.to = message.to_revision();
  update.extent = message.full() ? DownstreamUpdate::Extent::full : DownstreamUpdate::Extent::difference;
  // Kept as whole numbers with a sign.
  constexpr std::uint64_t kHighest = std::uint64_t{1} << 62;
  if (update.to <= update.from || update.to > kHighest) return malformed("revision", "does not rise");
  const auto hash = read_hash(message.hash());
  if (!hash) return malformed("hash", "has not 32 bytes");
  update.hash = *hash;
  auto chain = read_chain(message);
  if (!chain) return fail(std::move(chain.error()));
  update.chain = std::move(*chain);
  constexpr auto kMost = static_cast<int>(limits::kMaxInheritedObjects);
  if (message.changed_size() > kMost || message.removed_size() > kMost) return malformed("list of objects", "is too long");
  if (message.full() && message.removed_size() > 0) return malformed("list of removed objects", "stands beside a full set");
  for (const auto& each : message.changed()) {
    auto object = read_object(each);
    if (!object) return fail(std::move(object.error()));
    update.changed.push_back(std::move(*object));
  }
  for (const auto& each : message.removed()) {
    const auto key = read_key(each);
    if (!key) return malformed("list of removed objects", "has a key that is none");
    update.removed.push_back(*key);
  }
  return update;
}

std::string encode(const DownstreamAnswer& answer) {
  v1::DownstreamAnswer message;
  if (const auto* applied = std::get_if<DownstreamApplied>(&answer)) {
    message.mutable_applied()->set_revision(applied->revision);
    message.mutable_applied()->set_hash(hash_bytes(applied->hash));
  } else if (const auto* needed = std::get_if<FullNeeded>(&answer)) {
    message.mutable_full_needed()->set_revision(needed->revision);
  } else {
    const auto& error = std::get<Error>(answer);
    auto& refused = *message.mutable_refused();
    refused.set_code(std::string(to_string(error.code)));
    refused.set_message(quotable(error.message, limits::kMaxLinkTextBytes - 8));
    refused.set_remedy(quotable(error.remedy, limits::kMaxLinkTextBytes - 8));
  }
  return message.SerializeAsString();
}

Result<DownstreamAnswer> decode_downstream_answer(std::string_view bytes) {
  v1::DownstreamAnswer message;
  if (bytes.size() > limits::kMaxHelloBytes || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return malformed("answer", "cannot be read");
  }
  if (message.has_applied()) {
    const auto hash = read_hash(message.applied().hash());
    if (!hash) return malformed("answer", "has a hash that has not 32 bytes");
    return DownstreamAnswer(DownstreamApplied{message.applied().revision(), *hash});
  }
  constexpr std::uint64_t kHighest = std::uint64_t{1} << 61;
  if (message.has_full_needed()) {
    if (message.full_needed().revision() > kHighest) return malformed("answer", "has a revision that is none");
    return DownstreamAnswer(FullNeeded{message.full_needed().revision()});
  }
  if (!message.has_refused()) return malformed("answer", "says nothing");
  const auto& refused = message.refused();
  return DownstreamAnswer(Error(code_from_string(refused.code()).value_or(Code::conflict),
                                quotable(refused.message(), limits::kMaxLinkTextBytes),
                                quotable(refused.remedy(), limits::kMaxLinkTextBytes)));
}

}  // namespace daikan::link
