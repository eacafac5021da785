"""Policies that flow down, on real daemons: the P rows of "What flows through a hierarchy" that need more than one server."""

import contextlib
import itertools
import random
import sqlite3
import threading

import pytest

from support import certificates, h2
from support.fake_link import Introduction, field
from support.server import attach
from support.waiting import wait_until
from test_backup import restored, secret  # noqa: F401: a fixture

LEVELS = ["root", "second", "third", "fourth", "fifth"]


def chain_of(start, names):
    servers = [start.server(name) for name in names]
    for primary, secondary in itertools.pairwise(servers):
        attach(primary, secondary)
    return servers


def effective(server, path: str) -> dict:
    return next(each for each in server.api.get("/server/effective_settings")["items"] if each["path"] == path)


def add_policy(server, name="Everywhere", **fields) -> dict:
    return server.api.post("/policies", {"name": name, "active": True} | fields)


def edit(server, policy, **fields) -> dict:
    present = server.api.get(f"/policies/{policy['id']}")
    return server.api.call("PATCH", f"/policies/{policy['id']}", fields, headers={"if-match": f'"{present["revision"]}"'}).ok()


def status(server, policy=None) -> dict[str, dict]:
    answer = server.api.get("/policies/status" + (f"?policy={policy['id']}" if policy else ""))
    assert sum(answer["counts"].values()) == len(answer["items"])
    return {each["name"]: each for each in answer["items"]}


def in_force(server, names) -> bool:
    found = status(server)
    assert set(names) <= set(found), found
    away = {name: (each["state"], each["reason"], each["policies"]) for name, each in found.items() if each["state"] != "in_force"}
    assert not away, away
    return True


def second_id(root) -> str:
    return root.api.get("/secondaries")["items"][0]["id"]


def locked(value) -> dict:
    return {"value": value, "locked": True}


def open_(value) -> dict:
    return {"value": value, "locked": False}


def test_p1_a_policy_applies_to_the_secondaries_of_its_group_and_so_on_down(start):
    root, second, third = chain_of(start, LEVELS[:3])
    apart = start.server("apart")
    root.api.post("/groups", {"path": "Managed devices/Apart"})
    attach(root, apart, group="Managed devices/Apart")
    everywhere = add_policy(root, settings={"log.level": locked("warning")})
    here = add_policy(root, name="Apart only", group="Managed devices/Apart", settings={"events.info_days": locked(5)})
    wait_until(lambda: in_force(root, ["second", "third", "apart"]), "everything is in force below")
    for server in (root, second, third, apart):
        found = effective(server, "log.level")
        assert (found["value"], found["locked"]) == ("warning", True)
        assert found["from"]["source"]["server"] == "root" and found["from"]["source"]["policy"] == "Everywhere"
        assert found["from"]["source"]["policy_id"] == everywhere["id"] and found["from"]["source"]["group"] == "Managed devices"
    assert effective(apart, "events.info_days")["from"]["source"]["policy_id"] == here["id"]
    assert effective(second, "events.info_days")["from"]["kind"] == "default"
    assert set(status(root, here)) == {"apart"}

    # It is shown below with its owner, and is not edited there.
    inherited = next(each for each in third.api.get("/policies")["items"] if each["id"] == everywhere["id"])
    assert inherited["inherited_from"]["server"] == "root"
    refused = third.api.call("PATCH", f"/policies/{everywhere['id']}", {"name": "Mine"}).refused(403, "permission_denied")
    assert "root" in refused["detail"] + refused.get("remedy", "")
    assert "root" in start.cli(third).ok("policy", "list")

    # Gone above is gone below.
    root.api.delete(f"/policies/{everywhere['id']}")
    wait_until(lambda: effective(third, "log.level")["from"]["kind"] == "default", "the removed policy governs nothing any more")
    assert all(each["id"] != everywhere["id"] for each in third.api.get("/policies")["items"])
    # A secondary that moves to another group inherits what that group has.
    registration = next(each for each in root.api.get("/secondaries")["items"] if each["name"] == "second")
    root.api.call("PATCH", f"/secondaries/{registration['id']}", {"group": "Managed devices/Apart"}).ok()
    wait_until(lambda: effective(third, "events.info_days")["value"] == 5, "the group's policy reaches what moved into it")


def test_p2_and_p4_a_locked_value_overwrites_and_an_open_one_may_differ(start):
    root, second, third = chain_of(start, LEVELS[:3])
    policy = add_policy(root, settings={"log.level": open_("warning"), "events.info_days": locked(7)})
    lower = add_policy(second, name="Ours", settings={"log.level": locked("debug"), "events.info_days": open_(300)})
    wait_until(lambda: in_force(root, ["second", "third"]) and in_force(second, ["third"]), "both are in force")
    for server in (second, third):
        wait_until(lambda server=server: effective(server, "log.level")["value"] == "debug", "an open value is changed and locked below")
        days = effective(server, "events.info_days")
        assert days["value"] == 7 and days["locked"]
    overrode = {each["from"]["source"]["policy"]: each["why"] for each in effective(third, "events.info_days")["overrode"] if each["from"]["source"]}
    assert overrode["Ours"] == "locked"
    assert effective(root, "log.level")["value"] == "warning"
    # Locked above from now on: what is locked below gives way.
    edit(root, policy, settings={"log.level": locked("error"), "events.info_days": locked(7)})
    wait_until(lambda: effective(third, "log.level")["value"] == "error", "the lock above wins")
    assert lower["id"] == effective(third, "log.level")["overrode"][0]["from"]["source"]["policy_id"]


def test_p3_and_p5_force_inherit_and_inactive_policies_over_the_link(start):
    root, second, third = chain_of(start, LEVELS[:3])
    policy = add_policy(root, settings={"log.level": locked("warning")})
    add_policy(second, name="Own way", inherit=False, settings={"events.info_days": open_(9)})
    wait_until(lambda: in_force(root, ["second", "third"]), "in force")
    for server in (second, third):
        wait_until(lambda server=server: effective(server, "log.level")["value"] == "info", "the child does not inherit")
        assert effective(server, "log.level")["overrode"][0]["why"] == "not_inherited"
    edit(root, policy, force=True)
    for server in (second, third):
        wait_until(lambda server=server: effective(server, "log.level")["value"] == "warning", "the parent forces it")
    edit(root, policy, active=False)
    for server in (second, third):
        wait_until(lambda server=server: effective(server, "log.level")["value"] == "info", "an inactive policy is not inherited")
        assert all(each["id"] != policy["id"] for each in server.api.get("/policies")["items"])


def test_p10_the_root_proves_what_is_in_force_on_every_server_and_says_who_is_behind(start):
    servers = chain_of(start, LEVELS[:3])
    root, second, third = servers
    policy = add_policy(root, settings={"log.level": locked("warning")})
    wait_until(lambda: in_force(root, ["second", "third"]), "in force")
    third.kill()
    wait_until(lambda: not next(each for each in root.api.get("/rolled_up/servers")["items"] if each["name"] == "third")["current"], "the third is away")
    changed = edit(root, policy, settings={"log.level": locked("error")})
    behind = wait_until(lambda: (found := status(root)) and found["second"]["state"] == "in_force" and found["third"]["state"] == "behind" and found,
                        "who is away is behind, the other is not")
    assert behind["third"]["behind_since"] and not behind["third"]["current"] and behind["second"]["current"]
    one = status(root, policy)["third"]["policies"][0]
    assert one["revision"] == changed["revision"] and one["in_force_revision"] == changed["revision"] - 1 and one["state"] == "behind"
    table = start.cli(root).ok("policy", "status", "Everywhere", server="root")
    assert "second > third" in table and "behind" in table and "In force on 1, behind on 1" in table
    third.start()
    wait_until(lambda: in_force(root, ["second", "third"]), "it catches up")
    hashes = {name: each["hash"] for name, each in status(root).items()}
    assert hashes["third"] == status(second)["third"]["hash"] and hashes["second"] != hashes["third"]
    root.api.call("GET", "/policies/status?policy=nonsense").refused(404, "not_found")
    assert "No server is below" in start.cli(third).ok("policy", "status", server="third")
    # A removed secondary is proved nothing of any more.
    registration = next(each for each in second.api.get("/secondaries")["items"] if each["name"] == "third")
    second.api.delete(f"/secondaries/{registration['id']}")
    wait_until(lambda: set(status(root)) == {"second"}, "the removed one is gone from the proof")


def test_p10_a_stream_tells_whenever_what_is_proved_has_changed(start):
    root, second, third = chain_of(start, LEVELS[:3])
    wait_until(lambda: in_force(root, ["second", "third"]), "nothing is to be in force, and that is")

    def told_until(stream, condition, what):
        for _ in range(30):
            event = stream.next_of("policy_status_changed")
            assert "id" not in event and event["data"]["sequence"] == 0 and event["data"]["severity"] == "info"
            with contextlib.suppress(AssertionError):
                if condition():
                    return
        raise AssertionError(f"the stream told nothing when {what}")

    with root.api.events() as stream, root.api.through(second_id(root)).events() as below:
        policy = add_policy(root, settings={"log.level": locked("warning")})
        told_until(stream, lambda: in_force(root, ["second", "third"]) and status(root)["third"]["policies"][0]["in_force_revision"] == policy["revision"],
                   "the last server confirmed")
        told_until(below, lambda: in_force(second, ["third"]) and status(second)["third"]["policies"], "the last one confirmed to its own primary")
        third.kill()
        told_until(stream, lambda: not status(root)["third"]["current"], "the third went away")
        changed = edit(root, policy, settings={"log.level": locked("error")})
        told_until(stream, lambda: status(root)["second"]["state"] == "in_force" and status(root)["third"]["state"] == "behind", "one is behind")
        third.start()
        told_until(stream, lambda: in_force(root, ["third"]) and status(root)["third"]["policies"][0]["in_force_revision"] == changed["revision"],
                   "it caught up")
    assert root.api.get("/events?kind=policy_status_changed")["items"] == []
    assert "policy_status_changed" not in root.text()


def test_p10_a_secondary_that_lost_what_it_confirmed_is_not_shown_as_in_force(start, secret):
    root, second = chain_of(start, LEVELS[:2])
    policy = add_policy(root, settings={"log.level": locked("warning")})
    wait_until(lambda: in_force(root, ["second"]), "the first revision is in force")
    start.cli(second).json("backup", start.folder / "old.backup", "--passphrase-file", secret)
    changed = edit(root, policy, settings={"log.level": locked("error")})
    wait_until(lambda: in_force(root, ["second"]) and status(root, policy)["second"]["policies"][0]["in_force_revision"] == changed["revision"],
               "the newer one is in force")
    link = str(second.link)
    second.kill()
    again, _ = restored(start, "again", start.folder / "old.backup", secret, link=link)
    again.name = "second"
    # It cannot take what it is sent, so that what is shown of it meanwhile can be seen.
    with contextlib.closing(sqlite3.connect(again.data / "daikan.db")) as database, database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON inherited_objects BEGIN SELECT RAISE(ABORT, 'there is no room'); END")
    again.start()
    shown = wait_until(lambda: (found := status(root, policy)["second"]) and found["current"] and found["state"] == "failed" and found,
                       "the root does not claim what it does not know")
    assert shown["behind_since"] and shown["applied_at"] is None and shown["policies"][0]["in_force_revision"] is None
    assert effective(again, "log.level")["value"] == "warning", "it has the old one"
    again.kill()
    with contextlib.closing(sqlite3.connect(again.data / "daikan.db")) as database, database:
        database.execute("DROP TRIGGER full")
    again.start()
    wait_until(lambda: in_force(root, ["second"]) and effective(again, "log.level")["value"] == "error", "it is in force again")
    assert status(root, policy)["second"]["policies"][0]["in_force_revision"] == changed["revision"]


def test_p11_what_was_applied_stays_in_force_without_a_link_and_catches_up(start):
    root, second, third = chain_of(start, LEVELS[:3])
    policy = add_policy(root, settings={"log.level": locked("warning")})
    other = add_policy(root, name="Short", group="Managed devices", application="daikan-server", active=False,
                       settings={"events.info_days": locked(3)})
    wait_until(lambda: in_force(root, ["second", "third"]), "in force")
    second.kill()
    root.kill()
    third.kill()
    third.start()
    assert effective(third, "log.level")["value"] == "warning"
    root.start()
    # A deleted policy is not brought back by what was sent before.
    root.api.delete(f"/policies/{policy['id']}")
    edit(root, other, active=True)
    second.start()
    wait_until(lambda: in_force(root, ["second", "third"]), "the hashes agree afterwards")
    assert effective(third, "log.level")["from"]["kind"] == "default" and effective(third, "events.info_days")["value"] == 3


def test_a_locked_change_at_the_root_survives_kill_9_anywhere_over_five_levels(start):
    servers = chain_of(start, LEVELS)
    root, bottom = servers[0], servers[-1]
    policy = add_policy(root, settings={"events.info_days": locked(1)})
    wait_until(lambda: in_force(root, LEVELS[1:]), "in force over five levels")
    seed = random.randrange(1 << 32)
    print("seed", seed)
    dice = random.Random(seed)
    for days in range(2, 8):
        victim = dice.choice(servers[1:])
        edit(root, policy, settings={"events.info_days": locked(days)})
        victim.kill()
        victim.start()
    wait_until(lambda: effective(bottom, "events.info_days")["value"] == 7, f"the last change is in force at the bottom (seed {seed})", 60)
    wait_until(lambda: in_force(root, LEVELS[1:]), f"and proved at the root (seed {seed})", 60)


@pytest.mark.parametrize("attempt", range(4))  # whether the rest arrives before the connection ends is a matter of luck
def test_a_primary_that_is_left_while_it_still_writes_what_is_inherited_is_not_obeyed(start, attempt):
    branch = start.server("branch")
    pair = certificates.make_key_pair(start.folder / "keys", "former")
    context = certificates.link_context(pair, ["rh2"], server_side=True)
    says = Introduction(name="former")
    began, left, answered = threading.Event(), threading.Event(), threading.Event()
    update = field(2, 1) + field(3, 1) + field(4, bytes(32)) + field(5, field(1, says.server_id) + field(2, b"former") + field(3, b"Managed devices"))

    def conversation(connection, _peer):
        with context.wrap_socket(connection, server_side=True) as tls, contextlib.suppress(OSError):
            link = h2.Connection(tls, timeout=60).start_client()
            link.read_until(h2.SETTINGS)
            kind = [("content-type", "application/x-protobuf")]
            link.send(h2.frame(h2.HEADERS, h2.END_HEADERS, 1, h2.request_headers("POST", "/link/v1/hello", more=kind))
                      + h2.frame(h2.DATA, h2.END_STREAM, 1, says.hello()))
            link.body_of(1)
            link.send(h2.frame(h2.HEADERS, h2.END_HEADERS, 3, h2.request_headers("PUT", "/link/v1/downstream", more=kind))
                      + h2.frame(h2.DATA, 0, 3, update[:10]))
            began.set()
            left.wait(60)
            link.send(h2.frame(h2.DATA, h2.END_STREAM, 3, update[10:]))
            while link.read() is not None:
                pass
            answered.set()

    address = start.fake(conversation).address
    branch.api.put("/primary", {"address": str(address), "certificate": pair.pem})
    assert began.wait(60)
    branch.wait_for_primary()
    branch.api.delete("/primary")
    left.set()
    answered.wait(20)
    assert branch.api.get("/policies")["items"] == [] and branch.api.get("/primary") == {"configured": False}
