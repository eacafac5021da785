server hq
server branch
slow hq branch 12s
add hq branch
primary branch hq
advance 10m
expect hq/branch never_connected timed_out
expect says hq/branch "silent for 10 s"
expect events hq link_connected 0
slow hq branch 5ms
advance 2m
expect joined hq branch
