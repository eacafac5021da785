feeds
tree hq > east > shop
tree hq > west
say shop lamp red
happen shop alarm 3
advance 1m
expect heard hq alarm 3
leave shop
remove east shop
tree west > shop
advance 10m
expect told west shop lamp red
expect told east shop lamp nothing
expect told hq shop lamp red
expect heard hq alarm 3
happen shop alarm
advance 1m
expect heard hq alarm 4
