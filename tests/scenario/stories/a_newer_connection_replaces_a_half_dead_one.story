# The secondary was killed and the primary has not noticed: the new connection takes over without a disconnection.
tree hq > branch
settle
mark
crash branch
start branch
advance 2ms
expect hq/branch connected
advance 1s
expect joined hq branch
