# The DMZ server has not been told yet that it has a primary.
server hq
server dmz
add hq dmz dmz
advance 1s
expect hq/dmz refused unknown_to_secondary
expect next hq/dmz 28s 60s
primary dmz hq dmz
advance 1m
expect joined hq dmz
