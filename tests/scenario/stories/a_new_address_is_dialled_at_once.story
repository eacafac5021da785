# The primary moved to another host; the secondary's administrator edits the address.
tree hq > branch
settle
crash hq
server elsewhere key-of=hq id-of=hq
add elsewhere branch
advance 10m
expect branch disconnected refused
address branch elsewhere
advance 1s
expect branch connected
expect elsewhere/branch connected
