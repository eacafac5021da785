"""Roles that are relayed to secondary Administration Servers, on real daemons, three levels deep."""

import json

import pytest
from support.server import attach
from support.waiting import wait_until

GOOD = "a good long password"
ROOT = "Managed devices"


@pytest.fixture
def tree(start):
    servers = [start.server(name) for name in ("hq", "branch", "shop")]
    attach(servers[0], servers[1])
    attach(servers[1], servers[2])
    return servers


def relay(server, value: bool = True) -> dict:
    body = {"name": "Rules", "group": ROOT, "active": True, "settings": {"roles.relay": {"value": value, "locked": True}}}
    return server.api.post("/policies", body)


def role_of(server, name: str) -> dict | None:
    return next((each for each in server.api.get("/roles")["items"] if each["name"] == name), None)


def user_of(server, name: str) -> dict:
    return next(each for each in server.api.get("/users")["items"] if each["name"] == name)


@pytest.fixture
def shop_cli(start, tree):
    return start.cli(tree[2])


def person(server, name: str, role: str, group: str | None):
    server.api.post("/users", {"name": name, "password": GOOD, "assignments": [{"role": role, "group": group}]})
    return server.stranger.log_in(name, GOOD)


def test_a_role_of_the_root_is_given_at_the_third_level_allows_exactly_that_and_ends_with_the_relay(tree, shop_cli):
    hq, branch, shop = tree
    made = hq.api.post("/roles", {"name": "helpdesk", "description": "Looks after groups", "rights": ["read", "edit_groups"]})
    assert role_of(branch, "helpdesk") is None, "nothing goes down before it is said"
    rules = relay(hq)
    there = wait_until(lambda: role_of(shop, "helpdesk"), "the third level inherits it")
    assert there["id"] == made["id"] and there["owner"] == {"id": hq.id, "name": "hq"} and there["gives"] == ["read", "edit_groups"]

    # Given in one group, it allows what it says there, and nothing else.
    shop.api.post("/groups", {"path": f"{ROOT}/Tills"})
    ivan = person(shop, "ivan", "helpdesk", f"{ROOT}/Tills")
    assert user_of(shop, "ivan")["assignments"][0]["role_owner"]["name"] == "hq"
    ivan.post("/groups", {"path": f"{ROOT}/Tills/One"})
    ivan.call("POST", "/groups", {"path": f"{ROOT}/Two"}).refused(403, "permission_denied")
    ivan.call("GET", "/users").refused(403, "permission_denied")

    # It belongs to its owner.
    for method, body in (("PUT", {"name": "mine", "rights": ["read"]}), ("DELETE", None)):
        refused = shop.api.call(method, f"/roles/{made['id']}", body).refused(403, "permission_denied")
        assert "inherited from “hq”" in refused["detail"], refused
    assert "from hq" in shop_cli.ok("role", "list")
    assert "inherited from hq" in shop_cli.ok("role", "show", "helpdesk@hq")

    # An edit above holds below.
    hq.api.call("PUT", f"/roles/{made['id']}", {"name": "helpdesk", "rights": ["read"]}).ok()
    wait_until(lambda: ivan.call("POST", "/groups", {"path": f"{ROOT}/Tills/Three"}).status == 403, "the edit holds at the third level")
    assert ivan.get("/groups")["items"]

    hq.api.call("PATCH", f"/policies/{rules['id']}", {"active": False}).ok()
    wait_until(lambda: role_of(shop, "helpdesk") is None and role_of(branch, "helpdesk") is None, "the relay off removes it")
    assert user_of(shop, "ivan")["assignments"] == []
    assert "taken from ivan" in json.dumps(shop.api.get("/events?limit=20"), ensure_ascii=False)
    ivan.call("GET", "/groups").refused(403, "permission_denied")


def test_an_own_role_of_the_same_name_comes_first_and_the_bound_on_the_primary_bounds_the_role(tree, shop_cli):
    hq, branch, shop = tree
    hq.api.post("/roles", {"name": "helpdesk", "rights": ["read", "manage_users"]})
    relay(hq)
    wait_until(lambda: role_of(shop, "helpdesk"), "the third level inherits it")
    shop.api.post("/roles", {"name": "helpdesk", "rights": ["read"]})
    shop.api.post("/users", {"name": "ivan", "password": GOOD})
    shop_cli.ok("user", "grant", "ivan", "helpdesk")
    shop_cli.ok("user", "grant", "ivan", "helpdesk@hq")
    assert [each["role_owner"] and each["role_owner"]["name"] for each in user_of(shop, "ivan")["assignments"]].count("hq") == 1
    shop_cli.ok("user", "revoke", "ivan", "helpdesk")
    left, = user_of(shop, "ivan")["assignments"]
    assert left["role_owner"]["name"] == "hq", "the own one was taken away"
    ivan = shop.stranger.log_in("ivan", GOOD)
    assert ivan.get("/users")["items"]
    shop.api.put("/primary/rights", {"primary_may": "read"})
    ivan.call("GET", "/users").refused(403, "permission_denied")
    inherited = next(each for each in shop.api.get("/roles")["items"] if each["owner"])
    assert inherited["rights"] == ["read", "manage_users"] and inherited["gives"] == ["read"]


@pytest.mark.parametrize("inherited", ["keep", "remove"])
def test_c4_when_the_primary_is_left_roles_stay_with_their_users_or_go_with_what_they_gave(tree, inherited):
    hq, branch, shop = tree
    made = hq.api.post("/roles", {"name": "helpdesk", "rights": ["read", "edit_groups"]})
    relay(hq)
    wait_until(lambda: role_of(shop, "helpdesk"), "the third level inherits it")
    ivan = person(shop, "ivan", "helpdesk", ROOT)
    shop.api.call("DELETE", f"/primary?inherited={inherited}").ok()
    own = role_of(shop, "helpdesk")
    if inherited == "remove":
        assert own is None and user_of(shop, "ivan")["assignments"] == []
        return
    assert own["owner"] is None and own["id"] != made["id"]
    assert user_of(shop, "ivan")["assignments"][0]["role_id"] == own["id"]
    ivan.post("/groups", {"path": f"{ROOT}/Kept"})
    shop.api.call("PUT", f"/roles/{own['id']}", {"name": "mine", "rights": ["read"]}).ok()


def test_a_server_below_does_not_pass_on_what_it_is_told_to_keep(tree):
    hq, branch, shop = tree
    hq.api.post("/roles", {"name": "helpdesk", "rights": ["read"]})
    body = {"name": "Rules", "group": ROOT, "active": True, "settings": {"roles.relay": {"value": True, "locked": False}}}
    hq.api.post("/policies", body)
    wait_until(lambda: role_of(shop, "helpdesk"), "the third level inherits it")
    relay(branch, False)
    wait_until(lambda: role_of(shop, "helpdesk") is None, "the branch passes nothing on")
    assert role_of(branch, "helpdesk")
