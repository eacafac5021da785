// HTTP/1.1 requests out of bytes: one after another, head first, then the body piece by piece.
//
// It knows the grammar (of the head by Beast, of the body by H1Body) and which framing is refused because another server could read it
// differently. It knows no socket and no time. Called by h1_connection.cpp and the fuzzer. Invariant: what is held is bounded as long as
// the caller feeds only while !full().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/h1_body.h"
#include "net/http.h"

namespace daikan::net {

class H1RequestReader {
 public:
  H1RequestReader();
  ~H1RequestReader();
  H1RequestReader(const H1RequestReader&) = delete;
  H1RequestReader& operator=(const H1RequestReader&) = delete;

  void feed(std::string_view bytes) { inbox_ += bytes; }
  bool full() const;
  /// Bytes fed and not yet parsed.
  std::size_t waiting() const { return inbox_.size(); }

  /// Starts the next request; the one before must be is_complete().
  void begin();
  /// 0: more bytes are needed. 200: take_head() may be called. Otherwise the status to refuse the request with: 400, 431, 501.
  int parse_head();
  /// The request without its body. Fields of the connection are left out.
  Request take_head() const;
  /// The next piece of the body; empty when more bytes are needed or is_complete(). Fails with protocol_error, then and ever after.
  Result<std::string> parse_body();
  bool is_complete() const { return body_.is_complete(); }
  bool is_broken() const { return body_.is_broken(); }

  bool keeps_alive() const;
  bool is_head() const;
  bool is_http11() const;
  bool expects_continue() const;

 private:
  struct Parser;
  int judge_head();
  std::unique_ptr<Parser> parser_;
  std::string inbox_;
  H1Body body_ = H1Body::sized(0);
};

}  // namespace daikan::net
