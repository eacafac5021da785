// Settings, policies and applications as JSON, both ways: for the console API, and as the content of what secondaries inherit.
//
// Knows no database and no rights; whether an application has a setting is checked by whoever saves (hierarchy::check_settings). Invariant:
// one policy has one text, so that the hash of what was applied is the same on both ends of a link.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "hierarchy/policy.h"

namespace daikan::server {

boost::json::value value_json(const hierarchy::SettingValue& value);
/// Fails with invalid_request on "settings.PATH" for null, an object, or a list that is not of texts.
Result<hierarchy::SettingValue> value_from_json(std::string_view path, const boost::json::value& value);

/// {"log.level": {"value": "debug", "locked": true}}, by path.
boost::json::object settings_json(std::span<const hierarchy::PolicySetting> settings);
/// The reverse; "locked" may be absent. Fails with invalid_request on "settings.PATH", or too_large.
Result<std::vector<hierarchy::PolicySetting>> settings_from_json(const boost::json::object& settings);

/// The schema of an application's settings: JSON Schema 2020-12 with the keywords "unit", "mergeable" and "needsRestart" besides.
boost::json::object schema_json(const hierarchy::Application& application);

/// What goes down to secondaries: application, name, inherit, force and settings. One text for one policy.
std::string policy_content(const hierarchy::Policy& policy);
/// The reverse, of another server's or version's: id, group, times and revision are left empty, unknown settings are kept. Fails with
/// protocol_error.
Result<hierarchy::Policy> policy_from_content(std::string_view content);

}  // namespace daikan::server
