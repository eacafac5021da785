tree hq > branch
slow hq branch 3s
settle
expect joined hq branch
rename hq headquarters
rename hq main
rename hq seat
advance 20s
expect path branch "seat"
expect joined hq branch
