// Stories: text files that say what administrators and wires do to a tree of servers, and what must then be seen.
//
// One command a line, '#' begins a comment, "quotes" hold words with blanks. Durations: 500ms 10s 5m 2h.
//
//   server NAME [depth=N] [protocol=MIN-MAX] [clock=±DURATION] [software=TEXT] [id-of=OTHER] [key-of=OTHER] [old]
//   tree A > B > C             servers and links between them, the secondary dials; servers that exist already are used
//   add UPPER LOWER [dmz] [unchecked]          primary LOWER UPPER [dmz] [unchecked]
//   fails CODE add …|primary … the same, refused by the rules of that one server
//   remove UPPER LOWER         leave LOWER          rename SERVER NAME       address LOWER OTHER     retry SERVER    wipe SERVER
//   roll SERVER [begin|finish|cancel] [fails|maybe]           repin SERVER PEER (by file)
//   invite UPPER FILE [DURATION]       revoke FILE       join LOWER FILE
//   cut A B    mend A B    slow A B DURATION    reset A B    crash SERVER    start SERVER
//   crowd UPPER N              N servers, each joined to UPPER           advance DURATION      settle (5 minutes)
//   mark                       events and dials are counted from here
//   expect UPPER/LOWER STATE [CODE]            the upper end's view        expect LOWER STATE [CODE]    the lower end's view
//   expect joined A B          both ends are connected over one connection; every link of a chain with: expect tree A > B > C
//   expect roll-over SERVER none|announcing|switched          expect key SERVER kept|changed (since the mark)
//   expect pinned SERVER PEER  it knows exactly the key that the peer uses
//   expect invitation FILE open|used|revoked|expired          expect outcome LOWER done|CODE (of its last join with a file)
//   expect path LOWER "A > B"  expect says UPPER/LOWER|LOWER "words"     expect skew UPPER/LOWER|LOWER ±DURATION
//   expect next UPPER/LOWER|LOWER MIN MAX      expect version UPPER/LOWER TEXT
//   expect events SERVER KIND N [about]        expect dials SERVER MIN MAX      expect crowd UPPER joined
//   expect spread UPPER DURATION PERCENT       since the mark no window of DURATION brought back more than PERCENT of the crowd
//   put SERVER OBJECT [GROUP]  makes or edits an object of its own              drop SERVER OBJECT
//   put-later SERVER OBJECT    the same of a kind that no version knows yet
//   move UPPER LOWER GROUP     leave LOWER [keep]  (what was inherited stays as its own objects)
//   backup SERVER    restore SERVER    upgrade SERVER    replay LOWER (every update ever sent, the newest first)
//   expect agreed A > B > C    each has applied, and confirmed, what the one above computes      expect behind UPPER LOWER
//   expect inherits SERVER OBJECT…             exactly these              expect failure UPPER LOWER none|CODE
//   expect sent LOWER "N updates N full N objects"  since the mark
//   feeds                      the servers of this story have feeds; before the first link
//   happen SERVER EVENT [TIMES]    say SERVER SUBJECT WORD (a state)    unsay SERVER SUBJECT
//   later SERVER SUBJECT [WORD]    the same of a kind that nobody here knows: an event, with a word a state
//   bound SERVER N             it keeps no more records that nobody confirmed
//   double A B    swap A B     frames of the feed between them come twice, or overtake each other, until: mend A B
//   expect heard SERVER EVENT TIMES            by all that it was told       expect kept SERVER N (records not confirmed)
//   expect told SERVER ORIGIN SUBJECT WORD|nothing                           expect gaps SERVER [LOST…] (one number a gap)
//   disturb restart SERVER | disturb reset A B
//                              the whole story is told again and again, each time with that fault after one more step
#pragma once

#include <cstdint>
#include <string>

namespace daikan::scenario {

/// Plays `text` once as it is, and once per step when it asks for disturbance. Failures are reported to the running test with `name` and
/// line.
void play(const std::string& name, const std::string& text, std::uint64_t seed);

}  // namespace daikan::scenario
