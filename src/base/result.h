// Result<T>: a value or an Error. Expected failures travel as values; exceptions end a unit of work
// (docs/adr/0004-result-and-exceptions.md).
#pragma once

#include <utility>

#include <tl/expected.hpp>

#include "base/error.h"

namespace daikan {

template <class T = void>
using Result = tl::expected<T, Error>;

/// `return fail(Code::loop, "…", "…");`
template <class... Args>
tl::unexpected<Error> fail(Args&&... args) {
  return tl::unexpected<Error>(Error(std::forward<Args>(args)...));
}

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace daikan
