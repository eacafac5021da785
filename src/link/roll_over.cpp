#include "link/roll_over.h"

#include <algorithm>
#include <utility>

namespace daikan::link {
namespace {

tl::unexpected<Error> none_under_way() {
  return fail(Code::conflict, "No roll-over of this server's key is under way.", "Begin one with daikan certificate roll begin.");
}

}  // namespace

Result<RollOver::Step> RollOver::begin(CertificateRecord next, const Peers& peers) {
  if (phase_ != Phase::none) {
    return fail(Code::conflict, "A roll-over of this server's key is under way already.",
                "Look at it with daikan certificate roll status, and finish or cancel it first.");
  }
  phase_ = Phase::announcing;
  next_ = std::move(next);
  peers_ = peers;
  Step step;
  step.store = true;
  step.announce = true;
  return look_around(step);
}

RollOver::Step RollOver::heard(const PeerKey& peer, const RollOverNews& news) {
  if (phase_ == Phase::none) return {};
  const bool known = peers_.contains(peer);
  // Who joins after the switch was given the new certificate to begin with.
  if (!known && phase_ == Phase::switched) return {};
  auto& entry = peers_[peer];
  const auto before = entry;
  entry.understands = news.peer == RollOverNews::Peer::understands;
  if (news.confirmed == next_.pin) entry.confirmed = true;
  if (phase_ == Phase::announcing && !news.confirmed) entry.confirmed = false;  // it was set up anew, or forgot
  if (phase_ == Phase::switched && news.own == next_.pin) entry.seen = true;
  Step step;
  step.store = !known || before.confirmed != entry.confirmed || before.seen != entry.seen;
  return look_around(step);
}

RollOver::Step RollOver::joined(const PeerKey& peer) {
  // Who joins after the switch was given the new certificate to begin with; whom it replaces is not waited for.
  if (phase_ != Phase::announcing) return removed(peer);
  peers_[peer] = {};
  Step step;
  step.store = true;
  return step;
}

RollOver::Step RollOver::removed(const PeerKey& peer) {
  Step step;
  if (phase_ == Phase::none || peers_.erase(peer) == 0) return step;
  step.store = true;
  return look_around(step);
}

Result<RollOver::Step> RollOver::finish() {
  Step step;
  if (phase_ == Phase::none) return none_under_way();
  if (phase_ == Phase::announcing) {
    step.switch_keys = true;
    return step;
  }
  phase_ = Phase::none;
  peers_.clear();
  step.store = true;
  step.over = Step::Over::given_up;
  return step;
}

Result<RollOver::Step> RollOver::cancel() {
  if (phase_ == Phase::none) return none_under_way();
  if (phase_ == Phase::switched) {
    return fail(Code::conflict, "The new key is used already; the roll-over cannot be taken back.",
                "To go back to another key, begin a new roll-over once this one is over.");
  }
  phase_ = Phase::none;
  peers_.clear();
  Step step;
  step.store = true;
  step.announce = true;
  step.over = Step::Over::cancelled;
  return step;
}

RollOver::Step RollOver::switched() {
  if (phase_ != Phase::announcing) return {};
  phase_ = Phase::switched;
  Step step;
  step.store = true;
  step.renew = true;
  return look_around(step);
}

RollOver::Step RollOver::look_around(Step step) {
  const auto all = [&](bool Peer::* what) {
    return std::all_of(peers_.begin(), peers_.end(), [what](const auto& peer) { return peer.second.*what; });
  };
  if (phase_ == Phase::announcing && all(&Peer::confirmed)) {
    step.switch_keys = true;
  } else if (phase_ == Phase::switched && all(&Peer::seen)) {
    phase_ = Phase::none;
    peers_.clear();
    step.store = true;
    step.over = Step::Over::done;
  }
  return step;
}

}  // namespace daikan::link
