# Way 3: the primary dials; the secondary never does.
server hq
server dmz
primary dmz hq dmz
advance 1m
expect dmz never_connected
add hq dmz dmz
advance 1s
expect joined hq dmz
expect dials dmz 0 0
reset hq dmz
advance 1m
expect joined hq dmz
expect dials dmz 0 0
