# Its database is gone: as a new server under its old key it begins at nothing.
tree hq > branch
put hq laptops
advance 1m
wipe branch
advance 30s
remove hq branch
add hq branch
primary branch hq
advance 4m
expect inherits branch laptops
expect agreed hq > branch
