# Way 2, the other way round: the secondary is refused until the primary has registered it, waits long, and says so.
server hq
server branch
primary branch hq
advance 1s
expect branch refused unknown_to_primary
expect next branch 28s 60s
expect says branch "has not registered"
advance 10m
expect branch refused unknown_to_primary
expect events branch link_refused 1
expect dials branch 10 25
add hq branch
advance 1m
expect joined hq branch
