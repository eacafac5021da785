// The built web console: read into memory once, served from there, packed where the browser takes it.
//
// Packs nothing itself: "app.js.br" and "app.js.gz" beside "app.js" are made by the build and chosen by Accept-Encoding.
// The served set is closed when the program starts, so no request can name a file outside it, and nothing blocks on a disk. Called by the
// dispatcher for GET and HEAD outside /api.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/router.h"
#include "api/shared_text.h"
#include "net/http.h"

namespace daikan::api {

class StaticFiles {
 public:
  /// Reads every regular file below `folder` (links are not followed, dot files and files beyond limits::kMaxWebFileBytes are left out, and
  /// nothing more once limits::kMaxWebFolderBytes are read). Empty or absent: no files.
  explicit StaticFiles(const std::filesystem::path& folder);

  bool empty() const { return files_.empty(); }
  /// The file at the target's path; "/" and paths of the console's pages (a last segment without a dot) are index.html. Nothing: no such
  /// file.
  std::optional<net::Response> answer(const Target& target, const net::Headers& headers) const;

 private:
  /// The bytes of one file as they are sent. Each form has a tag of its own (RFC 9110 section 8.8.3).
  struct Form {
    SharedText content;
    std::string etag;
    std::string coding;  ///< Content-Encoding; empty: as it is.
  };
  struct File {
    Form plain;
    std::vector<Form> packed;  ///< The better one first.
    std::string type;
    bool hashed = false;  ///< The name changes with the content: cached for a year.
  };
  void pair_packed();
  static const Form& form_for(const File& file, const net::Headers& headers);
  std::map<std::string, File, std::less<>> files_;  ///< By decoded path without the leading '/'.
};

/// The Content-Type by the extension of `name`.
std::string_view content_type_of(std::string_view name);

}  // namespace daikan::api
