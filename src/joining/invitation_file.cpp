#include "joining/invitation_file.h"

#include <charconv>
#include <map>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/signature.h"

namespace daikan::joining {
namespace {

constexpr std::string_view kFirstLine = "daikan-invitation ";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kSignature = "\nsignature: ";
constexpr std::string_view kPurpose = "daikan invitation file v1\n";
constexpr std::size_t kTimeLength = 20;  // 2026-12-02T18:00:00Z

auto unreadable(std::string message, std::string remedy = "Get the file again from the primary's administrator, or a new invitation.") {
  return fail(Code::invitation_unreadable, std::move(message), std::move(remedy), "invitation");
}

std::string whole_seconds(TimePoint time) { return to_rfc3339(time).substr(0, kTimeLength - 1) + "Z"; }

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  int value = 0;
  const auto* begin = text.data() + from;
  const auto [end, bad] = std::from_chars(begin, begin + count, value);
  if (bad != std::errc() || end != begin + count || *begin == '-') return std::nullopt;
  return value;
}

std::optional<TimePoint> time_of(std::string_view text) {
  if (text.size() != kTimeLength || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z') {
    return std::nullopt;
  }
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (*year < 1970 || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return TimePoint(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                   std::chrono::seconds(*second));
}

bool is_text(std::string_view text) {
  if (!is_utf8(text)) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

/// The lines between the first and the signature, by name.
class Fields {
 public:
  Result<> read(std::string_view lines) {
    while (!lines.empty()) {
      const auto end = lines.find('\n');
      const auto line = lines.substr(0, end);
      lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
      const auto colon = line.find(": ");
      if (colon == std::string_view::npos || !is_text(line)) return unreadable("The invitation file has a line that is no field.");
      const auto name = line.substr(0, colon);
      const auto value = line.substr(colon + 2);
      if (name == "address") {
        addresses.push_back(value);
      } else if (!values_.emplace(name, value).second) {
        return unreadable(fmt::format("The invitation file has the field “{}” twice.", quotable(name, 40)));
      }
    }
    return {};
  }

  Result<std::string_view> at(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return unreadable(fmt::format("The invitation file has no field “{}”.", name));
    return found->second;
  }
  Result<std::string> text(std::string_view name, std::size_t max) const {
    const auto value = at(name);
    if (!value) return fail(value.error());
    if (value->size() > max) return unreadable(fmt::format("The field “{}” of the invitation file is too long.", name));
    return std::string(*value);
  }
  Result<std::vector<std::uint8_t>> bytes(std::string_view name) const {
    const auto value = at(name);
    if (!value) return fail(value.error());
    auto decoded = from_base64(*value);
    if (!decoded || decoded->empty()) return unreadable(fmt::format("The field “{}” of the invitation file is not base64.", name));
    return std::move(*decoded);
  }

  std::vector<std::string_view> addresses;

 private:
  std::map<std::string_view, std::string_view> values_;
};

Result<std::vector<Endpoint>> read_addresses(const std::vector<std::string_view>& texts) {
  if (texts.empty() || texts.size() > limits::kMaxInvitationAddresses) {
    return unreadable(fmt::format("The invitation file has {} addresses.", texts.size()));
  }
  std::vector<Endpoint> addresses;
  for (const auto text : texts) {
    auto endpoint = parse_endpoint(text, limits::kLinkPort);
    if (!endpoint) return unreadable("An address of the invitation file cannot be read: " + endpoint.error().message);
    addresses.push_back(std::move(*endpoint));
  }
  return addresses;
}

Result<InvitationFile> read_fields(const Fields& fields) {
  InvitationFile file;
  const auto id = fields.at("id");
  if (!id) return fail(id.error());
  const auto parsed_id = InvitationId::parse(*id);
  if (!parsed_id || !*parsed_id) return unreadable("The id of the invitation file is none.");
  file.id = *parsed_id;
  auto addresses = read_addresses(fields.addresses);
  if (!addresses) return fail(std::move(addresses.error()));
  file.addresses = std::move(*addresses);
  const auto expires = fields.at("expires");
  if (!expires) return fail(expires.error());
  const auto time = time_of(*expires);
  if (!time) return unreadable("The end of the invitation file's time cannot be read.");
  file.expires_at = *time;
  auto primary = fields.text("primary", limits::kMaxNameBytes);
  auto group = fields.text("group", limits::kMaxGroupDepth * (limits::kMaxNameBytes + 1));
  auto name = fields.text("name", limits::kMaxNameBytes);
  auto key = fields.bytes("key");
  const auto certificate = fields.bytes("certificate");
  if (!primary) return fail(std::move(primary.error()));
  if (!group) return fail(std::move(group.error()));
  if (!name) return fail(std::move(name.error()));
  if (!key) return fail(std::move(key.error()));
  if (!certificate) return fail(certificate.error());
  // Dates decide nothing between servers, so an expired certificate of the primary is read too.
  auto parsed = net::parse_certificate(*certificate, TimePoint{});
  if (!parsed) return unreadable("The primary's certificate in the invitation file cannot be read: " + parsed.error().message);
  file.primary = std::move(*primary);
  file.group = std::move(*group);
  file.name = std::move(*name);
  file.key = std::move(*key);
  file.certificate = std::move(parsed->record);
  return file;
}

/// As a person may have it after it went through mail: line ends of the other kind, blank lines around.
std::string normal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out.push_back(text[i]);
  }
  const auto begin = out.find_first_not_of(" \t\n");
  if (begin == std::string::npos) return {};
  return out.substr(begin, out.find_last_not_of(" \t\n") + 1 - begin);
}

}  // namespace

std::string write_invitation(const InvitationFile& file, const net::Identity& primary) {
  std::string text = fmt::format("{}{}\nid: {}\nprimary: {}\n", kFirstLine, kVersion, file.id.str(), file.primary);
  for (const auto& address : file.addresses) text += fmt::format("address: {}\n", address.str());
  text += fmt::format("group: {}\nname: {}\nexpires: {}\n", file.group, file.name, whole_seconds(file.expires_at));
  text += fmt::format("certificate: {}\nkey: {}", to_base64(file.certificate.der), to_base64(file.key));
  const auto signature = net::sign(primary, std::string(kPurpose) + text);
  return text + std::string(kSignature) + to_base64(signature) + "\n";
}

Result<InvitationFile> parse_invitation(std::string_view raw) {
  if (raw.size() > limits::kMaxInvitationFileBytes) return unreadable("The file is too large to be an invitation.");
  const auto text = normal(raw);
  const auto first_end = text.find('\n');
  if (!text.starts_with(kFirstLine) || first_end == std::string::npos) {
    return unreadable("The file is not an invitation.", "Choose the file that daikan invite wrote on the primary.");
  }
  if (text.substr(kFirstLine.size(), first_end - kFirstLine.size()) != kVersion) {
    return unreadable("The invitation was written in a form that this program does not know.",
                      "Update this server, or exchange certificate files instead.");
  }
  const auto signed_end = text.rfind(kSignature);
  if (signed_end == std::string::npos || signed_end <= first_end) return unreadable("The invitation file is cut off.");
  const auto body = std::string_view(text).substr(0, signed_end);
  const auto signature = from_base64(std::string_view(text).substr(signed_end + kSignature.size()));
  Fields fields;
  if (auto read = fields.read(body.substr(first_end + 1)); !read) return fail(std::move(read.error()));
  auto file = read_fields(fields);
  if (!file) return file;
  if (!signature || !net::verify_signature(file->certificate, std::string(kPurpose) + std::string(body), *signature)) {
    return unreadable("The invitation file was altered: its signature does not belong to what it says.");
  }
  return file;
}

}  // namespace daikan::joining
