"""Policies on real daemons, row by row of docs/policies.md."""

import json

from support.server import USER
from support.waiting import wait_until


def policy(server, name: str, group: str = "Managed devices", **more) -> dict:
    return server.api.post("/policies", {"name": name, "group": group, **more})


def edit(server, made: dict, **more) -> dict:
    return server.api.call("PATCH", f"/policies/{made['id']}", more).ok()


def setting(server, path: str, group: dict | None = None) -> dict:
    where = f"/groups/{group['id']}" if group else "/server"
    return next(each for each in server.api.get(f"{where}/effective_settings")["items"] if each["path"] == path)


def group(server, path: str) -> dict:
    return server.api.post("/groups", {"path": path})


def level(value: str, locked: bool = False) -> dict:
    return {"log.level": {"value": value, "locked": locked}}


def test_p1_a_policy_reaches_subgroups_and_that_of_the_root_group_this_server(start):
    hq = start.server("hq")
    north, labs = group(hq, "Branches/North"), group(hq, "Labs")
    policy(hq, "Branches", "Managed devices/Branches", active=True, settings=level("error"))
    assert setting(hq, "log.level", north)["value"] == "error"
    assert setting(hq, "log.level", labs)["value"] == setting(hq, "log.level")["value"] == "info"
    policy(hq, "All", active=True, settings=level("warning"))
    assert setting(hq, "log.level", labs)["value"] == setting(hq, "log.level")["value"] == "warning"


def test_p2_p4_a_lock_holds_below_and_refuses_what_the_server_is_set_to_by_name(start):
    hq = start.server("hq")
    north = group(hq, "North")
    assert hq.api.call("PATCH", "/server/settings", {"settings": {"log.level": "debug"}}).ok()["items"]
    assert setting(hq, "log.level")["from"]["kind"] == "local"
    top = policy(hq, "Top", active=True, settings=level("warning"))
    policy(hq, "North", "Managed devices/North", active=True, settings=level("error", locked=True))
    assert setting(hq, "log.level")["value"] == "debug", "an open value yields"
    assert setting(hq, "log.level", north)["value"] == "error"
    edit(hq, top, settings=level("warning", locked=True))
    assert setting(hq, "log.level")["value"] == setting(hq, "log.level", north)["value"] == "warning"
    refused = hq.api.call("PATCH", "/server/settings", {"settings": {"log.level": "info"}}).refused(409, "conflict")
    assert "“Top”" in refused["detail"] and "“hq”" in refused["detail"] and refused["field"] == "settings.log.level", refused
    edit(hq, top, active=False)
    assert setting(hq, "log.level")["value"] == "debug"
    hq.api.call("PATCH", "/server/settings", {"settings": {"log.level": None}}).ok()
    assert setting(hq, "log.level")["from"]["kind"] == "default"


def test_p3_a_child_may_not_inherit_unless_it_is_forced(start):
    hq = start.server("hq")
    north = group(hq, "North")
    top = policy(hq, "Top", active=True, settings=level("warning", locked=True))
    policy(hq, "North", "Managed devices/North", active=True, inherit=False)
    assert setting(hq, "log.level", north)["value"] == "info"
    edit(hq, top, force=True)
    assert setting(hq, "log.level", north)["value"] == "warning"


def test_p5_one_policy_of_a_group_is_active_and_the_other_is_named(start):
    hq = start.server("hq")
    first = policy(hq, "First", active=True, settings=level("error"))
    second = policy(hq, "Second", settings=level("warning"))
    assert setting(hq, "log.level")["value"] == "error"
    assert edit(hq, second, active=True)["deactivated"] == {"id": first["id"], "name": "First"}
    assert not hq.api.get(f"/policies/{first['id']}")["active"] and setting(hq, "log.level")["value"] == "warning"
    hq.api.call("DELETE", "/groups/" + group(hq, "Empty")["id"]).ok()
    policy(hq, "Held", "Managed devices/" + group(hq, "Held")["path"].split("/")[-1])
    held = next(each for each in hq.api.get("/groups")["items"] if each["path"].endswith("Held"))
    assert "Held" in hq.api.call("DELETE", f"/groups/{held['id']}").refused(409, "group_not_empty")["detail"]


def test_p7_every_value_says_where_it_is_from_and_what_it_overrode(start):
    hq = start.server("hq")
    north = group(hq, "North")
    top = policy(hq, "Top", active=True, settings=level("warning", locked=True))
    below = policy(hq, "North", "Managed devices/North", active=True, settings=level("error"))
    said = setting(hq, "log.level", north)
    assert said["locked"] and said["from"]["source"] == {"policy_id": top["id"], "policy": "Top", "group": "Managed devices",
                                                         "server_id": hq.id, "server": "hq"}
    assert [(each["value"], each["why"], each["from"]["source"]["policy_id"]) for each in said["overrode"]] == [("error", "locked", below["id"])]
    text = start.cli(hq).ok("policy", "effective", "--group", "Managed devices/North", "--reasons")
    assert "“Top” of “Managed devices” on “hq”" in text and "not error" in text, text


def test_p8_a_preview_names_what_would_change_where_and_stores_nothing(start):
    hq = start.server("hq")
    group(hq, "North")
    branch = start.server("branch")
    hq.register(branch, group="North")
    wish = {"name": "Top", "active": True, "settings": level("warning", locked=True)}
    places = hq.api.post("/policies/preview", wish)["items"]
    assert [each["name"] for each in places] == ["hq", "Managed devices", "Managed devices/North"]
    assert [each["name"] for each in places[2]["secondaries"]] == ["branch"]
    change = places[2]["changes"][0]
    assert (change["before"]["value"], change["after"]["value"], change["after"]["locked"]) == ("info", "warning", True)
    assert hq.api.get("/policies")["items"] == [] and setting(hq, "log.level")["value"] == "info"
    bad = hq.api.call("POST", "/policies/preview", {"name": "Top", "settings": level("loud")}).refused(422, "invalid_request")
    assert bad["field"] == "settings.log.level" and "debug" in bad["remedy"]


def test_p9_every_save_is_a_revision_and_one_is_restored(start):
    hq = start.server("hq")
    made = policy(hq, "Top", settings=level("warning"))
    edit(hq, made, settings=level("error", locked=True))
    hq.api.call("PATCH", f"/policies/{made['id']}", {"force": True}, {"If-Match": '"1"'}).refused(412, "conflict")
    revisions = hq.api.get(f"/policies/{made['id']}/revisions")["items"]
    assert [each["revision"] for each in revisions] == [2, 1] and revisions[0]["author"] == USER
    cli = start.cli(hq)
    assert "log.level: warning → error (locked)" in cli.ok("policy", "compare", "Top", "1", "2")
    cli.ok("policy", "restore", "Top", "1")
    again = hq.api.get(f"/policies/{made['id']}")
    assert again["settings"] == level("warning") and again["revision"] == 3
    hq.api.call("POST", f"/policies/{made['id']}/revisions/9/restore").refused(404, "not_found")
    kinds = [each["kind"] for each in hq.api.get("/events?limit=50")["items"]]
    assert kinds.count("policy_created") == 1 and kinds.count("policy_edited") == 2


def test_what_is_governed_is_obeyed_at_once_and_after_a_restart(start):
    hq = start.server("hq")
    top = policy(hq, "Top", active=True, settings=level("error", locked=True))

    names = (f"G{number}" for number in range(1000))

    def logged() -> bool:
        name = next(names)
        hq.api.post("/groups", {"path": name})  # an event, which is logged as info
        wait_until(lambda: f"/{name}”" in hq.api.get("/events?limit=1")["items"][0]["message"], "the event is there")
        return f"/{name}”" in hq.text()

    wait_until(lambda: not logged(), "only errors are logged", 10)
    edit(hq, top, settings=level("info", locked=True))
    wait_until(logged, "events are logged again", 10)
    edit(hq, top, settings=level("error", locked=True))
    hq.restart()
    assert not logged()


def test_policies_are_files_that_are_applied_once(start, tmp_path):
    hq = start.server("hq")
    group(hq, "North")
    cli = start.cli(hq)
    cli.ok("policy", "create", "Quiet logs", "--group", "Managed devices/North", "--active")
    cli.ok("policy", "set", "Quiet logs", "log.level=warning", "events.info_days=30", "--lock")
    folder = tmp_path / "policies"
    cli.ok("policy", "export", folder)
    file, = folder.iterdir()
    kept = json.loads(file.read_text())
    assert kept["settings"]["events.info_days"] == {"value": 30, "locked": True} and "id" not in kept
    assert "Nothing to change" in cli.ok("policy", "apply", "-f", folder)
    kept["settings"]["log.level"]["value"] = "error"
    file.write_text(json.dumps(kept))
    said = cli.fails("policy", "apply", "-f", folder)
    assert "--yes" in said, said
    assert setting(hq, "log.level", next(each for each in hq.api.get("/groups")["items"] if each["path"].endswith("North")))["value"] == "warning"
    assert "log.level: warning (locked) → error (locked)" in cli.ok("policy", "apply", "-f", folder, "--yes")
    assert "Nothing to change" in cli.ok("policy", "apply", "-f", folder)
    good, bad = folder / "a.json", folder / "b.json"
    good.write_text(json.dumps(kept | {"name": "A"}))
    bad.write_text(json.dumps(kept | {"name": "B", "settings": {"log.level": {"value": "silent"}}}))
    said = cli.fails("policy", "apply", "-f", folder, "--yes")
    assert "b.json" in said and "“silent”" in said and "Nothing was changed" in said, said
    assert [each["name"] for each in hq.api.get("/policies")["items"]] == ["Quiet logs"], "all or none"
    good.write_text(json.dumps(kept | {"name": "A", "active": True}))
    bad.write_text(json.dumps(kept | {"name": "B", "active": True}))
    file.unlink()
    said = cli.fails("policy", "apply", "-f", folder, "--yes")
    assert "a.json" in said and "Two policies are to be the active one" in said and "Nothing was changed" in said, said
    assert [(each["name"], each["active"]) for each in hq.api.get("/policies")["items"]] == [("Quiet logs", True)]
    # Another takes over from the one that was active, whatever the order of the files.
    kept["settings"]["events.info_days"]["value"] = 31
    good.write_text(json.dumps(kept | {"name": "A", "active": False})), bad.write_text(json.dumps(kept | {"name": "B", "active": True}))
    (folder / "c.json").write_text(json.dumps(kept | {"active": False}))
    cli.ok("policy", "apply", "-f", folder, "--yes")
    assert {each["name"]: each["active"] for each in hq.api.get("/policies")["items"]} == {"A": False, "B": True, "Quiet logs": False}
    assert "Nothing to change" in cli.ok("policy", "apply", "-f", folder)
    cli.ok("policy", "remove", "A"), cli.ok("policy", "remove", "B"), (folder / "c.json").unlink()
    file.write_text(json.dumps(kept))
    good.unlink(), bad.unlink()
    cli.ok("policy", "remove", "Quiet logs")
    cli.ok("policy", "apply", "-f", folder, "--yes")
    assert [each["name"] for each in hq.api.get("/policies")["items"]] == ["Quiet logs"]
    cli.ok("policy", "unlock", "Quiet logs", "log.level")
    cli.ok("policy", "lock", "Quiet logs", "sessions.idle_minutes")
    cli.ok("policy", "set", "Quiet logs", "console.sources=10.0.0.0/8, 192.168.1.0/24")
    assert cli.json("policy", "show", "Quiet logs")["settings"]["console.sources"]["value"] == ["10.0.0.0/8", "192.168.1.0/24"]
    assert "10.0.0.1/8" in cli.fails("policy", "set", "Quiet logs", "console.sources=10.0.0.1/8")
    shown = cli.json("policy", "show", "Quiet logs")
    assert not shown["settings"]["log.level"]["locked"] and shown["settings"]["sessions.idle_minutes"] == {"value": 720, "locked": True}
    cli.ok("policy", "deactivate", "Quiet logs")
    assert "inactive" in cli.ok("policy", "list")
    assert "Nothing would change" in cli.ok("policy", "set", "Quiet logs", "log.level=debug", "--preview")
    assert USER in cli.ok("policy", "history", "Quiet logs")
