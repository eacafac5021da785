// notification add, edit, list, show, test, remove: what each is told.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"

namespace daikan::cli {

struct NotificationAdd {
  std::string name;
  std::string email;  ///< One of these three.
  std::string webhook;
  std::string syslog;
  std::string transport;
  std::string fingerprint;
  std::string from;
  std::vector<std::string> to;
  std::string user;
  std::string secret_file;
  std::string severity;
  std::vector<std::string> kinds;
};
awaitable<Result<>> notification_add(Context&, ApiSession&, NotificationAdd);
/// What is empty stays as it is.
struct NotificationEdit {
  std::string destination;
  std::string name;
  std::string address;
  std::string transport;
  std::string fingerprint;
  std::string from;
  std::vector<std::string> to;
  std::string user;
  std::string secret_file;
  std::string severity;
  std::vector<std::string> kinds;
  bool no_fingerprint = false;
  bool no_login = false;
  bool every_kind = false;
};
awaitable<Result<>> notification_edit(Context&, ApiSession&, NotificationEdit);
awaitable<Result<>> notification_list(Context&, ApiSession&, NoOptions);
struct DestinationName {
  std::string name;
};
awaitable<Result<>> notification_show(Context&, ApiSession&, DestinationName);
awaitable<Result<>> notification_test(Context&, ApiSession&, DestinationName);
awaitable<Result<>> notification_remove(Context&, ApiSession&, DestinationName);

}  // namespace daikan::cli
