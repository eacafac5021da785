// An edit in place from its plan to its transaction, the same for a secondary and for the primary: what it would make of the record is
// looked at, a new way that this server dials is tried, and then all of it is written, or nothing.
//
// Knows neither record; secondary_edit.cpp and primary_edit.cpp say how one is planned and written. Invariant: what was tested is what is
// saved: the record must be as it was when it was planned.
#pragma once

#include <utility>

#include "server/dial_edit.h"
#include "server/facts.h"
#include "server/seen.h"
#include "server/storage.h"

namespace daikan::server {

/// The parts of this server that an edit needs; all of them outlive it.
struct EditParts {
  Storage& storage;
  const Facts& facts;
  unsigned& tests;  ///< That run now.
};

/// `Edition`: everything the edit needs in its transactions, with `edit.dial`, `edit.seen` and `sealing`. `Edited`: `before` and `after`.
template <class Edition, class Edited>
struct EditSteps {
  Result<Edited> (*plan)(store::Transaction&, const Edition&);  ///< Writes nothing.
  Result<Edited> (*write)(store::Transaction&, const Edition&);
  hierarchy::Direction own;  ///< In which this server dials.
};

template <class Edition, class Edited>
awaitable<Result<Edited>> carry_out_edit(EditParts parts, Edition edition, EditSteps<Edition, Edited> steps) {
  if (edition.edit.dial.test == DialEdit::Test::first) {
    const auto look = [edition, steps](store::Transaction& transaction) { return steps.plan(transaction, edition); };
    auto planned = co_await parts.storage.template read<Edited>(look);
    if (!planned) co_return fail(std::move(planned.error()));
    auto test = test_of(way_of(planned->before), way_of(planned->after), steps.own, edition.sealing);
    if (!test) co_return fail(std::move(test.error()));
    if (*test) {
      auto reached = co_await test_edit(parts.facts, parts.tests, std::move(**test), planned->after.certificate);
      if (!reached) co_return fail(std::move(reached.error()));
      edition.edit.seen = Seen({planned->before.revision});
    }
  }
  const auto work = [edition = std::move(edition), steps](store::Transaction& transaction) { return steps.write(transaction, edition); };
  auto stored = co_await parts.storage.template write<Edited>(work);
  co_return stored;
}

}  // namespace daikan::server
