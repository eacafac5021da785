# The answer comes after it was given up: it is applied all the same, the primary asks again and learns it.
tree hq > branch
advance 1m
slow hq branch 15s
put hq laptops
advance 16s
expect behind hq branch
advance 10s
slow hq branch 10ms
advance 4m
expect agreed hq > branch
expect inherits branch laptops
expect failure hq branch none
