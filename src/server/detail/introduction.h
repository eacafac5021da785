// What this server tells of itself where no link stands yet: to the other side of an invitation.
#pragma once

#include "link/messages.h"
#include "server/facts.h"

namespace daikan::server {

inline link::Introduction introduction_of(const Facts& facts) {
  link::Introduction introduction;
  introduction.server_id = facts.id;
  introduction.name = facts.name;
  introduction.software = "daikan " + facts.version;
  introduction.max_depth = facts.max_depth;
  introduction.time = now();
  return introduction;
}

}  // namespace daikan::server
