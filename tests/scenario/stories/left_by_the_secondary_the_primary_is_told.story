# A lower end sends no requests: it says so in answer to a last hello.
tree hq > branch > shop
settle
leave branch
advance 1s
expect hq/branch refused removed
expect says hq/branch "“branch” has left"
expect path shop "branch"
expect joined branch shop
mark
advance 1h
expect dials branch 0 0
expect hq/branch refused removed
primary branch hq
advance 2s
expect joined hq branch
