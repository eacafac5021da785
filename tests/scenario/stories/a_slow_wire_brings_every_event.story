feeds
tree hq > branch > shop
slow hq branch 2s
slow branch shop 3s
advance 2m
happen shop alarm 7
advance 2s
expect heard hq alarm 0
advance 2m
expect heard hq alarm 7
expect kept shop 0
