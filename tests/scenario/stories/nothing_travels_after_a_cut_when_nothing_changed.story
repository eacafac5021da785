tree hq > branch > shop
put hq laptops
advance 1m
mark
cut hq branch
advance 10m
mend hq branch
advance 3m
reset branch shop
advance 3m
expect agreed hq > branch > shop
expect sent branch "0 updates 0 full 0 objects"
expect sent shop "0 updates 0 full 0 objects"
