"""Way 3: the primary connects to a secondary in a DMZ, directly or through a proxy."""

import pytest
from support.proxies import Dante, Microsocks, Squid, Tinyproxy
from support.server import PASSWORD, USER
from support.waiting import stays, wait_until

PROXIES = [(Squid, None), (Squid, "link"), (Tinyproxy, None), (Tinyproxy, "link"), (Microsocks, None), (Microsocks, "link"), (Dante, None)]


@pytest.fixture
def pair(start):
    return start.server("hq"), start.server("dmz")


def wait_for_primary_by_file(start, pair):
    """The secondary's half: it waits for the primary whose certificate it was given."""
    hq, dmz = pair
    cli = start.cli(hq, dmz)
    hq_file, dmz_file = start.folder / "hq.cer", start.folder / "dmz.cer"
    cli.ok("certificate", "export", hq_file, server="hq")
    cli.ok("certificate", "export", dmz_file, server="dmz")
    cli.ok("primary", "set", "--dmz", "--certificate", hq_file, server="dmz")
    return cli, dmz_file


@pytest.mark.parametrize("kind, user", [(None, None), *PROXIES])
def test_the_primary_dials_by_files_directly_and_through_every_kind_of_proxy(start, pair, kind, user):
    hq, dmz = pair
    cli, dmz_file = wait_for_primary_by_file(start, pair)
    assert cli.json("primary", "show", server="dmz")["state"] == "never_connected"
    options = []
    if kind:
        proxy = start.proxy(kind, user=user, password="proxypass" if kind is Tinyproxy else "proxy pass: word")
        options = ["--proxy", proxy.url]
        if user:
            password = start.folder / "proxy-password"
            password.write_text(proxy.password)
            options += ["--proxy-password-file", password]
    cli.ok("secondary", "add", "--group", "Managed devices", "--name", "dmz", "--dmz", str(dmz.link), "--certificate", dmz_file, *options, server="hq")
    shown = hq.wait_for_secondary("dmz")
    assert shown["direction"] == "primary_dials" and shown["address"] == str(dmz.link)
    assert shown["peer_address"].endswith(f":{proxy.port}" if kind else f":{dmz.link.port}")
    primary = dmz.wait_for_primary()
    assert primary["direction"] == "primary_dials" and primary["address"] is None and primary["name"] == "hq"
    assert hq.api.through(shown["id"]).get("/server/identity")["name"] == "dmz"
    if kind:
        hq.restart()
        hq.wait_for_secondary("dmz")
        assert proxy.password not in hq.text() and proxy.password.encode() not in (hq.data / "daikan.db").read_bytes()


@pytest.mark.parametrize("first", ["primary", "secondary"])
def test_either_side_comes_first(start, pair, first):
    hq, dmz = pair
    halves = [lambda: hq.register(dmz, direction="primary_dials", address=str(dmz.link)),
              lambda: dmz.follow(hq, direction="primary_dials", address=None)]
    if first == "secondary":
        halves.reverse()
    halves[0]()
    if first == "primary":
        refused = wait_until(lambda: (found := hq.secondary("dmz"))["state"] == "refused" and found, "the secondary has not agreed")
        assert refused["reason"]["code"] == "unknown_to_secondary" and refused["reason"]["remedy"]
    halves[1]()
    hq.wait_for_secondary("dmz", deadline=90)
    dmz.wait_for_primary(deadline=90)


def test_with_an_account_one_command_does_both_sides(start, pair):
    hq, dmz = pair
    cli = start.cli(hq)
    cli.ok("secondary", "add", "--group", "Managed devices", "--dmz", str(dmz.link), str(dmz.console), "--user", USER,
           "--password-file", cli.password_file, "--fingerprint", dmz.fingerprint, server="hq")
    assert hq.wait_for_secondary("dmz")["direction"] == "primary_dials"
    assert dmz.wait_for_primary()["direction"] == "primary_dials"


def test_the_operation_of_the_primary_does_the_same(start, pair):
    hq, dmz = pair
    proxy = start.proxy(Squid, user="link")
    operation = hq.api.post("/joins", {"way": "primary_dials", "secondary_console": str(dmz.console), "fingerprint": dmz.fingerprint,
                                       "credentials": {"user": USER, "password": PASSWORD}, "dmz_address": str(dmz.link), "dmz_proxy": proxy.as_json})
    done = wait_until(lambda: (found := hq.api.get(f"/operations/{operation['id']}"))["state"] != "running" and found, "it ends", 90)
    assert done["state"] == "done", done
    assert str(dmz.link.port) in proxy.seen()
    assert proxy.password.encode() not in (hq.data / "daikan.db").read_bytes()


def test_the_secondary_never_dials(start, pair):
    hq, dmz = pair
    dmz.follow(hq, direction="primary_dials", address=None)
    stays(lambda: hq.api.get("/unrecognised_servers")["items"] == [] and dmz.api.get("/primary")["state"] == "never_connected", 3)


def test_a_dialled_secondary_that_restarts_is_dialled_again(start, pair):
    hq, dmz = pair
    dmz.follow(hq, direction="primary_dials", address=None)
    hq.register(dmz, direction="primary_dials", address=str(dmz.link))
    hq.wait_for_secondary("dmz")
    dmz.kill()
    shown = hq.wait_for_secondary("dmz", "disconnected")
    assert shown["reason"]["code"] in ("refused", "closed") and shown["since"]
    dmz.start()
    hq.wait_for_secondary("dmz")
    dmz.wait_for_primary()
