# It is shown as not understanding them, its link stands; after an upgrade it gets everything.
server hq
server branch old
tree hq > branch
put hq laptops
mark
advance 3m
expect joined hq branch
expect failure hq branch version_unsupported
expect inherits branch
expect sent branch "0 updates 0 full 0 objects"
upgrade branch
advance 3m
expect failure hq branch none
expect inherits branch laptops
expect agreed hq > branch
