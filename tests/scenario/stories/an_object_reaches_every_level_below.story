# What is put at the top is applied on every level, what is put in the middle below it only, and a deletion goes the same way.
tree hq > branch > shop
tree hq > office
put hq laptops
put branch printers
advance 2m
expect agreed hq > branch > shop
expect agreed hq > office
expect inherits branch laptops
expect inherits shop laptops printers
expect inherits office laptops
drop hq laptops
advance 1m
expect inherits branch
expect inherits shop printers
expect inherits office
expect agreed hq > branch > shop
