#include "api/router.h"

#include <algorithm>

#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/url_view.hpp>

#include "base/limits.h"
#include "base/text.h"

namespace daikan::api {
namespace {

namespace urls = boost::urls;

tl::unexpected<Error> bad_target(std::string_view what) {
  return fail(Code::invalid_request, "The request's address " + std::string(what) + ".", "Percent-encode it as UTF-8 (RFC 3986).");
}

bool is_clean(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// By hand: Boost.URL's view of segments leaves out a leading "/." (RFC 3986 section 3.3), and offsets would be wrong.
Result<> read_segments(Target& target) {
  if (target.path == "/") return {};
  for (std::size_t offset = 1; offset <= target.path.size();) {
    const auto end = std::min(target.path.find('/', offset), target.path.size());
    const auto segment = urls::make_pct_string_view(std::string_view(target.path).substr(offset, end - offset));
    if (!segment) return bad_target("cannot be decoded");
    auto decoded = segment->decode();
    if (!is_clean(decoded)) return bad_target("is not UTF-8 or contains control characters");
    if (decoded == "." || decoded == "..") return bad_target("contains a dot segment");
    target.segments.emplace_back(std::move(decoded));
    target.offsets.push_back(offset);
    offset = end + 1;
  }
  return {};
}

Result<> read_query(Target& target, const urls::url_view& url) {
  if (!url.has_query() || target.raw_query.empty()) return {};
  for (const auto parameter : url.params()) {
    if (!is_clean(parameter.key) || !is_clean(parameter.value))
      return bad_target("has a query that is not UTF-8 or contains control characters");
    if (target.find_query(parameter.key)) {
      return fail(Code::invalid_request, "The query parameter " + quotable(parameter.key, 80) + " is given twice.", "Give it once.",
                  quotable(parameter.key, 80));
    }
    target.query.emplace_back(parameter.key, parameter.value);
  }
  return {};
}

}  // namespace

std::optional<std::string_view> Target::find_query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Result<Target> parse_target(std::string_view text) {
  if (text.size() > limits::kMaxTargetBytes) return bad_target("is longer than 8 KiB");
  // "//host/path" would be read as an authority by others; "*" and "https://…" are for proxies.
  if (text.empty() || text[0] != '/' || text.starts_with("//")) return bad_target("is not an absolute path");
  const auto url = urls::parse_origin_form(text);
  if (!url) return bad_target("cannot be decoded");
  Target target;
  target.path = url->encoded_path();
  target.raw_query = url->encoded_query();
  if (const auto read = read_segments(target); !read) return fail(read.error());
  if (const auto read = read_query(target, *url); !read) return fail(read.error());
  return target;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool unreserved =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back("0123456789ABCDEF"[byte >> 4]);
      out.push_back("0123456789ABCDEF"[byte & 15]);
    }
  }
  return out;
}

Router::Router(const std::vector<RouteKey>& routes) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    auto pattern = std::find_if(patterns_.begin(), patterns_.end(), [&](const Pattern& p) { return p.text == routes[i].pattern; });
    if (pattern == patterns_.end()) {
      pattern = patterns_.insert(pattern, Pattern{routes[i].pattern, {}, {}});
      auto rest = routes[i].pattern.substr(1);
      while (!rest.empty()) {
        const auto piece = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
        if (!piece.starts_with('{')) {
          pattern->pieces.push_back({Piece::Kind::literal, piece});
        } else if (piece.ends_with("...}")) {
          pattern->pieces.push_back({Piece::Kind::rest, piece.substr(1, piece.size() - 5)});
        } else {
          pattern->pieces.push_back({Piece::Kind::parameter, piece.substr(1, piece.size() - 2)});
        }
      }
    }
    pattern->methods.emplace_back(routes[i].method, i);
  }
}

bool Router::fits(const Pattern& pattern, const Target& target) {
  const auto& pieces = pattern.pieces;
  const bool open = !pieces.empty() && pieces.back().kind == Piece::Kind::rest;
  if (open ? target.segments.size() < pieces.size() : target.segments.size() != pieces.size()) return false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind == Piece::Kind::literal && pieces[i].text != target.segments[i]) return false;
    if (pieces[i].kind != Piece::Kind::literal && target.segments[i].empty()) return false;
  }
  return true;
}

Router::Match Router::match(std::string_view method, const Target& target) const {
  Match match;
  const auto pattern = std::find_if(patterns_.begin(), patterns_.end(), [&](const Pattern& p) { return fits(p, target); });
  if (pattern == patterns_.end()) return match;
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
  for (const auto& [name, route] : pattern->methods) {
    if (name == wanted) {
      match.outcome = Outcome::found;
      match.route = route;
      for (std::size_t i = 0; i < pattern->pieces.size(); ++i) {
        const auto& piece = pattern->pieces[i];
        if (piece.kind == Piece::Kind::parameter) match.parameters.emplace_back(piece.text, target.segments[i]);
        if (piece.kind == Piece::Kind::rest) match.rest = target.path.substr(target.offsets[i]);
      }
      return match;
    }
    match.allow += (match.allow.empty() ? "" : ", ") + std::string(name) + (name == "GET" ? ", HEAD" : "");
  }
  match.outcome = Outcome::no_such_method;
  return match;
}

}  // namespace daikan::api
