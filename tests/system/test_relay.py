"""Administering any server below through the primary alone: the same API, at any depth, live events included."""

import threading
import time

import pytest
from support.server import USER, attach
from support.waiting import wait_until


@pytest.fixture(scope="module")
def tree(shared):
    """hq > branch > shop, and an empty till below the shop."""
    hq, branch, shop, till = (shared.server(name) for name in ("hq", "branch", "shop", "till"))
    attach(hq, branch)
    attach(branch, shop)
    attach(shop, till)
    return hq, branch, shop, till


def test_every_level_answers_as_itself(tree):
    hq, *below = tree
    path = []
    for server in below:
        path.append(server.id)
        told = hq.api.through(*path).get("/server/identity")
        assert told["name"] == server.name and told["fingerprint"] == server.fingerprint


def test_registration_ids_lead_there_too(tree):
    hq, branch, shop, _ = tree
    path = (hq.secondary("branch")["id"], branch.secondary("shop")["id"])
    assert hq.api.through(*path).get("/server/identity")["name"] == "shop"


def test_changes_on_the_fourth_level_are_recorded_under_the_persons_name_on_both_ends(tree):
    hq, branch, shop, till = tree
    api = hq.api.through(branch.id, shop.id, till.id)
    made = api.post("/groups", {"path": "Managed devices/Relayed"})
    assert till.api.get(f"/groups/{made['id']}")["path"] == "Managed devices/Relayed"
    record = next(each for each in till.api.get("/audit")["items"] if "Relayed" in each["object"])
    assert record["actor"] == USER and record["through"].split(" > ") == ["hq", "branch", "shop"]
    assert api.call("POST", "/groups", {"path": "Managed devices/Relayed"}).refused(409, "name_taken")["field"] == "path"
    api.delete(f"/groups/{made['id']}")
    assert till.api.call("GET", f"/groups/{made['id']}").status == 404


def test_problems_from_below_arrive_as_they_were(tree):
    hq, branch, shop, _ = tree
    api = hq.api.through(branch.id, shop.id)
    api.call("GET", "/groups/01930c4e-5a00-7000-8000-000000000000").refused(404, "not_found")
    api.call("POST", "/groups", b"{").refused(400, "invalid_request")
    api.call("GET", "/no/such/route").refused(404, "not_found")


def test_the_callers_secret_goes_no_further(tree):
    """The lower server knows the person by the link, not by the secret; and a secret of the upper one means nothing below."""
    hq, branch, *_ = tree
    stranger = branch.stranger
    stranger.secret = hq.api.secret
    stranger.call("GET", "/groups").refused(401, "unauthenticated")
    anonymous = hq.stranger.through(branch.id)
    anonymous.call("GET", "/groups").refused(401, "unauthenticated")
    for own in ("/sessions/current", "/tokens"):
        assert hq.api.through(branch.id).call("GET", own).refused(403, "permission_denied")


def test_unknown_and_disconnected_servers_are_told_apart(tree, shared):
    hq, branch, *_ = tree
    hq.api.through("01930c4e-5a00-7000-8000-000000000000").call("GET", "/groups").refused(404, "not_found")
    away = shared.prepared("away")
    # A certificate exists after the first start only.
    away.start()
    registered = branch.register(away)
    problem = hq.api.through(branch.id, registered["id"]).call("GET", "/groups").refused(503, "not_connected")
    assert "away" in problem["detail"] and problem["remedy"]
    # In the tree it is shown with its reason, not left out.
    node = hq.api.get("/tree")["secondaries"][0]["server"]
    assert {each["name"]: each["server"] is not None for each in node["secondaries"]} == {"shop": True, "away": False}
    branch.api.delete(f"/secondaries/{registered['id']}")


def test_the_tree_over_all_levels(tree):
    hq, *_ = tree
    node, names = hq.api.get("/tree"), []
    assert node["complete"]
    while True:
        names.append(node["name"])
        if not node["secondaries"]:
            break
        (only,) = node["secondaries"]
        assert only["state"] == "connected" and only["error"] is None
        node = only["server"]
    assert names == ["hq", "branch", "shop", "till"]
    shallow = hq.api.get("/tree?depth=1")
    assert shallow["secondaries"][0]["server"]["name"] == "branch"


def test_live_events_of_the_third_level_stream_through(tree):
    hq, branch, shop, _ = tree
    api = hq.api.through(branch.id, shop.id)
    with api.events() as stream:
        group = api.post("/groups", {"path": "Managed devices/Live"})
        seen = stream.next()
        while "Live" not in seen["data"]["message"]:
            seen = stream.next()
        last = int(seen["id"])
        assert seen["data"]["sequence"] == last and seen["event"] == seen["data"]["kind"]
    api.delete(f"/groups/{group['id']}")
    # What happened meanwhile is not lost: the stream goes on behind the last event seen.
    with api.events(last_id=last) as stream:
        again = stream.next()
        assert int(again["id"]) == last + 1 and "Live" in again["data"]["message"]


def test_a_stream_that_nobody_listens_to_any_more_ends_below(tree):
    hq, branch, shop, _ = tree
    api = hq.api.through(branch.id, shop.id)
    before = shop.metrics()["daikan_event_streams"]
    streams = [api.events() for _ in range(5)]
    wait_until(lambda: shop.metrics()["daikan_event_streams"] == before + 5, "five streams below")
    for stream in streams:
        stream.close()
    wait_until(lambda: shop.metrics()["daikan_event_streams"] == before, "they end below")


def test_many_relayed_requests_at_once_are_all_answered_rightly(tree):
    hq, branch, shop, till = tree
    paths = {"hq": (), "branch": (branch.id,), "shop": (branch.id, shop.id), "till": (branch.id, shop.id, till.id)}
    wrong = []

    def ask(name, path):
        for _ in range(10):
            told = hq.api.through(*path).get("/server/identity")["name"]
            if told != name:
                wrong.append((name, told))

    callers = [threading.Thread(target=ask, args=each) for each in paths.items() for _ in range(5)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not wrong


def test_a_relay_that_runs_when_the_link_breaks_ends_and_says_so(tree):
    hq, branch, shop, _ = tree
    upper, lower = branch.id, shop.id
    stream = hq.api.through(upper, lower).events()
    branch.kill()
    begin = time.monotonic()
    with pytest.raises((AssertionError, OSError, ValueError)):
        while True:
            stream.next()
    assert time.monotonic() - begin < 20
    stream.close()
    hq.api.through(upper).call("GET", "/groups").refused(503, "not_connected")
    branch.start()
    hq.wait_for_secondary("branch", deadline=90)
    branch.wait_for_secondary("shop", deadline=90)
    assert hq.api.through(upper, lower).get("/server/identity")["name"] == "shop"
