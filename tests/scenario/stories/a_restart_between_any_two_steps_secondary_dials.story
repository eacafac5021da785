# Whenever one of the three is killed and started again, all come back together.
disturb restart hq
disturb restart branch
disturb restart shop
tree hq > branch > shop
advance 5m
expect tree hq > branch > shop
expect path shop "hq > branch"
