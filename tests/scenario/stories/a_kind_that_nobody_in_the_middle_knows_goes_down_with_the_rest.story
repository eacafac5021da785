# An object of a kind of a later version, put at the top: nobody on the way may swallow it, nor hold the rest up for it.
tree hq > branch > shop
put hq laptops
put-later hq rooms
advance 2m
expect agreed hq > branch > shop
expect inherits branch laptops rooms
expect inherits shop laptops rooms
put-later hq rooms
put hq printers
advance 1m
expect inherits shop laptops printers rooms
drop hq rooms
crash branch
start branch
advance 2m
expect inherits shop laptops printers
expect agreed hq > branch > shop
