# The two administrators chose different directions.
server hq
server branch
add hq branch dmz
primary branch hq
advance 3m
expect joined hq branch
mark
advance 1h
expect joined hq branch
expect events hq link_connected 0
expect dials hq 0 0
expect dials branch 0 0
