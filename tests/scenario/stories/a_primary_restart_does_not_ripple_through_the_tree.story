# The ancestors are kept over a short absence: nobody below is told anything.
tree hq > branch > shop
settle
mark
crash hq
advance 1m
expect path branch "hq"
expect path shop "hq > branch"
start hq
advance 2m
expect tree hq > branch > shop
expect events shop link_connected 0
expect events shop link_disconnected 0
