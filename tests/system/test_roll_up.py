"""What a primary sees of its whole subtree, on real daemons: the sentences of "Roll-up"."""

import http.client
import itertools
import os
import random
import threading
import time
from datetime import UTC, datetime

import pytest
from support import certificates
from support.server import attach
from support.waiting import wait_until

LEVELS = ["root", "second", "third", "fourth", "fifth"]
FAULTS = int(os.environ.get("DAIKAN_FAULTS", "12"))


def chain_of(start, names=LEVELS):
    servers = [start.server(name) for name in names]
    for primary, secondary in itertools.pairwise(servers):
        attach(primary, secondary)
    return servers


def rolled_up(server) -> dict[str, dict]:
    return {each["name"]: each for each in server.api.get("/rolled_up/servers")["items"]}


def subtree_events(server, **query) -> list[dict]:
    """All of them, newest arrival first."""
    found, before = [], None
    while True:
        more = "".join(f"&{name}={value}" for name, value in query.items()) + (f"&before={before}" if before else "")
        page = server.api.get(f"/events?scope=subtree&limit=1000{more}")
        found += page["items"]
        before = page["next_cursor"]
        if not before:
            return found


def all_current(server) -> bool:
    away = [(each["name"], each["state"], each["since"], each["reason"]) for each in rolled_up(server).values() if not each["current"]]
    assert not away, away
    return True


class Happenings:
    """Makes events at a server: a secondary that never comes is added and removed."""

    def __init__(self, folder, server, name):
        self.server, self.name = server, name
        self.pem = certificates.make_key_pair(folder / "keys", f"happening-{name}").pem
        self.made: list[str] = []
        self.numbers = itertools.count()

    def happen(self) -> str:
        name = f"{self.name}-{next(self.numbers)}"
        made = self.server.api.post("/secondaries", {"name": name, "certificate": self.pem})
        self.server.api.delete(f"/secondaries/{made['id']}")
        self.made.append(name)
        return name


def test_a_primary_sees_every_server_at_any_depth_with_state_version_and_freshness(start):
    servers = chain_of(start)
    root = servers[0]
    below = wait_until(lambda: (found := rolled_up(root)) and set(found) == set(LEVELS[1:]) and all(each["current"] for each in found.values())
                       and all(each["secondaries"] is not None for each in found.values()) and found, "all four are known")
    for depth, name in enumerate(LEVELS[1:], 1):
        each = below[name]
        assert each["depth"] == depth and each["path"] == LEVELS[1:depth + 1] and each["state"] == "connected"
        assert each["id"] == servers[depth].id and each["version"].startswith("daikan ") and each["heard_at"]
        assert each["groups"] == 1
    wait_until(lambda: [rolled_up(root)[name]["secondaries"] for name in LEVELS[1:]] == [1, 1, 1, 0], "counts of secondaries")

    # A missing part is named, never silently left out; what is behind it is shown as it was, with its freshness.
    servers[2].kill()
    gone = wait_until(lambda: not rolled_up(root)["fifth"]["current"] and rolled_up(root), "the third is away")
    assert gone["second"]["current"] and not gone["third"]["current"] and not gone["fourth"]["current"]
    assert gone["third"]["state"] in ("disconnected", "refused") and gone["fifth"]["state"] == "connected"
    report = root.api.get("/reports/servers")
    assert [each["server"] for each in report["missing"]] == ["root > second > third", "root > second > third > fourth", "root > second > third > fourth > fifth"]
    assert all(each["heard_at"] for each in report["missing"]) and len(report["rows"]) == 4
    servers[2].start()
    wait_until(lambda: all_current(root), "it is back")


def test_what_a_killed_primary_heard_is_not_shown_as_heard_after_its_death(start):
    root, second, third = chain_of(start, ["root", "second", "third"])
    wait_until(lambda: len(rolled_up(root)) == 2 and all_current(root), "both are known")
    second.kill()
    root.kill()
    died = datetime.now(UTC)
    root.start()
    below = rolled_up(root)
    assert set(below) == {"second", "third"}
    for each in below.values():
        assert not each["current"]
        assert datetime.fromisoformat(each["heard_at"].replace("Z", "+00:00")) <= died, each


def test_the_tree_shows_what_is_below_a_server_that_is_away_with_how_fresh_it_is(start):
    root, second, _, _ = chain_of(start, ["root", "second", "third", "fourth"])
    wait_until(lambda: len(rolled_up(root)) == 3 and all_current(root), "all are known")
    (entry,) = root.api.get("/tree")["secondaries"]
    assert "last_known" not in entry and "as of" not in start.cli(root).ok("tree")
    second.kill()
    (entry,) = wait_until(lambda: (found := root.api.get("/tree")["secondaries"]) and found[0]["server"] is None and found, "it is away")
    assert [each["name"] for each in entry["last_known"]] == ["third", "fourth"]
    assert all(each["heard_at"] and not each["current"] for each in entry["last_known"]) and entry["error"]["code"] == "not_connected"
    lines = start.cli(root).ok("tree").splitlines()
    for name, each in zip(["third", "fourth"], entry["last_known"], strict=True):
        assert any(line.strip().startswith(f"{name}  Connected, as of {each['heard_at'][:10]} ") for line in lines), lines
    assert "last_known" not in root.api.get("/tree?depth=1")["secondaries"][0]
    second.start()
    wait_until(lambda: root.api.get("/tree")["complete"], "it is back")


def test_an_event_at_the_bottom_is_in_the_roots_report_exactly_once(start):
    servers = chain_of(start)
    root, bottom = servers[0], servers[-1]
    wait_until(lambda: set(rolled_up(root)) == set(LEVELS[1:]) and all_current(root), "the root knows the whole path")
    name = Happenings(start.folder, bottom, "bottom").happen()
    found = wait_until(lambda: [each for each in subtree_events(root, text=name) if each["kind"] == "secondary_added"], "the event is at the root")
    assert len(found) == 1
    assert found[0]["origin"]["id"] == bottom.id and found[0]["origin"]["path"] == "root > second > third > fourth > fifth"
    report = root.api.get("/reports/events?details=true")
    assert [row["server"] for row in report["rows"] if name in row["message"] and row["kind"] == "secondary_added"] == [found[0]["origin"]["path"]]

    # Reports: include secondaries (on), depth, details (off); as a table for a spreadsheet and as a page.
    counted = {row["server"]: row["info"] for row in root.api.get("/reports/events")["rows"]}
    assert counted["root > second > third > fourth > fifth"] >= 2 and len(counted) == 5
    assert [row["server"] for row in root.api.get("/reports/events?include_secondaries=false")["rows"]] == ["root"]
    assert len(root.api.get("/reports/servers?depth=2")["rows"]) == 2
    table = root.api.call("GET", "/reports/servers?format=csv&details=true").ok()
    assert table.splitlines()[0] == "server,state,current,heard_at,version,since,reason,groups,secondaries,applied_at"
    page = root.api.call("GET", "/reports/servers?format=html")
    assert page.status == 200 and page.headers["content-type"].startswith("text/html") and "root &gt; second" in page.body
    root.api.call("GET", "/reports/weather").refused(404, "not_found")
    root.api.call("GET", "/reports/servers?details=perhaps").refused(422, "invalid_request")
    root.api.call("GET", "/events?scope=all").refused(422, "invalid_request")

    cli = start.cli(root)
    assert name in cli.ok("event", "list", "--subtree", "--text", name)
    assert "root > second > third" in cli.ok("report", "servers")
    assert "root > second > third" in cli.ok("report", "events", "--details", "--severity", "info")
    cli.ok("report", "servers", start.folder / "servers.html", "--format", "html")
    assert (start.folder / "servers.html").read_text().startswith("<!DOCTYPE html>")


def test_events_made_while_the_link_is_down_arrive_once_it_is_up(start):
    root, branch = chain_of(start, ["root", "branch"])
    happenings = Happenings(start.folder, branch, "away")
    happenings.happen()
    root.kill()
    for _ in range(20):
        happenings.happen()
    root.start()
    wait_until(lambda: sorted(counted(root, "secondary_added", "away-")) == sorted(happenings.made), "everything is there, once")


def test_a_secondary_that_was_removed_does_not_come_back(start):
    root, branch, shop = chain_of(start, ["root", "branch", "shop"])
    wait_until(lambda: set(rolled_up(root)) == {"branch", "shop"}, "both are known")
    branch.api.delete(f"/secondaries/{branch.secondary('shop')['id']}")
    wait_until(lambda: set(rolled_up(root)) == {"branch"}, "shop is gone above")
    for victim in (branch, root, shop):
        victim.restart()
    root.wait_for_secondary("branch")
    wait_until(lambda: rolled_up(root)["branch"]["current"], "branch is back")
    assert set(rolled_up(root)) == {"branch"}


def test_a_server_that_moves_to_another_primary_is_seen_there_with_what_it_had_to_tell(start):
    root = start.server("root")
    left, right, shop = (start.server(name) for name in ("left", "right", "shop"))
    attach(root, left)
    attach(root, right)
    attach(left, shop)
    wait_until(lambda: rolled_up(root).get("shop", {}).get("path") == ["left", "shop"], "it is at the left")
    happenings = Happenings(start.folder, shop, "moving")
    happenings.happen()
    shop.api.delete("/primary")
    left.api.delete(f"/secondaries/{left.secondary('shop')['id']}")
    attach(right, shop)
    happenings.happen()
    wait_until(lambda: rolled_up(root).get("shop", {}).get("path") == ["right", "shop"], "it is at the right")
    wait_until(lambda: "moving-1" in counted(root, "secondary_added", "moving-"), "its events come by the new way")
    assert sorted(counted(root, "secondary_added", "moving-")) == ["moving-0", "moving-1"]


def counted(server, kind: str, prefix: str) -> list[str]:
    """The names of what was made, one for each event there is."""
    return [each["message"].split("“")[1].split("”")[0] for each in subtree_events(server, kind=kind) if f"“{prefix}" in each["message"]]


def told_of(server, origin, scope: str) -> list[tuple[str, str]]:
    """What `server` tells of the happenings at `origin`, one for each event there is."""
    found, before = [], None
    while True:
        page = server.api.get(f"/events?scope={scope}&limit=1000&text={origin.name}-" + (f"&before={before}" if before else ""))
        found += [(each["kind"], each["message"]) for each in page["items"] if each["kind"] in ("secondary_added", "secondary_removed")
                  and f"“{origin.name}-" in each["message"] and (scope == "own" or each["origin"]["id"] == origin.id)]
        before = page["next_cursor"]
        if not before:
            return sorted(found)


class LockedDays:
    """A policy at the root that locks how long events are kept, everywhere."""

    def __init__(self, root):
        self.root, self.tried, self.answered = root, 2, 2
        self.path = "/policies/" + root.api.post("/policies", {"name": "Everywhere", "active": True, "settings": self.settings()})["id"]

    def settings(self) -> dict:
        return {"events.info_days": {"value": self.tried, "locked": True}}

    def now(self) -> int:
        return self.root.api.get(self.path)["settings"]["events.info_days"]["value"]

    def change(self) -> None:
        revision = self.root.api.get(self.path)["revision"]
        self.tried += 1
        self.root.api.call("PATCH", self.path, {"settings": self.settings()}, headers={"if-match": f'"{revision}"'}).ok()
        self.answered = self.tried

    def obeyed_by(self, server) -> bool:
        found = next(each for each in server.api.get("/server/effective_settings")["items"] if each["path"] == "events.info_days")
        return found["locked"] and found["value"] == self.now() and found["from"]["source"]["server"] == self.root.name

    def proved(self, names) -> bool:
        """The root says of every server that the present revision is in force."""
        present = self.root.api.get(self.path)["revision"]
        found = {each["name"]: each for each in self.root.api.get("/policies/status")["items"]}
        assert set(found) == set(names), found
        for each in found.values():
            (policy,) = each["policies"]
            assert each["state"] == "in_force" and policy["in_force_revision"] == policy["revision"] == present, each
        return True


class Interrupted(threading.Thread):
    """What a server is asked for again and again until it is killed. The last time is done as a whole or not at all; its database says which."""

    def __init__(self, work):
        super().__init__()
        self.work, self.failure = work, None
        self.start()

    def run(self):
        try:
            while True:
                self.work()
        except (OSError, http.client.HTTPException):
            pass
        except Exception as error:
            self.failure = error


@pytest.mark.parametrize("faults", [FAULTS])
def test_nothing_is_lost_and_nothing_doubled_whoever_is_killed_whenever(start, faults):
    """Over five levels: events that rise, a locked setting that goes down, and its proof that rises."""
    servers = chain_of(start)
    root, below = servers[0], servers[1:]
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    lock = LockedDays(root)
    happenings = {each.name: Happenings(start.folder, each, each.name) for each in below}
    whole, began = 0, time.monotonic()
    for _ in range(faults):
        if chance.random() < 0.25:  # otherwise as it is: most faults come before the one before has healed
            wait_until(lambda: all_current(root), f"the chain stands (seed {seed})", deadline=120)
            whole += 1
        lock.change()
        for _ in range(chance.randrange(1, 4)):
            happenings[chance.choice(below).name].happen()
        victim = chance.choice(servers)
        asked = Interrupted(lock.change if victim is root else happenings[victim.name].happen)
        time.sleep(chance.uniform(0, 0.2))  # the moment is what is being tried
        victim.kill()
        asked.join()
        assert not asked.failure, asked.failure
        victim.start()
        assert lock.now() in (lock.answered, lock.tried), (seed, lock.answered, lock.tried)
        for left in victim.api.get("/secondaries")["items"]:  # added, and not removed any more
            if left["name"].startswith(f"{victim.name}-"):
                victim.api.delete(f"/secondaries/{left['id']}")
    killed = time.monotonic() - began

    expected = {each.name: told_of(each, each, "own") for each in below}
    for each in below:
        added = [message.split("“")[1].split("”")[0] for kind, message in expected[each.name] if kind == "secondary_added"]
        assert len(added) == len(set(added)) and set(happenings[each.name].made) <= set(added), (seed, each.name)
    wait_until(lambda: {each.name: told_of(root, each, "subtree") for each in below} == expected,
               f"every event is at the root, once (seed {seed})", deadline=180)
    wait_until(lambda: lock.obeyed_by(servers[-1]), f"the last lock is in force at the bottom (seed {seed})", deadline=120)
    wait_until(lambda: lock.proved(LEVELS[1:]), f"and proved at the root (seed {seed})", deadline=120)
    total = sum(map(len, expected.values()))
    print(f"{faults} kills in {killed:.0f} s, {whole} of them of a chain that stood, each in the middle of requests; {total} events, each once; "
          f"{lock.tried - 1} locks, the last in force and proved; healed within {time.monotonic() - began - killed:.0f} s")
