# A secondary in a DMZ cannot dial: it waits for the primary's next dial as long as that can take, and says so when it never came.
server hq
server dmz
add hq dmz dmz
primary dmz hq dmz
advance 2m
expect joined hq dmz
cut hq dmz
leave dmz
advance 30s
mend hq dmz
advance 40s
expect hq/dmz refused removed
primary dmz hq dmz
advance 2m
expect joined hq dmz
mark
cut hq dmz
leave dmz
advance 5m
expect events dmz leave_untold 1
mend hq dmz
advance 3m
expect hq/dmz refused unknown_to_secondary
remove hq dmz
add hq dmz dmz
primary dmz hq dmz
advance 2m
expect joined hq dmz
