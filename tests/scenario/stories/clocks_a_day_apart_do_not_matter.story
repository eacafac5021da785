# Revisions count, clocks do not.
disturb reset branch shop
server hq clock=+24h
server branch clock=-24h
server shop clock=+5h
tree hq > branch > shop
put hq laptops
put branch printers
advance 1m
drop hq laptops
put hq phones
advance 3m
expect agreed hq > branch > shop
expect inherits shop phones printers
