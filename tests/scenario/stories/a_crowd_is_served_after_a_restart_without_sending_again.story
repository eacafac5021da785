# Fifty secondaries agree; the primary restarts and sends nothing; then one edit is one update each.
server hq
crowd hq 50
put hq laptops
advance 2m
expect agreed hq > hq-0
expect agreed hq > hq-49
mark
crash hq
start hq
advance 5m
expect crowd hq joined
expect sent hq-7 "0 updates 0 full 0 objects"
put hq phones
advance 1m
expect agreed hq > hq-7
expect sent hq-7 "1 updates 0 full 1 objects"
