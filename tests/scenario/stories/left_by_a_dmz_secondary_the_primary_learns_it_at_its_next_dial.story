server hq
server dmz
add hq dmz dmz
primary dmz hq dmz
advance 2m
expect joined hq dmz
leave dmz
advance 2s
expect hq/dmz refused removed
expect says hq/dmz "“dmz” has left"
# It stays so, whatever the next dials meet, and over a restart.
advance 10m
expect hq/dmz refused removed
crash hq
start hq
advance 5m
expect hq/dmz refused removed
primary dmz hq dmz
advance 2m
expect joined hq dmz
