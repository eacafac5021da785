# The move comes between an update and its answer, and a connection may be lost besides.
disturb reset hq branch
disturb restart branch
tree hq > branch > shop
put hq north "Managed devices/North"
put hq south "Managed devices/South"
advance 10s
move hq branch "Managed devices/North"
advance 10ms
move hq branch "Managed devices/South"
advance 3m
expect inherits shop south
expect agreed hq > branch > shop
