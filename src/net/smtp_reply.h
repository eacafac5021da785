// What a mail server answers (RFC 5321 section 4.2), sans-I/O.
//
// Called by the sender of mail; the fuzz target feeds it anything. Invariant: it holds at most limits::kMaxSmtpReplyBytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace daikan::net {

struct SmtpReply {
  int code = 0;                    ///< 200 to 599.
  std::vector<std::string> lines;  ///< Without code and line end.
  bool is_positive() const { return code < 400; }
  /// "550 No such user", quotable, on one line.
  std::string str() const;
};

class SmtpReplies {
 public:
  void feed(std::string_view bytes) { rest_ += bytes; }
  /// The next whole reply; nothing while it is incomplete. Fails with protocol_error: no reply, too long, codes that differ.
  Result<std::optional<SmtpReply>> next();
  /// Whether bytes are left that no reply took: before STARTTLS they would be read as if they had come encrypted (RFC 3207 section 6).
  bool has_rest() const { return !rest_.empty(); }

 private:
  std::string rest_;
};

}  // namespace daikan::net
