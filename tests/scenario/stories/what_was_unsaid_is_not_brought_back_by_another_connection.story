feeds
tree hq > branch > shop
say shop lamp red
advance 1m
expect told hq shop lamp red
cut hq branch
unsay shop lamp
advance 1m
reset branch shop
advance 1m
mend hq branch
advance 10m
expect told hq shop lamp nothing
say shop lamp green
advance 1m
expect told hq shop lamp green
