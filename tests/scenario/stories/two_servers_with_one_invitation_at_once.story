# Two servers come with one file at the same moment: one of them is registered.
server hq
server one
server two
slow hq two 500ms
invite hq file
join one file
join two file
advance 3m
expect outcome one done
expect outcome two invitation_used
expect joined hq one
