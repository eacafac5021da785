# Same key, another id: the connection that stands goes on.
tree hq > branch
settle
server copy key-of=branch
primary copy hq
advance 1s
expect copy refused identity_conflict
expect joined hq branch
advance 1h
expect joined hq branch
expect events hq link_refused 1
expect events hq link_disconnected 0
