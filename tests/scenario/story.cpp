#include "scenario/story.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "scenario/world.h"

namespace daikan::scenario {
namespace {

using Words = std::vector<std::string>;
using namespace std::chrono_literals;
using hierarchy::FeedKind;

Words words_of(const std::string& line) {
  Words words;
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == '#') break;
    if (line[at] == ' ') {
      ++at;
    } else if (line[at] == '"') {
      const auto close = line.find('"', at + 1);
      if (close == std::string::npos) throw std::invalid_argument("a quote is not closed");
      words.push_back(line.substr(at + 1, close - at - 1));
      at = close + 1;
    } else {
      const auto end = std::min(line.find(' ', at), line.size());
      words.push_back(line.substr(at, end - at));
      at = end;
    }
  }
  return words;
}

Duration duration_of(std::string text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.erase(0, 1);
  std::size_t used = 0;
  const auto number = std::stoll(text, &used);
  const auto unit = text.substr(used);
  Duration value{};
  if (unit == "ms") {
    value = std::chrono::milliseconds(number);
  } else if (unit == "s") {
    value = std::chrono::seconds(number);
  } else if (unit == "m") {
    value = std::chrono::minutes(number);
  } else if (unit == "h") {
    value = std::chrono::hours(number);
  } else {
    throw std::invalid_argument("“" + text + "” is no duration");
  }
  return minus ? -value : value;
}

class Teller {
 public:
  Teller(std::string name, std::uint64_t seed) : name_(std::move(name)), world_(seed) {}

  void tell(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    for (number_ = 1; std::getline(lines, line); ++number_) {
      const auto words = words_of(line);
      if (words.empty() || words[0] == "disturb") continue;
      line_ = line;
      try {
        command(words);
      } catch (const std::exception& e) {
        ADD_FAILURE() << where() << e.what();
        return;
      }
      if (::testing::Test::HasFailure()) return;
    }
  }

  World& world() { return world_; }

 private:
  std::string where() const { return fmt::format("{}:{}: {}: ", name_, number_, line_); }

  void require(bool holds, const std::string& seen) {
    if (!holds) ADD_FAILURE() << where() << seen;
  }

  void command(const Words& w) {
    if (w[0] == "server") {
      server(w);
    } else if (w[0] == "tree") {
      for (std::size_t i = 1; i < w.size(); i += 2) {
        if (!world_.servers().contains(w[i])) world_.add_server({.name = w[i]});
        if (i > 1) join(w[i - 2], w[i]);
      }
    } else if (w[0] == "crowd") {
      for (int i = 0; i < std::stoi(w.at(2)); ++i) {
        const auto name = fmt::format("{}-{}", w[1], i);
        world_.add_server({.name = name});
        join(w[1], name);
      }
    } else if (w[0] == "add" || w[0] == "primary") {
      const auto done = agree(w);
      require(done.has_value(), done ? "" : done.error().text());
    } else if (w[0] == "fails") {
      const auto done = agree({w.begin() + 2, w.end()});
      require(!done && to_string(done.error().code) == w.at(1), done ? "it worked" : done.error().text());
    } else if (w[0] == "advance") {
      world_.advance(duration_of(w.at(1)));
    } else if (w[0] == "settle") {
      world_.advance(5min);
    } else if (w[0] == "mark") {
      mark_ = world_.now();
      dials_.clear();
      for (const auto& [name, unused] : world_.servers()) dials_[name] = world_.dials(name);
      for (const auto& [name, known] : world_.servers()) keys_[name] = known->certificate.pin;
      for (const auto& [name, known] : world_.servers()) traffic_[name] = world_.traffic(name);
    } else if (w[0] == "expect") {
      expect({w.begin() + 1, w.end()});
    } else if (!administrator(w) && !flow(w) && !rising(w) && !fault(w)) {
      throw std::invalid_argument("unknown command");
    }
  }

  bool administrator(const Words& w) {
    if (w[0] == "remove") {
      world_.remove_secondary(w.at(1), w.at(2));
    } else if (w[0] == "leave") {
      world_.clear_primary(w.at(1));
      world_.end_inheritance(w[1], w.size() > 2 && w[2] == "keep" ? World::Inherited::kept : World::Inherited::removed);
    } else if (w[0] == "rename") {
      world_.rename(w.at(1), w.at(2));
    } else if (w[0] == "address") {
      world_.move_address(w.at(1), w.at(2));
    } else if (w[0] == "retry") {
      world_.retry(w.at(1));
    } else if (w[0] == "roll") {
      roll(w);
    } else if (w[0] == "repin") {
      world_.repin(w.at(1), w.at(2));
    } else if (w[0] == "invite") {
      world_.invite(w.at(1), w.at(2), w.size() > 3 ? duration_of(w[3]) : Duration(24h));
    } else if (w[0] == "revoke") {
      world_.revoke(w.at(1));
    } else if (w[0] == "join") {
      world_.join(w.at(1), w.at(2));
    } else if (w[0] == "wipe") {
      world_.wipe(w.at(1));
    } else {
      return false;
    }
    return true;
  }

  /// roll SERVER [finish|cancel] [fails]; a disturbed story may find that it is over already.
  void roll(const Words& w) {
    const auto what = w.size() > 2 ? w[2] : "begin";
    const auto done = what == "finish"   ? world_.finish_roll(w.at(1))
                      : what == "cancel" ? world_.cancel_roll(w.at(1))
                                         : world_.roll(w.at(1));
    if (w.size() > 3 && w[3] == "maybe") return;
    const bool should = w.size() < 4 || w[3] != "fails";
    require(done.has_value() == should, done ? "it worked" : done.error().text());
  }

  bool flow(const Words& w) {
    if (w[0] == "put") {
      world_.put_object(w.at(1), w.at(2), w.size() > 3 ? w[3] : "");
    } else if (w[0] == "put-later") {
      world_.put_object(w.at(1), w.at(2), "", hierarchy::InheritedKind::from_name("device_group").value());
    } else if (w[0] == "drop") {
      world_.drop_object(w.at(1), w.at(2));
    } else if (w[0] == "move") {
      world_.move_secondary(w.at(1), w.at(2), w.at(3));
    } else if (w[0] == "backup") {
      world_.back_up(w.at(1));
    } else if (w[0] == "restore") {
      world_.restore(w.at(1));
    } else if (w[0] == "replay") {
      world_.replay(w.at(1));
    } else if (w[0] == "upgrade") {
      world_.upgrade(w.at(1));
    } else {
      return false;
    }
    return true;
  }

  bool rising(const Words& w) {
    if (w[0] == "feeds") {
      world_.have_feeds();
    } else if (w[0] == "happen") {
      const auto times = w.size() > 3 ? std::stoi(w[3]) : 1;
      for (int i = 0; i < times; ++i) world_.say(w.at(1), {.kind = FeedKind::event, .subject = w.at(2), .payload = {}, .at = {}});
    } else if (w[0] == "say") {
      world_.say(w.at(1), {.kind = FeedKind::server, .subject = w.at(2), .payload = w.at(3), .at = {}});
    } else if (w[0] == "unsay") {
      world_.say(w.at(1), {.kind = FeedKind::gone, .subject = w.at(2), .payload = {}, .at = {}});
    } else if (w[0] == "later") {
      const bool once = w.size() < 4;
      world_.say(w.at(1), {.kind = once ? FeedKind::other_once : FeedKind::other_state,
                           .subject = w.at(2),
                           .payload = once ? "" : w[3],
                           .at = {},
                           .other_kind = "device_group"});
    } else if (w[0] == "bound") {
      world_.server(w.at(1)).feed.bound = std::stoul(w.at(2));
    } else {
      return false;
    }
    return true;
  }

  bool fault(const Words& w) {
    if (w[0] == "double" || w[0] == "swap") {
      world_.garble(w.at(1), w.at(2), w[0] == "double", w[0] == "swap");
    } else if (w[0] == "cut") {
      world_.cut(w.at(1), w.at(2));
    } else if (w[0] == "mend") {
      world_.mend(w.at(1), w.at(2));
    } else if (w[0] == "slow") {
      world_.slow(w.at(1), w.at(2), duration_of(w.at(3)));
    } else if (w[0] == "reset") {
      world_.reset(w.at(1), w.at(2));
    } else if (w[0] == "crash") {
      world_.crash(w.at(1));
    } else if (w[0] == "start") {
      world_.start(w.at(1));
    } else {
      return false;
    }
    return true;
  }

  void server(const Words& w) {
    ServerOptions options{.name = w.at(1)};
    for (std::size_t i = 2; i < w.size(); ++i) {
      const auto equals = w[i].find('=');
      const auto key = w[i].substr(0, equals);
      const auto value = equals == std::string::npos ? "" : w[i].substr(equals + 1);
      if (key == "depth") {
        options.max_depth = static_cast<unsigned>(std::stoul(value));
      } else if (key == "protocol") {
        const auto dash = value.find('-');
        options.protocol = {static_cast<std::uint32_t>(std::stoul(value.substr(0, dash))),
                            static_cast<std::uint32_t>(std::stoul(value.substr(dash + 1)))};
      } else if (key == "clock") {
        options.clock = duration_of(value);
      } else if (key == "software") {
        options.software = value;
      } else if (key == "old") {
        options.old = true;
      } else if (key == "id-of") {
        options.same_id_as = value;
      } else if (key == "key-of") {
        options.same_key_as = value;
      } else {
        throw std::invalid_argument("unknown option " + key);
      }
    }
    world_.add_server(options);
  }

  void join(const std::string& upper, const std::string& lower) {
    const auto added = world_.add_secondary(upper, lower, Direction::secondary_dials);
    require(added.has_value(), added ? "" : added.error().text());
    const auto set = world_.set_primary(lower, upper, Direction::secondary_dials);
    require(set.has_value(), set ? "" : set.error().text());
  }

  Result<> agree(const Words& w) {
    const auto has = [&](const char* word) { return std::find(w.begin(), w.end(), word) != w.end(); };
    const auto direction = has("dmz") ? Direction::primary_dials : Direction::secondary_dials;
    const auto rules = has("unchecked") ? Rules::unchecked : Rules::checked;
    return w[0] == "add" ? world_.add_secondary(w.at(1), w.at(2), direction, rules)
                         : world_.set_primary(w.at(1), w.at(2), direction, rules);
  }

  /// "hq/branch": the upper end's view; "branch": the lower end's.
  const LinkStatus& view(const std::string& which) {
    const auto slash = which.find('/');
    const auto* link =
        slash == std::string::npos ? world_.lower_link(which) : world_.upper_link(which.substr(0, slash), which.substr(slash + 1));
    if (!link) throw std::invalid_argument("there is no link " + which);
    return link->status();
  }

  static std::string shown(const LinkStatus& status) {
    return fmt::format("{} ({})", hierarchy::to_string(status.state), status.reason ? status.reason->text() : "no reason");
  }

  void joined(const std::string& upper, const std::string& lower) {
    require(world_.connected(upper, lower),
            fmt::format("{}/{} is {}, {} is {}", upper, lower, shown(view(upper + "/" + lower)), lower, shown(view(lower))));
  }

  void expect(const Words& w) {
    if (w[0] == "joined") {
      joined(w.at(1), w.at(2));
    } else if (w[0] == "tree") {
      for (std::size_t i = 3; i < w.size(); i += 2) joined(w[i - 2], w[i]);
    } else if (w[0] == "crowd") {
      for (const auto& record : world_.server(w.at(1)).secondaries) joined(w[1], record.name);
    } else if (w[0] == "path") {
      const auto seen = in_words(world_.server(w.at(1)).ancestors);
      require(seen == w.at(2), "it is “" + seen + "”");
    } else if (w[0] == "says") {
      const auto& status = view(w.at(1));
      require(status.reason && status.reason->text().find(w.at(2)) != std::string::npos, shown(status));
    } else if (w[0] == "version") {
      version(w.at(1), w.at(2));
    } else if (w[0] == "skew") {
      const auto skew = view(w.at(1)).clock_skew;
      require(skew && std::chrono::abs(*skew - duration_of(w.at(2))) < 1s,
              skew ? fmt::format("it is {} µs", skew->count()) : "none is shown");
    } else if (w[0] == "roll-over") {
      constexpr std::string_view kPhases[] = {"none", "announcing", "switched"};
      const auto seen = kPhases[static_cast<std::size_t>(world_.server(w.at(1)).roll_over.phase())];
      require(seen == w.at(2), fmt::format("it is {}", seen));
    } else if (w[0] == "pinned") {  // pinned SERVER PEER: exactly the key that the peer uses
      pinned(w.at(1), w.at(2));
    } else if (w[0] == "key") {
      const bool same = world_.server(w.at(1)).certificate.pin == keys_[w[1]];
      require(same == (w.at(2) == "kept"), same ? "it is the same" : "it is another");
    } else if (w[0] == "invitation") {
      const auto* record = world_.invitation(w.at(1));
      const auto seen = record ? to_string(hierarchy::state_of(*record, world_.now())) : "none";
      require(seen == w.at(2), fmt::format("it is {}", seen));
    } else if (w[0] == "outcome") {
      const auto& outcome = world_.server(w.at(1)).join_outcome;
      const auto seen = !outcome ? "none" : *outcome ? "done" : to_string(outcome->error().code);
      require(seen == w.at(2), fmt::format("it is {}", seen));
    } else if (!counted(w) && !inherited(w) && !risen(w)) {
      const auto& status = view(w[0]);
      const bool right =
          hierarchy::to_string(status.state) == w.at(1) && (w.size() < 3 || (status.reason && to_string(status.reason->code) == w[2]));
      require(right, shown(status));
    }
  }

  bool inherited(const Words& w) {
    if (w[0] == "agreed") {
      for (std::size_t i = 3; i < w.size(); i += 2) {
        const auto different = world_.disagreement(w[i - 2], w[i]);
        require(different.empty(), different);
      }
    } else if (w[0] == "behind") {
      require(!world_.disagreement(w.at(1), w.at(2)).empty(), "it is in force there");
    } else if (w[0] == "inherits") {
      inherits(w);
    } else if (w[0] == "failure") {
      const auto* const link = world_.upper_link(w.at(1), w.at(2));
      const auto seen = !link ? "no link" : link->bringing.failure ? to_string(link->bringing.failure->code) : "none";
      require(seen == w.at(3), fmt::format("it is {}", seen));
    } else if (w[0] == "sent") {
      const auto now = world_.traffic(w.at(1)), then = traffic_[w[1]];
      const auto seen =
          fmt::format("{} updates {} full {} objects", now.updates - then.updates, now.full - then.full, now.objects - then.objects);
      require(seen == w.at(2), "it was " + seen);
    } else {
      return false;
    }
    return true;
  }

  bool risen(const Words& w) {
    if (w[0] == "heard") {
      const auto seen = world_.heard(w.at(1), w.at(2));
      require(seen == std::stoul(w.at(3)), fmt::format("{} times", seen));
    } else if (w[0] == "told") {
      const auto seen = world_.told(w.at(1), w.at(2), w.at(3));
      require(seen == w.at(4), "it was told " + seen);
    } else if (w[0] == "kept") {
      const auto seen = world_.server(w.at(1)).feed.kept.size();
      require(seen == std::stoul(w.at(2)), fmt::format("there are {}", seen));
    } else if (w[0] == "gaps") {
      const auto seen = fmt::format("{}", fmt::join(world_.server(w.at(1)).feed.gaps, " "));
      require(seen == fmt::format("{}", fmt::join(w.begin() + 2, w.end(), " ")), "they were “" + seen + "”");
    } else {
      return false;
    }
    return true;
  }

  /// inherits SERVER OBJECT…: the server has these of those above, and no others.
  void inherits(const Words& w) {
    std::vector<std::string> seen;
    for (const auto& [key, object] : world_.server(w.at(1)).flow.applied.set.objects) {
      const auto begin = object.content.find(":\"") + 2;
      seen.push_back(object.content.substr(begin, object.content.find('"', begin) - begin));
    }
    std::vector<std::string> wanted(w.begin() + 2, w.end());
    std::sort(seen.begin(), seen.end());
    std::sort(wanted.begin(), wanted.end());
    require(seen == wanted, fmt::format("it inherits “{}”", fmt::join(seen, " ")));
  }

  void pinned(const std::string& name, const std::string& peer) {
    const auto& here = world_.server(name);
    const auto& key = world_.server(peer).certificate.pin;
    const auto* record = here.primary ? &here.primary->certificate : nullptr;
    for (const auto& secondary : here.secondaries) {
      if (secondary.name == peer) record = &secondary.certificate;
    }
    require(record && record->pin == key, "it has another key on record");
    require(here.announced.empty(), "it still accepts another key beside it");
  }

  void version(const std::string& which, const std::string& wanted) {
    const auto slash = which.find('/');
    for (const auto& record : world_.server(which.substr(0, slash)).secondaries) {
      if (record.name == which.substr(slash + 1)) require(record.version == wanted, "it is “" + record.version + "”");
    }
  }

  bool counted(const Words& w) {
    if (w[0] == "next") {
      const auto& status = view(w.at(1));
      const auto local = world_.now() + world_.server(w[1].substr(0, w[1].find('/'))).options.clock;
      require(status.next_attempt && *status.next_attempt - local >= duration_of(w.at(2)) &&
                  *status.next_attempt - local <= duration_of(w.at(3)),
              status.next_attempt ? fmt::format("it is in {} µs", (*status.next_attempt - local).count()) : "no attempt is due");
    } else if (w[0] == "events") {
      const auto& events = world_.server(w.at(1)).events;
      const auto n = std::count_if(events.begin(), events.end(), [&](const Logged& logged) {
        return logged.at >= mark_ && logged.event.kind == w.at(2) && (w.size() < 5 || logged.about == w[4]);
      });
      std::string all;
      for (const auto& logged : events) all += fmt::format("\n  {} {}: {}", to_rfc3339(logged.at), logged.event.kind, logged.event.message);
      require(n == std::stoi(w.at(3)), fmt::format("there are {}; all events:{}", n, all));
    } else if (w[0] == "dials") {
      const auto n = world_.dials(w.at(1)) - dials_[w[1]];
      require(n >= std::stoull(w.at(2)) && n <= std::stoull(w.at(3)), fmt::format("there were {}", n));
    } else if (w[0] == "spread") {
      spread(w);
    } else {
      return false;
    }
    return true;
  }

  void spread(const Words& w) {
    std::vector<TimePoint> back;
    for (const auto& logged : world_.server(w.at(1)).events) {
      if (logged.at >= mark_ && logged.event.kind == "link_connected") back.push_back(logged.at);
    }
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; last < back.size(); ++last) {
      while (back[last] - back[first] > duration_of(w.at(2))) ++first;
      most = std::max(most, last - first + 1);
    }
    const auto crowd = world_.server(w[1]).secondaries.size();
    require(!back.empty() && most * 100 <= crowd * std::stoul(w.at(3)), fmt::format("{} of {} came back within {}", most, crowd, w[2]));
  }

  std::string name_;
  World world_;
  std::string line_;
  int number_ = 0;
  TimePoint mark_;
  std::map<std::string, std::uint64_t> dials_;
  std::map<std::string, Pin> keys_;                ///< At the mark.
  std::map<std::string, World::Traffic> traffic_;  ///< At the mark.
};

/// The fault of "disturb …", to be done once after `step` steps.
void arm(World& world, const Words& fault, std::uint64_t step) {
  world.before_step = [&world, fault, step](std::uint64_t now) {
    if (now != step) return;
    // Not from within a step: the fault hits between two of them.
    const auto involved = [&](const std::string& name) { return world.servers().contains(name); };
    if (fault[1] == "restart" && involved(fault.at(2)) && world.server(fault[2]).running) {
      world.crash(fault[2]);
      world.start(fault[2]);
    } else if (fault[1] == "reset" && involved(fault.at(2)) && involved(fault.at(3))) {
      world.reset(fault[2], fault[3]);
    }
  };
}

}  // namespace

void play(const std::string& name, const std::string& text, std::uint64_t seed) {
  std::vector<Words> faults;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("disturb ")) faults.push_back(words_of(line));
  }
  Teller undisturbed(name, seed);
  undisturbed.tell(text);
  const auto steps = undisturbed.world().steps();
  for (const auto& fault : faults) {
    for (std::uint64_t step = 1; step <= steps && !::testing::Test::HasFailure(); ++step) {
      Teller teller(fmt::format("{} ({} {} at step {})", name, fault[1], fault[2], step), seed);
      arm(teller.world(), fault, step);
      teller.tell(text);
    }
  }
}

}  // namespace daikan::scenario
