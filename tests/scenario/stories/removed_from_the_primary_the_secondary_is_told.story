tree hq > branch > shop
settle
remove hq branch
advance 1s
expect branch refused removed
expect says branch "“hq” removed “branch” from its secondaries"
expect path branch ""
expect path shop "branch"
expect joined branch shop
advance 10m
expect branch refused removed
expect events branch link_refused 1
add hq branch
advance 1m
expect joined hq branch
expect path shop "hq > branch"
