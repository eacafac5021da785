# A connection that never lasts a minute does not start the back-off anew.
tree hq > branch
advance 5m
mark
reset hq branch
advance 3s
reset hq branch
advance 3s
reset hq branch
advance 4s
reset hq branch
advance 9s
reset hq branch
advance 17s
reset hq branch
advance 33s
reset hq branch
expect dials branch 3 7
advance 2m
expect joined hq branch
