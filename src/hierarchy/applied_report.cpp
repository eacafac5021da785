#include "hierarchy/applied_report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_feed.h"
#include "base/text.h"

namespace daikan::hierarchy {
namespace {

constexpr std::size_t kMaxCodeBytes = 64;
constexpr std::size_t kRoomForMore = 48;  // the line that counts what found no room, and the word before the proofs

/// One line has no control characters; cut at a character.
std::string plain(std::string text, std::size_t max) {
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  if (text.size() <= max) return text;
  text.resize(max);
  while (!text.empty() && !is_utf8(text)) text.pop_back();
  return text;
}

template <class Number>
std::optional<Number> number_from(std::string_view text) {
  Number number{};
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 0) return std::nullopt;
  return number;
}

std::optional<TimePoint> time_from(std::string_view text) {
  const auto micros = number_from<std::int64_t>(text);
  if (!micros) return std::nullopt;
  return from_micros(*micros);
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text = text.substr(end + 1);
  }
}

bool is_hash(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_text(std::string_view text, std::size_t max) {
  return text.size() <= max && is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

constexpr std::string_view kNoProof = "----------------";
static_assert(kNoProof.size() == kProofBytes);

bool read_object(const std::vector<std::string_view>& fields, AppliedReport& report) {
  if (fields.size() != 4) return false;
  const auto kind = inherited_kind_from_string(fields[1]);
  const auto id = uuid_from_string(fields[2]);
  const auto revision = number_from<std::int64_t>(fields[3]);
  if (!kind || !id || !revision) return false;
  return report.objects.emplace(ObjectKey{*kind, *id}, ConfirmedObject{*revision, {}}).second;
}

bool is_proof(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// One after another, of all objects, which stand before, in their order.
bool read_proofs(std::string_view proofs, AppliedReport& report) {
  if (proofs.size() != report.objects.size() * kProofBytes) return false;
  for (auto& [key, object] : report.objects) {
    const auto proof = proofs.substr(0, kProofBytes);
    proofs.remove_prefix(kProofBytes);
    if (proof == kNoProof) continue;
    if (!is_proof(proof)) return false;
    object.proof = proof;
  }
  return true;
}

/// `fields` has the word first. False: malformed.
bool read_line(const std::vector<std::string_view>& fields, AppliedReport& report) {
  const auto word = fields[0];
  if (word == "object") return read_object(fields, report);
  if (word == "proofs") return fields.size() == 2 && read_proofs(fields[1], report);
  if (word == "set") {
    const auto revision = fields.size() == 3 ? number_from<std::uint64_t>(fields[1]) : std::nullopt;
    if (!revision || !(is_hash(fields[2]) || (fields[2].empty() && *revision == 0))) return false;
    report.revision = *revision;
    report.hash = fields[2];
    return true;
  }
  if (word == "failed") {
    if (fields.size() != 3 || !is_text(fields[1], kMaxCodeBytes) || !is_text(fields[2], limits::kMaxLinkTextBytes)) return false;
    report.failure = AppliedReport::Failure{std::string(fields[1]), std::string(fields[2])};
    return true;
  }
  if (word == "applied" || word == "behind") {
    const auto time = fields.size() == 2 ? time_from(fields[1]) : std::nullopt;
    (word == "applied" ? report.applied_at : report.behind_since) = time;
    return time.has_value();
  }
  if (word == "untold") {
    const auto count = fields.size() == 2 ? number_from<std::uint64_t>(fields[1]) : std::nullopt;
    report.untold = count.value_or(0);
    return count.has_value();
  }
  return true;
}

}  // namespace

std::string to_text(const AppliedReport& report) {
  auto text = fmt::format("set\t{}\t{}\n", report.revision, report.hash);
  if (report.applied_at) text += fmt::format("applied\t{}\n", to_micros(*report.applied_at));
  if (report.behind_since) text += fmt::format("behind\t{}\n", to_micros(*report.behind_since));
  if (report.failure) {
    text += fmt::format("failed\t{}\t{}\n", plain(report.failure->code, kMaxCodeBytes),
                        plain(report.failure->message, limits::kMaxLinkTextBytes));
  }
  auto untold = report.untold;
  std::string proofs;
  for (const auto& [key, object] : report.objects) {
    const auto line = fmt::format("object\t{}\t{}\t{}\n", to_string(key.first), uuid_to_string(key.second), object.revision);
    if (text.size() + line.size() + proofs.size() + kProofBytes + kRoomForMore > limits::kMaxFeedPayloadBytes) {
      ++untold;
    } else {
      text += line;
      proofs += object.proof.size() == kProofBytes ? std::string_view(object.proof) : kNoProof;
    }
  }
  if (!proofs.empty()) text += fmt::format("proofs\t{}\n", proofs);
  if (untold > 0) text += fmt::format("untold\t{}\n", untold);
  return text;
}

std::optional<AppliedReport> applied_report_from_text(std::string_view text) {
  if (text.size() > limits::kMaxFeedPayloadBytes || !text.starts_with("set\t") || !text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  AppliedReport report;
  for (const auto line : split(text, '\n')) {
    if (!read_line(split(line, '\t'), report)) return std::nullopt;
  }
  return report;
}

std::map<ObjectKey, ConfirmedObject> confirmed_objects(const Manifest& manifest, const InheritedSet& wanted, const AppliedReport& before) {
  std::map<ObjectKey, ConfirmedObject> objects;
  for (const auto& [key, digest] : manifest) {
    const auto now = wanted.objects.find(key);
    const auto then = before.objects.find(key);
    const auto proof = digest.substr(0, kProofBytes);
    if (now != wanted.objects.end() && digest_of(now->second) == digest) {
      objects.emplace(key, ConfirmedObject{now->second.revision, proof});
    } else if (then != before.objects.end()) {
      objects.emplace(key, ConfirmedObject{then->second.revision, proof});
    }
  }
  return objects;
}

std::string_view to_string(ObjectForce force) {
  constexpr std::array<std::string_view, 4> kWords = {"in_force", "behind", "failed", "untold"};
  return kWords.at(static_cast<std::size_t>(force));
}

ObjectForce force_of(const AppliedReport& report, const WantedObject& wanted) {
  const auto found = report.objects.find(wanted.key);
  if (found == report.objects.end()) {
    if (report.untold > 0) return ObjectForce::untold;
  } else {
    const auto& [revision, proof] = found->second;
    if (proof.empty() ? revision == wanted.revision : wanted.digest.starts_with(proof)) return ObjectForce::in_force;
  }
  return report.failure ? ObjectForce::failed : ObjectForce::behind;
}

ObjectForce force_of(const AppliedReport& report) {
  if (report.failure) return ObjectForce::failed;
  return report.behind_since || report.revision == 0 ? ObjectForce::behind : ObjectForce::in_force;
}

}  // namespace daikan::hierarchy
