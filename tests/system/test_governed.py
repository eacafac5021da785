"""What the settings of the application daikan-server govern: each is obeyed live, without a restart."""

from support.server import attach
from support.waiting import wait_until

LIVE = 5  # seconds; a second is promised, the rest is for a busy machine


def govern(server, **more) -> dict:
    return server.api.post("/policies", {"name": "Rules", "group": "Managed devices", "active": True, **more})


def locked(**settings) -> dict:
    return {path.replace("__", "."): {"value": value, "locked": True} for path, value in settings.items()}


def change(server, made: dict, settings: dict):
    return server.api.call("PATCH", f"/policies/{made['id']}", {"settings": settings})


def test_the_primary_may_no_more_than_what_governs_and_its_secondary_say(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    above = hq.api.through(hq.secondary("branch")["id"])
    above.post("/groups", {"path": "Managed devices/One"})
    made = govern(branch, settings=locked(hierarchy__primary_may="read"))
    wait_until(lambda: above.call("POST", "/groups", {"path": "Managed devices/Two"}).status == 403, "the primary only reads", LIVE)
    assert above.get("/groups")["items"]
    above.call("PATCH", f"/policies/{made['id']}", {"active": False}).refused(403, "permission_denied")
    assert branch.api.get("/primary")["primary_may"] == "full", "the server's own word stays"
    branch.api.put("/primary/rights", {"primary_may": "none"})
    change(branch, made, locked(hierarchy__primary_may="full")).ok()
    wait_until(lambda: "bounded to “full”" in str(branch.api.get("/events?limit=20")), "the policy is obeyed", LIVE)
    above.call("GET", "/groups").refused(403, "permission_denied")
    branch.api.put("/primary/rights", {"primary_may": "full"})
    assert above.get("/groups")["items"]
