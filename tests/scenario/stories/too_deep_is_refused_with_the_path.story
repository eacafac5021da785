# Both ends look at the bound of either side; it counts levels from the root.
tree a > b > c > d
settle
expect tree a > b > c > d
server e depth=4
add d e
primary e d
advance 1s
expect e refused too_deep
expect d/e refused too_deep
expect says e "level 5 of the tree, a > b > c > d > e"
expect says d/e "allows 4"
expect events e link_refused 1
