tree hq > branch
settle
server impostor
address branch impostor
crash hq
advance 1m
expect branch refused certificate_mismatch
expect events branch link_refused 1
