#include "api/static_files.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "api/accept_encoding.h"
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

/// What a file beside another one is to it: "app.js.br" is "app.js" in brotli.
struct Packing {
  std::string_view extension;
  std::string_view coding;
};
/// The better one first: it is taken where a client likes both alike.
constexpr std::array<Packing, 2> kPackings{{{".br", "br"}, {".gz", "gzip"}}};

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
    file.plain.etag = fmt::format("\"{:016x}\"", hash_of(content));
    file.plain.content = std::make_shared<const std::string>(std::move(content));
    file.hashed = name.starts_with("assets/");
    files_.emplace(name, std::move(file));
  }
  pair_packed();
}

void StaticFiles::pair_packed() {
  for (auto& [name, file] : files_) {
    for (const auto& packing : kPackings) {
      const auto beside = files_.find(name + std::string(packing.extension));
      if (beside == files_.end()) continue;
      file.packed.push_back({beside->second.plain.content, beside->second.plain.etag, std::string(packing.coding)});
    }
  }
  // The packed form is never a file of its own: its type would be wrong.
  std::erase_if(files_, [this](const auto& entry) {
    return std::any_of(kPackings.begin(), kPackings.end(), [&](const Packing& packing) {
      const std::string_view name = entry.first;
      return name.ends_with(packing.extension) && files_.contains(name.substr(0, name.size() - packing.extension.size()));
    });
  });
}

const StaticFiles::Form& StaticFiles::form_for(const File& file, const net::Headers& headers) {
  const auto accepted = headers.find("accept-encoding");
  const Form* best = &file.plain;
  if (!accepted) return *best;
  unsigned quality = 0;
  for (const auto& form : file.packed) {
    const auto wanted = quality_of(*accepted, form.coding);
    if (wanted > quality) best = &form, quality = wanted;
  }
  // Whoever likes it plain at least as much as packed says so in numbers; saying nothing means only that plain is allowed, too.
  return quality > 0 && quality_named(*accepted, "identity").value_or(0) > quality ? file.plain : *best;
}

std::optional<net::Response> StaticFiles::answer(const Target& target, const net::Headers& headers) const {
  std::string name;
  for (const auto& segment : target.segments) name += (name.empty() ? "" : "/") + segment;
  auto found = files_.find(name);
  const bool page = target.segments.empty() || target.segments.back().find('.') == std::string::npos;
  if (found == files_.end() && page) found = files_.find("index.html");
  if (found == files_.end()) return std::nullopt;
  const auto& file = found->second;
  const auto& form = form_for(file, headers);
  net::Response response;
  response.headers.add("etag", form.etag);
  response.headers.add("cache-control", file.hashed ? "public, max-age=31536000, immutable" : "no-cache");
  if (!file.packed.empty()) response.headers.add("vary", "accept-encoding");
  if (const auto seen = headers.find("if-none-match"); seen && *seen == form.etag) {
    response.status = 304;
    return response;
  }
  response.headers.add("content-type", file.type);
  if (!form.coding.empty()) response.headers.add("content-encoding", form.coding);
  serve_shared(response, form.content);
  return response;
}

}  // namespace daikan::api
