# What was inherited becomes the server's own and stays in force below it.
tree hq > branch > shop
put hq laptops
advance 1m
leave branch keep
advance 1m
expect inherits branch
expect inherits shop laptops
expect agreed branch > shop
