"""Every operation of spec/openapi.yaml is called on a real server, and its answer validates against the spec.

The validation itself is in support/spec.py and happens in every call of every system test; here is made sure that none is left out.
"""

import base64

import jsonschema
import pytest
from support import api as apis
from support import certificates, spec
from support.server import PASSWORD, USER, attach
from support.totp import code
from support.waiting import wait_until


@pytest.fixture(scope="module")
def pair(shared):
    hq, branch = shared.server("hq"), shared.server("branch")
    return hq, branch


def test_the_document_is_served_as_it_is(pair):
    assert pair[0].stranger.get("/openapi.yaml") == (spec.ROOT / "spec/openapi.yaml").read_text()


def test_every_schema_is_one():
    for schema in spec.document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_example_validates_against_its_schema():
    """Documentation that lies is worse than none."""
    wrong = []
    for method, template, _ in spec.operations():
        operation = spec.document()["paths"][template][method.lower()]
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for holder in [*bodies, *map(spec.resolved, operation["responses"].values())]:
            for kind, content in holder.get("content", {}).items():
                examples = [each["value"] for each in content.get("examples", {}).values()] + ([content["example"]] if "example" in content else [])
                for example in examples if "json" in kind else []:
                    try:
                        spec.validate(example, content["schema"])
                    except Exception as error:  # noqa: BLE001 – collected and reported below
                        wrong.append(f"{method} {template}: {error}")
    assert not wrong, "\n".join(wrong)


def open_operations(hq):
    hq.stranger.get("//healthz")
    hq.stranger.get("//metrics")
    hq.stranger.get("/openapi.yaml")
    hq.stranger.get("/server/identity")


def sessions_and_tokens(hq):
    session = hq.stranger.log_in(USER, PASSWORD)
    assert session.get("/sessions/current")["account"]["name"] == USER
    token = session.post("/tokens", {"name": "to be revoked", "expires_in_hours": 1})
    assert token["id"] in {each["id"] for each in session.get("/tokens")["items"]}
    session.delete(f"/tokens/{token['id']}")
    session.call("DELETE", f"/tokens/{token['id']}").refused(404, "not_found")
    session.delete("/sessions/current")
    session.call("GET", "/sessions/current").refused(401, "unauthenticated")


def users_and_roles(hq, branch):
    role = hq.api.post("/roles", {"name": "keeper", "rights": ["read"]})
    assert role in hq.api.get("/roles")["items"] and hq.api.get(f"/roles/{role['id']}") == role
    edited = hq.api.call("PUT", f"/roles/{role['id']}", {"name": "keeper", "rights": ["read", "relay"]}, {"If-Match": '"1"'})
    assert edited.ok()["rights"] == ["read", "relay"]
    hq.api.call("PUT", f"/roles/{role['id']}", {"name": "keeper", "rights": ["read"]}, {"If-Match": '"1"'}).refused(412, "conflict")
    assert {"read", "relay"} <= {each["name"] for each in hq.api.get("/rights")["items"]}

    user = hq.api.post("/users", {"name": "ivan", "password": PASSWORD, "assignments": [{"role": "keeper", "group": ""}]})
    assert hq.api.get(f"/users/{user['id']}") == user and user in hq.api.get("/users")["items"]
    user = hq.api.put(f"/users/{user['id']}/assignments", {"assignments": [{"role": "viewer", "group": None}]})
    for state in ("disabled", "enabled"):
        hq.api.call("PATCH", f"/users/{user['id']}", {"state": state}).ok()
    hq.api.call("PATCH", f"/users/{user['id']}", {"state": "disabled"}, {"If-Match": '"1"'}).refused(412, "conflict")
    hq.api.put(f"/users/{user['id']}/password", {"password": "another good password"})
    ivan = hq.stranger.log_in("ivan", "another good password")
    ivan.put("/account/password", {"current_password": "another good password", "password": PASSWORD})
    assert ivan.get("/account")["name"] == "ivan"
    enrolled = ivan.post("/account/two_factor")
    recovery = ivan.post("/account/two_factor/confirm", {"code": code(enrolled["secret"])})["recovery_codes"]
    ivan.post("/account/two_factor/disable", {"code": recovery[0]})
    hq.api.delete(f"/users/{user['id']}/two_factor")
    ended = ivan.get("/sessions/current")["id"]
    assert ended in {each["id"] for each in hq.api.get("/sessions")["items"]}
    hq.api.delete(f"/sessions/{ended}")
    hq.api.call("DELETE", f"/sessions/{ended}").refused(404, "not_found")
    hq.api.delete(f"/users/{user['id']}")
    hq.api.delete(f"/roles/{role['id']}")
    hq.api.put("/access_rules", hq.api.get("/access_rules"))

    branch.api.put("/primary/rights", {"primary_may": "full"})
    below = hq.api.through(hq.secondary("branch")["id"])
    olga = below.get("/users")["items"][0]
    below.call("PATCH", f"/users/{olga['id']}", {"state": "enabled"}).ok()


def server_and_groups(hq):
    assert hq.api.get("/server")["name"] == hq.name
    assert hq.api.get("/server/certificate") and hq.api.get("/server/certificate?format=pem") == hq.certificate_pem
    hq.api.call("GET", "/server/certificate?format=p12").refused(422, "invalid_request")
    group = hq.api.post("/groups", {"path": "Managed devices/Spec"})
    assert hq.api.get(f"/groups/{group['id']}") == group and group in hq.api.get("/groups")["items"]
    renamed = hq.api.call("PATCH", f"/groups/{group['id']}", {"name": "Renamed"}, {"If-Match": '"1"'})
    assert renamed.ok()["path"] == "Managed devices/Renamed" and renamed.headers["etag"] == '"2"'
    hq.api.delete(f"/groups/{group['id']}")


def devices(hq):
    rows = [{"name": "spec-1", "status": "ok"}, {"name": "spec-2", "status": "critical", "reason": "no answer"}]
    assert hq.api.put("/devices", {"devices": rows}) == {"added": 2, "changed": 0, "unchanged": 0}
    page = hq.api.get("/devices?text=SPEC&limit=1")
    more = hq.api.get(f"/devices?text=spec&cursor={page['next_cursor']}")["items"]
    assert [each["name"] for each in page["items"] + more] == ["spec-1", "spec-2"] and hq.api.get("/device_counts")["critical"] == 1
    for each in page["items"] + more:
        hq.api.delete(f"/devices/{each['id']}")
        hq.api.call("DELETE", f"/devices/{each['id']}").refused(404, "not_found")


def backups(hq):
    made = hq.api.call("POST", "/backups", {"passphrase": "several words that nobody guesses"})
    assert made.status == 200 and made.headers["content-disposition"].startswith('attachment; filename="hq-')
    hq.api.call("POST", "/backups", {"passphrase": "too short"}).refused(422, "invalid_request")


def tasks(hq):
    key = {"Idempotency-Key": "task-1"}
    body = {"name": "spec", "kind": "link_check", "schedule": "cron 0 0 1 1 *", "random_delay_minutes": 5}
    first, second = (hq.api.call("POST", "/tasks", body, key) for _ in range(2))
    assert first.status == 201 and second.body["id"] == first.body["id"]
    path = f"/tasks/{first.body['id']}"
    assert first.body["id"] in {each["id"] for each in hq.api.get("/tasks")["items"]} and hq.api.get(path)["random_delay_minutes"] == 5
    edited = hq.api.call("PATCH", path, {"enabled": False}, {"If-Match": '"1"'})
    assert edited.ok()["revision"] == 2 and not edited.body["enabled"]
    hq.api.call("PATCH", path, {"enabled": True}, {"If-Match": '"1"'}).refused(412, "conflict")
    hq.api.post(f"{path}/start")
    wait_until(lambda: hq.api.get(f"{path}/runs?limit=1")["items"][0]["state"] != "running", "it ends")
    hq.api.call("POST", f"{path}/cancel").refused(409, "conflict")
    # One that takes long enough to be cancelled: it may still end by itself.
    slow = hq.api.post("/tasks", {"name": "slow", "kind": "backup", "settings": {"passphrase": "several words that nobody guesses"}})
    hq.api.post(f"/tasks/{slow['id']}/start")
    assert hq.api.call("POST", f"/tasks/{slow['id']}/cancel").status == 202
    for each in (path, f"/tasks/{slow['id']}"):
        hq.api.delete(each)
        hq.api.call("DELETE", each).refused(404, "not_found")


def policies(hq):
    schema = hq.api.get(f"/applications/{hq.api.get('/applications')['items'][0]['name']}")["schema"]
    assert schema["properties"]["log"]["properties"]["level"]["enum"][0] == "debug"
    hq.api.call("GET", "/applications/nothing").refused(404, "not_found")
    key = {"Idempotency-Key": "policy-1"}
    body = {"name": "spec", "settings": {"log.level": {"value": "info", "locked": False}}}
    first, second = (hq.api.call("POST", "/policies", body, key) for _ in range(2))
    assert first.status == 201 and second.body["id"] == first.body["id"]
    path = f"/policies/{first.body['id']}"
    assert first.body["id"] in {each["id"] for each in hq.api.get("/policies")["items"]} and hq.api.get(path)["revision"] == 1
    assert hq.api.post("/policies/apply", {"policies": [{"name": body["name"]}]})["items"][0]["change"] == "none"
    hq.api.post("/policies/preview", {"policy_id": first.body["id"], "active": True})
    hq.api.call("PATCH", path, {"active": True}, {"If-Match": '"1"'}).ok()
    hq.api.call("PATCH", path, {"settings": {"no.such": {"value": 1}}}).refused(422, "invalid_request")
    assert hq.api.post(f"{path}/revisions/{hq.api.get(f'{path}/revisions')['items'][-1]['revision']}/restore")["active"]
    hq.api.get(f"/groups/{first.body['group_id']}/effective_settings")
    assert hq.api.get("/policies/status")["counts"]
    hq.api.call("GET", "/server/effective_settings?application=nothing").refused(404, "not_found")
    assert hq.api.get("/server/effective_settings")["unusable"] == []
    hq.api.call("PATCH", "/server/settings", {"settings": {"log.level": None}}).ok()
    hq.api.delete(path)
    hq.api.call("DELETE", path).refused(404, "not_found")


def secondaries(hq, branch, folder):
    branch.follow(hq)  # first: hq does not know it yet
    listed = wait_until(lambda: hq.api.get("/unrecognised_servers")["items"], "listed")
    path = f"/unrecognised_servers/{listed[0]['fingerprint'].replace(':', '').lower()}"
    hq.api.put(f"{path}/ignored")
    assert [each["fingerprint"] for each in hq.api.get("/unrecognised_servers?ignored=true")["items"]] == [branch.fingerprint]
    hq.api.call("GET", "/unrecognised_servers?ignored=perhaps").refused(422, "invalid_request")
    hq.api.delete(f"{path}/ignored")
    hq.api.delete(path)
    hq.api.call("DELETE", path).refused(404, "not_found")
    registered = hq.register(branch)
    again = hq.api.call("POST", "/secondaries", {"name": "branch", "group": "Managed devices", "certificate": branch.certificate_pem})
    assert (again.status, again.body["id"]) == (200, registered["id"])
    hq.wait_for_secondary("branch", deadline=90)
    shown = hq.api.call("GET", f"/secondaries/{registered['id']}")
    assert shown.headers["etag"].strip('"') == str(shown.body["revision"])
    edited = hq.api.call("PATCH", f"/secondaries/{registered['id']}", {"address": "branch.example.com"}, {"If-Match": shown.headers["etag"]})
    assert edited.ok()["revision"] == shown.body["revision"] + 1
    assert hq.api.get(f"/secondaries/{shown.body['server_id']}")["id"] == registered["id"]
    assert hq.api.post("/link_checks", {"secondary_id": registered["id"]})["ok"]

    # Pages, filters, preconditions, keys.
    for n in range(5):
        pair = certificates.make_key_pair(folder, f"page{n}")
        key = {"Idempotency-Key": f"key-{n}"}
        body = {"name": f"page{n}", "certificate": base64.b64encode(pair.der).decode()}
        first, second = (hq.api.call("POST", "/secondaries", body, key) for _ in range(2))
        assert first.status == 201 and second.body["id"] == first.body["id"]
        assert hq.api.call("POST", "/secondaries", body | {"name": "other"}, key).refused(409, "conflict")
    names, path = [], "/secondaries?limit=2"
    while path:
        page = hq.api.get(path)
        names += [each["name"] for each in page["items"]]
        path = page["next_cursor"] and f"/secondaries?limit=2&cursor={page['next_cursor']}"
    assert names == sorted(names) and set(names) == {"branch", *(f"page{n}" for n in range(5))}
    assert [each["name"] for each in hq.api.get("/secondaries?state=connected")["items"]] == ["branch"]
    hq.api.call("GET", "/secondaries?state=asleep").refused(422, "invalid_request")
    hq.api.call("GET", "/secondaries?group=Nowhere").refused(404, "group_not_found")
    stale = hq.api.call("DELETE", f"/secondaries/{registered['id']}", headers={"If-Match": '"999"'})
    assert stale.refused(412, "conflict")
    for n in range(5):
        hq.api.delete(f"/secondaries/{hq.secondary(f'page{n}')['id']}")


def primary_and_probe(hq, branch):
    shown = branch.api.call("GET", "/primary")
    assert shown.body["configured"] and shown.headers["etag"]
    branch.api.call("DELETE", "/primary", headers={"If-Match": '"999"'}).refused(412, "conflict")
    branch.api.call("PATCH", "/primary", {"address": f"localhost:{hq.link.port}"}, {"If-Match": shown.headers["etag"]}).ok()
    good = branch.api.post("/probes", {"address": str(hq.link), "expected_fingerprint": hq.fingerprint})
    assert good["ok"] and good["fingerprint"] == hq.fingerprint and good["error"] is None
    assert [step["step"] for step in good["steps"]] == ["name", "tcp", "tls", "alpn", "certificate"]
    branch.api.delete("/primary")
    branch.api.call("DELETE", "/primary").refused(404, "not_found")
    branch.follow(hq)
    hq.wait_for_secondary("branch", deadline=90)


def move(hq, branch, other):
    """To a primary that does not know it, and back by itself."""
    branch.api.call("GET", "/primary/move").refused(404, "not_found")
    branch.api.post("/primary/move", {"address": str(other.link), "certificate": other.certificate_pem, "wait_seconds": 5})
    ended = wait_until(lambda: (seen := branch.api.get("/primary/move"))["state"] != "running" and seen, "it ends")
    assert ended["state"] == "undone" and ended["from"]["fingerprint"] == hq.fingerprint
    hq.wait_for_secondary("branch", deadline=90)


def joins(hq, other):
    body = {"secondary_console": str(other.console), "fingerprint": other.fingerprint, "credentials": {"user": USER, "password": "wrong"},
            "primary_address": str(hq.link)}
    seen = hq.api.post("/console_probes", {"address": str(other.console)})
    assert (seen["name"], seen["fingerprint"]) == ("other", other.fingerprint)
    hq.api.call("POST", "/console_probes", {"address": str(hq.console)}).refused(422, "own_certificate")
    hq.api.call("POST", "/console_probes", {"address": "127.0.0.1:1"}).refused(502, "refused")
    operation = hq.api.post("/joins", body)
    wait_until(lambda: hq.api.get(f"/operations/{operation['id']}")["state"] != "running", "it fails")
    assert operation["id"] in {each["id"] for each in hq.api.get("/operations")["items"]}
    hq.api.post(f"/operations/{operation['id']}/resume", {"credentials": {"user": USER, "password": PASSWORD}})
    wait_until(lambda: hq.api.get(f"/operations/{operation['id']}")["state"] == "done", "it is done", 90)
    second = hq.api.post("/joins", body)
    wait_until(lambda: hq.api.call("POST", f"/operations/{second['id']}/cancel").status in (202, 409), "it is cancelled")


def invitations(hq, guest):
    revoked = hq.api.post("/invitations", {"name": "nobody", "expires_in_seconds": 60, "addresses": [str(hq.link)]})
    assert revoked["id"] in {each["id"] for each in hq.api.get("/invitations")["items"]}
    hq.api.delete(f"/invitations/{revoked['id']}")
    hq.api.call("DELETE", "/invitations/01930c4e-5a00-7000-8000-000000000000").refused(404, "not_found")
    for body, field in (({"expires_in_seconds": 0}, "expires_in_seconds"), ({"addresses": "hq"}, "addresses"), ({"name": "a/b"}, "name")):
        assert hq.api.call("POST", "/invitations", body).refused(422, "invalid_request")["field"] == field
    hq.api.call("POST", "/invitations", {"group": "Nowhere"}).refused(422, "group_not_found")
    made = hq.api.post("/invitations", {})
    guest.api.post("/primary/join", {"invitation": made["file"]})
    hq.wait_for_secondary(guest.name, deadline=90)
    hq.api.call("DELETE", f"/invitations/{made['id']}").refused(409, "conflict")
    hq.api.delete(f"/secondaries/{hq.secondary(guest.name)['id']}")
    guest.api.delete("/primary")


def roll_over(server, folder):
    """Of a server without peers it is over at once; one that never comes is waited for until somebody ends the wait."""
    for method, path in (("DELETE", "/server/roll_over"), ("POST", "/server/roll_over/finish")):
        server.api.call(method, path).refused(409, "conflict")
    old = server.fingerprint
    server.api.post("/server/roll_over")
    wait_until(lambda: server.fingerprint != old and server.api.get("/server/roll_over")["phase"] == "none", "another key is used")
    absent = server.api.post("/secondaries", {"name": "absent", "certificate": certificates.make_key_pair(folder, "absent").pem})
    assert server.api.post("/server/roll_over")["phase"] == "announcing"
    assert server.api.delete("/server/roll_over")["phase"] == "none"
    server.api.post("/server/roll_over")
    assert server.api.post("/server/roll_over/finish")["phase"] == "switched"
    assert server.api.post("/server/roll_over/finish")["phase"] == "none"
    own = certificates.make_key_pair(folder, "own")
    set_now = server.api.call("PUT", "/server/certificate", {"file": own.key_file.read_text() + own.pem})
    assert set_now.status == 202 and set_now.body["roll_over"]["phase"] == "announcing" and set_now.body["fingerprint"] == own.fingerprint
    assert server.api.delete("/server/roll_over")["phase"] == "none"
    server.api.delete(f"/secondaries/{absent['id']}")


def hierarchy_and_history(hq, branch):
    assert hq.api.get("/tree?depth=1&timeout_ms=5000")["secondaries"]
    below = hq.api.through(branch.id)
    group = below.post("/groups", {"path": "Managed devices/Below"})
    below.put("/primary", {"address": str(hq.link), "certificate": hq.certificate_pem})
    assert below.get(f"/groups/{group['id']}") == group
    assert below.call("PATCH", f"/groups/{group['id']}", {"name": "Beneath"}).ok()["name"] == "Beneath"
    below.delete(f"/groups/{group['id']}")
    assert hq.api.get("/audit/chain")["head"]["sequence"] > 0 and hq.api.get("/events/export") and hq.api.get("/audit/export?format=csv")
    assert "items" in hq.api.get("/rolled_up/servers") and hq.api.get("/reports/servers")["kind"] == "servers"
    destination = hq.api.post("/notifications", {"name": "spec", "kind": "syslog", "address": "127.0.0.1:9", "transport": "plain"})
    assert destination in hq.api.get("/notifications")["items"] and hq.api.get(f"/notifications/{destination['id']}") == destination
    assert hq.api.post(f"/notifications/{destination['id']}/test")["error"]["code"] == "refused"
    assert hq.api.call("PATCH", f"/notifications/{destination['id']}", {"severity": "error"}).ok()["revision"] == 2
    hq.api.delete(f"/notifications/{destination['id']}")
    hq.api.call("DELETE", f"/notifications/{destination['id']}").refused(404, "not_found")
    for path in ("/events", "/audit"):
        page = hq.api.get(f"{path}?limit=2")
        older = hq.api.get(f"{path}?limit=2&before={page['next_cursor']}")
        assert [each["sequence"] for each in page["items"] + older["items"]] == sorted(
            (each["sequence"] for each in page["items"] + older["items"]), reverse=True)
    first = hq.api.get("/events?after=0&limit=1")["items"][0]["sequence"]
    with hq.api.events(last_id=first) as stream:
        event = stream.next()
        spec.validate(event["data"], {"$ref": "#/components/schemas/Event"})
        assert event["data"]["sequence"] > first


def test_every_operation_answers_as_the_spec_says(pair, shared, tmp_path):
    hq, branch = pair
    other = shared.server("other")
    open_operations(hq)
    sessions_and_tokens(hq)
    server_and_groups(hq)
    devices(hq)
    backups(hq)
    tasks(hq)
    policies(hq)
    secondaries(hq, branch, tmp_path)
    primary_and_probe(hq, branch)
    move(hq, branch, other)
    users_and_roles(hq, branch)
    joins(hq, other)
    hierarchy_and_history(hq, branch)
    guest = shared.server("guest")
    invitations(hq, guest)
    roll_over(guest, tmp_path)
    hq.api.delete(f"/secondaries/{hq.secondary('other')['id']}")

    left_out = {(method, template) for method, template, _ in spec.operations()} - apis.CALLED
    assert not left_out, left_out


def test_every_protected_operation_wants_to_know_who_asks(pair):
    hq, _ = pair
    for method, template, _ in spec.operations():
        operation = spec.document()["paths"][template][method.lower()]
        security = operation.get("security", spec.document()["security"])
        if security == [] or {} in security:
            continue
        path = template.replace("{rest}", "groups").replace("{id}", "01930c4e-5a00-7000-8000-000000000000").replace("{fingerprint}", "AB").replace("{kind}", "servers").replace("{name}", "daikan-server").replace("{revision}", "1")
        answer = hq.stranger.call(method, "/" + path, {} if method in ("POST", "PUT", "PATCH") else None)
        assert (answer.status, answer.code) == (401, "unauthenticated"), (method, template, answer)


def test_unknown_paths_and_methods(pair):
    hq, _ = pair
    hq.api.call("GET", "/nothing/here").refused(404, "not_found")
    answer = hq.api.call("DELETE", "/groups")
    assert answer.refused(405, "method_not_allowed") and set(answer.headers["allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


def test_an_edit_of_a_state_seen_before_is_refused(pair, tmp_path):
    hq, branch = pair
    if not hq.api.get("/secondaries")["items"]:
        attach(hq, branch)
    shown = branch.api.call("GET", "/primary")
    etag = shown.headers["etag"]
    body = {"address": f"localhost:{hq.link.port}", "certificate": hq.certificate_pem}
    changed = branch.api.call("PUT", "/primary", body, {"If-Match": etag})
    assert changed.status == 200 and changed.headers["etag"] != etag
    branch.api.call("PUT", "/primary", body | {"address": str(hq.link)}, {"If-Match": etag}).refused(412, "conflict")
