# The shop does not know its grandparent by certificate, but the hello's path names it.
tree hq > branch > shop
settle
add shop hq
primary hq shop
advance 2s
expect hq refused loop
expect shop/hq refused loop
expect says hq "hq > branch > shop > hq"
mark
advance 1h
expect tree hq > branch > shop
expect events hq link_refused 0
expect events branch link_disconnected 0
expect dials hq 50 130
leave hq
advance 1m
expect tree hq > branch > shop
