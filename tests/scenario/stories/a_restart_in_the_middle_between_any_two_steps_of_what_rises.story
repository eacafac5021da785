feeds
tree hq > branch > shop
advance 10s
happen shop alarm 4
say shop paper low
advance 2s
happen shop alarm 3
advance 10m
expect heard hq alarm 7
expect told hq shop paper low
expect kept shop 0
expect kept branch 0
expect gaps hq
disturb restart branch
