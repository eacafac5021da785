# The primary removes and adds it again; the secondary still has a revision of before.
disturb reset hq branch
disturb restart hq
tree hq > branch
put hq laptops
advance 30s
remove hq branch
put hq phones
advance 30s
add hq branch
primary branch hq
retry branch
advance 4m
expect inherits branch laptops phones
expect agreed hq > branch
