# Cancelled before the switch everything is as it was: the same key, and nobody accepts another beside it.
disturb restart hq
disturb restart branch
disturb reset hq branch
tree hq > branch > shop
advance 2m
cut branch shop
advance 2m
mark
roll branch
advance 1m
expect roll-over branch announcing
roll branch cancel
mend branch shop
advance 4m
expect key branch kept
expect roll-over branch none
expect pinned hq branch
expect pinned shop branch
expect tree hq > branch > shop
