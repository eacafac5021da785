# Nobody has to be asked.
server hq
mark
roll hq
advance 1s
expect key hq changed
expect roll-over hq none
tree hq > branch
advance 1m
expect joined hq branch
