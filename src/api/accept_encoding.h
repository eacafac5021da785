// What a client says about the codings it takes (Accept-Encoding, RFC 9110 section 12.5.3).
//
// Knows the header alone, not which codings there are. Called for the files of the web console. The invariant: what cannot be understood
// counts as not said, so the worst that a strange header gets is a file that is not packed.
#pragma once

#include <optional>
#include <string_view>

namespace daikan::api {

/// How much `coding` is liked, in thousandths, 0 to 1000, by the name itself; nothing: it is not named (or not in a way that can be read).
std::optional<unsigned> quality_named(std::string_view header, std::string_view coding);

/// The same, with "*" standing for what is not named; 0: not taken.
unsigned quality_of(std::string_view header, std::string_view coding);

}  // namespace daikan::api
