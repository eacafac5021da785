"""Changing and ending a hierarchy, row by row of the requirement (joining, section 7), by real commands on real servers."""

import concurrent.futures
import socket
import subprocess
import threading

import pytest
from support.certificates import make_key_pair
from support.proxies import Microsocks, Squid
from support.server import BIN, USER, attach, environment, free_port
from support.waiting import wait_until


@pytest.fixture
def pair(start):
    return start.server("hq"), start.server("branch")


def join_dmz(primary, secondary, **more):
    """Way 3, until both sides report the link up."""
    secondary.follow(primary, direction="primary_dials", address=None)
    primary.register(secondary, direction="primary_dials", address=str(secondary.link), **more)
    primary.wait_for_secondary(secondary.name)
    secondary.wait_for_primary()


def exported(cli, server, folder):
    path = folder / f"{server.name}.cer"
    cli.ok("certificate", "export", path, server=server.name)
    return path


def rekey(cli, server, folder, name):
    """The server is set up with a new key, as after the loss of the old one; returns its certificate file. Its console shows the new
    certificate too, so the administrator logs in to it anew."""
    server.stop()
    made = make_key_pair(folder, name, days=3650)
    (server.data / "server.cer").write_bytes(made.der)
    (server.data / "server.key").write_bytes(made.key_file.read_bytes())
    server.start()
    cli.ok("profiles", "remove", server.name)
    cli.log_in(server)
    path = folder / f"{name}.cer"
    path.write_bytes(made.der)
    return path


# C1: everything is edited in place; a new address is tested before it replaces the old one.

def test_c1_a_new_name_group_or_reading_address_keeps_the_link(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    before = attach(hq, branch)
    cli.ok("group", "add", "Managed devices/North", server="hq")
    cli.ok("secondary", "edit", "branch", "--name", "Branch 7", "--group", "Managed devices/North", "--address", "branch.example.com", server="hq")
    after = hq.secondary("Branch 7")
    assert (after["group"], after["address"]) == ("Managed devices/North", "branch.example.com:13291")
    assert (after["id"], after["revision"]) == (before["id"], before["revision"] + 1)
    assert (after["state"], after["since"], after["peer_address"]) == ("connected", before["since"], before["peer_address"])
    assert hq.api.through(after["id"]).get("/server/identity")["name"] == "branch"
    # The same again changes nothing.
    assert cli.json("secondary", "edit", "Branch 7", "--name", "Branch 7", server="hq")["revision"] == after["revision"]


def test_c1_the_way_into_a_dmz_is_tested_before_it_replaces_the_old_one(start, pair):
    hq, dmz = pair
    cli = start.cli(hq)
    join_dmz(hq, dmz)
    before = hq.secondary("branch")
    told = cli.fails("secondary", "edit", "branch", "--address", f"127.0.0.1:{free_port()}", server="hq")
    assert "connection refused" in told.lower() and "Nothing was changed" in told, told
    proxy = start.proxy(Squid, user="link")
    wrong = start.folder / "wrong"
    wrong.write_text("not it\n")
    told = cli.fails("secondary", "edit", "branch", "--proxy", proxy.url, "--proxy-password-file", wrong, server="hq")
    assert "407" in told, told
    assert hq.secondary("branch")["revision"] == before["revision"] and hq.secondary("branch")["state"] == "connected"

    right = start.folder / "right"
    right.write_text(proxy.password + "\n")
    cli.ok("secondary", "edit", "branch", "--proxy", proxy.url, "--proxy-password-file", right, server="hq")
    def through_the_proxy():
        found = hq.secondary("branch")
        assert found["state"] == "connected" and found["peer_address"].endswith(f":{proxy.port}"), found
        return found
    shown = wait_until(through_the_proxy, "it is dialled through the proxy")
    assert shown["proxy"] == proxy.url
    # Another edit of the same proxy keeps its password, also over a restart.
    hq.api.call("PATCH", f"/secondaries/{shown['id']}", {"proxy": {"url": proxy.url}, "name": "dmz"}).ok()
    hq.restart()
    hq.wait_for_secondary("dmz")
    assert proxy.password.encode() not in (hq.data / "daikan.db").read_bytes()
    cli.ok("secondary", "edit", "dmz", "--no-proxy", server="hq")
    wait_until(lambda: hq.secondary("dmz")["peer_address"] == str(dmz.link), "it is dialled directly")


def test_c1_an_untested_way_is_saved_when_a_person_says_so(start, pair):
    hq, dmz = pair
    cli = start.cli(hq)
    join_dmz(hq, dmz)
    nowhere = f"127.0.0.1:{free_port()}"
    cli.ok("secondary", "edit", "branch", "--address", nowhere, "--untested", server="hq")
    assert hq.secondary("branch")["address"] == nowhere
    hq.restart()
    assert hq.wait_for_secondary("branch", "disconnected")["address"] == nowhere
    cli.ok("secondary", "edit", "branch", "--address", str(dmz.link), server="hq")
    hq.wait_for_secondary("branch")


def test_c1_the_secondarys_side_is_edited_and_tested_alike(start):
    hq = start.server("hq", link=["127.0.0.1:0", "127.0.0.2:0"])
    branch = start.server("branch")
    cli = start.cli(branch)
    attach(hq, branch)
    before = branch.api.get("/primary")
    assert "not" in cli.fails("primary", "edit", "--address", "no-such-host.invalid", server="branch")
    branch.api.call("PATCH", "/primary", {"address": "no-such-host.invalid"}).refused(502, "name_not_resolved")
    branch.api.call("PATCH", "/primary", {"address": str(branch.link)}).refused(422, "certificate_mismatch")
    assert branch.api.get("/primary")["revision"] == before["revision"]
    other = hq.link_addresses[1]
    cli.ok("primary", "edit", "--address", other, server="branch")
    shown = wait_until(lambda: (found := branch.api.get("/primary"))["peer_address"] == other and found, "the new address is dialled")
    assert shown["state"] == "connected" and shown["revision"] == before["revision"] + 1
    proxy = start.proxy(Microsocks)
    cli.ok("primary", "edit", "--proxy", proxy.url, server="branch")
    wait_until(lambda: branch.api.get("/primary")["peer_address"].endswith(f":{proxy.port}"), "it dials through the proxy")
    hq.wait_for_secondary("branch")


def test_c1_the_dialling_direction_changes_on_both_sides_without_a_gap(start, pair):
    hq, branch = pair
    cli = start.cli(hq, branch)
    attach(hq, branch)
    hq.api.call("PATCH", f"/secondaries/{hq.secondary('branch')['id']}", {"direction": "primary_dials"}).refused(422, "address_required")
    cli.ok("secondary", "edit", "branch", "--dmz", "--address", str(branch.link), server="hq")
    cli.ok("primary", "edit", "--dmz", server="branch")
    primary = branch.api.get("/primary")
    assert (primary["direction"], primary["address"]) == ("primary_dials", None)
    branch.restart()
    assert hq.wait_for_secondary("branch", deadline=90)["peer_address"] == str(branch.link)
    # And back.
    cli.ok("primary", "edit", "--no-dmz", "--address", str(hq.link), server="branch")
    cli.ok("secondary", "edit", "branch", "--no-dmz", server="hq")
    assert (hq.secondary("branch")["direction"], hq.secondary("branch")["address"]) == ("secondary_dials", None)
    hq.restart()
    assert branch.wait_for_primary(deadline=90)["peer_address"] == str(hq.link)


@pytest.mark.parametrize("dmz", [False, True], ids=["secondary_dials", "dmz"])
def test_c1_a_new_certificate_replaces_the_old_pin_at_once(start, pair, dmz):
    hq, branch = pair
    cli = start.cli(hq, branch)
    if dmz:
        join_dmz(hq, branch)
    else:
        attach(hq, branch)
    # The secondary lost its key. What comes with the new one is a stranger until it is re-pinned by file.
    new = rekey(cli, branch, start.folder, "branch-new")
    wait_until(lambda: hq.secondary("branch")["state"] != "connected", "the new key is not the old one")
    cli.ok("secondary", "edit", "branch", "--certificate", new, server="hq")
    hq.wait_for_secondary("branch", deadline=90)
    assert hq.api.get("/unrecognised_servers")["items"] == []
    # And the primary likewise.
    new = rekey(cli, hq, start.folder, "hq-new")
    cli.ok("primary", "edit", "--certificate", new, server="branch")
    branch.wait_for_primary(deadline=90)
    # A certificate that nobody has: what stands under the old one ends now, and the old one is not accepted again.
    other = make_key_pair(start.folder, "other")
    path = f"/secondaries/{hq.secondary('branch')['id']}"
    hq.api.call("PATCH", path, {"certificate": other.pem, "untested": True}).ok()
    assert hq.secondary("branch")["state"] != "connected"
    if not dmz:
        wait_until(lambda: branch.api.get("/primary")["reason"]["code"] == "unknown_to_primary", "the old key is unknown", 90)
    hq.api.call("PATCH", path, {"certificate": hq.certificate_pem}).refused(422, "own_certificate")
    cli.ok("secondary", "edit", "branch", "--certificate", start.folder / "branch-new.cer", server="hq")
    hq.wait_for_secondary("branch", deadline=90)


def test_c1_of_edits_of_one_state_seen_exactly_one_is_saved(pair):
    hq, branch = pair
    registered = hq.register(branch)
    group = hq.api.post("/groups", {"path": "Managed devices/North"})
    branch.follow(hq)
    hq.wait_for_secondary("branch")
    api, below = hq.api, branch.api

    def race(caller, method, path, bodies):
        etag = caller.call("GET", path).headers["etag"]
        with concurrent.futures.ThreadPoolExecutor(len(bodies)) as pool:
            answers = list(pool.map(lambda body: caller.call(method, path, body, {"If-Match": etag}), bodies))
        assert sorted(answer.status for answer in answers) == [200] + [412] * (len(bodies) - 1), [answer.body for answer in answers]
        next(answer for answer in answers if answer.status == 412).refused(412, "conflict")

    race(api, "PATCH", f"/secondaries/{registered['id']}", [{"name": f"name {n}"} for n in range(6)])
    race(api, "PATCH", f"/groups/{group['id']}", [{"name": f"name {n}"} for n in range(6)])
    race(below, "PUT", "/primary", [{"address": f"127.0.0.{n + 2}:{hq.link.port}", "certificate": hq.certificate_pem} for n in range(6)])
    race(below, "PATCH", "/primary", [{"address": f"127.0.1.{n + 2}:{hq.link.port}", "untested": True} for n in range(6)])
    api.call("DELETE", f"/secondaries/{registered['id']}", headers={"If-Match": '"1"'}).refused(412, "conflict")
    below.call("DELETE", "/primary", headers={"If-Match": '"1"'}).refused(412, "conflict")
    api.call("DELETE", f"/groups/{group['id']}", headers={"If-Match": '"1"'}).refused(412, "conflict")


def test_c1_what_breaks_a_rule_is_refused_at_its_field_and_nothing_is_changed(pair):
    hq, branch = pair
    registered = hq.register(branch)
    hq.api.post("/secondaries", {"name": "other", "certificate": make_key_pair(hq.data, "somebody").pem})
    path = f"/secondaries/{registered['id']}"
    for body, status, code, field in [({"name": "OTHER"}, 409, "name_taken", "name"), ({"name": "a/b"}, 422, "invalid_request", "name"),
                                      ({"name": None}, 422, "invalid_request", "name"), ({"group": "No such"}, 422, "group_not_found", "group"),
                                      ({"address": "x:99999"}, 422, "port_out_of_range", "address"),
                                      ({"proxy": {"url": "http://p:1"}}, 422, "invalid_request", "proxy"),
                                      ({"certificate": "nonsense"}, 422, "certificate_unreadable", "certificate"),
                                      ({"nonsense": 1}, 422, "invalid_request", "nonsense")]:
        answer = hq.api.call("PATCH", path, body).refused(status, code)
        assert answer["field"] == field, (body, answer)
    assert hq.api.get(path)["revision"] == registered["revision"]
    hq.api.call("PATCH", "/secondaries/01930c4e-5a00-7000-8000-000000000000", {"name": "x"}).refused(404, "not_found")
    hq.api.call("PATCH", "/primary", {"address": "x"}).refused(404, "not_found")


# C2: a secondary moves to another group by edit, or with its group.

def test_c2_a_secondary_moves_by_edit_or_with_its_group_and_stays_connected(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    for path in ("Managed devices/Europe/North", "Managed devices/Asia"):
        cli.ok("group", "add", path, server="hq")
    before = attach(hq, branch)
    cli.ok("secondary", "move", "branch", "--group", "Managed devices/Europe/North", server="hq")
    assert hq.secondary("branch")["group"] == "Managed devices/Europe/North"
    cli.ok("group", "move", "Managed devices/Europe", "--to", "Managed devices/Asia", server="hq")
    assert hq.secondary("branch")["group"] == "Managed devices/Asia/Europe/North"
    cli.ok("group", "rename", "Managed devices/Asia/Europe", "Eurasia", server="hq")
    after = hq.secondary("branch")
    assert after["group"] == "Managed devices/Asia/Eurasia/North"
    assert (after["state"], after["since"]) == ("connected", before["since"])
    assert cli.json("secondary", "list", "--group", "Managed devices/Asia/Eurasia/North", server="hq")[0]["name"] == "branch"


def test_c2_a_group_moves_neither_below_itself_nor_onto_another_nor_as_the_root(pair):
    hq, _ = pair
    groups = {path: hq.api.post("/groups", {"path": path})["id"] for path in ("Managed devices/A/B", "Managed devices/B")}
    root = next(each for each in hq.api.get("/groups")["items"] if each["parent_id"] is None)
    a = next(each for each in hq.api.get("/groups")["items"] if each["path"] == "Managed devices/A")
    hq.api.call("PATCH", f"/groups/{a['id']}", {"parent": "Managed devices/A/B"}).refused(409, "conflict")
    hq.api.call("PATCH", f"/groups/{groups['Managed devices/A/B']}", {"parent": "Managed devices"}).refused(409, "name_taken")
    hq.api.call("PATCH", f"/groups/{root['id']}", {"name": "Everything"}).refused(409, "conflict")
    hq.api.call("PATCH", f"/groups/{root['id']}", {"parent": "Managed devices/A"}).refused(409, "conflict")
    assert hq.api.call("PATCH", f"/groups/{a['id']}", {"parent": "No such"}).refused(422, "group_not_found")["field"] == "parent"
    hq.api.call("PATCH", f"/groups/{a['id']}", {"name": "x/y"}).refused(422, "invalid_request")
    hq.api.call("PATCH", "/groups/01930c4e-5a00-7000-8000-000000000000", {"name": "x"}).refused(404, "not_found")
    assert {each["path"] for each in hq.api.get("/groups")["items"]} == {"Managed devices", "Managed devices/A", "Managed devices/A/B", "Managed devices/B"}


# C5: a group that holds secondaries is not deleted without saying so.

# C4: what was inherited stays as own copies, or goes.

def governed(server, path):
    return next(each for each in server.api.get("/server/effective_settings")["items"] if each["path"] == path)


def inherit_something(hq, branch):
    attach(hq, branch)
    hq.api.post("/policies", {"name": "Everywhere", "active": True,
                              "settings": {"log.level": {"value": "warning", "locked": True}, "events.info_days": {"value": 12}}})
    wait_until(lambda: governed(branch, "log.level")["value"] == "warning", "the policy is in force below")
    assert governed(branch, "log.level")["from"]["source"]["server"] == "hq"


def test_c4_what_was_inherited_stays_as_own_copies_that_can_be_edited(start, pair):
    hq, branch = pair
    cli = start.cli(hq, branch)
    inherit_something(hq, branch)
    assert "daikan policy list" in cli.ok("primary", "clear", server="branch")
    for _ in range(2):
        kept = branch.api.get("/policies")["items"]
        assert len(kept) == 1 and kept[0]["inherited_from"] is None and kept[0]["active"]
        assert kept[0]["settings"] == {"log.level": {"value": "warning", "locked": True}, "events.info_days": {"value": 12, "locked": False}}
        assert governed(branch, "log.level")["value"] == "warning" and governed(branch, "events.info_days")["value"] == 12
        branch.restart()
    branch.api.call("PATCH", f"/policies/{kept[0]['id']}", {"settings": {"log.level": {"value": "error", "locked": False}}},
                    headers={"if-match": f'"{kept[0]["revision"]}"'}).ok()
    wait_until(lambda: governed(branch, "log.level")["value"] == "error", "the copy is this server's own")
    # Joined again, what comes from above stands above it.
    cli.ok("secondary", "remove", "branch", server="hq")
    attach(hq, branch)
    wait_until(lambda: governed(branch, "log.level")["value"] == "warning", "inherited again")
    assert len(branch.api.get("/policies")["items"]) == 2


def test_c4_inherited_objects_are_removed_when_that_is_asked_for(start, pair):
    hq, branch = pair
    cli = start.cli(hq, branch)
    inherit_something(hq, branch)
    branch.api.call("DELETE", "/primary?inherited=perhaps").refused(422, "invalid_request")
    assert "nothing of what it inherited" in cli.ok("primary", "clear", "--remove-inherited", server="branch")
    assert branch.api.get("/policies")["items"] == []
    assert governed(branch, "log.level")["from"]["kind"] == "default"
    branch.restart()
    assert branch.api.get("/policies")["items"] == []


def test_c4_a_secondary_that_was_removed_keeps_what_is_in_force_until_it_leaves(start, pair):
    hq, branch = pair
    inherit_something(hq, branch)
    start.cli(hq).ok("secondary", "remove", "branch", server="hq")
    refused_on(branch, "removed")
    assert governed(branch, "log.level")["value"] == "warning"
    branch.api.delete("/primary")
    assert governed(branch, "log.level")["value"] == "warning"
    assert branch.api.get("/policies")["items"][0]["inherited_from"] is None


def test_c5_a_group_that_holds_something_is_refused_by_naming_it(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    cli.ok("group", "add", "Managed devices/North/Harbour", server="hq")
    hq.register(branch, group="Managed devices/North")
    told = cli.fails("group", "remove", "Managed devices/North", server="hq")
    assert "Harbour" in told and "branch" in told and "Move what it holds" in told, told
    assert cli.json("group", "list", server="hq")[1]["path"] == "Managed devices/North"
    cli.ok("secondary", "move", "branch", "--group", "Managed devices", server="hq")
    cli.ok("group", "remove", "Managed devices/North/Harbour", server="hq")
    cli.ok("group", "remove", "Managed devices/North", server="hq")
    assert [each["path"] for each in cli.json("group", "list", server="hq")] == ["Managed devices"]


# C3: removed, left, forgotten, joined again; what is half-configured says so and says what to do.

def join(primary, secondary, dmz):
    if dmz:
        join_dmz(primary, secondary)
    else:
        attach(primary, secondary)


def refused_on(server, code):
    def found():
        primary = server.api.get("/primary")
        assert primary["state"] == "refused" and primary["reason"]["code"] == code and primary["next_step"], primary
        return primary
    return wait_until(found, f"{server.name} is refused: {code}", 90)


def left_on(server, name, *codes):
    def found():
        secondary = server.secondary(name)
        assert secondary["state"] == "refused" and secondary["reason"]["code"] in codes and secondary["next_step"], secondary
        return secondary
    return wait_until(found, f"{server.name} shows that {name} has left", 90)


@pytest.mark.parametrize("dmz", [False, True], ids=["secondary_dials", "dmz"])
def test_c3_removed_from_the_primary_the_secondary_shows_it_with_the_next_step(start, pair, dmz):
    hq, branch = pair
    cli = start.cli(hq, branch)
    join(hq, branch, dmz)
    cli.ok("secondary", "remove", "branch", server="hq")
    told = refused_on(branch, "removed")
    assert "daikan primary clear" in told["next_step"] and "hq" in told["reason"]["message"]
    assert "Next step" in cli.ok("primary", "show", server="branch")
    branch.restart()
    assert "daikan primary clear" in refused_on(branch, "removed")["next_step"]
    # Added again it returns by itself; cleared it has none.
    hq.register(branch, **({"direction": "primary_dials", "address": str(branch.link)} if dmz else {}))
    hq.wait_for_secondary("branch", deadline=120)
    assert branch.wait_for_primary(deadline=120)["next_step"] is None
    cli.ok("secondary", "remove", "branch", server="hq")
    refused_on(branch, "removed")
    cli.ok("primary", "clear", server="branch")
    assert cli.json("primary", "show", server="branch") == {"configured": False}


@pytest.mark.parametrize("dmz", [False, True], ids=["secondary_dials", "dmz"])
def test_c3_left_by_the_secondary_the_primary_shows_it_with_the_next_step(start, pair, dmz):
    hq, branch = pair
    cli = start.cli(hq, branch)
    join(hq, branch, dmz)
    cli.ok("primary", "clear", server="branch")
    told = left_on(hq, "branch", "removed")
    assert "has left" in told["next_step"] and "daikan secondary remove" in told["next_step"] and "wait" in told["next_step"]
    assert "has left" in cli.ok("secondary", "show", "branch", server="hq")
    hq.restart()
    assert "has left" in left_on(hq, "branch", "removed")["next_step"]
    branch.follow(hq, **({"direction": "primary_dials", "address": None} if dmz else {}))
    hq.wait_for_secondary("branch", deadline=120)
    branch.wait_for_primary(deadline=120)
    # And through the far end, in one command each, however often.
    for _ in range(2):
        cli.ok("primary", "clear", server="branch")
        cli.ok("secondary", "remove", "branch", server="hq")
        join(hq, branch, dmz)


@pytest.mark.parametrize("dmz", [False, True], ids=["secondary_dials", "dmz"])
def test_c3_either_side_forgets_a_dead_other_side_and_they_join_again(start, pair, dmz):
    hq, branch = pair
    cli = start.cli(hq, branch)
    join(hq, branch, dmz)
    branch.kill()
    hq.wait_for_secondary("branch", "disconnected")
    assert "daikan secondary remove" in hq.secondary("branch")["next_step"]
    cli.ok("secondary", "remove", "branch", server="hq")
    branch.start()
    if dmz:
        assert "daikan primary clear" in branch.wait_for_primary("disconnected")["next_step"]
    else:
        assert "daikan primary clear" in refused_on(branch, "unknown_to_primary")["next_step"]
    hq.kill()
    cli.ok("primary", "clear", server="branch")
    hq.start()
    join(hq, branch, dmz)
    # The other way round: the primary is dead while the secondary leaves.
    hq.kill()
    cli.ok("primary", "clear", server="branch")
    hq.start()
    shown = hq.wait_for_secondary("branch", "refused" if dmz else "disconnected", 90)
    assert "daikan secondary remove" in shown["next_step"]
    cli.ok("secondary", "remove", "branch", server="hq")
    join(hq, branch, dmz)


def test_c3_a_primary_that_is_replaced_by_another_one_is_told(start, pair):
    hq, branch = pair
    other = start.server("other")
    attach(hq, branch)
    other.register(branch)
    branch.follow(other, replace=True)
    other.wait_for_secondary("branch")
    assert "has left" in left_on(hq, "branch", "removed")["reason"]["message"]


class HeldConsole:
    """Passes bytes between a console and a server until `hold` says so; then nothing gets through to the server any more."""

    def __init__(self, start, server, hold):
        self.server, self.hold = server, hold
        self.held = threading.Event()
        self.peer = start.fake(self.converse)

    def converse(self, client, _peer):
        with socket.create_connection((self.server.console.host, self.server.console.port)) as upstream:
            threading.Thread(target=self.pump, args=(upstream, client), daemon=True).start()
            while data := client.recv(65536):
                if self.hold():
                    self.held.set()
                    threading.Event().wait(60)
                    return
                upstream.sendall(data)

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass


def test_c3_a_console_killed_in_the_middle_of_a_join_leaves_what_is_shown_with_its_next_step(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    held = HeldConsole(start, branch, lambda: hq.api.get("/secondaries")["items"])
    arguments = ["secondary", "add", "--group", "Managed devices", "--user", USER, "--password-file", cli.password_file, "--fingerprint",
                 branch.fingerprint, "--primary-address", str(hq.link)]
    command = [BIN / "daikan", "--server", "hq", *map(str, arguments), held.peer.address]
    console = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=environment(cli.home) | {"DAIKAN_HOME": str(cli.home)})
    assert held.held.wait(60), "the join came as far as the secondary's half"
    console.kill()
    console.wait()
    shown = hq.secondary("branch")
    assert shown["state"] == "never_connected" and "begun and not finished" in shown["next_step"], shown
    assert "begun and not finished" in cli.ok("secondary", "show", "branch", server="hq")
    assert branch.api.get("/primary") == {"configured": False}
    # What it says works: the same command again.
    cli.ok(*arguments, str(branch.console), server="hq")
    assert hq.wait_for_secondary("branch")["id"] == shown["id"]


# C6: every join, change, leave, connect and disconnect is an event on both servers, and an audit record where a person caused it.

class Marks:
    """What a server's history gained since the last look."""

    def __init__(self, server):
        self.server, self.events, self.audit = server, 0, 0
        self.look()

    def look(self):
        events = [each for each in self.server.api.get("/events?limit=200")["items"] if each["sequence"] > self.events]
        records = [each for each in self.server.api.get("/audit?limit=200")["items"] if each["sequence"] > self.audit]
        self.events = max([each["sequence"] for each in events], default=self.events)
        self.audit = max([each["sequence"] for each in records], default=self.audit)
        return events, records

    def gains(self, kinds, actions=()):
        """Waits for events of all these kinds, and audit records of these actions by the person who acted."""
        seen_events, seen_records = [], []

        def there():
            events, records = self.look()
            seen_events.extend(events)
            seen_records.extend(records)
            assert set(kinds) <= {each["kind"] for each in seen_events}, [(each["kind"], each["message"]) for each in seen_events]
            done = [each["action"] for each in seen_records if each["actor"] == USER and each["source"] == "127.0.0.1" and each["outcome"] == "done"]
            assert set(actions) <= set(done), seen_records
            return True
        wait_until(there, f"{self.server.name} tells {kinds} {actions}", 90)
        return seen_events


def test_c6_every_join_change_leave_connect_and_disconnect_is_an_event_on_both_and_audited(start):
    hq = start.server("hq", link=["127.0.0.1:0", "127.0.0.2:0"])
    branch = start.server("branch")
    cli = start.cli(hq, branch)
    above, below = Marks(hq), Marks(branch)
    hq_file, branch_file = exported(cli, hq, start.folder), exported(cli, branch, start.folder)

    # Join.
    cli.ok("secondary", "add", "--name", "branch", "--certificate", branch_file, server="hq")
    cli.ok("primary", "set", "--address", str(hq.link), "--certificate", hq_file, server="branch")
    added = above.gains(["secondary_added", "link_connected"], ["secondary.add"])
    assert all(each["secondary_id"] == hq.secondary("branch")["id"] for each in added if each["kind"] in ("secondary_added", "link_connected"))
    below.gains(["primary_set", "link_connected"], ["primary.set"])

    # Change: of what concerns one side alone, and of the way, which both see.
    cli.ok("secondary", "edit", "branch", "--name", "Branch 7", server="hq")
    assert any("Branch 7" in each["message"] and USER in each["message"] for each in above.gains(["secondary_edited"], ["secondary.edit"]))
    proxy = start.proxy(Microsocks)
    cli.ok("primary", "edit", "--address", hq.link_addresses[1], "--proxy", proxy.url, server="branch")
    below.gains(["primary_edited", "link_replaced"], ["primary.edit"])
    # The end of the old connection and the agreement on the new one reach the primary in either order.
    wait_until(lambda: {each["kind"] for each in above.look()[0]} & {"link_replaced", "link_connected"}, "hq tells of the newer connection", 90)

    # Disconnect, by nobody's doing, and connect again.
    proxy.stop()
    above.gains(["link_disconnected"])
    below.gains(["link_disconnected"])
    cli.ok("primary", "edit", "--no-proxy", server="branch")
    above.gains(["link_connected"])
    below.gains(["link_connected"], ["primary.edit"])

    # Leave, join again, and be removed.
    cli.ok("primary", "clear", server="branch")
    below.gains(["primary_cleared", "link_disconnected"], ["primary.clear"])
    above.gains(["link_disconnected", "secondary_left"])
    cli.ok("primary", "set", "--address", str(hq.link), "--certificate", hq_file, server="branch")
    above.gains(["link_connected"])
    below.gains(["primary_set", "link_connected"], ["primary.set"])
    cli.ok("secondary", "remove", "Branch 7", server="hq")
    above.gains(["secondary_removed", "link_disconnected"], ["secondary.remove"])
    below.gains(["link_disconnected", "removed_by_primary"])

    # Groups.
    cli.ok("group", "add", "Managed devices/North", server="hq")
    cli.ok("group", "rename", "Managed devices/North", "South", server="hq")
    cli.ok("group", "remove", "Managed devices/South", server="hq")
    above.gains(["group_added", "group_edited", "group_removed"], ["group.add", "group.edit", "group.remove"])


# Operations at the command line.

def test_operations_are_listed_shown_resumed_and_cancelled_at_the_command_line(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    body = {"secondary_console": str(branch.console), "fingerprint": branch.fingerprint, "credentials": {"user": USER, "password": "wrong"},
            "primary_address": str(hq.link)}
    operation = hq.api.post("/joins", body)["id"]
    wait_until(lambda: hq.api.get(f"/operations/{operation}")["state"] == "failed", "it fails", 90)
    assert [each["id"] for each in cli.json("operation", "list", server="hq")] == [operation]
    assert "wrong" in cli.ok("operation", "show", operation, server="hq").lower()
    assert "wrong_credentials" in str(cli.json("operation", "show", operation, server="hq")["error"]["code"])
    said = cli.ok("operation", "resume", operation, "--user", USER, "--password-file", cli.password_file, server="hq")
    assert "done" in said
    hq.wait_for_secondary("branch")
    assert "can go on" in cli.fails("operation", "resume", operation, "--user", USER, "--password-file", cli.password_file, server="hq")
    assert "operation" in cli.fails("operation", "cancel", "01930c4e-5a00-7000-8000-000000000000", server="hq")
    # A failed one that is cancelled is undone, and says so.
    hq.api.delete(f"/secondaries/{hq.secondary('branch')['id']}")
    branch.api.delete("/primary")
    second = hq.api.post("/joins", body)["id"]
    wait_until(lambda: hq.api.get(f"/operations/{second}")["state"] == "failed", "it fails", 90)
    assert cli.json("operation", "cancel", second, server="hq")["state"] == "undone"
    assert hq.api.get("/secondaries")["items"] == []
