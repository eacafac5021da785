# The primary is restored: its older state counts, though the secondary has a higher revision.
tree hq > branch > shop
put hq laptops
advance 1m
backup hq
put hq phones
drop hq laptops
put hq printers
advance 1m
expect inherits shop phones printers
restore hq
advance 3m
expect inherits branch laptops
expect inherits shop laptops
expect agreed hq > branch > shop
