# Setting another primary is leaving the former one; coming back at once is not.
tree hq > branch
server other
add other branch
settle
fails already_has_primary primary branch other
primary branch other unchecked  # asked for it to be replaced
advance 2s
expect joined other branch
expect hq/branch refused removed
expect events hq secondary_left 1
primary branch hq unchecked
advance 1m
expect joined hq branch
expect other/branch refused removed
leave branch
primary branch hq
advance 2m
expect joined hq branch
