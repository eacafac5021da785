// The event log as server-sent events (WHATWG HTML, section 9.2).
#pragma once

#include <memory>
#include <string>

#include "hierarchy/history.h"
#include "net/http.h"

namespace daikan::api {

struct Context;

/// "id: 12\nevent: link_connected\ndata: {…}\n\n"; without an id when `event` has no sequence: it is told and not in the log.
std::string sse_frame(const hierarchy::Event& event);

/// A stream without end of what comes after `sequence` and passes `filter`, with a comment line every limits::kEventHeartbeat. Counted in
/// Context::event_streams while it lives; fails with cancelled or storage_failed.
std::unique_ptr<net::BodySource> event_stream(Context& context, std::int64_t sequence, hierarchy::EventFilter filter = {});

}  // namespace daikan::api
