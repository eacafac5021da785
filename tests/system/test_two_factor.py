"""The second factor (RFC 6238), over the API, by command, and where a server's account is used to join it."""

import pytest
from support.totp import code
from support.waiting import wait_until

GOOD = "a good long password"


@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


def with_second_factor(server, name):
    """A new administrator with a second factor: (session, secret, recovery codes)."""
    server.api.post("/users", {"name": name, "password": GOOD, "assignments": [{"role": "administrator"}]})
    session = server.stranger.log_in(name, GOOD)
    enrolled = session.post("/account/two_factor")
    assert enrolled["uri"].startswith("otpauth://totp/") and enrolled["secret"] in enrolled["uri"]
    assert session.get("/account")["two_factor"] == "pending"
    server.stranger.log_in(name, GOOD)  # of no effect until it is confirmed
    wrong = session.call("POST", "/account/two_factor/confirm", {"code": "000000"}).refused(422, "wrong_credentials")
    assert wrong["field"] == "code"
    recovery = session.post("/account/two_factor/confirm", {"code": code(enrolled["secret"])})["recovery_codes"]
    assert len(set(recovery)) == 10
    return session, enrolled["secret"], recovery


def log_in(server, name, **more):
    return server.stranger.call("POST", "/sessions", {"user": name, "password": GOOD, **more})


def test_two_factor_required_then_a_code_once_or_a_recovery_code_once(hq):
    session, secret, recovery = with_second_factor(hq, "ivan")
    problem = log_in(hq, "ivan").refused(403, "two_factor_required")
    assert "second factor" in problem["detail"] and "recovery code" in problem["remedy"] and problem["field"] == "code", problem
    used = code(secret, 1)
    log_in(hq, "ivan", code=used).ok()
    log_in(hq, "ivan", code=used).refused(401, "wrong_credentials")
    log_in(hq, "ivan", code=recovery[0].upper().replace("-", " ")).ok()
    log_in(hq, "ivan", code=recovery[0]).refused(401, "wrong_credentials")
    assert session.get("/account")["recovery_codes"] == 9
    hq.stranger.call("POST", "/sessions", {"user": "ivan", "password": "wrong", "code": recovery[1]}).refused(401, "wrong_credentials")
    assert session.get("/account")["recovery_codes"] == 9, "a wrong password spends no code"
    refused = {(each["outcome"]) for each in hq.api.get("/audit?limit=1000")["items"] if each["actor"] == "ivan"}
    assert {"two_factor_required", "wrong_credentials", "done"} <= refused
    session.call("POST", "/account/two_factor").refused(409, "conflict")
    token = session.post("/tokens", {"name": "found", "expires_in_hours": 1})["token"]
    thief = hq.stranger
    thief.secret = token
    thief.call("POST", "/account/two_factor/disable", {"code": recovery[2]}).refused(403, "permission_denied")
    session.call("POST", "/account/two_factor/disable", {"code": recovery[1]}).ok()
    log_in(hq, "ivan").ok()
    session.call("POST", "/account/two_factor/confirm", {"code": "000000"}).refused(409, "conflict")
    session.call("POST", "/account/two_factor/disable", {"code": "000000"}).refused(409, "conflict")


def test_codes_are_not_guessed_and_a_right_password_alone_does_not_clear_the_count(start):
    hq = start.server("hq")
    with_second_factor(hq, "ivan")
    outcomes = []
    while "rate_limited" not in outcomes and len(outcomes) < 40:
        outcomes += [log_in(hq, "ivan", code="000000").code, log_in(hq, "ivan").code]
    assert outcomes[:2] == ["wrong_credentials", "two_factor_required"] and outcomes[-1] in ("rate_limited", "two_factor_required"), outcomes
    assert "rate_limited" in outcomes, outcomes


def test_whoever_lost_the_app_is_helped_by_who_manages_users(hq):
    _, _, _ = with_second_factor(hq, "lost")
    user = next(each for each in hq.api.get("/users")["items"] if each["name"] == "lost")
    assert user["two_factor"] == "on"
    hq.api.delete(f"/users/{user['id']}/two_factor")
    log_in(hq, "lost").ok()


def test_by_command(hq, start, tmp_path):
    hq.api.post("/users", {"name": "max", "password": GOOD, "assignments": [{"role": "administrator"}]})
    cli = start.cli(hq)
    password, file = tmp_path / "pw", tmp_path / "code"
    password.write_text(GOOD + "\n")
    login = ("login", f"https://{hq.console}", "--as", "max", "--user", "max", "--password-file", password, "--fingerprint", hq.fingerprint)
    cli.ok(*login)
    secret = cli.json("two-factor", "enrol", server="max")["secret"]
    file.write_text(code(secret) + "\n")
    recovery = cli.ok("two-factor", "on", "--code-file", file, server="max").split()
    assert len(recovery) == 10
    said = cli.fails(*login)
    assert "second factor" in said and "--code-file" in said and "--code -" in said, said
    cli.ok(*login, "--code", "-", text=code(secret, 1) + "\n")
    file.write_text(recovery[0] + "\n")
    cli.ok("two-factor", "off", "--code-file", file, server="max")
    cli.ok(*login)


def test_way_1_with_an_account_that_has_a_second_factor(start, tmp_path):
    hq, branch = start.server("hq"), start.server("branch")
    _, secret, recovery = with_second_factor(branch, "ivan")
    cli = start.cli(hq)
    password, file = tmp_path / "pw", tmp_path / "code"
    password.write_text(GOOD + "\n")
    add = ("secondary", "add", str(branch.console), "--user", "ivan", "--password-file", password, "--fingerprint", branch.fingerprint,
           "--primary-address", str(hq.link))
    said = cli.fails(*add)
    assert "second factor" in said and "--code-file" in said, said
    assert hq.api.get("/secondaries")["items"] == [] and branch.api.get("/primary") == {"configured": False}
    # As an operation of the server: it fails at the login and says so; resumed with a code, it goes through.
    body = {"secondary_console": str(branch.console), "fingerprint": branch.fingerprint, "primary_address": str(hq.link),
            "credentials": {"user": "ivan", "password": GOOD}}
    operation = hq.api.post("/joins", body)["id"]

    def ended(state):
        shown = hq.api.get(f"/operations/{operation}")
        assert shown["state"] == state, shown
        return shown

    assert wait_until(lambda: ended("failed"), "it fails")["error"]["code"] == "two_factor_required"
    hq.api.post(f"/operations/{operation}/resume", {"credentials": {"user": "ivan", "password": GOOD, "code": recovery[0]}})
    wait_until(lambda: ended("done"), "it is done")
    branch.api.delete("/primary")
    hq.api.delete(f"/secondaries/{hq.secondary('branch')['id']}")
    file.write_text(code(secret, 1) + "\n")
    cli.ok(*add, "--code-file", file)
    hq.wait_for_secondary("branch")
