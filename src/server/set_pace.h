// When a set that a secondary did not take is sent to it again.
//
// Pure: values in, values out; time and chance are arguments. One for each secondary, in the running half of link_host. Invariants: what
// failed is tried again after a time that doubles with every failure, within limits::kSetAgainFirst and kSetAgainLast, and half of it is by
// chance, so that those who failed together do not come together again; something else to be sent, and another connection, are tried at
// once, and a success forgets all failures.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace daikan::server {

class SetPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// What is to be sent, and on which connection.
  struct Attempt {
    std::string hash;
    std::uint64_t connection = 0;
    friend bool operator==(const Attempt&, const Attempt&) = default;
  };
  bool may_try(const Attempt& attempt, Time now) const { return !failed_ || *failed_ != attempt || now >= again_at_; }
  /// `chance`: any number.
  void failed(Attempt attempt, Time now, std::uint64_t chance);
  void succeeded();

 private:
  std::optional<Attempt> failed_;
  unsigned failures_ = 0;  ///< In a row.
  Time again_at_;
};

}  // namespace daikan::server
