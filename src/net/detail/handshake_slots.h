// Who holds the slots for handshakes of a listener, and who has to give one back.
//
// A handshake that waits for its peer holds a slot and costs nothing else, so a stranger who begins many and ends none could keep everybody
// out. While slots are free nobody minds. When none is, the share (an address, or an IPv6 /64) with the most slots loses its oldest, once
// that has waited too long, however many shares there are; a share that was caught with many is not waited for again for a while. A storm
// of honest servers behind one address is not caught: their handshakes take milliseconds, and they queue. Knows no socket; called by
// listener alone. Invariant: an entry is given back once, by give() or by make_room(), never by both.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "net/async.h"

namespace daikan::net::detail {

/// An IPv4 address that came in IPv6 clothes is an IPv4 address.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);
/// Whose share a connection takes: an IPv6 host has a whole /64.
boost::asio::ip::address share_of(const boost::asio::ip::address& source);

class HandshakeSlots {
 public:
  using Share = boost::asio::ip::address;
  enum class Id : std::uint64_t {};

  explicit HandshakeSlots(unsigned most) : most_(most) {}

  unsigned held() const { return static_cast<unsigned>(entries_.size()); }
  bool has_room() const { return entries_.size() < most_; }
  /// Whether make_room() would say yes.
  bool can_make_room(SteadyTime now) const { return has_room() || stalled(now); }
  /// True when a slot is free, if need be because a stalled handshake was evicted just now.
  bool make_room(SteadyTime now);
  /// Takes a slot. `evict` is called at most once, by make_room(); it may not call back.
  Id take(Share share, SteadyTime now, std::function<void()> evict);
  /// False when it was evicted before.
  bool give(Id id);

 private:
  struct Entry {
    Id id;
    Share share;
    SteadyTime since;
    std::function<void()> evict;
  };
  struct Victim {
    std::size_t index;
    unsigned held;  ///< By its share.
  };
  std::optional<Victim> stalled(SteadyTime now) const;
  void remember(const Share& share, SteadyTime now);

  unsigned most_;
  std::uint64_t last_id_ = 0;
  std::vector<Entry> entries_;            // oldest first
  std::map<Share, SteadyTime> stallers_;  // until when a share is remembered
};

}  // namespace daikan::net::detail
