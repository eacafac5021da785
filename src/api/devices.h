// The routes of devices, and their counts as the API shows them wherever they stand.
#pragma once

#include <span>

#include <boost/json/object.hpp>

#include "api/routes.h"
#include "hierarchy/device.h"

namespace daikan::api {

std::span<const Route> devices_routes();

/// {"ok", "warning", "critical", "unknown", "total", "told_at"}
boost::json::object device_counts_json(const hierarchy::DeviceCounts& counts);

}  // namespace daikan::api
