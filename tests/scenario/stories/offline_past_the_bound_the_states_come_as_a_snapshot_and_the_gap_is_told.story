# The oldest records of branch are dropped. What happened is lost and counted; what is so is up to date.
feeds
tree hq > branch > shop
advance 1m
say shop paper full
say shop lamp red
advance 1m
expect told hq shop paper full
bound branch 5
cut hq branch
happen shop alarm 12
say shop paper low
unsay shop lamp
advance 24h
expect kept branch 5
mend hq branch
advance 10m
expect told hq shop paper low
expect told hq shop lamp nothing
expect heard branch alarm 12
expect heard hq alarm 3
expect gaps hq 9
expect gaps branch
