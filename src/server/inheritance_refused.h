// What this server would not take from its primary: told once, however often it is sent and whatever reasons follow each other.
//
// Inside the transaction that judges a set. Called by link_downstream.cpp. Invariant: between two sets that were taken there is at most one
// event; the primary has the newest reason (`daikan policy status`).
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "store/database.h"

namespace daikan::server {

/// True when it recorded an event: the set before was taken.
bool refused_inheritance(store::Transaction&, std::string_view primary, const Error& why, TimePoint at);
void accepted_inheritance(store::Transaction&);

}  // namespace daikan::server
