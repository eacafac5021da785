#include "link/messages.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "link.pb.h"

namespace daikan::link {
namespace {

tl::unexpected<Error> malformed(std::string_view what, std::string_view why) {
  return fail(Code::protocol_error, fmt::format("The other server sent a message whose {} {}.", what, why),
              "Both servers must run a version of this software that keeps to docs/protocol.md.");
}

bool is_plain_text(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<> check_text(std::string_view text, std::size_t max, std::string_view what) {
  if (text.size() > max) return malformed(what, fmt::format("is longer than {} bytes", max));
  if (!is_plain_text(text)) return malformed(what, "is not plain UTF-8 text");
  return {};
}

template <class Id = ServerId>
Result<Id> read_id(std::string_view bytes, std::string_view what) {
  Id id;
  if (bytes.size() != id.bytes.size()) return malformed(what, fmt::format("has {} bytes instead of 16", bytes.size()));
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  if (!id) return malformed(what, "is all zero");
  return id;
}

Result<std::string> read_name(const std::string& name, std::string_view what) {
  if (name.empty()) return malformed(what, "is empty");
  if (auto checked = check_text(name, limits::kMaxNameBytes, what); !checked) return fail(checked.error());
  return name;
}

template <class Id>
std::string bytes_of(const Id& id) {
  return {id.bytes.begin(), id.bytes.end()};
}

Result<std::vector<std::uint8_t>> read_bytes(const std::string& bytes, std::size_t max, std::string_view what) {
  if (bytes.empty() || bytes.size() > max) return malformed(what, fmt::format("has {} bytes, not 1 to {}", bytes.size(), max));
  return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

/// At most `max` bytes, cut between two characters.
std::string cut(const std::string& text, std::size_t max) {
  if (text.size() <= max) return text;
  std::size_t end = max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

void write_introduction(const Introduction& from, v1::Introduction& to) {
  to.set_server_id(bytes_of(from.server_id));
  to.set_name(from.name);
  to.set_software(from.software);
  to.set_protocol_min(from.protocol.min);
  to.set_protocol_max(from.protocol.max);
  for (const auto& capability : from.capabilities) to.add_capabilities(capability);
  to.set_max_depth(from.max_depth);
  to.set_time_micros(to_micros(from.time));
}

Result<std::vector<std::string>> read_capabilities(const v1::Introduction& from) {
  if (static_cast<std::size_t>(from.capabilities_size()) > limits::kMaxCapabilities) {
    return malformed("list of capabilities", fmt::format("has more than {} entries", limits::kMaxCapabilities));
  }
  std::vector<std::string> out;
  for (const auto& capability : from.capabilities()) {
    if (capability.empty()) return malformed("list of capabilities", "has an empty entry");
    if (auto checked = check_text(capability, limits::kMaxCapabilityBytes, "capability"); !checked) return fail(checked.error());
    out.push_back(capability);
  }
  return out;
}

Result<Introduction> read_introduction(const v1::Introduction& from) {
  Introduction to;
  auto id = read_id(from.server_id(), "server id");
  if (!id) return fail(id.error());
  to.server_id = *id;
  auto name = read_name(from.name(), "server name");
  if (!name) return fail(name.error());
  to.name = std::move(*name);
  if (auto checked = check_text(from.software(), limits::kMaxNameBytes, "software version"); !checked) return fail(checked.error());
  to.software = from.software();
  to.protocol = {from.protocol_min(), from.protocol_max()};
  if (to.protocol.min < 1 || to.protocol.max < to.protocol.min) {
    return malformed("range of protocol versions", fmt::format("is {} to {}", to.protocol.min, to.protocol.max));
  }
  auto capabilities = read_capabilities(from);
  if (!capabilities) return fail(capabilities.error());
  to.capabilities = std::move(*capabilities);
  if (from.max_depth() < 1 || from.max_depth() > limits::kHighestMaxDepth) {
    return malformed("bound on depth", fmt::format("is {}, not 1 to {}", from.max_depth(), limits::kHighestMaxDepth));
  }
  to.max_depth = from.max_depth();
  // Years 1970 to 9999, so that no arithmetic with it can overflow.
  constexpr std::int64_t kLatest = 253402300799999999;
  if (from.time_micros() < 0 || from.time_micros() > kLatest) return malformed("time", "is not between 1970 and 9999");
  to.time = from_micros(from.time_micros());
  return to;
}

void write_refusal(const Error& from, v1::Refusal& to) {
  to.set_code(std::string(to_string(from.code)));
  to.set_message(cut(from.message, limits::kMaxLinkTextBytes));
  to.set_remedy(cut(from.remedy, limits::kMaxLinkTextBytes));
}

Result<Error> read_refusal(const v1::Refusal& from) {
  if (from.code().empty()) return malformed("refusal code", "is empty");
  if (auto checked = check_text(from.code(), limits::kMaxCapabilityBytes, "refusal code"); !checked) return fail(checked.error());
  if (auto checked = check_text(from.message(), limits::kMaxLinkTextBytes, "refusal message"); !checked) return fail(checked.error());
  if (auto checked = check_text(from.remedy(), limits::kMaxLinkTextBytes, "refusal remedy"); !checked) return fail(checked.error());
  // A newer peer may have reasons this version has no code for; its sentence still says what is the matter.
  const auto code = code_from_string(from.code());
  return Error(code.value_or(Code::conflict),
               from.message().empty() ? fmt::format("The other server refused the link ({}).", from.code()) : from.message(),
               from.remedy());
}

/// The two fields that a hello and its answer share.
template <class Message>
void write_keys(const std::optional<NextIdentity>& next, const std::optional<Pin>& confirmed, Message& to) {
  if (next) {
    to.mutable_next_identity()->set_certificate(std::string(next->certificate.der.begin(), next->certificate.der.end()));
    to.mutable_next_identity()->set_signature(std::string(next->signature.begin(), next->signature.end()));
  }
  if (confirmed) to.set_confirmed_pin(std::string(confirmed->bytes.begin(), confirmed->bytes.end()));
}

template <class Message>
Result<> read_keys(const Message& from, std::optional<NextIdentity>& next, std::optional<Pin>& confirmed) {
  if (from.has_next_identity()) {
    auto certificate = read_bytes(from.next_identity().certificate(), limits::kMaxPeerCertificateBytes, "next certificate");
    if (!certificate) return fail(certificate.error());
    auto signature = read_bytes(from.next_identity().signature(), limits::kMaxSignatureBytes, "signature of the next key");
    if (!signature) return fail(signature.error());
    next = NextIdentity{{std::move(*certificate), {}, {}}, std::move(*signature)};
  }
  const auto& pin = from.confirmed_pin();
  if (pin.empty()) return {};
  confirmed.emplace();
  if (pin.size() != confirmed->bytes.size()) return malformed("confirmed pin", fmt::format("has {} bytes instead of 32", pin.size()));
  std::copy(pin.begin(), pin.end(), confirmed->bytes.begin());
  return {};
}

template <class Message>
Result<Message> parse(std::string_view bytes, std::string_view what) {
  // What is wrong is said by the Result; protobuf would write a line to standard error for each hostile message.
  static const auto quiet = google::protobuf::SetLogHandler(nullptr);
  (void)quiet;
  Message message;
  if (bytes.size() > limits::kMaxHelloBytes) {
    return fail(Code::too_large, fmt::format("The other server sent a {} of {} bytes.", what, bytes.size()),
                fmt::format("At most {} bytes are allowed.", limits::kMaxHelloBytes));
  }
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed("content", fmt::format("is no {}", what));
  return message;
}

template <class Message>
std::string serialised(const Message& message) {
  std::string out;
  if (!message.SerializeToString(&out) || out.size() > limits::kMaxHelloBytes) throw std::logic_error("a link message is out of bounds");
  return out;
}

}  // namespace

std::string encode(const Hello& hello) {
  if (hello.path.empty() || hello.path.size() > limits::kHighestMaxDepth) throw std::logic_error("the path of a hello is out of bounds");
  v1::HelloRequest message;
  write_introduction(hello.sender, *message.mutable_sender());
  for (const auto& entry : hello.path) {
    auto& server = *message.add_path();
    server.set_id(bytes_of(entry.id));
    server.set_name(entry.name);
  }
  write_keys(hello.next, hello.confirmed, message);
  return serialised(message);
}

std::string encode(const HelloAnswer& answer) {
  v1::HelloResponse message;
  if (const auto* error = std::get_if<Error>(&answer)) {
    write_refusal(*error, *message.mutable_refused());
    return serialised(message);
  }
  const auto& from = std::get<HelloAccepted>(answer);
  auto& to = *message.mutable_accepted();
  write_introduction(from.sender, *to.mutable_sender());
  to.set_downstream_revision(from.progress.downstream_revision);
  to.set_downstream_hash(from.progress.downstream_hash);
  to.set_feed_epoch(from.progress.feed_epoch);
  to.set_feed_sequence(from.progress.feed_sequence);
  write_keys(from.next, from.confirmed, to);
  return serialised(message);
}

std::string encode(const Farewell& farewell) {
  v1::FarewellRequest message;
  write_refusal(farewell.reason, *message.mutable_reason());
  return serialised(message);
}

Result<Hello> decode_hello(std::string_view bytes) {
  const auto message = parse<v1::HelloRequest>(bytes, "hello");
  if (!message) return fail(message.error());
  Hello hello;
  auto sender = read_introduction(message->sender());
  if (!sender) return fail(sender.error());
  hello.sender = std::move(*sender);
  if (message->path_size() < 1) return malformed("path", "is empty");
  if (static_cast<unsigned>(message->path_size()) > limits::kHighestMaxDepth) {
    return malformed("path", fmt::format("has more than {} entries", limits::kHighestMaxDepth));
  }
  for (const auto& server : message->path()) {
    auto id = read_id(server.id(), "server id in the path");
    if (!id) return fail(id.error());
    auto name = read_name(server.name(), "server name in the path");
    if (!name) return fail(name.error());
    hello.path.push_back({*id, std::move(*name)});
  }
  if (hello.path.back().id != hello.sender.server_id) return malformed("path", "does not end with the sender");
  if (auto read = read_keys(*message, hello.next, hello.confirmed); !read) return fail(std::move(read.error()));
  return hello;
}

Result<HelloAnswer> decode_hello_answer(std::string_view bytes) {
  const auto message = parse<v1::HelloResponse>(bytes, "answer to a hello");
  if (!message) return fail(message.error());
  if (message->has_refused()) {
    auto refused = read_refusal(message->refused());
    if (!refused) return fail(refused.error());
    return HelloAnswer(std::move(*refused));
  }
  if (!message->has_accepted()) return malformed("answer", "neither accepts nor refuses");
  const auto& from = message->accepted();
  HelloAccepted accepted;
  auto sender = read_introduction(from.sender());
  if (!sender) return fail(sender.error());
  accepted.sender = std::move(*sender);
  const std::size_t hash_bytes = from.downstream_revision() == 0 ? 0 : 32;
  if (from.downstream_hash().size() != hash_bytes) return malformed("downstream hash", fmt::format("does not have {} bytes", hash_bytes));
  accepted.progress = {from.downstream_revision(), from.downstream_hash(), from.feed_epoch(), from.feed_sequence()};
  if (auto read = read_keys(from, accepted.next, accepted.confirmed); !read) return fail(std::move(read.error()));
  return HelloAnswer(std::move(accepted));
}

Result<Farewell> decode_farewell(std::string_view bytes) {
  const auto message = parse<v1::FarewellRequest>(bytes, "farewell");
  if (!message) return fail(message.error());
  auto reason = read_refusal(message->reason());
  if (!reason) return fail(reason.error());
  return Farewell{std::move(*reason)};
}

std::string encode(const ClaimRequest& request) {
  v1::InvitationClaimRequest message;
  message.set_invitation_id(bytes_of(request.invitation));
  write_introduction(request.sender, *message.mutable_sender());
  return serialised(message);
}

std::string encode(const Claim& claim) {
  v1::InvitationClaim message;
  write_introduction(claim.sender, *message.mutable_sender());
  message.set_certificate(std::string(claim.certificate.begin(), claim.certificate.end()));
  message.set_signature(std::string(claim.signature.begin(), claim.signature.end()));
  return serialised(message);
}

std::string encode(const ClaimOutcome& outcome) {
  v1::InvitationOutcome message;
  if (const auto* error = std::get_if<Error>(&outcome)) {
    write_refusal(*error, *message.mutable_refused());
    return serialised(message);
  }
  const auto& registered = std::get<Registered>(outcome);
  message.mutable_registered()->set_name(registered.name);
  message.mutable_registered()->set_group(registered.group);
  return serialised(message);
}

Result<ClaimRequest> decode_claim_request(std::string_view bytes) {
  const auto message = parse<v1::InvitationClaimRequest>(bytes, "question about an invitation");
  if (!message) return fail(message.error());
  auto id = read_id<InvitationId>(message->invitation_id(), "invitation id");
  if (!id) return fail(id.error());
  auto sender = read_introduction(message->sender());
  if (!sender) return fail(sender.error());
  return ClaimRequest{*id, std::move(*sender)};
}

Result<Claim> decode_claim(std::string_view bytes) {
  const auto message = parse<v1::InvitationClaim>(bytes, "claim of an invitation");
  if (!message) return fail(message.error());
  auto sender = read_introduction(message->sender());
  if (!sender) return fail(sender.error());
  auto certificate = read_bytes(message->certificate(), limits::kMaxPeerCertificateBytes, "certificate");
  if (!certificate) return fail(certificate.error());
  auto signature = read_bytes(message->signature(), limits::kMaxSignatureBytes, "signature");
  if (!signature) return fail(signature.error());
  return Claim{std::move(*sender), std::move(*certificate), std::move(*signature)};
}

Result<ClaimOutcome> decode_claim_outcome(std::string_view bytes) {
  const auto message = parse<v1::InvitationOutcome>(bytes, "outcome of an invitation");
  if (!message) return fail(message.error());
  if (message->has_refused()) {
    auto refused = read_refusal(message->refused());
    if (!refused) return fail(refused.error());
    return ClaimOutcome(std::move(*refused));
  }
  if (!message->has_registered()) return malformed("outcome", "neither registers nor refuses");
  auto name = read_name(message->registered().name(), "name");
  if (!name) return fail(name.error());
  const auto& group = message->registered().group();
  if (auto checked = check_text(group, limits::kMaxGroupDepth * (limits::kMaxNameBytes + 1), "group"); !checked)
    return fail(checked.error());
  return ClaimOutcome(Registered{std::move(*name), group});
}

}  // namespace daikan::link
