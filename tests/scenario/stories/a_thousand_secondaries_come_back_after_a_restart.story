# All back within one back-off round, and no herd in step.
server hq
crowd hq 1000
advance 3m
expect crowd hq joined
mark
crash hq
advance 10s
start hq
advance 60s
expect crowd hq joined
expect spread hq 100ms 10
expect spread hq 1s 40
