# The key survived, the data did not: another server than before, until both sides agree again.
tree hq > branch
settle
wipe branch
primary branch hq
advance 1s
expect hq/branch refused identity_conflict
expect branch refused identity_conflict
expect says branch "is another one than before"
remove hq branch
add hq branch
advance 70s
expect joined hq branch
