#include "api/static_files.h"

#include <array>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "base/limits.h"

namespace daikan::api {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kTypes{{{".html", "text/html; charset=utf-8"},
                                                                                {".js", "text/javascript; charset=utf-8"},
                                                                                {".mjs", "text/javascript; charset=utf-8"},
                                                                                {".css", "text/css; charset=utf-8"},
                                                                                {".json", "application/json"},
                                                                                {".map", "application/json"},
                                                                                {".svg", "image/svg+xml"},
                                                                                {".png", "image/png"},
                                                                                {".jpg", "image/jpeg"},
                                                                                {".ico", "image/x-icon"},
                                                                                {".woff2", "font/woff2"},
                                                                                {".woff", "font/woff"},
                                                                                {".ttf", "font/ttf"},
                                                                                {".txt", "text/plain; charset=utf-8"},
                                                                                {".webmanifest", "application/manifest+json"},
                                                                                {".wasm", "application/wasm"}}};

/// FNV-1a: an ETag tells versions of one file apart, it proves nothing.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

bool is_hidden(const fs::path& relative) {
  for (const auto& part : relative) {
    if (part.native().starts_with('.')) return true;
  }
  return false;
}

}  // namespace

std::string_view content_type_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    for (const auto& [extension, type] : kTypes) {
      if (name.substr(dot) == extension) return type;
    }
  }
  return "application/octet-stream";
}

StaticFiles::StaticFiles(const fs::path& folder) {
  std::error_code ec;
  if (folder.empty() || !fs::is_directory(folder, ec)) return;
  std::size_t total = 0;
  for (auto at = fs::recursive_directory_iterator(folder, ec); !ec && at != fs::recursive_directory_iterator(); at.increment(ec)) {
    if (at->symlink_status(ec).type() != fs::file_type::regular) continue;
    const auto relative = at->path().lexically_relative(folder);
    if (is_hidden(relative)) continue;
    const auto size = at->file_size(ec);
    if (ec || size > limits::kMaxWebFileBytes || total + size > limits::kMaxWebFolderBytes) continue;
    std::ifstream in(at->path(), std::ios::binary);
    File file;
    std::string content(std::istreambuf_iterator<char>(in), {});
    if (in.bad()) continue;
    total += content.size();
    const auto name = relative.generic_string();
    file.type = content_type_of(name);
    file.etag = fmt::format("\"{:016x}\"", hash_of(content));
    file.content = std::make_shared<const std::string>(std::move(content));
    file.hashed = name.starts_with("assets/");
    files_.emplace(name, std::move(file));
  }
}

std::optional<net::Response> StaticFiles::answer(const Target& target, const net::Headers& headers) const {
  std::string name;
  for (const auto& segment : target.segments) name += (name.empty() ? "" : "/") + segment;
  auto found = files_.find(name);
  const bool page = target.segments.empty() || target.segments.back().find('.') == std::string::npos;
  if (found == files_.end() && page) found = files_.find("index.html");
  if (found == files_.end()) return std::nullopt;
  const auto& file = found->second;
  net::Response response;
  response.headers.add("etag", file.etag);
  response.headers.add("cache-control", file.hashed ? "public, max-age=31536000, immutable" : "no-cache");
  if (const auto seen = headers.find("if-none-match"); seen && *seen == file.etag) {
    response.status = 304;
    return response;
  }
  response.headers.add("content-type", file.type);
  serve_shared(response, file.content);
  return response;
}

}  // namespace daikan::api
