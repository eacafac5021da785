# Two administrators, one moment.
disturb restart hq
disturb reset hq branch
tree hq > branch
advance 2m
mark
roll hq
roll branch
advance 4m
expect key hq changed
expect key branch changed
expect pinned branch hq
expect pinned hq branch
expect joined hq branch
