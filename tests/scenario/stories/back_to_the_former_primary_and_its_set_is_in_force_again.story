# Away and back, with edits meanwhile: a new registration begins to count anew and old confirmations mean nothing.
tree west > branch
put west laptops
put west phones
advance 1m
server east
add east branch
primary branch east unchecked
advance 3m
expect inherits branch
drop west laptops
remove west branch
remove east branch
add west branch
primary branch west unchecked
advance 4m
expect inherits branch phones
expect agreed west > branch
