// Group tasks on their way down: which of this server's go to its secondaries, which came from above, and what stays when the primary is
// left.
//
// Joins server/task_content to server/downstream. Called by the composition root and by task_records. Invariant: only tasks that are to be
// distributed go down, without what stays with their owner (files, passphrases); what came from above is passed on as it is by downstream.
#pragma once

#include "server/downstream.h"
#include "server/task_records.h"

namespace daikan::server {

/// What downstream asks of tasks. When the primary is left, what was inherited becomes own tasks of the root group, each with another id,
/// which is the same when it is kept again; those that were held are disabled.
InheritedSource task_source();
/// Those from above, in the order of their owners. They are held where the primary may not manage tasks here.
std::vector<KnownTask> inherited_tasks(store::Transaction&);

}  // namespace daikan::server
