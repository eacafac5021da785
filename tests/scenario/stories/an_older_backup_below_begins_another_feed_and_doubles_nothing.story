feeds
tree hq > branch
advance 1m
happen branch early
say branch paper full
advance 1m
backup branch
happen branch late 3
say branch paper low
advance 1m
expect heard hq late 3
restore branch
advance 10m
expect heard hq early 1
expect heard hq late 3
expect told hq branch paper full
happen branch new
advance 1m
expect heard hq new 1
