# The primary, the middle or the lowest server restarts at any moment: what was applied before is in force, and all agree afterwards.
disturb restart hq
disturb restart branch
disturb restart shop
tree hq > branch > shop
advance 10s
put hq laptops
put branch printers
advance 1s
drop hq laptops
put hq phones
advance 3m
expect agreed hq > branch > shop
expect inherits shop phones printers
