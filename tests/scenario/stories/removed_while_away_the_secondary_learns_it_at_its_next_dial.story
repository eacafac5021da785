tree hq > branch
settle
cut hq branch
advance 1m
remove hq branch
mend hq branch
advance 2m
expect branch refused unknown_to_primary
