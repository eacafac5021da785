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
expect events branch removed_by_primary 1
# A restart does not forget it.
crash branch
start branch
expect branch refused removed
advance 10m
expect branch refused removed
add hq branch
advance 1m
expect joined hq branch
expect path shop "hq > branch"
