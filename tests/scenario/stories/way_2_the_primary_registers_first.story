# Way 2, by certificate files: the record exists before the secondary knows of its primary.
server hq
server branch
add hq branch
advance 10m
expect hq/branch never_connected
primary branch hq
advance 2s
expect joined hq branch
