# "Try again now" ends the wait after a refusal.
server hq
server branch
primary branch hq
advance 1s
expect branch refused unknown_to_primary
add hq branch
expect branch refused
retry branch
advance 1s
expect joined hq branch
