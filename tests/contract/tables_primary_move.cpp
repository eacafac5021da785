// The move to another primary on both engines.
#include "store/tables_primary_move.h"

#include "contract/fixture.h"
#include "contract/samples.h"

namespace daikan::contract {
namespace {

using hierarchy::PrimaryMove;
using store::Transaction;

DAIKAN_ON_BOTH(PrimaryMoveTable);

TEST_P(PrimaryMoveTable, AMoveComesBackWithEveryFieldAndIsReplacedByTheNext) {
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_primary_move(t); }));
  PrimaryMove move;
  move.by = "olga";
  move.began_at = at(5);
  move.wait = std::chrono::seconds(60);
  move.former = primary();
  move.to = certificate(3).pin;
  move.to_fingerprint = certificate(3).fingerprint;
  in_write(database(), [&](Transaction& t) { return store::put_primary_move(t, move), 0; });
  move.state = PrimaryMove::State::undone;
  move.ended_at = at(70);
  move.message = "the link did not come up within 60 s.";
  in_write(database(), [&](Transaction& t) { return store::put_primary_move(t, move), 0; });
  const auto found = in_read(database(), [](Transaction& t) { return store::find_primary_move(t); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, move.state);
  EXPECT_EQ(found->by, move.by);
  EXPECT_EQ(found->began_at, move.began_at);
  EXPECT_EQ(found->wait, move.wait);
  EXPECT_EQ(found->ended_at, move.ended_at);
  EXPECT_EQ(found->message, move.message);
  EXPECT_EQ(found->to, move.to);
  EXPECT_EQ(found->to_fingerprint, move.to_fingerprint);
  EXPECT_EQ(found->former.direction, move.former.direction);
  EXPECT_EQ(found->former.address, move.former.address);
  EXPECT_EQ(found->former.proxy, move.former.proxy);
  EXPECT_EQ(found->former.certificate.der, move.former.certificate.der);
  EXPECT_EQ(found->former.certificate.pin, move.former.certificate.pin);
  EXPECT_EQ(found->former.server_id, move.former.server_id);
  EXPECT_EQ(found->former.created_at, move.former.created_at);
  EXPECT_EQ(found->former.revision, move.former.revision);
}

}  // namespace
}  // namespace daikan::contract
