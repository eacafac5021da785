server a
server b
server c
server d
add a b dmz
add b c dmz
add c d dmz
add d a dmz
primary b a dmz
primary c b dmz
primary d c dmz
primary a d dmz
settle
mark
advance 1h
expect events a link_connected 0
expect events b link_connected 0
expect events c link_connected 0
expect events d link_connected 0
remove b c
advance 2m
expect tree c > d > a > b
expect path b "c > d > a"
