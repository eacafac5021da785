# Nobody can tell the dead: the secondary says so, the primary shows it as disconnected, and either side goes on without the other.
tree hq > branch
settle
crash hq
leave branch
advance 1m
expect events branch leave_untold 1
expect events branch link_disconnected 1
start hq
advance 5m
expect hq/branch disconnected
server other
add other branch
primary branch other
advance 1m
expect joined other branch
remove hq branch
expect joined other branch
