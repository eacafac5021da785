# Joining a tree below another one: only what would be too deep falls off, and comes back when the tree is higher again.
server c depth=2
tree b > c
settle
expect joined b c
tree a > b
advance 1s
expect joined a b
expect c refused too_deep
expect b/c refused too_deep
leave b
advance 2m
expect joined b c
