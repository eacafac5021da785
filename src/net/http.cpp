#include "net/http.h"

#include <algorithm>
#include <cassert>
#include <cctype>

#include <fmt/format.h>

namespace daikan::net {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string lower(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

class TextSource final : public BodySource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  awaitable<Result<std::string>> next() override { co_return std::exchange(text_, {}); }

 private:
  std::string text_;
};

}  // namespace

Headers::Headers(std::initializer_list<std::pair<std::string, std::string>> fields) {
  fields_.reserve(fields.size());
  for (const auto& [name, value] : fields) add(name, value);
}

void Headers::add(std::string name, std::string value) { fields_.emplace_back(lower(std::move(name)), std::move(value)); }

void Headers::set(std::string_view name, std::string value) {
  const auto first = std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return same_name(field.first, name); });
  if (first == fields_.end()) return add(std::string(name), std::move(value));
  first->second = std::move(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), [&](const auto& field) { return same_name(field.first, name); }), fields_.end());
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
}

void Headers::join(std::string_view name, std::string_view value, std::string_view separator) {
  const auto first = std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return same_name(field.first, name); });
  if (first == fields_.end()) return add(std::string(name), std::string(value));
  first->second.append(separator).append(value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (same_name(field, name)) return value;
  }
  return std::nullopt;
}

const std::string& Body::text() const {
  assert(!is_stream());
  return std::get<std::string>(content_);
}

std::string Body::take_text() {
  assert(!is_stream());
  return std::exchange(std::get<std::string>(content_), {});
}

std::unique_ptr<BodySource> Body::into_source() {
  auto content = std::exchange(content_, std::string());
  if (auto* source = std::get_if<std::unique_ptr<BodySource>>(&content)) return std::move(*source);
  return std::make_unique<TextSource>(std::move(std::get<std::string>(content)));
}

awaitable<Result<std::string>> Body::read_all(std::size_t max) {
  const auto source = into_source();
  std::string all;
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) co_return all;
    if (piece->size() > max - all.size()) {
      co_return fail(Code::too_large, fmt::format("The body exceeds {} bytes.", max), "Send less at once.");
    }
    if (all.empty()) {
      all = std::move(*piece);
    } else {
      all += *piece;
    }
  }
}

}  // namespace daikan::net
