# The middle passes nothing on that it does not understand; below it everybody has what the middle's own side says: nothing from the top.
server hq
server branch old
server shop
tree hq > branch > shop
put hq laptops
advance 3m
expect tree hq > branch > shop
expect inherits shop
upgrade branch
advance 3m
expect agreed hq > branch > shop
expect inherits shop laptops
