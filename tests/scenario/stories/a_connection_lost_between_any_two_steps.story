# Whenever a connection is torn, the link is made again.
disturb reset hq branch
disturb reset branch shop
tree hq > branch > shop
advance 5m
expect tree hq > branch > shop
rename hq headquarters
advance 2m
expect tree hq > branch > shop
expect path shop "headquarters > branch"
