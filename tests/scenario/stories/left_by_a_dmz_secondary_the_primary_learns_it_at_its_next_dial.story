server hq
server dmz
add hq dmz dmz
primary dmz hq dmz
advance 2m
expect joined hq dmz
leave dmz
advance 2s
expect hq/dmz refused unknown_to_secondary
primary dmz hq dmz
advance 1m
expect joined hq dmz
