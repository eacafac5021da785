# While the link is down the last applied state stays in force; afterwards only what changed is sent (P11).
tree hq > branch
put hq laptops
put hq phones
put hq printers
advance 1m
cut hq branch
advance 1m
put hq phones
put hq scanners
drop hq printers
advance 1h
expect inherits branch laptops phones printers
expect behind hq branch
mark
mend hq branch
advance 3m
expect agreed hq > branch
expect inherits branch laptops phones scanners
expect sent branch "1 updates 0 full 2 objects"
