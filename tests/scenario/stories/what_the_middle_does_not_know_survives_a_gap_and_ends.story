feeds
tree hq > branch > shop
advance 1m
later shop fleet big
later shop crew many
advance 1m
bound branch 1
cut hq branch
later shop fleet small
unsay shop crew
happen branch fire 3
advance 1h
mend hq branch
advance 10m
expect told hq shop fleet small
expect told hq shop crew nothing
expect gaps hq 4
