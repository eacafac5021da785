"""The link doctor: `daikan link check` on real daemons, with a failure provoked at each of its ten steps."""

import base64
import json

import pytest
from support import certificates
from support.fake_link import FakeSecondary, Introduction, primary_conversation
from support.proxies import Squid, hang
from support.server import PASSWORD, attach, free_port
from support.waiting import wait_until
from test_failures import tls_server

STEPS = ["name", "tcp", "proxy", "tls", "alpn", "pin", "hello", "clock", "version", "loop"]
UNREACHABLE, CONFLICT, CERTIFICATE = 6, 5, 7  # exit codes by kind (docs/cli.md)


@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


@pytest.fixture(scope="module")
def other(shared):
    return shared.server("other")


def check(server, secondary: str | None = None) -> dict:
    """The API's answer, once it is consistent in itself."""
    answer = server.api.post("/link_checks", {"secondary_id": secondary} if secondary else {})
    assert [step["step"] for step in answer["steps"]] == STEPS
    failed = [step for step in answer["steps"] if step["outcome"] == "failed"]
    assert all((step["error"] is not None) == (step["outcome"] == "failed") for step in answer["steps"])
    assert all(step["detail"] for step in answer["steps"] if step["outcome"] != "failed"), answer
    assert answer["ok"] == (not failed) and answer["error"] == (failed[0]["error"] if failed else None), answer
    return answer


def link_events(server, peer: str) -> int:
    """How many events tell of the link to `peer`; others, such as logging in, tell of something else."""
    return len([event for event in server.api.get("/events?limit=1000")["items"] if event["kind"].startswith("link_") and peer in event["message"]])


def outcome(answer: dict, step: str) -> str:
    return next(each["outcome"] for each in answer["steps"] if each["step"] == step)


def doctor(cli, server, step: str, code: str, exit_code: int, *arguments) -> str:
    """What `daikan link check` says, once the failing step with its code, then its sentence and remedy are the last that is said."""
    done = cli.run("link", "check", *arguments, server=server.name)
    assert done.returncode == exit_code, done.stdout + done.stderr
    headline = done.stdout.rstrip().splitlines()[-2]
    assert headline.startswith(f"FAILED at step {STEPS.index(step) + 1} of 10: ") and f"({code})" in headline, done.stdout
    sentence, remedy = done.stderr.strip().splitlines()[-2:]
    assert sentence.startswith("daikan: ") and sentence.endswith((".", "?")) and remedy.strip(), done.stderr
    return done.stderr


# Nothing wrong.

def test_a_link_that_stands_is_examined_from_both_ends_and_not_disturbed(hq, start):
    branch = start.server("branch-fine")
    attach(hq, branch)
    before = hq.secondary(branch.name), branch.api.get("/primary"), link_events(hq, branch.name)
    from_above = check(hq, before[0]["id"])
    assert from_above["ok"] and from_above["other_end"]["server"] == branch.name, from_above
    assert {step["step"]: step["seen_by"] for step in from_above["steps"]}["tcp"] == "other_end"  # the end that dials tells of the way
    assert all(from_above[end]["last_connected_at"] for end in ("this_end", "other_end")), from_above  # on the first link, too
    assert from_above["other_end"]["expects"] == hq.fingerprint and from_above["this_end"]["expects"] == branch.fingerprint
    from_below = check(branch)
    assert from_below["ok"] and from_below["other_end"] is None and from_below["other_end_missing"]["remedy"]
    said = start.cli(hq).ok("link", "check", branch.name, server="hq")
    assert said.count("✓") == 9 and "seen by branch-fine" in said and "FAILED" not in said
    after = hq.secondary(branch.name), branch.api.get("/primary"), link_events(hq, branch.name)
    assert (after[0]["since"], after[0]["peer_address"], after[1]["since"], after[2]) == (
        before[0]["since"], before[0]["peer_address"], before[1]["since"], before[2])


def test_a_dmz_link_is_examined_from_both_ends(hq, start):
    dmz = start.server("dmz-fine")
    dmz.follow(hq, direction="primary_dials", address=None)
    registered = hq.register(dmz, direction="primary_dials", address=str(dmz.link))
    hq.wait_for_secondary(dmz.name)
    answer = check(hq, registered["id"])
    assert answer["ok"] and answer["other_end"]["dials"] is False and outcome(answer, "tcp") == "passed", answer
    assert check(dmz)["ok"]


# One failure for each step, seen by the end that dials.

def test_name(hq, start):
    branch = start.server("branch-name")
    branch.follow(hq, address="no-such-hq.invalid:13000")
    said = doctor(start.cli(branch), branch, "name", "name_not_resolved", UNREACHABLE, "primary")
    assert "no-such-hq.invalid" in said and "name server" in said


def test_tcp(hq, start):
    branch, port = start.server("branch-tcp"), free_port()
    branch.follow(hq, address=f"127.0.0.1:{port}")
    said = doctor(start.cli(branch), branch, "tcp", "refused", UNREACHABLE, "primary")
    assert f"127.0.0.1:{port}: connection refused." in said and f"is port {port} open?" in said


def test_proxy_with_a_wrong_password_and_no_secret_leaves(hq, start):
    proxy = start.proxy(Squid, user="linkuser", password="right")
    branch = start.server("branch-proxy")
    branch.follow(hq, proxy={"url": proxy.url, "password": "wrong-s3cret"})
    report = start.folder / "report.json"
    cli = start.cli(branch)
    said = doctor(cli, branch, "proxy", "proxy_auth_required", UNREACHABLE, "primary", "--report", report)
    assert "407" in said and "proxy" in said
    answer = json.loads(report.read_text())
    assert answer["this_end"]["proxy"] == f"http://127.0.0.1:{proxy.port}" and report.stat().st_mode & 0o777 == 0o600
    secrets = ["wrong-s3cret", "linkuser", base64.b64encode(b"linkuser:wrong-s3cret").decode(), branch.api.secret, PASSWORD]
    printed = cli.run("link", "check", "primary", "--output", "json", server=branch.name)
    everything = report.read_text() + said + printed.stdout + printed.stderr + json.dumps(check(branch))
    assert not [secret for secret in secrets if secret in everything]
    assert json.loads(printed.stdout)["error"]["code"] == "proxy_auth_required" == json.loads(printed.stderr)["code"]


def test_proxy_that_is_dead(hq, start):
    branch, port = start.server("branch-deadproxy"), free_port()
    branch.follow(hq, proxy={"url": f"http://127.0.0.1:{port}"})
    said = doctor(start.cli(branch), branch, "proxy", "proxy_unreachable", UNREACHABLE, "primary")
    assert f"127.0.0.1:{port}" in said


def test_tls(hq, start):
    branch = start.server("branch-tls")
    peer = start.fake(lambda connection, _: (connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), connection.recv(4096)))
    branch.follow(hq, address=peer.address)
    said = doctor(start.cli(branch), branch, "tls", "not_tls", UNREACHABLE, "primary")
    assert peer.address in said


def test_tls_that_never_answers(hq, start):
    branch = start.server("branch-hang")
    peer = start.fake(hang)
    branch.follow(hq, address=peer.address)
    answer = check(branch)
    assert outcome(answer, "tcp") == "passed" and answer["error"]["code"] == "timed_out" and outcome(answer, "tls") == "failed"


def test_alpn(hq, start):
    branch = start.server("branch-alpn")
    peer, _ = tls_server(start, ["http/1.1"])
    branch.follow(hq, address=peer.address)
    said = doctor(start.cli(branch), branch, "alpn", "not_an_administration_server", UNREACHABLE, "primary")
    assert peer.address in said


def test_pin_of_another_server(hq, other, start):
    branch = start.server("branch-pin")
    branch.follow(hq, address=str(other.link))
    said = doctor(start.cli(branch), branch, "pin", "certificate_mismatch", CERTIFICATE, "primary")
    assert hq.fingerprint in said and other.fingerprint in said


def test_pin_not_registered_above(hq, start):
    branch = start.server("branch-unregistered")
    branch.follow(hq)
    said = doctor(start.cli(branch), branch, "pin", "unknown_to_primary", CONFLICT, "primary")
    assert str(hq.link) in said and "add this server as a secondary" in said


def test_pin_not_told_below(hq, start):
    dmz = start.server("dmz-untold")
    hq.register(dmz, direction="primary_dials", address=str(dmz.link))
    said = doctor(start.cli(hq), hq, "pin", "unknown_to_secondary", CONFLICT, dmz.name)
    assert str(dmz.link) in said and "daikan primary set --dmz" in said


def test_hello_that_never_comes(start):
    silent = certificates.make_key_pair(start.folder, "silent")
    branch = start.server("branch-hello")
    peer = start.fake(primary_conversation(silent, None))
    branch.api.put("/primary", {"address": peer.address, "certificate": silent.pem})
    said = doctor(start.cli(branch), branch, "hello", "timed_out", UNREACHABLE, "primary")
    assert "hello" in said


def test_clock_that_is_a_day_ahead(hq, start):
    pair = certificates.make_key_pair(start.folder, "tomorrow")
    registered = hq.api.post("/secondaries", {"name": "tomorrow", "certificate": pair.pem})
    fake = FakeSecondary(hq, pair, Introduction(name="tomorrow", clock_ahead=86400))
    try:
        hq.wait_for_secondary("tomorrow")
        said = doctor(start.cli(hq), hq, "clock", "clock_skew", CONFLICT, "tomorrow")
        assert "The clock of “tomorrow” is 86" in said and "ahead of that of “hq”" in said and "time service" in said
        assert fake.hellos >= 2  # the doctor asked anew
        fake.says.clock_ahead = 0
        answer = check(hq, registered["id"])
        assert outcome(answer, "clock") == "passed", answer  # what was asked anew is what is told
        assert answer["other_end"] is None and answer["other_end_missing"]["code"]  # it answers no check of its own
    finally:
        fake.close()
        hq.api.delete(f"/secondaries/{registered['id']}")


def test_version_out_of_range(start):
    future = certificates.make_key_pair(start.folder, "future")
    branch = start.server("branch-version")
    peer = start.fake(primary_conversation(future, Introduction(name="future", version=9)))
    branch.api.put("/primary", {"address": peer.address, "certificate": future.pem})
    said = doctor(start.cli(branch), branch, "version", "version_unsupported", CONFLICT, "primary")
    assert "9" in said and "“branch-version”" in said and "Update" in said
    answer = check(branch)
    assert outcome(answer, "hello") == "passed" and outcome(answer, "loop") == "skipped"


def test_loop_of_three(start):
    a, b, c = start.server("a"), start.server("b"), start.server("c")
    attach(a, b)
    attach(b, c)
    wait_until(lambda: c.api.get("/primary")["state"] == "connected", "c knows its path")
    c.register(a)
    a.follow(c)
    said = doctor(start.cli(a), a, "loop", "loop", CONFLICT, "primary")
    assert "a > b > c" in said and "Remove" in said
    answer = check(a)
    assert outcome(answer, "version") == "passed" and outcome(answer, "pin") == "passed"


# Seen by the end that is dialled.

def test_a_secondary_of_way_2_that_never_dialled(hq, start):
    branch = start.server("branch-never")
    hq.register(branch)
    said = doctor(start.cli(hq), hq, "tcp", "not_connected", UNREACHABLE, branch.name)
    assert "“branch-never” has never dialled this server, “hq”." in said and f"daikan primary set --address ADDRESS-OF-THIS-SERVER:{hq.link.port}" in said


def test_a_secondary_of_way_2_that_dials_with_another_certificate(start):
    hq, branch = start.server("hq2"), start.server("branch-rekeyed")
    old = certificates.make_key_pair(start.folder, "old")  # the file that was sent is not of the key in use
    hq.api.post("/secondaries", {"name": branch.name, "certificate": old.pem})
    branch.follow(hq)
    wait_until(lambda: hq.api.get("/unrecognised_servers")["items"], "it is listed")
    said = doctor(start.cli(hq), hq, "pin", "certificate_mismatch", CERTIFICATE, branch.name)
    assert old.fingerprint in said and branch.fingerprint in said and "127.0.0.1" in said and f"--fingerprint {branch.fingerprint}" in said


def test_a_secondary_that_is_away(hq, start):
    branch = start.server("branch-away")
    attach(hq, branch)
    branch.stop()
    hq.wait_for_secondary(branch.name, "disconnected")
    said = doctor(start.cli(hq), hq, "tcp", "not_connected", UNREACHABLE, branch.name)
    assert "“branch-away” does not dial “hq” any more; it was last connected at 20" in said and "link check" in said


def test_the_other_end_is_asked_at_its_console_when_one_is_logged_in_there(hq, start):
    branch, port = start.server("branch-console"), free_port()
    hq.register(branch)
    branch.follow(hq, proxy={"url": f"http://127.0.0.1:{port}"})
    cli = start.cli(hq, branch)
    # From above only its silence is seen; the branch itself knows where the way ends.
    said = doctor(cli, hq, "proxy", "proxy_unreachable", UNREACHABLE, branch.name)
    assert f"127.0.0.1:{port}" in said
    report = json.loads(cli.run("link", "check", branch.name, "-o", "json", server="hq").stdout)
    assert report["error"]["code"] == "not_connected" and report["other_check"]["error"]["code"] == "proxy_unreachable"
    assert report["other_check"]["this_end"]["server"] == branch.name


def test_the_primary_is_asked_at_its_console_as_well(hq, start):
    branch, port = start.server("branch-below"), free_port()
    branch.follow(hq, address=f"127.0.0.1:{port}")
    cli = start.cli(hq, branch)
    done = cli.run("link", "check", "primary", server=branch.name)
    assert "“hq” has not registered this server." in done.stderr and f"daikan --server hq unrecognised add {branch.fingerprint}" in done.stderr
    hq.register(branch)
    said = doctor(cli, branch, "tcp", "refused", UNREACHABLE, "primary")  # the end that dials knows where its way ends
    assert f"127.0.0.1:{port}: connection refused." in said
    report = json.loads(cli.run("link", "check", "primary", "-o", "json", server=branch.name).stdout)
    assert report["other_check"]["this_end"]["server"] == "hq" and report["other_check"]["peer"] == branch.name
    assert "never dialled" in report["other_check"]["error"]["message"]


# Without a name.

def test_without_a_name_the_primary_in_full_and_the_secondaries_in_a_line(start):
    hq, branch, shop = start.server("hq3"), start.server("branch3"), start.server("shop3")
    cli = start.cli(hq, branch)
    assert "no primary" in cli.ok("link", "check", server="hq3")
    attach(hq, branch)
    attach(branch, shop)
    said = cli.ok("link", "check", server="branch3")
    assert "The link of branch3 to its primary hq3" in said and "Connected  shop3" in said
    shop.stop()
    branch.wait_for_secondary("shop3", "disconnected")
    done = cli.run("link", "check", server="branch3")
    assert done.returncode == UNREACHABLE and "1 of 1 secondaries are not connected." in done.stderr and "daikan link check NAME" in done.stderr
    report = json.loads(cli.run("link", "check", "-o", "json", server="branch3").stdout)
    assert report["primary"]["ok"] and [each["state"] for each in report["secondaries"]] == ["disconnected"]


def test_a_name_that_is_none(hq, start):
    cli = start.cli(hq)
    done = cli.run("link", "check", "nobody", server="hq")
    assert done.returncode == 4 and "nobody" in done.stderr
    hq.api.call("POST", "/link_checks", {"secondary_id": "01930c4e-5a00-7000-8000-000000000000"}).refused(404, "not_found")
    hq.api.call("POST", "/link_checks", {"secondary": "x"}).refused(422, "invalid_request")
