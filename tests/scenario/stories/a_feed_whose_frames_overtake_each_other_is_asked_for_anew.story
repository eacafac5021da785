feeds
tree hq > branch > shop
advance 1m
swap branch shop
swap hq branch
happen shop alarm 9
say shop paper full
advance 1m
happen shop alarm 9
say shop paper low
advance 10m
mend branch shop
mend hq branch
reset branch shop
advance 10m
expect heard hq alarm 18
expect told hq shop paper low
expect kept shop 0
