# Three levels, edits while the wires fail at any moment: afterwards all agree.
disturb reset hq branch
disturb reset branch shop
tree hq > branch > shop
advance 10s
put hq laptops
put branch printers
advance 1s
put hq laptops
drop branch printers
put branch phones
advance 3m
expect agreed hq > branch > shop
expect inherits shop laptops phones
