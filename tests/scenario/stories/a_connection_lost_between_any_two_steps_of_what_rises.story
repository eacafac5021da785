feeds
tree hq > branch
advance 10s
happen branch alarm 4
say branch paper low
advance 2s
unsay branch paper
advance 10m
expect heard hq alarm 4
expect told hq branch paper nothing
expect kept branch 0
disturb reset hq branch
