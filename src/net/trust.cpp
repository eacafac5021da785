#include "net/trust.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/detail/handshake.h"

namespace daikan::net {
namespace {

using detail::Handshake;
using detail::Verdict;

Handshake* handshake_in(X509_STORE_CTX* store) {
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  return static_cast<Handshake*>(SSL_get_ex_data(ssl, detail::handshake_index()));
}

/// Called by OpenSSL in place of its own verification. Nothing may be thrown through its C frames.
int judge(X509_STORE_CTX* store, void* by_authorities) {
  auto* handshake = handshake_in(store);
  auto* certificate = X509_STORE_CTX_get0_cert(store);
  if (handshake == nullptr || certificate == nullptr) return 0;
  handshake->wants_protocol = false;
  try {
    handshake->certificate = record_of(certificate);
    if (by_authorities != nullptr && X509_verify_cert(store) != 1) {
      handshake->verdict = Verdict::untrusted;
      handshake->untrusted_because = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
      return 0;
    }
    const bool accepted = handshake->check(handshake->certificate->pin, *handshake->certificate);
    handshake->verdict = accepted ? Verdict::accepted : Verdict::refused;
    X509_STORE_CTX_set_error(store, accepted ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
    return accepted ? 1 : 0;
  } catch (...) {  // TlsStream rethrows it
    handshake->exception = std::current_exception();
    handshake->verdict = Verdict::unreadable;
    return 0;
  }
}

bool expect_name(SSL_CTX* context, const std::string& host) {
  auto* parameters = SSL_CTX_get0_param(context);
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
  return (is_address || X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1) &&
         SSL_CTX_set_default_verify_paths(context) == 1;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> trusting_context(const Trust& trust, const std::string& host) {
  auto made = TlsContext::console_client();
  if (!made) return made;
  auto* context = (*made)->native();
  SSL_CTX_set_alpn_protos(context, nullptr, 0);
  static int by_authorities = 1;  // only its address counts
  const bool by_name = trust.fingerprint.empty();
  if (by_name && !expect_name(context, host)) {
    ERR_clear_error();
    return fail(Code::internal, "TLS could not be set up: the certificate authorities of this machine cannot be used.",
                "Check the OpenSSL configuration of this machine.");
  }
  ERR_clear_error();  // of a name that is no IP address
  SSL_CTX_set_cert_verify_callback(context, judge, by_name ? &by_authorities : nullptr);
  return made;
}

PinCheck trusted_check(const Trust& trust) {
  return [wanted = trust.fingerprint](const Pin&, const CertificateRecord& seen) { return wanted.empty() || seen.fingerprint == wanted; };
}

}  // namespace daikan::net
