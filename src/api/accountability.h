// What the API itself writes into the audit: refusals for want of a right, and what people did to lower servers through this one. What use
// cases change they record themselves, in their transactions.
#pragma once

#include <string>

#include "api/routes.h"

namespace daikan::api {

struct Note {
  std::string action;
  std::string object;
  std::optional<Error> refused;  ///< Nothing: done.
};
/// Never fails: a refusal stands whether or not it could be written down.
awaitable<> note(Context& context, const Actor& actor, Note note);

}  // namespace daikan::api
