# Removing on one side and joining again, with a crash at any moment.
disturb restart hq
disturb restart branch
disturb reset hq branch
tree hq > branch
advance 2m
remove hq branch
advance 2m
add hq branch
advance 3m
expect joined hq branch
leave branch
advance 2m
primary branch hq
advance 3m
expect joined hq branch
