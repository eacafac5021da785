# The secondary leaves: what came from above goes, on its own secondaries too, and what it owns stays.
tree hq > branch > shop
put hq laptops
put branch printers
advance 1m
leave branch
advance 1m
expect inherits branch
expect inherits shop printers
expect agreed branch > shop
