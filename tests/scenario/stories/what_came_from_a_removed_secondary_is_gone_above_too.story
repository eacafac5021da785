feeds
tree hq > branch > shop
say shop lamp red
happen shop alarm
advance 1m
expect told hq shop lamp red
remove branch shop
advance 1m
expect told branch shop lamp nothing
expect told hq shop lamp nothing
expect heard hq alarm 1
