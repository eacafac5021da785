"""`daikan console`: the web console on the administrator's own machine, reached as a browser reaches it."""

import http.client
import json
import re
import signal
import subprocess

import pytest
from support.server import BIN, PASSWORD, USER, environment, reports_in
from support.waiting import wait_until


class Console:
    """One `daikan console` and one browser's cookie."""

    def __init__(self, cli, pages):
        self.home = cli.home
        self.log = (cli.home / "console.log").open("wb")
        self.process = subprocess.Popen([BIN / "daikan", "console", "--port", "0", "--web", pages], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True, env=environment(cli.home) | {"DAIKAN_HOME": str(cli.home)})
        line = self.process.stdout.readline()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)\n", line)
        assert found, line + (cli.home / "console.log").read_text()
        self.port, self.token = int(found[1]), found[2]
        self.cookie: str | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body=None, **headers) -> tuple[int, dict, object]:
        """Status, headers, body (parsed where it is JSON). A change says where it comes from, as a browser does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": self.host} | ({"Cookie": self.cookie} if self.cookie else {}) | ({"Origin": f"http://{self.host}"} if method != "GET" else {})
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, sent | ({"Content-Type": "application/json"} if text else {}) | headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        kind = answer.headers.get("content-type", "")
        return answer.status, dict(answer.headers.items()), json.loads(told) if "json" in kind else told.decode()

    def enter(self) -> "Console":
        status, headers, _ = self.ask("GET", f"/?token={self.token}")
        assert (status, headers["location"]) == (303, "/at/")
        assert headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Strict")
        self.cookie = headers["set-cookie"].split(";")[0]
        return self

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        assert self.process.wait(20) == 0, (self.home / "console.log").read_text()
        self.process.stdout.close()
        self.log.close()
        assert not reports_in(self.home)


@pytest.fixture
def console(tmp_path):
    """console(cli): a running one; all are ended, and have to end cleanly."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<!doctype html><title>Daikan</title>")
    made = []

    def run(cli) -> Console:
        made.append(Console(cli, pages))
        return made[-1]

    yield run
    for each in made:
        each.end()


def test_other_people_and_other_sites_get_nothing(start, console):
    hq = start.server("hq")
    local = console(start.cli(hq))
    assert local.ask("GET", "/at/")[0] == 403
    assert local.ask("GET", "/?token=dks_wrong")[0] == 403
    assert local.ask("GET", f"/?token={local.token}", Host=f"evil.example.com:{local.port}")[0] == 403
    local.enter()
    assert local.ask("GET", f"/?token={local.token}", Cookie="none=1")[0] == 403, "the token is good once"
    assert local.ask("GET", "/at/hq/api/v1/server")[0] == 200
    assert local.ask("GET", "/at/hq/api/v1/server", Host=f"evil.example.com:{local.port}")[0] == 403
    for origin in ("https://evil.example.com", "http://127.0.0.1:1", "null"):
        assert local.ask("POST", "/at/hq/api/v1/groups", {"path": "x"}, Origin=origin)[0] == 403, origin
    assert local.ask("GET", "/at/hq/api/v1/server", **{"Sec-Fetch-Site": "same-site"})[0] == 403


def test_pages_and_the_apis_of_several_servers_through_their_pins(start, console):
    hq, branch = start.server("hq"), start.server("branch")
    cli = start.cli(hq, branch)
    local = console(cli).enter()
    status, headers, page = local.ask("GET", "/at/hq/groups/7")
    assert (status, page) == (200, "<!doctype html><title>Daikan</title>")
    assert "default-src 'none'" in headers["content-security-policy"]
    for server in (hq, branch):
        status, _, told = local.ask("GET", f"/at/{server.name}/api/v1/server")
        assert (status, told["name"]) == (200, server.name)
    assert local.ask("GET", "/at/nobody/api/v1/server")[2]["code"] == "not_found"
    status, headers, made = local.ask("POST", "/at/hq/api/v1/groups", {"path": "Managed devices/Made here"})
    assert status == 201, made
    assert "Managed devices/Made here" in cli.ok("--server", "hq", "group", "list")


def test_a_login_in_the_browser_is_the_profiles_and_its_secret_stays_here(start, console):
    hq = start.server("hq")
    cli = start.cli(hq)
    cli.ok("--server", "hq", "logout")
    local = console(cli).enter()
    assert local.ask("GET", "/at/hq/api/v1/sessions/current")[0] == 401
    status, headers, session = local.ask("POST", "/at/hq/api/v1/sessions", {"user": USER, "password": PASSWORD})
    assert (status, session["account"]["name"]) == (201, USER)
    assert "token" not in session and "set-cookie" not in headers
    cli.ok("--server", "hq", "group", "list")
    assert local.ask("DELETE", "/at/hq/api/v1/sessions/current")[0] == 204
    assert "log in" in cli.fails("--server", "hq", "group", "list").lower()


def test_a_server_is_added_by_its_fingerprint_and_a_changed_certificate_is_refused_with_both(start, console):
    hq = start.server("hq")
    local = console(start.cli()).enter()
    status, _, seen = local.ask("POST", "/console/v1/console_probes", {"address": str(hq.console)})
    assert (status, seen["name"], seen["fingerprint"]) == (200, "hq", hq.fingerprint)
    entry = {"name": "hq", "address": str(hq.console), "fingerprint": seen["fingerprint"]}
    assert local.ask("POST", "/console/v1/servers", entry)[0] == 201
    assert [each["name"] for each in local.ask("GET", "/console/v1/servers")[2]["items"]] == ["hq"]

    before, address = hq.fingerprint, hq.console_addresses
    hq.stop()
    impostor = start.prepared("impostor")
    impostor.console_addresses = address
    impostor.start()
    status, _, refused = local.ask("GET", "/at/hq/api/v1/server/identity")
    assert (status, refused["code"]) == (422, "certificate_mismatch")
    assert before in refused["detail"] and impostor.fingerprint in refused["detail"]
    status, _, refused = local.ask("POST", "/console/v1/servers", entry | {"fingerprint": impostor.fingerprint})
    assert (status, refused["code"]) == (422, "certificate_mismatch")
    assert local.ask("DELETE", "/console/v1/servers/hq")[0] == 204
    assert local.ask("POST", "/console/v1/servers", entry | {"fingerprint": impostor.fingerprint})[0] == 201


def join_body(primary, secondary, **more) -> dict:
    return {"group": "Managed devices", "secondary_console": str(secondary.console), "fingerprint": secondary.fingerprint,
            "credentials": {"user": USER, "password": PASSWORD}, "primary_address": str(primary.link)} | more


def ended(local: Console, operation: dict) -> dict:
    def told():
        now = local.ask("GET", f"/at/hq/api/v1/operations/{operation['id']}")[2]
        return now["state"] != "running" and now

    return wait_until(told, "the join ends")


def test_way_1_runs_here_and_not_on_the_primary(start, console):
    hq, branch = start.server("hq"), start.server("branch")
    local = console(start.cli(hq)).enter()
    status, _, begun = local.ask("POST", "/at/hq/api/v1/joins", join_body(hq, branch), **{"Idempotency-Key": "one"})
    assert status == 202, begun
    assert local.ask("POST", "/at/hq/api/v1/joins", join_body(hq, branch), **{"Idempotency-Key": "one"})[2]["id"] == begun["id"]
    done = ended(local, begun)
    assert (done["state"], [step["state"] for step in done["steps"]]) == ("done", ["done"] * 5), done
    assert [each["state"] for each in hq.api.get("/secondaries")["items"]] == ["connected"]
    assert hq.api.get("/operations")["items"] == []


def test_a_join_that_fails_says_at_which_step_and_leaves_nothing(start, console):
    hq, branch = start.server("hq"), start.server("branch")
    local = console(start.cli(hq)).enter()
    begun = local.ask("POST", "/at/hq/api/v1/joins", join_body(hq, branch, credentials={"user": USER, "password": "wrong"}))[2]
    failed = ended(local, begun)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "wrong_credentials"), failed
    assert hq.api.get("/secondaries")["items"] == []
    assert local.ask("POST", f"/at/hq/api/v1/operations/{begun['id']}/cancel")[0] == 409
    status, _, again = local.ask("POST", f"/at/hq/api/v1/operations/{begun['id']}/resume", {"credentials": {"user": USER, "password": PASSWORD}})
    assert status == 202, again
    assert ended(local, begun)["state"] == "done"
