// Idempotency-Key of creates: the same key and the same request of one account get the first answer again.
//
// Wraps a handler; knows no resource. What is made is claimed under the key in its own transaction (server/once.h), and the answer is
// stored right after it. A crash in between leaves a claim without an answer: a retry is then answered from what was made, as it is now.
#pragma once

#include "api/routes.h"

namespace daikan::api {

/// SHA-256 in hex of method, path and body, with what a secret field holds left out: the hash is stored.
std::string request_hash(const Call& call);

/// Runs the route's answer, or returns what it answered to the same key before. Fails with 409 conflict (another request under this key, or
/// the first one still runs) and 422 (a malformed key). Without the header it only runs it.
awaitable<net::Response> answer_once(Context& context, const Route& route, Call call);

}  // namespace daikan::api
