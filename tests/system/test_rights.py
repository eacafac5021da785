"""Who may what (joining.md section 8): every right provoked on real servers, by people who lack it and people who have it."""

import base64

import pytest
from support import certificates
from support.server import PASSWORD, USER, attach
from support.waiting import wait_until

GOOD = "a good long password"


@pytest.fixture(scope="module")
def hq(shared):
    """hq > branch, with a group Branches (the branch is in it) and a group Labs."""
    hq, branch = shared.server("hq"), shared.server("branch")
    for group in ("Branches", "Labs"):
        hq.api.post("/groups", {"path": f"Managed devices/{group}"})
    attach(hq, branch, group="Managed devices/Branches")
    hq.branch = branch
    return hq


_made = 0


def person(server, *assignments, password=GOOD):
    """Somebody new, logged in, with these (role, group) pairs; a role may be a list of rights."""
    global _made
    _made += 1
    wanted = []
    for role, group in assignments:
        if isinstance(role, list):
            name = f"role {_made} {len(wanted)}"
            server.api.post("/roles", {"name": name, "rights": role})
            role = name
        wanted.append({"role": role, "group": group})
    name = f"person{_made}"
    user = server.api.post("/users", {"name": name, "password": password, "assignments": wanted})
    someone = server.stranger.log_in(name, password)
    someone.name, someone.id = name, user["id"]
    return someone


def refusal(answer, right, *where):
    problem = answer.refused(403, "permission_denied")
    for word in (f"({right})", *where):
        assert word in problem["detail"], problem
    assert problem["remedy"], problem


def some_certificate(tmp_path):
    global _made
    _made += 1
    return base64.b64encode(certificates.make_key_pair(tmp_path, f"key{_made}").der).decode()


def test_manage_users_is_needed_beside_manage_server_to_take_a_backup(hq):
    body = {"passphrase": "several words that nobody guesses"}
    refusal(person(hq, (["read", "manage_server"], None)).call("POST", "/backups", body), "manage_users", "the server “hq”")
    refusal(person(hq, (["read", "manage_users"], None)).call("POST", "/backups", body), "manage_server", "the server “hq”")
    assert person(hq, (["read", "manage_server", "manage_users"], None)).call("POST", "/backups", body).status == 200


def test_configure_hierarchy_on_the_group_is_needed_to_add_or_remove_a_secondary(hq, tmp_path):
    keeper = person(hq, ("operator", "Managed devices/Branches"))
    lab = {"name": "lab", "group": "Managed devices/Labs", "certificate": some_certificate(tmp_path)}
    refusal(keeper.call("POST", "/secondaries", lab), "configure_hierarchy", "“Managed devices/Labs”", "“hq”")
    added = hq.api.post("/secondaries", lab)
    refusal(keeper.call("DELETE", f"/secondaries/{added['id']}"), "configure_hierarchy", "“Managed devices/Labs”", "“hq”")
    hq.api.delete(f"/secondaries/{added['id']}")
    own = keeper.post("/secondaries", {"name": "own", "group": "Managed devices/Branches", "certificate": some_certificate(tmp_path)})
    keeper.delete(f"/secondaries/{own['id']}")
    viewer = person(hq, ("viewer", None))
    refusal(viewer.call("POST", "/secondaries", lab), "configure_hierarchy", "“hq”")


def test_configure_hierarchy_on_the_server_is_needed_to_set_the_primary(start):
    hq, branch = start.server("hq"), start.server("branch")
    hq.register(branch)
    everywhere_but_the_server = person(branch, ("administrator", "Managed devices"))
    body = {"address": str(hq.link), "certificate": hq.certificate_pem}
    refusal(everywhere_but_the_server.call("PUT", "/primary", body), "configure_hierarchy", "the server “branch”")
    keeper = person(branch, ("operator", None))
    assert keeper.put("/primary", body)["primary_may"] == "none"
    branch.wait_for_primary()
    refusal(everywhere_but_the_server.call("DELETE", "/primary"), "configure_hierarchy", "the server “branch”")
    keeper.delete("/primary")


def test_read_shows_what_is_in_the_groups_and_nothing_else(hq):
    reader = person(hq, (["read"], "Managed devices/Labs"))
    assert [each["path"] for each in reader.get("/groups")["items"]] == ["Managed devices/Labs"]
    assert reader.get("/secondaries")["items"] == [] and reader.get("/tree")["secondaries"] == []
    branch = hq.secondary("branch")
    refusal(reader.call("GET", f"/secondaries/{branch['id']}"), "read", "“Managed devices/Branches”")
    refusal(reader.call("GET", "/events"), "read", "the server “hq”")
    nobody = person(hq)
    for path in ("/groups", "/secondaries", "/tree", "/server", "/events", "/primary", "/operations"):
        refusal(nobody.call("GET", path), "read", "“hq”")
    assert nobody.get("/account")["assignments"] == []


def test_edit_groups_is_needed_to_make_and_remove_a_group(hq):
    editor = person(hq, (["read", "edit_groups"], "Managed devices/Labs"))
    refusal(editor.call("POST", "/groups", {"path": "Managed devices/Else"}), "edit_groups", "“Managed devices”")
    made = editor.post("/groups", {"path": "Managed devices/Labs/One"})
    viewer = person(hq, ("viewer", None))
    refusal(viewer.call("DELETE", f"/groups/{made['id']}"), "edit_groups", "“hq”")
    editor.delete(f"/groups/{made['id']}")


def test_read_audit_is_needed_to_see_who_did_what(hq):
    refusal(person(hq, ("operator", None)).call("GET", "/audit"), "read_audit", "the server “hq”")
    assert person(hq, ("auditor", None)).get("/audit")["items"]
    refused = [each for each in hq.api.get("/audit?limit=1000")["items"] if each["action"] == "access.refused"]
    assert any(each["object"] == "GET /api/v1/audit" and each["outcome"] == "permission_denied" for each in refused), refused


def test_relay_is_needed_on_the_group_of_a_secondary_and_the_rights_held_there_go_along(hq):
    branch = hq.secondary("branch")["id"]
    refusal(person(hq, (["read"], None)).through(branch).call("GET", "/groups"), "relay", "“hq”")
    refusal(person(hq, ("operator", "Managed devices/Labs")).through(branch).call("GET", "/groups"), "relay", "“Managed devices/Branches”")
    viewer = person(hq, ("viewer", None)).through(branch)
    assert viewer.get("/groups")["items"]
    refusal(viewer.call("POST", "/groups", {"path": "Managed devices/No"}), "edit_groups", "“branch”")
    keeper = person(hq, ("operator", "Managed devices/Branches"))
    made = keeper.through(branch).post("/groups", {"path": "Managed devices/Made from above"})
    refusal(keeper.through(branch).call("GET", "/users"), "manage_users", "the server “branch”")
    keeper.through(branch).delete(f"/groups/{made['id']}")
    # Who may read but not relay sees the branch in the tree, and why not what is below it.
    reader = person(hq, (["read"], None)).get("/tree")["secondaries"][0]
    assert reader["server"] is None and reader["error"]["code"] == "permission_denied", reader


def test_a_person_acting_through_a_primary_acts_under_the_own_name_recorded_on_both_servers(hq):
    keeper = person(hq, ("operator", None))
    branch = hq.secondary("branch")
    keeper.through(branch["id"]).post("/groups", {"path": "Managed devices/Recorded"})
    below = next(each for each in hq.branch.api.get("/audit")["items"] if each["action"] == "group.add")
    assert (below["actor"], below["through"]) == (keeper.name, "hq") and "Recorded" in below["object"], below
    above = next(each for each in hq.api.get("/audit")["items"] if each["action"] == "relay")
    assert (above["actor"], above["outcome"]) == (keeper.name, "done") and branch["id"] in above["object"], above
    assert above["object"].startswith("POST groups on secondary")
    keeper.through(branch["id"]).call("POST", "/groups", {"path": "Managed devices/Recorded"}).refused(409, "name_taken")
    above = next(each for each in hq.api.get("/audit")["items"] if each["action"] == "relay")
    assert above["outcome"] == "name_taken"


@pytest.mark.parametrize("may", ["full", "read", "none"])
def test_the_secondary_bounds_its_primary(hq, start, may):
    branch = hq.branch
    cli = start.cli(branch)
    assert may in cli.ok("primary", "set", "--primary-may", may)
    assert branch.api.get("/primary")["primary_may"] == may
    above = hq.api.through(hq.secondary("branch")["id"])
    try:
        if may == "none":
            problem = above.call("GET", "/groups").refused(403, "permission_denied")
            assert "“branch” lets its primary do nothing" in problem["detail"] and "--primary-may read" in problem["remedy"]
            assert hq.api.get("/tree")["secondaries"][0]["error"]["code"] == "permission_denied"
        if may == "read":
            assert above.get("/groups")["items"] and above.get("/audit")
            problem = above.call("POST", "/groups", {"path": "Managed devices/No"}).refused(403, "permission_denied")
            assert "“branch” lets its primary only read" in problem["detail"] and "--primary-may full" in problem["remedy"]
        if may != "full":  # whoever is above cannot lift it
            above.call("PUT", "/primary/rights", {"primary_may": "full"}).refused(403, "permission_denied")
            assert branch.api.get("/primary")["primary_may"] == may
        if may == "full":
            group = above.post("/groups", {"path": "Managed devices/Full"})
            above.delete(f"/groups/{group['id']}")
    finally:
        branch.api.put("/primary/rights", {"primary_may": "full"})


def test_a_live_tail_from_above_ends_when_the_bound_is_none(hq):
    branch = hq.branch
    with hq.api.through(hq.secondary("branch")["id"]).events() as tail:
        branch.api.put("/primary/rights", {"primary_may": "none"})
        try:
            with pytest.raises(AssertionError, match="the stream ended"):
                while True:
                    tail.next()  # what happens until the next heartbeat, and the heartbeats
        finally:
            branch.api.put("/primary/rights", {"primary_may": "full"})


def test_nobody_lets_the_primary_do_what_they_may_not_do_themselves(start, tmp_path):
    hq, branch = start.server("hq"), start.server("branch")
    hq.register(branch)
    keeper = person(branch, ("operator", None))
    body = {"address": str(hq.link), "certificate": hq.certificate_pem}
    for more in ("full", "read"):  # an operator reads no audit
        problem = keeper.call("PUT", "/primary", body | {"primary_may": more}).refused(403, "permission_denied")
        assert problem["field"] == "primary_may" and "--primary-may none" in problem["remedy"], problem
    assert branch.api.get("/primary") == {"configured": False}
    keeper.put("/primary", body)
    keeper.call("PUT", "/primary/rights", {"primary_may": "full"}).refused(403, "permission_denied")
    keeper.call("PUT", "/primary", body | {"primary_may": "full"}).refused(403, "permission_denied")
    assert branch.api.get("/primary")["primary_may"] == "none"
    # What an administrator allowed this primary goes to no other one by the hand of an operator.
    assert branch.api.put("/primary/rights", {"primary_may": "full"})["primary_may"] == "full"
    rogue = {"certificate": some_certificate(tmp_path)}
    keeper.call("PUT", "/primary", body | rogue | {"replace": True}).refused(403, "permission_denied")
    problem = keeper.call("PATCH", "/primary", rogue | {"untested": True}).refused(403, "permission_denied")
    assert problem["field"] == "primary_may", problem
    assert branch.api.get("/primary")["primary_may"] == "full"
    keeper.put("/primary/rights", {"primary_may": "none"})
    keeper.put("/primary", body | rogue | {"replace": True})
    assert branch.api.get("/primary")["primary_may"] == "none"


def test_nobody_moves_anything_to_where_they_may_do_more(hq, tmp_path):
    mine = hq.api.post("/groups", {"path": "Managed devices/Mine"})
    theirs = hq.api.post("/groups", {"path": "Managed devices/Theirs"})
    editor = person(hq, (["read", "edit_groups", "configure_hierarchy"], "Managed devices/Theirs"), ("operator", "Managed devices/Mine"))
    inner = hq.api.post("/groups", {"path": "Managed devices/Theirs/Inner"})
    certificate = some_certificate(tmp_path)
    server = hq.api.post("/secondaries", {"name": "moved", "group": "Managed devices/Theirs", "certificate": certificate})
    for path, field in ((f"/groups/{inner['id']}", "parent"), (f"/secondaries/{server['id']}", "group")):
        problem = editor.call("PATCH", path, {field: "Managed devices/Mine"}).refused(403, "permission_denied")
        assert problem["field"] == field and "“Managed devices/Mine”" in problem["detail"], problem
        hq.api.call("PATCH", path, {field: "Managed devices/Mine"}).ok()
        editor.call("PATCH", path, {field: "Managed devices/Theirs"}).ok()
    hq.api.delete(f"/secondaries/{server['id']}")
    for group in (inner, mine, theirs):
        hq.api.delete(f"/groups/{group['id']}")


def test_the_bound_outlives_a_restart_and_the_same_primary_set_again_and_another_primary(start):
    hq, branch = start.server("hq"), start.server("branch")
    hq.register(branch)
    assert branch.follow(hq, primary_may="read")["primary_may"] == "read"
    branch.restart()
    assert branch.api.get("/primary")["primary_may"] == "read"
    assert branch.follow(hq)["primary_may"] == "read"
    branch.api.delete("/primary")
    other = start.server("other")
    assert branch.follow(other)["primary_may"] == "read"


def test_manage_users_is_needed_and_never_gives_more_than_one_has(hq):
    refusal(person(hq, ("operator", None)).call("GET", "/users"), "manage_users", "the server “hq”")
    clerk = person(hq, (["manage_users", "read"], None))
    assert USER in {each["name"] for each in clerk.get("/users")["items"]}
    more = {"name": "too much", "password": GOOD, "assignments": [{"role": "administrator"}]}
    clerk.call("POST", "/users", more).refused(403, "permission_denied")
    clerk.call("PUT", f"/users/{clerk.id}/assignments", {"assignments": [{"role": "administrator"}]}).refused(403, "permission_denied")
    olga = next(each for each in clerk.get("/users")["items"] if each["name"] == USER)
    clerk.call("PUT", f"/users/{olga['id']}/password", {"password": GOOD}).refused(403, "permission_denied")
    sessions = clerk.get("/sessions")["items"]
    theirs = next(each for each in sessions if each["account"]["name"] == USER)
    clerk.call("DELETE", f"/sessions/{theirs['id']}").refused(403, "permission_denied")
    made = clerk.post("/users", {"name": "by the clerk", "password": GOOD})
    clerk.delete(f"/users/{made['id']}")


def test_the_last_enabled_administrator_stays(start):
    hq = start.server("hq")
    me = hq.api.get("/account")
    for method, path, body in (("PATCH", f"/users/{me['id']}", {"state": "disabled"}),
                               ("PUT", f"/users/{me['id']}/assignments", {"assignments": []}),
                               ("DELETE", f"/users/{me['id']}", None)):
        problem = hq.api.call(method, path, body).refused(409, "conflict")
        assert "last enabled administrator" in problem["detail"], problem
    assert hq.api.get("/users")["items"] == [me]


def test_a_change_of_rights_counts_at_once_and_ends_live_sessions(hq):
    someone = person(hq, ("viewer", None))
    assert someone.get("/groups")
    hq.api.put(f"/users/{someone.id}/assignments", {"assignments": []})
    someone.call("GET", "/groups").refused(403, "permission_denied")
    hq.api.call("PATCH", f"/users/{someone.id}", {"state": "disabled"}).ok()
    someone.call("GET", "/account").refused(401, "unauthenticated")
    hq.stranger.call("POST", "/sessions", {"user": someone.name, "password": GOOD}).refused(401, "wrong_credentials")
    hq.api.call("PATCH", f"/users/{someone.id}", {"state": "enabled"}).ok()
    hq.stranger.log_in(someone.name, GOOD)


def test_a_token_has_a_scope_and_never_more_than_its_owner_has_now(hq):
    owner = person(hq, ("operator", None))
    token = owner.post("/tokens", {"name": "watch", "expires_in_hours": 1, "rights": ["read", "manage_users"]})
    script = hq.stranger
    script.secret = token["token"]
    assert script.get("/groups")["items"]
    refusal(script.call("POST", "/groups", {"path": "Managed devices/No"}), "edit_groups", "“hq”")
    refusal(script.call("GET", "/users"), "manage_users")
    script.call("POST", "/tokens", {"name": "more", "expires_in_hours": 1}).refused(403, "permission_denied")
    hq.api.put(f"/users/{owner.id}/assignments", {"assignments": []})
    refusal(script.call("GET", "/groups"), "read", "“hq”")
    assert token["rights"] == ["read", "manage_users"]


@pytest.mark.parametrize("how", ["disabled", "removed", "demoted", "role"])
def test_unused_invitations_end_with_the_right_of_who_made_them(hq, how):
    inviter = person(hq, (["read", "configure_hierarchy"], "Managed devices/Labs"))
    made = inviter.post("/invitations", {"group": "Managed devices/Labs", "expires_in_seconds": 600, "addresses": [str(hq.link)]})
    role = inviter.get("/account")["assignments"][0]["role_id"] if how == "role" else None
    state = lambda: next(each["state"] for each in hq.api.get("/invitations")["items"] if each["id"] == made["id"])
    hq.api.call("PUT", f"/users/{inviter.id}/assignments", {"assignments": [
        {"role": each["role"], "group": each["group"]} for each in inviter.get("/account")["assignments"]] + [{"role": "viewer"}]}).ok()
    before = state()
    if how == "disabled":
        hq.api.call("PATCH", f"/users/{inviter.id}", {"state": "disabled"}).ok()
    elif how == "removed":
        hq.api.delete(f"/users/{inviter.id}")
    elif how == "demoted":
        hq.api.put(f"/users/{inviter.id}/assignments", {"assignments": [{"role": "viewer"}]})
    else:
        hq.api.put(f"/roles/{role}", {"name": f"less {inviter.name}", "rights": ["read"]})
    assert before != "revoked" and state() == "revoked"


def test_what_use_cases_refuse_and_what_is_refused_from_above_is_audited(hq):
    keeper = person(hq, ("operator", "Managed devices/Branches"))
    keeper.call("POST", "/groups", {"path": "Managed devices/Labs/No"}).refused(403, "permission_denied")
    branch = hq.secondary("branch")["id"]
    keeper.through(branch).call("GET", "/users").refused(403, "permission_denied")

    def noted(server):
        records = server.api.get("/audit?limit=1000")["items"]
        return sorted((each["object"], each["through"]) for each in records
                      if each["action"] == "access.refused" and each["actor"] == keeper.name and each["outcome"] == "permission_denied")

    assert noted(hq) == [("POST /api/v1/groups", "")]
    assert noted(hq.branch) == [("GET /api/v1/users", "hq")]


def test_a_link_check_shows_strangers_only_to_who_could_let_them_in(start, tmp_path):
    hq, stray = start.server("hq"), start.server("stray")
    absent = hq.api.post("/secondaries", {"name": "absent", "group": "", "certificate": some_certificate(tmp_path)})
    stray.follow(hq)
    body = {"secondary_id": absent["id"]}
    wait_until(lambda: hq.api.post("/link_checks", body)["this_end"]["unrecognised"], "the stray server was seen")
    assert person(hq, ("operator", None)).post("/link_checks", body)["this_end"]["unrecognised"]
    seen = person(hq, ("viewer", None)).post("/link_checks", body)["this_end"]
    assert seen["unrecognised"] == [] and seen["refused"] == [], seen


def test_sessions_are_listed_and_ended(hq):
    someone = person(hq, ("viewer", None))
    mine = someone.get("/sessions/current")["id"]
    assert mine in {each["id"] for each in someone.get("/tokens")["items"]}
    refusal(someone.call("GET", "/sessions"), "manage_users")
    assert mine in {each["id"] for each in hq.api.get("/sessions")["items"]}
    hq.api.delete(f"/sessions/{mine}")
    someone.call("GET", "/account").refused(401, "unauthenticated")


def test_users_and_roles_by_command(hq, start, tmp_path):
    cli = start.cli(hq)
    password = tmp_path / "pw"
    password.write_text(GOOD + "\n")
    cli.ok("role", "add", "branch keeper", "--rights", "read,configure_hierarchy", "--description", "Keeps branches")
    assert "branch keeper" in cli.ok("role", "list") and "configure_hierarchy" in cli.ok("role", "rights")
    cli.ok("user", "add", "ivan", "--password-file", password, "--role", "branch keeper", "--group", "Managed devices/Branches")
    cli.ok("user", "grant", "ivan", "viewer")
    shown = cli.json("user", "show", "ivan")
    assert {(each["role"], each["group"]) for each in shown["assignments"]} == {
        ("branch keeper", "Managed devices/Branches"), ("viewer", None)}
    assert "in use" in cli.fails("role", "remove", "branch keeper")
    cli.ok("role", "edit", "branch keeper", "--rights", "read,relay")
    assert cli.json("role", "show", "branch keeper")["rights"] == ["read", "relay"]
    cli.ok("user", "revoke", "ivan", "branch keeper", "--group", "Managed devices/Branches")
    cli.ok("role", "remove", "branch keeper")
    cli.ok("user", "disable", "ivan")
    assert cli.json("user", "show", "ivan")["state"] == "disabled"
    cli.ok("user", "enable", "ivan")
    password.write_text("another good password\n")
    cli.ok("user", "password", "ivan", "--password-file", password)
    hq.stranger.log_in("ivan", "another good password")
    assert "ivan" in cli.ok("session", "list") and "ivan" in cli.ok("user", "list")
    cli.ok("session", "end", next(each["id"] for each in cli.json("session", "list") if each["account"]["name"] == "ivan"))
    assert "last enabled administrator" in cli.fails("user", "remove", USER)
    cli.ok("user", "remove", "ivan")
    assert cli.json("user", "show")["name"] == USER


def test_the_own_password_by_command_ends_the_other_sessions(start, tmp_path):
    hq = start.server("hq")
    other = hq.stranger.log_in(USER, PASSWORD)
    cli = start.cli(hq)
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("wrong\n")
    new.write_text("a new good password\n")
    assert "current password is wrong" in cli.fails("user", "password", "--current-password-file", old, "--password-file", new)
    old.write_text(PASSWORD + "\n")
    cli.ok("user", "password", "--current-password-file", old, "--password-file", new)
    other.call("GET", "/account").refused(401, "unauthenticated")
    assert cli.json("user", "show")["name"] == USER
    hq.stranger.log_in(USER, "a new good password")
