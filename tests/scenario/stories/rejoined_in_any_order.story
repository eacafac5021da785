tree hq > branch
settle
leave branch
remove hq branch
advance 1m
primary branch hq
advance 5s
add hq branch
advance 1m
expect joined hq branch
remove hq branch
leave branch
add hq branch
advance 5s
primary branch hq
advance 1m
expect joined hq branch
