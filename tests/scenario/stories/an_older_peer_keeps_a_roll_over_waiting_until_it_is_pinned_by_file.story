# A secondary of an older version cannot be told over the link.
server hq
server branch old
add hq branch
primary branch hq
advance 2m
roll hq
advance 5m
expect roll-over hq announcing
expect joined hq branch
roll hq begin fails
roll hq finish
advance 2m
expect branch refused certificate_mismatch
repin branch hq
advance 2m
expect joined hq branch
