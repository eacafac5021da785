# The same where the primary dials.
disturb restart hq
disturb restart branch
disturb reset hq branch
server hq
server branch
add hq branch dmz
primary branch hq dmz
advance 10s
put hq laptops
put hq phones
advance 1s
drop hq laptops
advance 4m
expect agreed hq > branch
expect inherits branch phones
