feeds
server hq clock=-24h
server branch clock=+24h
server shop clock=-12h
tree hq > branch > shop
advance 1m
happen shop alarm 5
say shop paper full
advance 1m
crash shop
start shop
say shop paper low
happen branch fire
advance 10m
expect heard hq alarm 5
expect heard hq fire 1
expect told hq shop paper low
expect kept shop 0
expect kept branch 0
expect gaps hq
