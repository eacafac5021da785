server hq
server branch clock=+90s
server shop clock=-10s
add hq branch
primary branch hq
add hq shop
primary shop hq
advance 5s
expect joined hq branch
expect skew hq/branch +90s
expect skew branch -90s
expect skew hq/shop -10s
expect events hq clock_skew 1 branch
expect events branch clock_skew 1
expect events hq clock_skew 0 shop
reset hq branch
advance 5m
expect joined hq branch
expect events hq clock_skew 1 branch
