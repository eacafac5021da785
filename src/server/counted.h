// One of those that run at this moment, as long as it lives: what a bound on how many may is checked against.
//
// Knows no bound and who counts; whoever begins something checks, and then holds one. Invariant: the count outlives it.
#pragma once

namespace daikan::server {

template <class Count>
class Counted {
 public:
  explicit Counted(Count& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  Count& count_;
};

}  // namespace daikan::server
