"""A secondary with everything below it moves to another primary, and comes back when the new link does not come up."""

import os
import subprocess

import pytest
from support.server import BIN, attach, environment, free_port
from support.waiting import stays, wait_until


@pytest.fixture
def tree(start):
    """old > mid > leaf, and new, which knows none of them."""
    old, new, mid, leaf = (start.server(name) for name in ("old", "new", "mid", "leaf"))
    attach(old, mid)
    attach(mid, leaf)
    return old, new, mid, leaf


def primaries_of(server) -> str:
    return server.api.get("/primary").get("name")


def kinds(server) -> list[str]:
    return [each["kind"] for each in server.api.get("/events?limit=200")["items"]]


def test_a_secondary_moves_with_everything_below_it(start, tree):
    old, new, mid, leaf = tree
    new.api.post("/groups", {"path": "Managed devices/Taken over"})
    cli = start.cli(old, new)
    link_below = leaf.api.get("/primary")["since"]
    told = cli.ok("secondary", "move", "mid", "--to-primary", "new", "--group", "Managed devices/Taken over", server="old")
    assert [line.split("“mid”")[1].strip() for line in told.splitlines()[1:]] == [
        "is registered at “new”", "leaves for its new primary, and comes back unless it is connected within 60 s", "is connected to “new”",
        "is removed from its former primary"], told
    assert new.wait_for_secondary("mid")["group"] == "Managed devices/Taken over"
    assert old.api.get("/secondaries")["items"] == []
    assert mid.wait_for_primary()["name"] == "new" and mid.api.get("/primary/move")["state"] == "done"
    # The third level was connected throughout, and is administered through its new root.
    below = leaf.wait_for_primary()
    assert (below["name"], below["since"]) == ("mid", link_below)
    assert wait_until(lambda: new.api.through(mid.id, leaf.id).get("/server")["name"], "leaf is reached") == "leaf"
    assert "primary_moved" in kinds(mid) and "secondary_removed" in kinds(old)


def test_it_comes_back_when_the_new_primary_is_unreachable(start, tree):
    old, new, mid, leaf = tree
    cli = start.cli(old, new)
    link_below = leaf.api.get("/primary")["since"]
    failed = cli.fails("secondary", "move", "mid", "--to-primary", "new", "--primary-address", f"127.0.0.1:{free_port()}", "--wait", "5",
                       server="old")
    assert "The move was undone: the link did not come up within 5 s." in failed and "with its former primary again" in failed
    assert old.wait_for_secondary("mid") and mid.wait_for_primary()["name"] == "old"
    assert new.api.get("/secondaries")["items"] == [], "the registration is taken back"
    move = mid.api.get("/primary/move")
    assert (move["state"], move["from"]["name"], move["by"]) == ("undone", "old", "olga")
    assert leaf.wait_for_primary()["since"] == link_below
    assert "primary_move_undone" in kinds(mid)


def test_it_comes_back_when_the_new_primary_does_not_know_it(tree):
    old, new, mid, _ = tree
    body = {"address": str(new.link), "certificate": new.certificate_pem, "wait_seconds": 5}
    assert mid.api.post("/primary/move", body)["state"] == "running"
    mid.api.call("POST", "/primary/move", body).refused(409, "conflict")
    move = wait_until(lambda: (m := mid.api.get("/primary/move"))["state"] != "running" and m, "it ends")
    assert move["state"] == "undone" and "did not come up within 5 s" in move["message"]
    assert mid.wait_for_primary()["name"] == "old" and old.wait_for_secondary("mid")


def test_a_loop_is_never_made_by_a_move(start, tree):
    old, new, mid, leaf = tree
    cli = start.cli(old, leaf)
    failed = cli.fails("secondary", "move", "mid", "--to-primary", "leaf", "--wait", "5", server="old")
    assert "“" in failed
    assert mid.wait_for_primary()["name"] == "old" and leaf.wait_for_primary()["name"] == "mid"
    stays(lambda: leaf.api.get("/secondaries")["items"] == [], 1, "nothing is left behind")


@pytest.mark.parametrize("moment", range(3))
def test_kill_9_in_the_middle_leaves_exactly_one_primary(tree, moment):
    """Killed at once, while it waits, and after it may have arrived: it is with one of the two, and the other does not have it."""
    old, new, mid, leaf = tree
    new.register(mid)
    body = {"address": str(new.link), "certificate": new.certificate_pem, "wait_seconds": 20}
    mid.api.post("/primary/move", body)
    if moment == 1:
        wait_until(lambda: primaries_of(mid) != "old", "the new one is set")
    if moment == 2:
        wait_until(lambda: mid.api.get("/primary").get("state") == "connected" and primaries_of(mid) == "new", "it has arrived")
    mid.kill()
    mid.start()
    move = wait_until(lambda: (m := mid.api.get("/primary/move"))["state"] != "running" and m, "it ends", 90)
    assert move["state"] == "done"
    assert mid.wait_for_primary()["name"] == "new" and new.wait_for_secondary("mid")
    assert old.secondary("mid")["state"] != "connected"
    assert leaf.wait_for_primary()["name"] == "mid"


def test_by_certificate_files_when_the_primaries_do_not_see_each_other(start, tree):
    """Three people, three machines: nobody reaches two servers."""
    old, new, mid, leaf = tree
    at_old, at_new, at_mid = start.cli(old, name="at-old"), start.cli(new, name="at-new"), start.cli(mid, name="at-mid")
    files = start.folder
    at_mid.ok("certificate", "export", files / "mid.cer")
    at_new.ok("certificate", "export", files / "new.cer")
    at_new.ok("secondary", "add", "--name", "mid", "--certificate", files / "mid.cer")
    told = at_mid.ok("primary", "move", "--address", new.link, "--certificate", files / "new.cer")
    assert "done" in told
    assert "done" in at_mid.ok("primary", "move-status")
    at_old.ok("secondary", "remove", "mid")
    assert new.wait_for_secondary("mid") and leaf.wait_for_primary()["name"] == "mid"
    assert old.api.get("/secondaries")["items"] == []


def test_what_cannot_be_moved_is_refused(start, tree):
    old, new, mid, leaf = tree
    cli = start.cli(old)
    assert "There is no profile “elsewhere”" in cli.fails("secondary", "move", "mid", "--to-primary", "elsewhere")
    new.api.call("GET", "/primary/move").refused(404, "not_found")
    new.api.call("POST", "/primary/move", {"address": str(old.link), "certificate": old.certificate_pem}).refused(404, "not_found")
    mid.api.call("POST", "/primary/move", {"address": str(old.link), "certificate": old.certificate_pem}).refused(409, "conflict")
    done = subprocess.run([BIN / "daikan", "secondary", "move", "mid"], capture_output=True, text=True,
                          env=environment(start.folder) | {"DAIKAN_HOME": str(cli.home)})
    assert done.returncode == 2 and os.path.exists(cli.home)
