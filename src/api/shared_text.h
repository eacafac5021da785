// Texts that many responses serve at once (files of the web console, the specification): one buffer, however many slow readers.
//
// Knows nothing of what the text is. The invariant: the text never changes and lives as long as its last reader.
#pragma once

#include <memory>
#include <string>

#include "net/http.h"

namespace daikan::api {

using SharedText = std::shared_ptr<const std::string>;

/// Makes `text` the body of `response`, handed out in pieces of at most limits::kSharedTextPieceBytes, and tells its length.
void serve_shared(net::Response& response, SharedText text);

}  // namespace daikan::api
