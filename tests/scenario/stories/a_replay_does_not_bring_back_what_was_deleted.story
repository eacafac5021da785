# Every update that was ever sent comes once more, the newest first: nothing changes.
tree hq > branch > shop
put hq laptops
advance 1m
put hq phones
advance 1m
drop hq laptops
advance 1m
expect inherits branch phones
replay branch
expect inherits branch phones
replay shop
expect inherits shop phones
advance 1m
expect agreed hq > branch > shop
