// Idempotency-Key of creates: the same key and the same request of one account get the first answer again.
//
// Wraps a handler; knows no resource. The answer is stored right after the change, in its own unit of work: a crash in between makes a
// retry run again, which the use cases answer by themselves (the same secondary is found, the same group name is taken).
#pragma once

#include "api/routes.h"

namespace daikan::api {

/// SHA-256 in hex of method, path and body, with what a secret field holds left out: the hash is stored.
std::string request_hash(const Call& call);

/// Runs `answer`, or returns what it answered to the same key before. Fails with 409 conflict (another request under this key, or the first
/// one still runs) and 422 (a malformed key). Without the header it only runs `answer`.
awaitable<net::Response> answer_once(Context& context, Answer answer, Call call);

}  // namespace daikan::api
