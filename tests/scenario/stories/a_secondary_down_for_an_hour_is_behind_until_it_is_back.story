tree hq > branch > shop
put hq laptops
advance 1m
crash branch
put hq phones
advance 1h
expect behind hq branch
expect inherits shop laptops
start branch
advance 3m
expect agreed hq > branch > shop
expect inherits shop laptops phones
