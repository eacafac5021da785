# Two databases that agreed to both at the same moment (rules bypassed): one link stands at most, and it heals.
server a
server b
add a b unchecked
add b a unchecked
primary a b unchecked
primary b a unchecked
settle
mark
advance 1h
expect events a link_connected 0
expect events b link_connected 0
expect dials a 0 150
expect dials b 0 150
remove b a
leave a
advance 2m
expect joined a b
