# Re-parented above, greeted again below, on the connections that stand.
tree region > branch > shop
server hq
settle
mark
add hq region
primary region hq
advance 1s
expect tree hq > region > branch > shop
expect path shop "hq > region > branch"
expect events shop link_connected 0
expect events branch link_disconnected 0
rename region west
advance 1s
expect path shop "hq > west > branch"
leave region
advance 1s
expect path shop "west > branch"
expect events branch link_disconnected 0
