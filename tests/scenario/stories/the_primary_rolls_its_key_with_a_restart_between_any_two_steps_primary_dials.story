# Whoever is killed, and wherever the wire is torn: the roll-over goes on, both ends stay or come together, and in the end the peer knows the
# new key and no other.
disturb restart hq
disturb restart branch
disturb reset hq branch
server hq
server branch
add hq branch dmz
primary branch hq dmz
advance 2m
expect joined hq branch
mark
roll hq
advance 4m
expect key hq changed
expect roll-over hq none
expect pinned branch hq
expect joined hq branch
