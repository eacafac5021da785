# Whoever is killed in the middle of a join with an invitation: the same file finishes it, and it has registered one server.
disturb restart hq
disturb restart branch
disturb reset hq branch
server hq
server branch
invite hq file
join branch file
advance 30s
join branch file
advance 3m
expect invitation file used
expect joined hq branch
