# The same with both links dialled from above.
disturb restart hq
disturb restart branch
disturb restart shop
server hq
server branch
server shop
add hq branch dmz
primary branch hq dmz
primary shop branch dmz
add branch shop dmz
advance 5m
expect tree hq > branch > shop
expect path shop "hq > branch"
