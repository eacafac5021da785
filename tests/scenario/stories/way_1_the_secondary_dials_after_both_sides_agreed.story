# Way 1: the console reaches both servers; the primary registers first, then the secondary is told.
server hq
server branch
add hq branch
expect hq/branch never_connected
primary branch hq
advance 2s
expect joined hq branch
expect path branch "hq"
expect version hq/branch "daikan 0.1.0"
expect events hq link_connected 1 branch
expect events branch link_connected 1
advance 2h
expect joined hq branch
expect events hq link_connected 1
