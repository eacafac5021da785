// HTTP as this program sees it: requests, responses, streaming bodies; the same on both ports, both versions and both directions.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "net/async.h"

namespace daikan::net {

/// Header fields, names in lower case, in order. Connection-specific fields (RFC 9113 section 8.2.2) never appear.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields);
  void add(std::string name, std::string value);
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);
  /// Appends to the first value, or adds: how HTTP/2's split cookies become one again (RFC 9113 section 8.2.3).
  void join(std::string_view name, std::string_view value, std::string_view separator);
  /// The first value, or nothing.
  std::optional<std::string_view> find(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// A body that is pulled. Reading drives flow control: bytes not asked for are not granted to the sender.
class BodySource {
 public:
  virtual ~BodySource() = default;  ///< Destroying it before the end tells the sender to stop (RST_STREAM CANCEL).
  /// The next piece; empty at the end. Fails with closed, cancelled or too_large. One reader at a time.
  virtual awaitable<Result<std::string>> next() = 0;
};

/// Nothing, a text in memory, or a stream.
class Body {
 public:
  Body() = default;
  Body(std::string text) : content_(std::move(text)) {}                      // NOLINT: bodies are written as texts
  Body(std::unique_ptr<BodySource> source) : content_(std::move(source)) {}  // NOLINT
  bool is_stream() const { return std::holds_alternative<std::unique_ptr<BodySource>>(content_); }
  /// The text of a body that is not a stream.
  const std::string& text() const;
  /// Moves the text out of a body that is not a stream; afterwards this body is empty.
  std::string take_text();
  /// Turns any body into a source; afterwards this body is empty.
  std::unique_ptr<BodySource> into_source();
  /// Reads everything. Fails with too_large beyond `max` bytes; afterwards this body is empty.
  awaitable<Result<std::string>> read_all(std::size_t max);

 private:
  std::variant<std::string, std::unique_ptr<BodySource>> content_;
};

struct Request {
  std::string method;
  std::string target;  ///< Path and query as received, beginning with '/'.
  Headers headers;
  Body body;
  std::string remote_ip;  ///< Of the connection; set by the engine.
};

struct Response {
  int status = 200;
  Headers headers;
  Body body;
};

/// Answers one request. Cancelled (terminal) when the requester goes away. An exception that leaves it is answered with 500 and reported.
using Handler = std::function<awaitable<Response>(Request)>;

/// Sends requests.
class Requester {
 public:
  virtual ~Requester() = default;
  /// Returns when the head of the answer has arrived; the body streams. Fails with closed, cancelled, too_large or protocol_error;
  /// when the stream limit is reached it waits for a free stream.
  virtual awaitable<Result<Response>> request(Request request) = 0;
};

}  // namespace daikan::net
