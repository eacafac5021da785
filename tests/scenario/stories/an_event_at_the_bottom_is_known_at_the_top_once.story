# An event rises level by level, and nothing of it is kept on the way once the server above has it.
feeds
tree hq > branch > shop > till > scale
advance 1m
happen scale overweight
say scale paper low
advance 10s
expect heard hq overweight 1
expect heard branch overweight 1
expect told hq scale paper low
advance 5m
expect kept scale 0
expect kept branch 0
expect kept hq 0
expect gaps hq
