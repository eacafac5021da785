# One secondary is away. An administrator ends the wait; the one that slept through it refuses the new key until it is given the file.
tree hq > branch
tree hq > shop
advance 2m
cut hq shop
advance 2m
mark
roll hq
advance 2m
expect roll-over hq announcing
expect key hq kept
expect joined hq branch
roll hq finish
advance 2m
expect key hq changed
expect roll-over hq switched
expect joined hq branch
expect pinned branch hq
mend hq shop
advance 5m
expect shop refused certificate_mismatch
repin shop hq
advance 2m
expect joined hq shop
expect pinned shop hq
expect roll-over hq none
roll hq cancel fails
