// A create that may be asked for again (Idempotency-Key): claimed in the transaction that makes the thing, so that a crash between the
// change and its answer is followed by the answer, not by a second change.
//
// Made by the API for a request with a key; a use case passes it to claim() where it inserts. What was claimed and not answered is answered
// from what is there (api/idempotency.h).
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "store/tables.h"

namespace daikan::server {

struct Once {
  std::string account;  ///< Whose key it is.
  std::string key;
  std::string request_hash;
};

/// `made`: the id of what was made. Nothing without a key.
inline void claim(store::Transaction& transaction, const std::optional<Once>& once, std::string made, TimePoint at) {
  if (!once) return;
  const store::StoredAnswer nothing_yet{once->request_hash, 0, {}, std::move(made)};
  store::claim_answer(transaction, once->account, once->key, nothing_yet, at);
}

}  // namespace daikan::server
