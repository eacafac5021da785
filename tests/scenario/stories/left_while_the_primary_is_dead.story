# Either side forgets a dead other side, and they can join again in any order.
tree hq > branch
settle
crash hq
advance 1m
leave branch
advance 1m
start hq
advance 5m
expect hq/branch disconnected
remove hq branch
primary branch hq
advance 2m
expect branch refused unknown_to_primary
add hq branch
advance 1m
expect joined hq branch
