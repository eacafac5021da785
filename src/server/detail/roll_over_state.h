// What RollOver is made of: the jobs, and the state they work on. Part of server/roll_over; roll_over_requests.cpp is what people ask.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/key_file_reader.h"
#include "server/roll_over.h"

namespace daikan::server {

using Rules = link::RollOver;
using Phase = Rules::Phase;

/// What history keeps of a step; written in the step's own transaction.
struct RollOverNote {
  Actor actor;         ///< Without a name: nobody did it, so no audit record.
  std::string action;  ///< Of the audit record.
  std::string kind;    ///< Of the event.
  std::string message;
  std::string object = {};  ///< Of the audit record; empty: the next certificate.
};

/// One change of the rules' state, and what it says.
struct RollOverJob {
  std::function<Result<Rules::Step>(Rules&)> change;
  std::optional<RollOverNote> note;
  std::optional<net::Identity> next;              ///< Of a beginning.
  std::optional<net::Identity> replacement = {};  ///< The key in use in another certificate: no peer has to be told.
  std::optional<Result<>> outcome;
};
using JobPtr = std::shared_ptr<RollOverJob>;

struct RollOver::State {
  State(Storage& storage_, History& history_, LinkHost& links_, OwnIdentity& own_)
      : storage(storage_),
        history(history_),
        links(links_),
        own(own_),
        tasks(storage_.executor()),
        ended(storage_.executor()),
        reader(storage_.executor()) {}

  JobPtr submit(RollOverJob job);
  awaitable<> work();
  awaitable<Result<>> carry_out(RollOverJob& job);
  awaitable<Result<>> store_step(const Rules& after, std::vector<RollOverNote> notes);
  awaitable<Result<>> wait_for(JobPtr job);
  /// A roll-over to `identity` begins. Fails with certificate_in_use when a peer has that key.
  awaitable<Result<>> announce(net::Identity identity, RollOverNote note);
  /// Another certificate for the key in use.
  awaitable<Result<>> exchange(const Actor& actor, net::Identity identity);
  void heard(const Rules::PeerKey& peer, const link::RollOverNews& news);
  /// A peer came or went.
  void changed(const Rules::PeerKey& peer, Rules::Step (Rules::*how)(const Rules::PeerKey&));
  /// Also before that is stored.
  bool uses_next() const { return own.identity().certificate().pin == rules.next().pin; }
  Result<> use_next();
  awaitable<Result<>> replace(RollOverJob& job);

  Storage& storage;
  History& history;
  LinkHost& links;
  OwnIdentity& own;
  net::TaskGroup tasks;
  net::Signal ended;  ///< Some job has an outcome.
  KeyFileReader reader;
  std::deque<JobPtr> jobs;
  bool working = false;
  Rules rules;
  std::optional<net::Identity> next;
  TimePoint started_at;
  std::string started_by;
};

}  // namespace daikan::server
