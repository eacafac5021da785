# The file is used by one server; another one that got hold of it is refused, and the first may come again.
server hq
server branch
server thief
invite hq file
join branch file
advance 1m
expect joined hq branch
join thief file
advance 1m
expect outcome thief invitation_used
expect invitation file used
join branch file
advance 1m
expect outcome branch done
expect joined hq branch
# Removed from the primary, the used file opens no door any more.
remove hq branch
leave branch
advance 1m
join branch file
advance 1m
expect outcome branch invitation_used
