server hq protocol=1-2 software=daikan-0.2
server older protocol=1-1
server newer protocol=2-3 software=daikan-0.3
add hq older
primary older hq
add hq newer
primary newer hq
advance 1s
expect joined hq older
expect joined hq newer
expect version hq/newer "daikan-0.3"
