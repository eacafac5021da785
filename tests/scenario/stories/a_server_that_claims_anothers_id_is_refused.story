# Its key is its own and registered, its id is the branch's: a copied data folder with a new key, or a thief.
tree hq > branch
settle
server thief id-of=branch
add hq thief
primary thief hq
advance 1s
expect hq/thief refused identity_conflict
expect says hq/thief "claims to be the one registered as “branch”"
expect joined hq branch
advance 1h
expect thief refused identity_conflict
expect joined hq branch
expect events hq link_refused 1 thief
expect events hq link_connected 0 thief
expect events thief link_connected 1
expect events thief link_refused 1
expect events hq link_disconnected 0 branch
