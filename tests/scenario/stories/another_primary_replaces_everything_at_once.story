# Until the new primary has sent its set, the old one's stays in force; then nothing of the old one is left, not even by a lost connection.
disturb reset east branch
disturb restart branch
disturb restart east
tree west > branch > shop
put west laptops
server east
put east phones
advance 30s
expect inherits branch laptops
add east branch
primary branch east unchecked
expect inherits branch laptops
advance 4m
expect inherits branch phones
expect inherits shop phones
expect agreed east > branch > shop
