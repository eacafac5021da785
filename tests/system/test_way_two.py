"""Way 2: the console cannot reach the secondary; certificate files are exchanged."""

import ssl

import pytest
from support.proxies import Dante, Microsocks, Squid, Tinyproxy
from support.server import Endpoint, attach
from support.waiting import wait_until


@pytest.fixture
def pair(start):
    return start.server("hq"), start.server("branch")


def exported(cli, server, folder, name=None):
    path = folder / (name or f"{server.name}.cer")
    cli.ok("certificate", "export", path, server=server.name)
    return path


@pytest.mark.parametrize("first", ["primary", "secondary"])
def test_files_are_exchanged_and_either_side_comes_first(start, pair, first):
    hq, branch = pair
    cli = start.cli(hq, branch)
    hq_file, branch_file = exported(cli, hq, start.folder), exported(cli, branch, start.folder)
    assert hq_file.read_bytes() == hq.certificate

    def register():
        cli.ok("secondary", "add", "--group", "Managed devices", "--name", "Branch 7", "--certificate", branch_file, server="hq")

    def follow():
        cli.ok("primary", "set", "--address", str(hq.link), "--certificate", hq_file, server="branch")

    if first == "primary":
        register()
        (shown,) = cli.json("secondary", "list", server="hq")
        assert shown["state"] == "never_connected" and shown["address"] is None and shown["last_connected_at"] is None
        follow()
    else:
        follow()
        wait_until(lambda: branch.api.get("/primary")["state"] == "refused", "the primary does not know it yet")
        register()
    hq.wait_for_secondary("Branch 7", deadline=90)
    primary = branch.wait_for_primary(deadline=90)
    assert primary["name"] == "hq"
    # The primary's console opens the secondary.
    assert hq.api.through(hq.secondary("Branch 7")["id"]).get("/server/identity")["name"] == "branch"


def test_a_pem_file_is_accepted_wherever_der_is(start, pair):
    hq, branch = pair
    cli = start.cli(hq, branch)
    for server in pair:
        (start.folder / f"{server.name}.pem").write_text(ssl.DER_cert_to_PEM_cert(server.certificate))
    cli.ok("secondary", "add", "--group", "Managed devices", "--name", "branch", "--certificate", start.folder / "branch.pem", server="hq")
    cli.ok("primary", "set", "--address", str(hq.link), "--certificate", start.folder / "hq.pem", server="branch")
    hq.wait_for_secondary("branch")


@pytest.mark.parametrize("kind, user", [(Squid, None), (Squid, "link"), (Tinyproxy, None), (Tinyproxy, "link"), (Microsocks, None),
                                        (Microsocks, "link"), (Dante, None)])
def test_the_secondary_dials_through_every_kind_of_proxy(start, pair, kind, user):
    hq, branch = pair
    proxy = start.proxy(kind, user=user, password="proxypass" if kind is Tinyproxy else "proxy pass: word")
    hq.register(branch)
    branch.follow(hq, proxy=proxy.as_json)
    hq.wait_for_secondary("branch")
    shown = branch.wait_for_primary()
    assert shown["proxy"] == proxy.url and shown["peer_address"].endswith(f":{proxy.port}")
    # The password is kept for restarts, sealed, and shown nowhere.
    branch.restart()
    branch.wait_for_primary()
    assert proxy.password not in branch.text() and proxy.password not in str(branch.api.get("/primary"))
    assert proxy.password.encode() not in (branch.data / "daikan.db").read_bytes()


def test_primary_show_and_clear_and_the_link_follows(start, pair):
    hq, branch = pair
    cli = start.cli(branch)
    attach(hq, branch)
    shown = cli.json("primary", "show", server="branch")
    assert shown["configured"] and shown["state"] == "connected" and shown["fingerprint"] == hq.fingerprint
    cli.ok("primary", "clear", server="branch")
    assert cli.json("primary", "show", server="branch") == {"configured": False}
    left = hq.wait_for_secondary("branch", "refused")["reason"]
    assert left["code"] == "removed" and left["remedy"]
    # And back again.
    branch.follow(hq)
    hq.wait_for_secondary("branch", deadline=90)


def test_removed_on_the_primary_the_secondary_is_told_why(start, pair):
    hq, branch = pair
    cli = start.cli(hq)
    registration = attach(hq, branch)
    cli.ok("secondary", "remove", registration["id"], server="hq")
    assert cli.json("secondary", "list", server="hq") == []
    told = wait_until(lambda: (found := branch.api.get("/primary"))["state"] != "connected" and found["reason"] and found, "branch is told")
    assert told["reason"]["code"] in ("removed", "unknown_to_primary") and told["reason"]["remedy"]
    # It can join again by the same two halves.
    hq.register(branch)
    hq.wait_for_secondary("branch", deadline=90)


def test_state_reason_and_last_connected_survive_a_restart_of_the_primary(start, pair):
    hq, branch = pair
    before = attach(hq, branch)
    branch.stop()
    hq.wait_for_secondary("branch", "disconnected")
    hq.restart()
    shown = hq.secondary("branch")
    assert shown["state"] in ("disconnected", "never_connected") and shown["last_connected_at"] == before["last_connected_at"]
    assert shown["version"] == before["version"] and shown["server_id"] == before["server_id"]
    branch.start()
    hq.wait_for_secondary("branch", deadline=90)


def test_a_secondary_that_dies_and_returns_again_and_again_leaves_one_link(pair):
    hq, branch = pair
    attach(hq, branch)
    for _ in range(5):
        branch.kill()
        branch.start()
        hq.wait_for_secondary("branch", deadline=90)
    assert hq.metrics()["daikan_links_connected"] == 1


def test_the_primary_moves_to_another_address_and_the_secondary_is_told_by_its_administrator(start, pair):
    hq, branch = pair
    attach(hq, branch)
    hq.stop()
    hq.link_addresses = ["127.0.0.2:0"]
    hq.start()
    assert hq.link.host == "127.0.0.2"
    branch.follow(hq)  # the same primary at another address is an edit, not a second primary
    wait_until(lambda: branch.api.get("/primary")["address"] == str(hq.link), "the new address is shown")
    hq.wait_for_secondary("branch", deadline=90)
    assert Endpoint.parse(branch.wait_for_primary()["peer_address"]).host == "127.0.0.2"
