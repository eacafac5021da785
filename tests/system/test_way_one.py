"""Way 1: the console reaches both servers. One command, visible steps, undone when one fails."""

import pytest
from support.proxies import Microsocks, Squid
from support.server import PASSWORD, USER, free_port
from support.waiting import wait_until


@pytest.fixture
def pair(start):
    return start.server("hq"), start.server("branch")


def add(cli, secondary, primary, *more, server="hq"):
    return ("secondary", "add", "--group", "Managed devices", str(secondary.console), "--user", USER, "--password-file", cli.password_file,
            "--fingerprint", secondary.fingerprint, "--primary-address", str(primary.link), *more)


def nothing_left(hq, branch):
    assert hq.api.get("/secondaries")["items"] == []
    assert branch.api.get("/primary") == {"configured": False}


def test_one_command_joins_and_both_sides_report_connected(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    cli.ok(*add(cli, branch, hq), server="hq")
    (shown,) = cli.json("secondary", "list", server="hq")
    assert shown["state"] == "connected" and shown["name"] == "branch" and shown["direction"] == "secondary_dials"
    assert shown["fingerprint"] == branch.fingerprint and shown["last_connected_at"] and shown["version"] and shown["reason"] is None
    assert set(shown) >= {"id", "name", "group", "address", "direction", "state", "reason", "version", "last_connected_at", "fingerprint"}
    primary = branch.wait_for_primary()
    assert primary["name"] == "hq" and primary["address"] == str(hq.link) and primary["fingerprint"] == hq.fingerprint

    # Both sides measure the link and know the peer's address.
    for side in (lambda: hq.secondary("branch"), lambda: branch.api.get("/primary")):
        found = wait_until(lambda: (each := side())["round_trip_ms"] is not None and each, "round trip is measured")
        assert found["peer_address"].startswith("127.0.0.1:") and abs(found["clock_skew_ms"]) < 5000

    # Again is no change, and no error.
    cli.ok(*add(cli, branch, hq), server="hq")
    assert len(cli.json("secondary", "list", server="hq")) == 1


@pytest.mark.parametrize("kind, user", [(Squid, "link"), (Microsocks, None)])
def test_the_secondary_may_reach_the_primary_through_a_proxy(start, pair, kind, user):
    hq, branch = pair
    proxy = start.proxy(kind, user=user)
    cli = start.cli(hq)
    options = ["--primary-proxy", proxy.url]
    if user:
        password = start.folder / "proxy-password"
        password.write_text(proxy.password + "\n")
        options += ["--primary-proxy-password-file", password]
    cli.ok(*add(cli, branch, hq, *options), server="hq")
    assert branch.wait_for_primary()["proxy"] == proxy.url
    assert str(hq.link.port) in proxy.seen()
    assert proxy.password not in branch.text() + hq.text()


def test_wrong_account_of_the_secondary_changes_nothing(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    wrong = start.folder / "wrong"
    wrong.write_text("not the password\n")
    said = cli.fails("secondary", "add", "--group", "Managed devices", str(branch.console), "--user", USER, "--password-file", wrong,
                     "--fingerprint", branch.fingerprint, "--primary-address", str(hq.link), server="hq")
    assert str(branch.console) in said and "password" in said
    nothing_left(hq, branch)


def test_wrong_fingerprint_is_refused_with_both_and_no_password_is_sent(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    said = cli.fails("secondary", "add", "--group", "Managed devices", str(branch.console), "--user", USER, "--password-file", cli.password_file,
                     "--fingerprint", hq.fingerprint, "--primary-address", str(hq.link), server="hq")
    assert branch.fingerprint in said and hq.fingerprint in said
    assert not [record for record in branch.api.get("/audit")["items"] if record["action"].startswith("login") and record["actor"] != USER]
    nothing_left(hq, branch)


def test_the_probe_fails_before_anything_is_written(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    said = cli.fails("secondary", "add", "--group", "Managed devices", str(branch.console), "--user", USER, "--password-file", cli.password_file,
                     "--fingerprint", branch.fingerprint, "--primary-address", f"127.0.0.1:{free_port()}", server="hq")
    assert "refused" in said
    nothing_left(hq, branch)
    assert not [event for event in hq.api.get("/events")["items"] if event["kind"] == "secondary_added"]


def test_a_probe_that_meets_another_server_names_both_fingerprints(start, pair):
    hq, branch = pair
    other = start.server("other")
    cli = start.cli(hq)
    said = cli.fails("secondary", "add", "--group", "Managed devices", str(branch.console), "--user", USER, "--password-file", cli.password_file,
                     "--fingerprint", branch.fingerprint, "--primary-address", str(other.link), server="hq")
    assert hq.fingerprint in said and other.fingerprint in said
    nothing_left(hq, branch)


def test_a_later_failure_undoes_the_registration(start, pair):
    hq, branch = pair
    third = start.server("third")
    branch.follow(third)  # branch has another primary already: step 4 fails after step 3 succeeded
    cli = start.cli(hq)
    said = cli.fails(*add(cli, branch, hq), server="hq")
    assert "primary" in said
    assert hq.api.get("/secondaries")["items"] == []
    assert branch.api.get("/primary")["fingerprint"] == third.fingerprint


def join_body(hq, branch, **more):
    return {"secondary_console": str(branch.console), "fingerprint": branch.fingerprint, "group": "Managed devices",
            "credentials": {"user": USER, "password": PASSWORD}, "primary_address": str(hq.link), **more}


def finished(api, operation, *states):
    return wait_until(lambda: (found := api.get(f"/operations/{operation}"))["state"] in states and found, f"operation is {states}", 90)


def test_the_primary_joins_by_itself_as_an_operation_with_visible_steps(pair):
    hq, branch = pair
    answer = hq.api.call("POST", "/joins", join_body(hq, branch))
    assert answer.status == 202 and answer.headers["location"].endswith(answer.body["id"])
    done = finished(hq.api, answer.body["id"], "done", "failed")
    assert done["state"] == "done", done
    assert [(step["step"], step["state"]) for step in done["steps"]] == [
        (name, "done") for name in ("identity", "probe", "register_secondary", "set_primary", "link")]
    assert done["result"]["registration_id"] == hq.wait_for_secondary("branch")["id"]
    assert PASSWORD not in str(hq.api.get("/operations")) and PASSWORD.encode() not in (hq.data / "daikan.db").read_bytes()


def test_a_token_is_a_login_too(pair):
    hq, branch = pair
    token = branch.api.post("/tokens", {"name": "join", "expires_in_hours": 1})["token"]
    operation = hq.api.post("/joins", join_body(hq, branch, credentials={"token": token}))
    assert finished(hq.api, operation["id"], "done", "failed")["state"] == "done"


def test_a_failed_operation_is_undone_says_where_and_can_be_resumed(pair):
    hq, branch = pair
    operation = hq.api.post("/joins", join_body(hq, branch, credentials={"user": USER, "password": "wrong"}))
    failed = finished(hq.api, operation["id"], "failed", "undone")
    assert failed["error"]["code"] == "wrong_credentials" and failed["error"]["remedy"]
    assert any(step["error"] and step["error"]["code"] == "wrong_credentials" for step in failed["steps"])
    nothing_left(hq, branch)
    hq.api.post(f"/operations/{operation['id']}/resume", {"credentials": {"user": USER, "password": PASSWORD}})
    assert finished(hq.api, operation["id"], "done")["state"] == "done"
    hq.wait_for_secondary("branch")


def test_a_join_interrupted_by_a_crash_is_shown_as_such_and_resumed(pair):
    hq, branch = pair
    operation = hq.api.post("/joins", join_body(hq, branch))
    hq.kill()
    hq.start()
    found = hq.api.get(f"/operations/{operation['id']}")
    assert found["state"] in ("interrupted", "done", "undone", "failed"), found
    if found["state"] != "done":
        hq.api.post(f"/operations/{operation['id']}/resume", {"credentials": {"user": USER, "password": PASSWORD}})
    assert finished(hq.api, operation["id"], "done")["state"] == "done"
    hq.wait_for_secondary("branch", deadline=90)
    assert len(hq.api.get("/secondaries")["items"]) == 1


def test_a_cancelled_join_leaves_nothing(pair):
    hq, branch = pair
    operation = hq.api.post("/joins", join_body(hq, branch, credentials={"user": USER, "password": "wrong"}))
    finished(hq.api, operation["id"], "failed", "undone")
    assert hq.api.call("POST", f"/operations/{operation['id']}/cancel").status in (200, 202, 204, 409)
    nothing_left(hq, branch)
