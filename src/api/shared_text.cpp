#include "api/shared_text.h"

#include <utility>

#include "base/limits.h"

namespace daikan::api {
namespace {

class SharedSource final : public net::BodySource {
 public:
  explicit SharedSource(SharedText text) : text_(std::move(text)) {}

  net::awaitable<Result<std::string>> next() override {
    auto piece = text_->substr(at_, limits::kSharedTextPieceBytes);
    at_ += piece.size();
    co_return piece;
  }

 private:
  SharedText text_;
  std::size_t at_ = 0;
};

}  // namespace

void serve_shared(net::Response& response, SharedText text) {
  response.headers.set("content-length", std::to_string(text->size()));
  response.body = std::unique_ptr<net::BodySource>(std::make_unique<SharedSource>(std::move(text)));
}

}  // namespace daikan::api
