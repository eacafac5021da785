# A kind of record of a later version: an event and a state. Nobody in the middle may swallow it.
feeds
tree hq > branch > shop
advance 1m
later shop moved
later shop fleet big
advance 1m
expect heard hq moved 1
expect told hq shop fleet big
later shop fleet small
advance 1m
expect told hq shop fleet small
expect kept shop 0
expect kept branch 0
