# Revoked and expired invitations are refused with a code that says which, and register nobody.
server hq
server branch
invite hq stolen
revoke stolen
join branch stolen
advance 1m
expect outcome branch invitation_revoked
invite hq old 10m
advance 11m
join branch old
advance 1m
expect outcome branch invitation_expired
expect invitation old expired
# A fresh one still works.
invite hq fresh
join branch fresh
advance 3m
expect joined hq branch
