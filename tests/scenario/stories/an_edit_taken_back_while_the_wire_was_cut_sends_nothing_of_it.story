# What was made and deleted during the cut never reaches the secondary.
tree hq > branch
put hq laptops
advance 1m
cut hq branch
advance 1m
put hq phones
drop hq phones
mark
mend hq branch
advance 3m
expect agreed hq > branch
expect sent branch "0 updates 0 full 0 objects"
