#include "net/detail/tls_error.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/text.h"

namespace daikan::net::detail {
namespace {

// The peer looked at our certificate and did not want it.
bool is_certificate_alert(int reason) {
  switch (reason) {
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

bool is_version_failure(int reason) {
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
      return true;
    default:
      return false;
  }
}

bool is_end_of_stream(const TlsFailure& failure) {
  if (failure.kind == SSL_ERROR_ZERO_RETURN) return true;
  if (failure.kind == SSL_ERROR_SSL) return ERR_GET_REASON(failure.queued) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  return failure.kind == SSL_ERROR_SYSCALL && failure.queued == 0;
}

std::string end_of_stream_words(const TlsFailure& failure) {
  if (failure.kind != SSL_ERROR_SYSCALL || failure.system == 0) return "closed the connection";
  return fmt::format("ended the connection ({})", std::strerror(failure.system));
}

std::string_view protocol_guess(std::string_view bytes) {
  if (bytes.starts_with("SSH-")) return "an SSH server or client";
  if (bytes.starts_with("HTTP/")) return "a web server without TLS";
  for (const auto* method : {"GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "DELETE ", "PRI * HTTP/2"}) {
    if (bytes.starts_with(method)) return "a web client without TLS";
  }
  if (bytes.starts_with("220 ") || bytes.starts_with("220-")) return "a mail or FTP server";
  return "another protocol";
}

}  // namespace

std::string openssl_reason(unsigned long queued) {
  if (queued == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(queued);
  return reason != nullptr ? std::string(reason) : fmt::format("OpenSSL error {:x}", queued);
}

TlsFailure take_failure(const SSL* ssl, int returned) {
  const int system = errno;
  TlsFailure failure{.kind = SSL_get_error(ssl, returned), .queued = ERR_peek_error(), .system = system};
  ERR_clear_error();
  if (failure.kind != SSL_ERROR_SYSCALL) failure.system = 0;
  return failure;
}

Error handshake_error(std::string_view who, TlsRole role, const TlsFailure& failure) {
  const int reason = ERR_GET_REASON(failure.queued);
  if (is_end_of_stream(failure)) {
    const auto message = fmt::format("{}: the other side {} during the TLS handshake.", who, end_of_stream_words(failure));
    if (role == TlsRole::server) return {Code::closed, message};
    return {Code::tls_failed, message, "Is this the port of an Administration Server, and does a firewall in between let TLS through?"};
  }
  if (reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL) {
    return {Code::not_an_administration_server,
            fmt::format("{}: speaks TLS, but is no Administration Server, or not one on this port.", who),
            "Check the port: links use 13000 and the console 13291 unless they were changed."};
  }
  if (is_version_failure(reason)) {
    return {Code::tls_failed, fmt::format("{}: speaks no TLS version that is accepted here (it offers only TLS 1.2 or older).", who),
            "Check that the address and port are those of an Administration Server and that nothing in between ends TLS."};
  }
  if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
    return {Code::tls_failed, fmt::format("{}: sent no certificate.", who),
            "Only Administration Servers may use this port; consoles use 13291."};
  }
  if (is_certificate_alert(reason)) {
    // At the accepting side it is a dialler that expected another one, or only wanted to see this one.
    return {role == TlsRole::server ? Code::certificate_mismatch : Code::tls_failed,
            fmt::format("{}: did not accept this server's certificate ({}).", who, openssl_reason(failure.queued)),
            "Check that the other side was given this server's present certificate."};
  }
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG) {
    return {Code::not_tls, fmt::format("{}: what came is not TLS ({}).", who, openssl_reason(failure.queued)),
            "Check the port: links use 13000 and the console 13291 unless they were changed."};
  }
  return {Code::tls_failed, fmt::format("{}: the TLS handshake failed: {}.", who, openssl_reason(failure.queued)),
          "Check that nothing between the two sides ends or changes TLS."};
}

Error stream_error(std::string_view who, const TlsFailure& failure) {
  const int reason = ERR_GET_REASON(failure.queued);
  constexpr const char* kLookThere = "Try again; if it stays so, look into the log of the other side.";
  if (is_end_of_stream(failure))
    return {Code::closed, fmt::format("{}: the other side {}.", who, end_of_stream_words(failure)), kLookThere};
  if (is_certificate_alert(reason)) {
    return {Code::unknown_to_primary,
            fmt::format("{}: the other side does not know this server's certificate ({}).", who, openssl_reason(failure.queued)),
            "Register this server there with its present certificate, then it connects by itself."};
  }
  return {Code::closed, fmt::format("{}: the connection failed: {}.", who, openssl_reason(failure.queued)), kLookThere};
}

Error not_tls_error(std::string_view who, TlsRole role, std::string_view bytes) {
  const auto line = bytes.substr(0, bytes.find_first_of("\r\n"));
  const auto quoted = quotable(line.empty() ? bytes : line, 60);
  const auto guess = protocol_guess(bytes);
  if (role == TlsRole::server) return {Code::not_tls, fmt::format("{}: is {}, not TLS: it sent “{}”.", who, guess, quoted)};
  return {Code::not_tls, fmt::format("{}: answered with “{}”: {}, not an Administration Server.", who, quoted, guess),
          "Check the port: links use 13000 and the console 13291 unless they were changed."};
}

}  // namespace daikan::net::detail
