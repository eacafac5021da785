// From a request's method and target to a route: strict decoding, no regular expressions, no allocation worth mentioning.
//
// Knows patterns and nothing of what stands behind them, so that the fuzz target and the comparison with spec/openapi.yaml need no server.
// Called by the dispatcher. Invariant: what leaves parse_target() is decoded UTF-8 without control characters and without "." or "..".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace daikan::api {

/// A request target taken apart.
struct Target {
  std::string path;                                        ///< As received, beginning with '/'.
  std::string raw_query;                                   ///< As received, without '?'; empty when there is none.
  std::vector<std::string> segments;                       ///< Decoded; "/a/b%20c" → {"a", "b c"}. "/" → {}.
  std::vector<std::size_t> offsets;                        ///< Where each segment begins in `path`.
  std::vector<std::pair<std::string, std::string>> query;  ///< Decoded, in order, names unique.

  std::optional<std::string_view> find_query(std::string_view name) const;
};

/// Fails with invalid_request: not "/path[?query]", a bad percent escape, not UTF-8, control characters, a dot segment, a name twice,
/// longer than limits::kMaxTargetBytes.
Result<Target> parse_target(std::string_view target);

/// `text` with everything but unreserved characters percent-encoded (RFC 3986 section 2.3).
std::string percent_encode(std::string_view text);

struct RouteKey {
  std::string_view method;   ///< "GET"
  std::string_view pattern;  ///< "/api/v1/secondaries/{id}"; a last segment "{rest...}" takes one or more segments.
};

class Router {
 public:
  /// The texts behind `routes` must outlive the router. The first pattern that fits wins.
  explicit Router(const std::vector<RouteKey>& routes);

  enum class Outcome : std::uint8_t { found, no_such_path, no_such_method };
  struct Match {
    Outcome outcome = Outcome::no_such_path;
    std::size_t route = 0;                                             ///< Index into `routes` when found.
    std::vector<std::pair<std::string_view, std::string>> parameters;  ///< Decoded.
    std::string rest;                                                  ///< What "{rest...}" took, as received.
    std::string allow;                                                 ///< "GET, HEAD, POST" when no_such_method.
  };
  /// HEAD is found where GET is.
  Match match(std::string_view method, const Target& target) const;

 private:
  struct Piece {
    enum class Kind : std::uint8_t { literal, parameter, rest } kind;
    std::string_view text;
  };
  struct Pattern {
    std::string_view text;
    std::vector<Piece> pieces;
    std::vector<std::pair<std::string_view, std::size_t>> methods;
  };
  static bool fits(const Pattern& pattern, const Target& target);

  std::vector<Pattern> patterns_;
};

}  // namespace daikan::api
