server hq protocol=2-3 software=daikan-3.0
server branch protocol=1-1 software=daikan-1.0
add hq branch
primary branch hq
advance 1s
expect hq/branch refused version_unsupported
expect branch refused version_unsupported
expect says branch "“hq” (daikan-3.0) speaks link protocol 2 to 3, but “branch” (daikan-1.0) speaks link protocol 1"
expect says branch "Update “branch”"
advance 1h
expect events hq link_refused 1
expect events branch link_refused 1
