feeds
tree hq > branch
say branch lamp red
say branch paper full
say branch door open
advance 1m
bound branch 2
cut hq branch
happen branch alarm 4
say branch door shut
unsay branch lamp
advance 1h
mend hq branch
advance 10m
expect told hq branch door shut
expect told hq branch paper full
expect told hq branch lamp nothing
expect kept branch 0
disturb restart hq
