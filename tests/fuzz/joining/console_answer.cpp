// What a console client reads from a server nobody has checked yet: identities and problem documents; and a saved progress.
#include <cstdlib>

#include <boost/json.hpp>

#include "base/text.h"
#include "joining/console_client.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto error = daikan::joining::error_of_answer(409, text, "hq:13291");
  if (error.message.empty()) std::abort();
  if (auto progress = daikan::joining::progress_from_json(text)) {
    const auto again = daikan::joining::progress_from_json(daikan::joining::to_json(*progress));
    if (!again || daikan::joining::to_json(*again) != daikan::joining::to_json(*progress)) std::abort();
  }
  boost::system::error_code bad;
  const auto value = boost::json::parse(text, bad);
  if (!bad) static_cast<void>(daikan::joining::identity_from_json(value, "hq:13291"));
  return 0;
}
