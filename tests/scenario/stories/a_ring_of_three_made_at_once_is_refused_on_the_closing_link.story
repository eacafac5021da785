server a
server b
server c
add a b
add b c
add c a
primary b a
primary c b
primary a c
settle
mark
advance 2h
expect events a link_connected 0
expect events b link_connected 0
expect events c link_connected 0
expect events a link_disconnected 0
expect events b link_disconnected 0
expect events c link_disconnected 0
expect dials a 0 250
expect dials b 0 250
expect dials c 0 250
# Cleared on one side, the other two come together by themselves.
leave a
advance 2m
expect tree a > b > c
expect path c "a > b"
