"""What the settings of the application daikan-server govern: each is obeyed live, without a restart."""

import datetime
import itertools
import signal
import time

from support.server import PASSWORD, USER, attach
from support.waiting import wait_until

LIVE = 5  # seconds; a second is promised, the rest is for a busy machine


def govern(server, **more) -> dict:
    return server.api.post("/policies", {"name": "Rules", "group": "Managed devices", "active": True, **more})


def locked(**settings) -> dict:
    return {path.replace("__", "."): {"value": value, "locked": True} for path, value in settings.items()}


def change(server, made: dict, settings: dict):
    return server.api.call("PATCH", f"/policies/{made['id']}", {"settings": settings})


def chain_of(start, *names):
    servers = [start.server(name) for name in names]
    for primary, secondary in itertools.pairwise(servers):
        attach(primary, secondary)
    return servers


def effective(server, path: str):
    found = next(each for each in server.api.get("/server/effective_settings")["items"] if each["path"] == path)
    return found["value"]


def in_force(server, path: str, value) -> None:
    wait_until(lambda: effective(server, path) == value, f"{path} is {value} on {server.name}")


def test_password_rules_of_the_root_hold_at_the_third_level_and_are_named(start):
    root, _, third = chain_of(start, "root", "second", "third")
    made = govern(root, settings=locked(passwords__min_length=12, passwords__min_classes=3))
    in_force(third, "passwords.min_classes", 3)

    def refused(password):
        problem = third.api.call("POST", "/users", {"name": "ivan", "password": password}).refused(422, "invalid_request")
        assert problem["field"] == "password", problem
        return problem["detail"] + problem["remedy"]

    by = "The policy “Rules” of the group “Managed devices” on “root” asks for it"
    short, plain = refused("Vier eis 1"), refused("langeworteohne")
    assert "at least 12" in short and by in short, short
    assert "at least 3 of" in plain and by in plain, plain
    third.api.post("/users", {"name": "ivan", "password": "Lange Worte 3"})
    problem = third.api.call("PUT", "/access_rules", {"password_least": 9, "console_sources": []}).refused(409, "conflict")
    assert problem["field"] == "password_least" and "“Rules”" in problem["detail"], problem
    low = change(root, made, locked(passwords__min_length=7)).refused(422, "invalid_request")
    assert low["field"] == "settings.passwords.min_length", low

    # Unlocked above, the server's own word is the one that counts again; present passwords stay good all the while.
    change(root, made, {"passwords.min_length": {"value": 10, "locked": False}}).ok()
    in_force(third, "passwords.min_length", 10)
    assert "at least 10" in refused("nur neun!")
    third.api.put("/access_rules", {"password_least": 9, "console_sources": []})
    assert "asks for it" not in refused("nur acht") and "at least 9" in refused("nur acht")
    third.api.post("/users", {"name": "anna", "password": "nur neun!"})
    third.stranger.log_in("ivan", "Lange Worte 3")


def test_login_limits_are_obeyed_live(start):
    hq = start.server("hq")
    made = govern(hq, settings=locked(logins__account_failures=12, logins__source_failures=100))

    def answer(password: str) -> int:
        return hq.stranger.call("POST", "/sessions", {"user": USER, "password": password}).status

    in_force(hq, "logins.account_failures", 12)
    # From the sixth on, the default would have delayed them.
    assert [answer("wrong") for _ in range(10)] == [401] * 10
    change(hq, made, locked(logins__account_failures=5)).ok()
    wait_until(lambda: 429 in (answer("wrong"), answer("wrong")), "the account is slowed down", LIVE)
    change(hq, made, locked(logins__account_failures=50)).ok()
    wait_until(lambda: answer(PASSWORD) == 201, "the right password is let in after a minute at most", 90)


class Office:
    """root, second and third on one machine of a network, each the primary of the next, and a desk and a stranger's place beside them."""

    def __init__(self, start, network):
        site, self.desk, self.elsewhere = (network.site(name) for name in ("site", "desk", "elsewhere"))
        self.start = start
        self.servers = [start.server(name, namespace=site.name, console=[f"{site.address}:1329{number}", f"127.0.0.1:1329{number}"],
                                     link=f"{site.address}:1300{number}") for number, name in enumerate(("root", "second", "third"), 1)]
        self.root, _, self.third = self.servers
        self.inside = start.cli(name="inside", namespace=site.name)
        for server in self.servers:
            self.inside.log_in(server, address=f"127.0.0.1:{server.console.port}")
        for primary, secondary in itertools.pairwise(self.servers):
            self._attach(primary, secondary)

    def _attach(self, primary, secondary):
        files = {}
        for server in (primary, secondary):
            files[server.name] = self.start.folder / f"{server.name}.cer"
            if not files[server.name].exists():
                self.inside.ok("certificate", "export", files[server.name], server=server.name)
        self.inside.ok("secondary", "add", "--group", "Managed devices", "--name", secondary.name, "--certificate", files[secondary.name],
                       server=primary.name)
        self.inside.ok("primary", "set", "--address", str(primary.link), "--certificate", files[primary.name], server=secondary.name)

    def say(self, *settings: str) -> None:
        """On the root, locked, in the one policy there is."""
        if not self.inside.json("policy", "list", server="root"):
            self.inside.ok("policy", "create", "Doors", "--group", "Managed devices", "--active", server="root")
        self.inside.ok("policy", "set", "Doors", *settings, "--lock", server="root")

    def third_says(self, text: str) -> None:
        wait_until(lambda: text in self.inside.ok("policy", "effective", server="third"), f"{text} is in force on the third")


def test_console_sources_of_the_root_hold_at_the_third_level_and_never_lock_out_its_own_machine(start, network):
    office = Office(start, network)
    desk = start.cli(office.third, name="desk", namespace=office.desk.name)
    far = start.cli(office.third, name="elsewhere", namespace=office.elsewhere.name)
    office.say(f'console.sources=["{office.desk.address}"]')
    wait_until(lambda: f"lets nobody in from {office.elsewhere.address}" in far.run("group", "list").stderr, "elsewhere is refused")
    desk.ok("group", "list")
    assert "10.1.0.1/16" in office.inside.fails("policy", "set", "Doors", 'console.sources=["10.1.0.1/16"]', server="root")
    # Even a list without anybody closes nothing on the machine itself, and from there the way is opened again.
    office.say('console.sources=["10.1.0.0/16"]')
    wait_until(lambda: "lets nobody in from" in desk.run("group", "list").stderr, "the desk is refused, too")
    office.inside.ok("group", "list", server="third")
    assert "always this machine itself" in office.third.text()
    assert "“Doors”" in office.inside.fails("access", "set", "--from", "10.2.0.0/16", server="third")
    office.third.restart()
    assert "lets nobody in from" in desk.run("group", "list").stderr
    office.inside.ok("group", "list", server="third")
    office.inside.ok("policy", "remove", "Doors", server="root")
    wait_until(lambda: far.run("group", "list").returncode == 0, "elsewhere is let in again")


def test_login_limits_of_the_root_are_hit_earlier_at_the_third_level_but_not_on_its_own_machine(start, network):
    office = Office(start, network)
    office.say("logins.source_failures=5", "logins.source_window_seconds=3600", "logins.account_failures=50")
    office.third_says("3600")
    guesses = start.folder / "guesses"
    guesses.write_text("not this one\n")

    def guess(cli, address) -> str:
        return cli.fails("login", f"https://{address}", "--as", "guessed", "--user", USER, "--password-file", guesses, "--fingerprint",
                         office.third.fingerprint)

    desk = start.cli(name="desk", namespace=office.desk.name)
    said = [guess(desk, office.third.console) for _ in range(6)]  # by default, twenty
    assert ["Try again" in each for each in said] == [False] * 5 + [True], said
    said = [guess(office.inside, f"127.0.0.1:{office.third.console.port}") for _ in range(8)]
    assert not any("Try again" in each for each in said), said


def test_heartbeat_of_the_root_reaches_links_of_the_third_level_that_stand(start):
    root, second, third = chain_of(start, "root", "second", "third")
    since = third.api.get("/primary")["since"]
    govern(root, settings=locked(links__ping_seconds=5, links__ping_answer_seconds=2, links__reconnect_longest_seconds=7))
    in_force(third, "links.ping_answer_seconds", 2)
    assert third.api.get("/primary")["since"] == since, "the link stood all the while"
    # A primary that is frozen says nothing any more: the third notices by the new heartbeat.
    second.process.send_signal(signal.SIGSTOP)
    try:
        lost = wait_until(lambda: third.api.get("/primary")["reason"], "the third notices that its primary is gone")
        assert "answered nothing for 2000 ms" in lost["message"], lost
    finally:
        second.process.send_signal(signal.SIGCONT)
    third.wait_for_primary()


def test_a_shorter_back_off_ends_a_wait_that_runs(start):
    hq, lone = start.server("hq"), start.server("lone")
    lone.follow(hq)
    waits = lone.wait_for_primary("refused")
    assert seconds(waits["next_attempt_at"]) - time.time() > 15, waits
    govern(lone, settings=locked(links__reconnect_refused_seconds=5))
    wait_until(lambda: shortly(lone), "the next attempt is brought forward", LIVE)


def shortly(server) -> bool:
    told = server.api.get("/primary")["next_attempt_at"]
    return told is not None and seconds(told) - time.time() < 11


def seconds(text: str) -> float:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


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
