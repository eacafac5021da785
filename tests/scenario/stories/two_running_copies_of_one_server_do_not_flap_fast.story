# Same key and id: each new connection replaces the other's, ever more slowly.
tree hq > branch
settle
server copy key-of=branch id-of=branch
primary copy hq
mark
advance 1h
expect dials branch 5 250
expect dials copy 5 250
