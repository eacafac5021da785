// What a browser is told about every answer, so that it does nothing with it that was not meant.
#pragma once

#include "net/http.h"

namespace daikan::api {

enum class Content : std::uint8_t { page, api };

/// Content security policy, no sniffing, no framing, no referrer; not stored by anybody unless the answer says otherwise.
void secure(net::Response& response, Content content);

}  // namespace daikan::api
