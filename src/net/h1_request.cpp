#include "net/h1_request.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/limits.h"

namespace daikan::net {
namespace {

namespace http = boost::beast::http;

bool of_connection(http::field name) {
  switch (name) {
    case http::field::connection:
    case http::field::keep_alive:
    case http::field::proxy_connection:
    case http::field::te:
    case http::field::transfer_encoding:
    case http::field::upgrade:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct H1RequestReader::Parser {
  http::request_parser<http::empty_body> beast;
  const auto& head() const { return beast.get(); }
};

H1RequestReader::H1RequestReader() = default;
H1RequestReader::~H1RequestReader() = default;

// A head must fit whole: Beast parses none of it before its last byte.
bool H1RequestReader::full() const { return inbox_.size() >= limits::kMaxHeaderListBytes; }

void H1RequestReader::begin() {
  parser_ = std::make_unique<Parser>();
  parser_->beast.header_limit(limits::kMaxHeaderListBytes);
  parser_->beast.body_limit(boost::none);  // the handler's matter: Body::read_all
  body_ = H1Body::sized(0);
}

int H1RequestReader::parse_head() {
  boost::system::error_code ec;
  const auto used = parser_->beast.put(boost::asio::buffer(inbox_), ec);
  inbox_.erase(0, used);
  if (parser_->beast.is_header_done()) return judge_head();
  if (!ec || ec == http::error::need_more) return 0;
  return ec == http::error::header_limit ? 431 : 400;
}

// What Beast lets pass: framing that another server could read differently (RFC 9112 section 6.1), and what is not for us.
int H1RequestReader::judge_head() {
  const auto& head = parser_->head();
  if (const auto coding = head.count(http::field::transfer_encoding); coding > 0) {
    if (head.version() == 10 || head.count(http::field::content_length) > 0) return 400;
    if (coding > 1 || !boost::beast::iequals(head[http::field::transfer_encoding], "chunked")) return 501;
  }
  const auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() == 11)) return 400;
  if (!head.target().starts_with('/') && !head.target().starts_with("https://")) return 400;
  body_ = parser_->beast.chunked() ? H1Body::chunked() : H1Body::sized(parser_->beast.content_length().value_or(0));
  return 200;
}

Request H1RequestReader::take_head() const {
  const auto& head = parser_->head();
  Request request;
  request.method = head.method_string();
  request.target = head.target();
  if (!request.target.starts_with('/')) {  // absolute form, RFC 9112 section 3.2.2
    const auto path = request.target.find('/', std::string_view("https://").size());
    request.target = path == std::string::npos ? "/" : request.target.substr(path);
  }
  for (const auto& field : head) {
    if (!of_connection(field.name())) request.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  return request;
}

Result<std::string> H1RequestReader::parse_body() { return body_.take(inbox_); }

bool H1RequestReader::keeps_alive() const { return parser_->beast.keep_alive(); }
bool H1RequestReader::is_head() const { return parser_->head().method() == http::verb::head; }
bool H1RequestReader::is_http11() const { return parser_->head().version() == 11; }
bool H1RequestReader::expects_continue() const {
  return is_http11() && boost::beast::iequals(parser_->head()[http::field::expect], "100-continue");
}

}  // namespace daikan::net
