// secondary add with an account of the secondary: way 1, and way 3 where its console is reachable.
//
// Gathers the answers (options, or questions at a terminal), confirms the fingerprint, and hands over to join_runner.h.
#pragma once

#include "cli/commands.h"
#include "joining/join.h"

namespace daikan::cli {

/// `options.address` is set. Fails with invalid_request naming every missing option when nothing can be asked, and as joining/join.h.
awaitable<Result<>> join_secondary(Context& context, ApiSession& session, SecondaryAdd options);

/// The account of the secondary: from the options, the rest asked. Fails with invalid_request when nothing can be asked.
Result<joining::Credentials> credentials_of(Context& context, const SecondaryAdd& options);

}  // namespace daikan::cli
