"""Offices, a DMZ and firewalls as network namespaces: what must not be reachable is not, and nothing even tries."""

import pytest
from support.proxies import Microsocks, Squid
from support.server import USER
from support.waiting import wait_until


def server_at(start, site, name=None):
    return start.server(name or site.name.split("-", 1)[1], namespace=site.name, console=f"{site.address}:13291", link=f"{site.address}:13000")


def exchange(start, *administrators):
    """Each (cli, server) exports its certificate; returns the files."""
    files = []
    for cli, server in administrators:
        path = start.folder / f"{server.name}.cer"
        cli.ok("certificate", "export", path, server=server.name)
        files.append(path)
    return files


def state(cli, server, name):
    return next(each["state"] for each in cli.json("secondary", "list", server=server) if each["name"] == name)


def test_way_2_the_console_cannot_reach_13291_of_the_secondary(start, network):
    hq_site, branch_site, desk = (network.site(name) for name in ("hq", "branch", "desk"))
    hq, branch = server_at(start, hq_site), server_at(start, branch_site)
    branch_site.accept_only()  # a remote office that opens nothing at all
    desk_cli = start.cli(hq, namespace=desk.name)
    branch_cli = start.cli(branch, name="in-the-branch", namespace=branch_site.name)
    said = desk_cli.fails("login", f"https://{branch.console}", "--as", "branch", "--user", USER, "--password-file", desk_cli.password_file,
                          "--fingerprint", branch.fingerprint)
    assert str(branch.console) in said
    tried = branch_site.dropped()
    assert tried > 0

    hq_file, branch_file = exchange(start, (desk_cli, hq), (branch_cli, branch))
    desk_cli.ok("secondary", "add", "--group", "Managed devices", "--name", "branch", "--certificate", branch_file, server="hq")
    branch_cli.ok("primary", "set", "--address", hq_site.address, "--certificate", hq_file, server="branch")
    wait_until(lambda: state(desk_cli, "hq", "branch") == "connected", "connected")
    tree = desk_cli.json("tree", server="hq")
    assert tree["complete"] and tree["secondaries"][0]["server"]["name"] == "branch"  # administered although nothing of it is reachable
    assert branch_site.dropped() == tried  # nothing tried to come in since


@pytest.mark.parametrize("kind, user", [(Squid, "link"), (Microsocks, "link")])
def test_the_secondary_reaches_only_the_proxy(start, network, kind, user):
    hq_site, branch_site, proxy_site = (network.site(name) for name in ("hq", "branch", "proxy"))
    hq, branch = server_at(start, hq_site), server_at(start, branch_site)
    proxy = start.proxy(kind, user=user, host=proxy_site.address, namespace=proxy_site.name)
    branch_site.allow_out_only(f"ip daddr {proxy_site.address} tcp dport {proxy.port}")
    hq_cli = start.cli(hq, name="in-hq", namespace=hq_site.name)
    branch_cli = start.cli(branch, name="in-the-branch", namespace=branch_site.name)
    hq_file, branch_file = exchange(start, (hq_cli, hq), (branch_cli, branch))
    hq_cli.ok("secondary", "add", "--group", "Managed devices", "--name", "branch", "--certificate", branch_file, server="hq")
    (start.folder / "proxy-password").write_text(proxy.password)
    branch_cli.ok("primary", "set", "--address", hq_site.address, "--certificate", hq_file, "--proxy", proxy.url,
                  "--proxy-password-file", start.folder / "proxy-password", server="branch")
    wait_until(lambda: state(hq_cli, "hq", "branch") == "connected", "connected")
    assert branch_site.dropped() == 0  # never past the proxy, not even a name lookup


def test_way_3_nothing_opens_from_the_dmz_inwards(start, network):
    hq_site, dmz_site, proxy_site, desk = (network.site(name) for name in ("hq", "dmz", "proxy", "desk"))
    hq, dmz = server_at(start, hq_site), server_at(start, dmz_site)
    proxy = start.proxy(Squid, user="link", host=proxy_site.address, namespace=proxy_site.name)
    hq_site.allow_out_only(f"ip daddr {proxy_site.address} tcp dport {proxy.port}")  # the primary may only go through the proxy
    desk_cli = start.cli(hq, dmz, namespace=desk.name)
    dmz_site.accept_only(f"ip saddr {proxy_site.address} tcp dport 13000", f"ip saddr {desk.address} tcp dport 13291")
    dmz_site.count_opened()
    dmz_site.allow_out_only()
    hq_file, dmz_file = exchange(start, (desk_cli, hq), (desk_cli, dmz))
    desk_cli.ok("primary", "set", "--dmz", "--certificate", hq_file, server="dmz")
    (start.folder / "proxy-password").write_text(proxy.password)
    desk_cli.ok("secondary", "add", "--group", "Managed devices", "--name", "dmz", "--dmz", str(dmz.link), "--certificate", dmz_file,
                "--proxy", proxy.url, "--proxy-password-file", start.folder / "proxy-password", server="hq")
    wait_until(lambda: state(desk_cli, "hq", "dmz") == "connected", "connected")
    assert desk_cli.json("tree", server="hq")["secondaries"][0]["server"]["name"] == "dmz"

    # Over a lost link too: the primary dials again, the DMZ stays silent.
    network.cut(dmz_site)
    wait_until(lambda: state(desk_cli, "hq", "dmz") != "connected", "the dead link is noticed", 30)
    network.mend(dmz_site)
    wait_until(lambda: state(desk_cli, "hq", "dmz") == "connected", "connected again", 90)
    assert dmz_site.opened() == 0
    assert hq_site.dropped() == 0


def test_a_dead_peer_is_noticed_within_fifteen_seconds_on_both_ends(start, network):
    hq_site, branch_site = network.site("hq"), network.site("branch")
    hq, branch = server_at(start, hq_site), server_at(start, branch_site)
    hq_cli = start.cli(hq, name="in-hq", namespace=hq_site.name)
    branch_cli = start.cli(branch, name="in-the-branch", namespace=branch_site.name)
    hq_file, branch_file = exchange(start, (hq_cli, hq), (branch_cli, branch))
    hq_cli.ok("secondary", "add", "--group", "Managed devices", "--name", "branch", "--certificate", branch_file, server="hq")
    branch_cli.ok("primary", "set", "--address", hq_site.address, "--certificate", hq_file, server="branch")
    wait_until(lambda: state(hq_cli, "hq", "branch") == "connected", "connected")
    network.cut(branch_site)  # no FIN, no RST: silence
    wait_until(lambda: state(hq_cli, "hq", "branch") == "disconnected", "the primary notices", 15 + 5)  # 5 s for the command line itself
    wait_until(lambda: branch_cli.json("primary", "show", server="branch")["state"] != "connected", "the secondary notices", 10)
    network.mend(branch_site)
    wait_until(lambda: state(hq_cli, "hq", "branch") == "connected", "connected again", 90)
