// The template half of net/async.h: with_deadline<T> in terms of one function that is compiled once.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "net/async.h"

namespace daikan::net {
namespace detail {

enum class DeadlineEnd : std::uint8_t { finished, timed_out, cancelled };

/// Runs `task`; at `deadline`, or when the caller is cancelled, cancels it. Returns only after it has ended; rethrows its exception unless
/// that is the cancellation asked for here.
awaitable<DeadlineEnd> run_until(SteadyTime deadline, awaitable<> task);

Error deadline_error(DeadlineEnd end, std::string_view what);

template <class T>
awaitable<> store_result(awaitable<Result<T>> task, std::optional<Result<T>>& into) {
  auto result = co_await std::move(task);
  into.emplace(std::move(result));
}

}  // namespace detail

template <class T>
awaitable<Result<T>> with_deadline(SteadyTime deadline, std::string_view what, awaitable<Result<T>> task) {
  std::optional<Result<T>> result;
  auto stored = detail::store_result(std::move(task), result);
  const auto end = co_await detail::run_until(deadline, std::move(stored));
  if (result && (end == detail::DeadlineEnd::finished || result->has_value())) co_return std::move(*result);
  co_return fail(detail::deadline_error(end, what));
}

}  // namespace daikan::net
