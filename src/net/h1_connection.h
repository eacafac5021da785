// HTTP/1.1 (Beast) over one TLS connection, server side: what browsers without h2 and curl --http1.1 speak on 13291.
#pragma once

#include "net/http.h"
#include "net/tls_stream.h"

namespace daikan::net {

/// Serves requests one after another until the peer closes, an error occurs or the calling coroutine is cancelled. Bounds of limits.h:
/// head size and time, keep-alive time, write stall. Streams are sent chunked. A handler is cancelled when the peer goes away.
awaitable<> serve_h1(std::unique_ptr<TlsStream> stream, Handler handler, std::function<void(std::exception_ptr)> on_exception = {});

/// The same without TLS, for a socket that was accepted on loopback (`daikan console`): nothing else may be served in the clear.
awaitable<> serve_plain_h1(TcpSocket socket, Handler handler, std::function<void(std::exception_ptr)> on_exception = {});

/// Serves `stream` by its ALPN: "h2" → H2Connection in the server role, "http/1.1" or none → serve_h1.
awaitable<> serve_console_connection(std::unique_ptr<TlsStream> stream, Handler handler,
                                     std::function<void(std::exception_ptr)> on_exception = {});

}  // namespace daikan::net
