# An empty set is a set too: it has a revision, and nothing older beats it.
tree hq > branch
put hq laptops
advance 1m
drop hq laptops
advance 1m
expect inherits branch
replay branch
expect inherits branch
advance 1m
expect agreed hq > branch
