feeds
server hq
server branch old
server shop
tree hq > branch > shop
advance 1m
happen shop alarm 3
advance 5m
expect heard hq alarm 0
upgrade branch
advance 10m
expect heard hq alarm 3
expect kept shop 0
