tree hq > branch
put hq north "Managed devices/North"
move hq branch "Managed devices/Northern"
advance 1m
expect inherits branch
expect agreed hq > branch
