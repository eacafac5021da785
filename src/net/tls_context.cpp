#include <csignal>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/limits.h"
#include "net/detail/handshake.h"
#include "net/detail/tls_error.h"
#include "net/tls_stream.h"

namespace daikan::net {
namespace detail {

int handshake_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

namespace {

Handshake* handshake_of(const SSL* ssl) { return static_cast<Handshake*>(SSL_get_ex_data(ssl, handshake_index())); }

// RFC 7301: length-prefixed names.
std::vector<std::uint8_t> alpn_list(const std::vector<std::string>& names) {
  std::vector<std::uint8_t> list;
  for (const auto& name : names) {
    list.push_back(static_cast<std::uint8_t>(name.size()));
    list.insert(list.end(), name.begin(), name.end());
  }
  return list;
}

int list_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, [](void*, void* list, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<std::vector<std::uint8_t>*>(list);
  });
  return index;
}

// The pin check, called by OpenSSL in place of any chain building: no CA, no dates.
Verdict judge(Handshake& handshake, const SSL* ssl, X509* certificate) {
  if (handshake.role == TlsRole::client) {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl, &name, &length);
    if (length == 0) return Verdict::no_protocol;
  }
  try {
    handshake.certificate = record_of(certificate);
    if (!handshake.check) return Verdict::refused;
    return handshake.check(handshake.certificate->pin, *handshake.certificate) ? Verdict::accepted : Verdict::refused;
  } catch (...) {  // must not unwind through OpenSSL's C frames; TlsStream rethrows it
    handshake.exception = std::current_exception();
    return Verdict::unreadable;
  }
}

int verify(X509_STORE_CTX* store, void*) {
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* handshake = handshake_of(ssl);
  auto* certificate = X509_STORE_CTX_get0_cert(store);
  if (handshake == nullptr || certificate == nullptr) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  handshake->verdict = judge(*handshake, ssl, certificate);
  if (handshake->verdict == Verdict::accepted) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
  }
  // This one becomes the alert unknown_ca, by which a dialler knows that it is not registered.
  X509_STORE_CTX_set_error(
      store, handshake->verdict == Verdict::no_protocol ? X509_V_ERR_APPLICATION_VERIFICATION : X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  return 0;
}

int select_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_length, const unsigned char* offered, unsigned offered_length) {
  const auto* ours = static_cast<std::vector<std::uint8_t>*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), list_index()));
  unsigned char* chosen = nullptr;
  if (ours != nullptr && SSL_select_next_proto(&chosen, out_length, ours->data(), static_cast<unsigned>(ours->size()), offered,
                                               offered_length) == OPENSSL_NPN_NEGOTIATED) {
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
  }
  if (auto* handshake = handshake_of(ssl)) handshake->verdict = Verdict::no_protocol;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int require_alpn(SSL* ssl, int* alert, void*) {
  const unsigned char* bytes = nullptr;
  std::size_t length = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &bytes, &length) == 1)
    return SSL_CLIENT_HELLO_SUCCESS;
  if (auto* handshake = handshake_of(ssl)) handshake->verdict = Verdict::no_protocol;
  *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
  return SSL_CLIENT_HELLO_ERROR;
}

// OpenSSL writes to sockets with write(2): without this, a peer that went away would end the process. Whoever set a handler keeps it.
void ignore_sigpipe() {
  struct sigaction action = {};
  if (sigaction(SIGPIPE, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) return;
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
}

struct ContextSettings {
  const Identity* own = nullptr;
  int lowest_version = TLS1_3_VERSION;
  int verify_mode = SSL_VERIFY_NONE;
  std::vector<std::string> alpn;
};

Result<> settle(SSL_CTX* context, const ContextSettings& settings) {
  const auto failed = [](std::string_view what) {
    const auto reason = openssl_reason(ERR_peek_error());
    ERR_clear_error();
    return fail(Code::internal, fmt::format("TLS could not be set up: {}: {}.", what, reason),
                "Check the OpenSSL configuration of this machine.");
  };
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context, static_cast<long>(limits::kMaxPeerCertificateBytes));
  SSL_CTX_set_quiet_shutdown(context, 0);
  if (SSL_CTX_set_num_tickets(context, 0) != 1) return failed("session tickets");
  if (SSL_CTX_set_min_proto_version(context, settings.lowest_version) != 1) return failed("lowest TLS version");
  // Explicit, because newer OpenSSL versions default to larger hybrid groups: larger hellos, more CPU for each handshake.
  if (SSL_CTX_set1_groups_list(context, "X25519:P-256") != 1) return failed("key exchange groups");
  SSL_CTX_set_verify(context, settings.verify_mode, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify, nullptr);
  if (settings.own != nullptr) {
    if (SSL_CTX_use_certificate(context, settings.own->x509()) != 1) return failed("own certificate");
    if (SSL_CTX_use_PrivateKey(context, settings.own->key()) != 1) return failed("own key");
  }
  auto list = std::make_unique<std::vector<std::uint8_t>>(alpn_list(settings.alpn));
  if (SSL_CTX_set_alpn_protos(context, list->data(), static_cast<unsigned>(list->size())) != 0) return failed("ALPN");
  SSL_CTX_set_alpn_select_cb(
      context,
      [](SSL* ssl, const unsigned char** out, unsigned char* out_length, const unsigned char* offered, unsigned length, void*) {
        return select_alpn(ssl, out, out_length, offered, length);
      },
      nullptr);
  if (SSL_CTX_set_ex_data(context, list_index(), list.get()) != 1) return failed("ALPN");
  list.release();  // NOLINT: freed with the context
  return {};
}

}  // namespace
}  // namespace detail

Result<std::shared_ptr<TlsContext>> TlsContext::link(const Identity& own, std::vector<std::string> alpn) {
  auto made = make();
  const auto settled = detail::settle(
      made->context_, {.own = &own, .verify_mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, .alpn = std::move(alpn)});
  if (!settled) return fail(settled.error());
  SSL_CTX_set_client_hello_cb(made->context_, detail::require_alpn, nullptr);
  return made;
}

Result<std::shared_ptr<TlsContext>> TlsContext::console_server(const Identity& own) {
  auto made = make();
  const auto settled = detail::settle(
      made->context_, {.own = &own, .lowest_version = TLS1_2_VERSION, .alpn = {std::string(kAlpnH2), std::string(kAlpnHttp11)}});
  if (!settled) return fail(settled.error());
  // On the console alone: its clients may trust an issuer. On links the pin decides, and a peer reads a bounded certificate.
  for (const auto& issuer : own.chain()) {
    if (SSL_CTX_add1_chain_cert(made->context_, issuer.get()) == 1) continue;
    const auto reason = detail::openssl_reason(ERR_peek_error());
    ERR_clear_error();
    return fail(Code::internal, fmt::format("TLS could not be set up: the chain of the certificate: {}.", reason),
                "Set this server's certificate again, with a chain that is signed as today's clients expect it.");
  }
  return made;
}

Result<std::shared_ptr<TlsContext>> TlsContext::console_client() {
  auto made = make();
  const auto settled =
      detail::settle(made->context_, {.lowest_version = TLS1_2_VERSION, .verify_mode = SSL_VERIFY_PEER, .alpn = {std::string(kAlpnH2)}});
  if (!settled) return fail(settled.error());
  return made;
}

std::shared_ptr<TlsContext> TlsContext::make() {
  detail::ignore_sigpipe();
  std::shared_ptr<TlsContext> made(new TlsContext);
  made->context_ = SSL_CTX_new(TLS_method());
  if (made->context_ == nullptr) throw std::bad_alloc();
  return made;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace daikan::net
