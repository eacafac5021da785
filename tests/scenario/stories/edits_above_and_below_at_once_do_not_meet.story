# Every object has one owner: edits on all three levels at the same moment, over slow wires, all arrive.
tree hq > branch > shop > till
advance 1m
slow hq branch 3s
slow branch shop 7s
put hq a
put branch b
put shop c
put hq a
put shop c
put branch b
advance 1s
put hq d
drop branch b
put shop e
advance 3m
expect agreed hq > branch > shop > till
expect inherits till a c d e
