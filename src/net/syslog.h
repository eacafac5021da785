// Lines for a log server (RFC 5424) over UDP (RFC 5426), TCP (RFC 6587, octet counting) and TLS (RFC 5425).
//
// Knows nothing of events. Syslog has no answer: success means that the bytes left without an error, not that somebody keeps them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/wire.h"

namespace daikan::net {

enum class SyslogTransport : std::uint8_t { udp, tcp, tls };

struct SyslogLine {
  unsigned severity = 6;  ///< RFC 5424 table 2: 2 critical, 3 error, 4 warning, 6 informational.
  TimePoint at;
  std::string host;  ///< Of this machine.
  std::string kind;  ///< MSGID
  std::int64_t sequence = 0;
  std::string message;  ///< UTF-8; control characters are quoted.
};

/// One message without framing: "<134>1 2026-11-23T21:33:00.000000Z hq daikand 4711 link_refused [meta sequenceId="12"] \xEF\xBB\xBFtext";
/// at most limits::kMaxSyslogBytes, cut between characters.
std::string syslog_text(const SyslogLine& line);

struct SyslogServer {
  Endpoint endpoint;
  SyslogTransport transport = SyslogTransport::tls;
  Trust trust;  ///< tls
};

/// Sends `texts` (of syslog_text) in their order. Fails with the dial's errors, closed or timed_out; some may have arrived then.
awaitable<Result<>> send_syslog(SyslogServer server, std::vector<std::string> texts, SteadyTime deadline);

}  // namespace daikan::net
