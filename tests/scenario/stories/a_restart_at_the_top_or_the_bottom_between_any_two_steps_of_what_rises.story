feeds
tree hq > branch
advance 10s
happen branch alarm 4
say branch paper low
advance 2s
happen branch alarm 3
advance 10m
expect heard hq alarm 7
expect told hq branch paper low
expect kept branch 0
disturb restart hq
disturb restart branch
