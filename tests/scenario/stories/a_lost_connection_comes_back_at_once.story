# After more than a minute up the first wait is half a second at most.
tree hq > branch
advance 5m
expect joined hq branch
reset hq branch
advance 1s
expect joined hq branch
