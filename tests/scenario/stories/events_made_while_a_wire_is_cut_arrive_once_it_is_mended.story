feeds
tree hq > branch > shop
advance 1m
cut hq branch
happen shop alarm 20
happen branch fire
advance 2h
expect heard hq alarm 0
expect heard branch alarm 20
expect kept shop 0
expect kept branch 21
mend hq branch
advance 5m
expect heard hq alarm 20
expect heard hq fire 1
expect kept branch 0
expect gaps hq
