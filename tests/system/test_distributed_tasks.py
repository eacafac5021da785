"""Group tasks that are distributed to secondary Administration Servers, on real daemons, three levels deep."""

import time

import pytest
from support.server import attach
from support.waiting import wait_until

NAMES = ["hq", "branch", "shop"]


@pytest.fixture
def tree(start):
    servers = [start.server(name) for name in NAMES]
    attach(servers[0], servers[1])
    attach(servers[1], servers[2])
    return servers


def task_of(server, name: str) -> dict:
    return [each for each in server.api.get("/tasks")["items"] if each["name"] == name][0]


def test_a_distributed_task_runs_below_belongs_to_its_owner_and_tells_it_how_it_went(start, tree):
    hq, branch, shop = tree
    made = hq.api.post("/tasks", {"name": "Tidy", "kind": "event_cleanup", "group": "Managed devices", "distribute": True, "settings": {"info_days": 300}})
    here = hq.api.post("/tasks", {"name": "Here", "kind": "link_check", "group": "Managed devices"})
    there = wait_until(lambda: task_of(shop, "Tidy"), "the third level inherits it")
    assert there["id"] == made["id"] and there["owner"] == {"id": hq.id, "name": "hq"} and there["settings"]["info_days"] == 300
    assert here["id"] not in {each["id"] for each in branch.api.get("/tasks")["items"]}
    for method, path, body in (("PATCH", "", {"name": "Mine"}), ("DELETE", "", None), ("POST", "/start", None), ("POST", "/cancel", None)):
        refused = shop.api.call(method, f"/tasks/{made['id']}{path}", body).refused(403, "permission_denied")
        assert "“hq”" in refused["detail"], refused

    def runs(server) -> list[tuple]:
        return [(each["server"], each["cause"], each["state"]) for each in server.api.get(f"/tasks/{made['id']}/runs")["items"]]

    # Started on its owner, it runs everywhere, and the owner sees how it went everywhere.
    hq.api.call("POST", f"/tasks/{made['id']}/start").ok()
    wait_until(lambda: runs(shop) == [(None, "owner", "done")], "it ran on the third level")
    wait_until(lambda: sorted(runs(hq), key=str) == [("branch", "owner", "done"), ("shop", "owner", "done"), (None, "person", "done")], "the owner knows of all runs")

    # On its schedule: soon, by everybody's own clock; and no longer once it is gone.
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6))
    hq.api.call("PATCH", f"/tasks/{made['id']}", {"schedule": f"once {soon}"}).ok()
    wait_until(lambda: ("shop", "schedule", "done") in runs(hq), "it ran on schedule on the third level")
    shop.restart()
    assert len(runs(shop)) == 2, "nothing ran twice"
    hq.api.call("DELETE", f"/tasks/{made['id']}").ok()
    wait_until(lambda: shop.api.get("/tasks")["items"] == [], "it is not inherited any more")


def test_an_inherited_task_does_not_run_where_the_primary_may_only_look(tree):
    hq, branch, shop = tree
    made = hq.api.post("/tasks", {"name": "Check", "kind": "link_check", "group": "Managed devices", "distribute": True})
    wait_until(lambda: task_of(shop, "Check"), "the third level inherits it")
    branch.api.put("/primary/rights", {"primary_may": "read"})
    wait_until(lambda: shop.api.get("/tasks")["items"] == [], "what is held on branch goes no further down")
    hq.api.call("POST", f"/tasks/{made['id']}/start").ok()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    hq.api.call("PATCH", f"/tasks/{made['id']}", {"schedule": f"once {soon}"}).ok()
    wait_until(lambda: [each["cause"] for each in hq.api.get(f"/tasks/{made['id']}/runs")["items"]] == ["schedule", "person"], "its owner ran it twice")
    held = task_of(branch, "Check")
    assert held["next_start"] is None and held["last_run"] is None, held
    assert branch.api.get(f"/tasks/{made['id']}/runs")["items"] == []
    told = [each for each in branch.api.get("/events")["items"] if each["kind"] == "inherited_tasks_held"]
    assert len(told) == 1 and "lets its primary do “read”" in told[0]["message"], told
    # Nothing of it is made up for once it may run again; what is started from then on runs.
    branch.api.put("/primary/rights", {"primary_may": "full"})
    wait_until(lambda: task_of(shop, "Check"), "it goes on down again")
    wait_until(lambda: [each for each in branch.api.get("/events")["items"] if each["kind"] == "inherited_tasks_run"], "and that is told")
    assert task_of(branch, "Check")["last_run"] is None
    hq.api.call("POST", f"/tasks/{made['id']}/start").ok()
    wait_until(lambda: task_of(branch, "Check")["last_run"], "it runs there when it is started again")


def test_c4_a_distributed_task_stays_as_an_own_one_when_the_primary_is_left(tree):
    hq, branch, shop = tree
    hq.api.post("/tasks", {"name": "Tidy", "kind": "event_cleanup", "group": "Managed devices", "distribute": True, "settings": {"info_days": 300}})
    wait_until(lambda: task_of(shop, "Tidy"), "the third level inherits it")
    shop.api.call("DELETE", "/primary").ok()
    own, = shop.api.get("/tasks")["items"]
    assert own["owner"] is None and own["group"] == "Managed devices" and own["name"] == "Tidy" and own["settings"]["info_days"] == 300
    shop.api.call("POST", f"/tasks/{own['id']}/start").ok()
