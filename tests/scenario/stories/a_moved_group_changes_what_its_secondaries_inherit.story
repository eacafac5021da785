# Objects of a group reach the secondaries in it and below it; a move takes some away and brings others, at every depth.
tree hq > branch > shop
put hq all
put hq north "Managed devices/North"
put hq south "Managed devices/South"
move hq branch "Managed devices/North/Coast"
advance 1m
expect inherits branch all north
expect inherits shop all north
move hq branch "Managed devices/South"
advance 1m
expect inherits branch all south
expect inherits shop all south
move hq branch "Managed devices"
advance 1m
expect inherits shop all
expect agreed hq > branch > shop
