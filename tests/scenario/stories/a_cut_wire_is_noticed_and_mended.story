# A silent wire is known within 15 s; the link comes back within one back-off round.
tree hq > branch > shop
advance 5m
expect tree hq > branch > shop
mark
cut hq branch
advance 15s
expect hq/branch disconnected timed_out
expect branch disconnected timed_out
expect joined branch shop
advance 30m
expect branch disconnected
expect joined branch shop
mend hq branch
advance 80s
expect tree hq > branch > shop
expect events hq link_disconnected 1
expect events hq link_connected 1
expect events branch link_disconnected 1
expect events branch link_failed 1
