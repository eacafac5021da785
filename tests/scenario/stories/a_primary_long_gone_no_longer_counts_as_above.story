# After five minutes without a primary a server is the root of what is below it.
tree hq > branch > shop
settle
crash hq
advance 10m
expect path branch ""
expect path shop "branch"
start hq
advance 2m
expect path shop "hq > branch"
