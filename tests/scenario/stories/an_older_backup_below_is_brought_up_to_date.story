# The secondary is restored from a backup: its hello says an older revision, and everything comes beyond both.
tree hq > branch > shop
put hq laptops
advance 1m
backup branch
drop hq laptops
put hq phones
advance 1m
mark
restore branch
advance 3m
expect inherits branch phones
expect inherits shop phones
expect agreed hq > branch > shop
