# The position of an object names the servers above it: a new name goes down like an edit, without the objects.
tree hq > branch > shop
put hq laptops
advance 1m
mark
rename hq headquarters
advance 1m
expect agreed hq > branch > shop
expect sent branch "1 updates 0 full 0 objects"
expect sent shop "1 updates 0 full 0 objects"
