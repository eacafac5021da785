"""The "must" rows J1 to J7 of the requirement, one test each, on real daemons. docs/tests.md is the table."""

import subprocess

from support.server import PASSWORD, USER, Endpoint, attach
from support.waiting import stays, wait_until


def test_j1_servers_form_a_tree_without_loops_and_depth_is_bounded(start):
    # Three levels below a bound of three: many secondaries, one primary each, a server may be both.
    a = start.server("a", arguments=("--max-depth", "3"))
    b, c = (start.server(name, arguments=("--max-depth", "3")) for name in ("b", "c"))
    attach(a, b)
    attach(b, c)
    sibling = start.server("sibling")
    attach(a, sibling)
    assert {each["name"] for each in a.api.get("/secondaries")["items"]} == {"b", "sibling"}

    # Exactly one primary.
    refused = c.api.call("PUT", "/primary", {"address": str(a.link), "certificate": a.certificate_pem})
    assert "b" in refused.refused(409, "already_has_primary")["detail"]

    # No loop: a below its own grandchild. Whichever side notices, the link never comes up and says why.
    c.register(a)
    a.follow(c)
    refusal = wait_until(lambda: (found := a.api.get("/primary"))["state"] == "refused" and found, "a refuses its own descendant as primary")
    assert refusal["reason"]["code"] == "loop"
    a.api.delete("/primary")

    # No deeper than the bound.
    d = start.server("d", arguments=("--max-depth", "3"))
    c.register(d)
    d.follow(c)
    refusal = wait_until(lambda: (found := d.api.get("/primary"))["state"] == "refused" and found, "the fourth level is refused")
    assert refusal["reason"]["code"] == "too_deep"
    assert "3" in refusal["reason"]["message"]


def test_j2_a_secondary_is_attached_to_one_group_and_every_group_shows_its_servers(start):
    hq, branch = start.server("hq"), start.server("branch")
    cli = start.cli(hq)
    cli.ok("group", "add", "Managed devices/Branches/North", server="hq")
    attach(hq, branch, group="Managed devices/Branches/North")

    groups = {group["path"]: group for group in hq.api.get("/groups")["items"]}
    assert set(groups) >= {"Managed devices", "Managed devices/Branches", "Managed devices/Branches/North"}
    assert {path: group["secondaries"] for path, group in groups.items()} == {
        "Managed devices": 0, "Managed devices/Branches": 0, "Managed devices/Branches/North": 1}

    # The folder of every group can be opened, the empty ones and the root's too.
    shown = {path: [each["name"] for each in hq.api.get(f"/secondaries?group={path.replace(' ', '%20')}")["items"]] for path in groups}
    assert shown == {"Managed devices": [], "Managed devices/Branches": [], "Managed devices/Branches/North": ["branch"]}
    assert hq.secondary("branch")["group"] == "Managed devices/Branches/North"

    # A group that holds a secondary is not deleted without saying so.
    refused = hq.api.call("DELETE", f"/groups/{groups['Managed devices/Branches/North']['id']}")
    assert "1 secondary" in refused.refused(409, "group_not_empty")["detail"]


def test_j3_both_ports_have_defaults_can_be_changed_and_listen_on_both_families(start, network):
    site = network.site("office")
    printed = subprocess.run([*start.prepared("printed").command()[:3], "--print-config"], capture_output=True, text=True, check=True).stdout
    assert "13000" in printed and "13291" in printed

    # The defaults, in a network of its own so that nothing else can hold the ports.
    server = start.prepared("defaults", namespace=site.name)
    server.console_addresses, server.link_addresses = [], []
    server.start()
    listening = site.run("ss", "-Hltn")
    for port in (13000, 13291):
        assert f"0.0.0.0:{port}" in listening or f"*:{port}" in listening, listening
        assert f"[::]:{port}" in listening or f"*:{port}" in listening, listening
    cli = start.cli(namespace=site.name)
    for address in ("127.0.0.1:13291", "[::1]:13291", f"{site.address}:13291"):
        cli.log_in(server, "there", address)
        assert cli.json("secondary", "list", server="there") == []

    # Changed ones, a different family each.
    moved = start.server("moved", console="[::1]:0", link=["127.0.0.1:0", "[::1]:0"])
    assert moved.console.host == "::1" and moved.console.port != 13291
    assert {Endpoint.parse(address).host for address in moved.link_addresses} == {"127.0.0.1", "::1"}
    identity = moved.api.get("/server")
    assert identity["link_endpoints"] == moved.link_addresses and identity["console_endpoints"] == moved.console_addresses

    # And a link over IPv6.
    upper = start.server("upper", link="[::1]:0")
    attach(upper, moved)


def test_j4_a_secondary_is_added_whether_or_not_the_console_reaches_it(start, network):
    hq_site, near_site, far_site, desk = (network.site(name) for name in ("hq", "near", "far", "desk"))
    hq = start.server("hq", namespace=hq_site.name, console=f"{hq_site.address}:13291", link=f"{hq_site.address}:13000")
    near = start.server("near", namespace=near_site.name, console=f"{near_site.address}:13291", link=f"{near_site.address}:13000")
    far = start.server("far", namespace=far_site.name, console=f"{far_site.address}:13291", link=f"{far_site.address}:13000")
    far_site.refuse("tcp dport 13291 iif eth0")

    cli = start.cli(hq, namespace=desk.name)
    # Way 1: the console reaches both.
    cli.ok("secondary", "add", "--group", "Managed devices", str(near.console), "--user", USER, "--password-file", cli.password_file,
           "--fingerprint", near.fingerprint, "--primary-address", str(hq.link), server="hq", timeout=180)
    # Way 2: it does not reach far, whose own administrator sits beside it.
    beside_far = start.cli(far, name="beside-far", namespace=far_site.name)
    hq_file, far_file = start.folder / "hq.cer", start.folder / "far.cer"
    cli.ok("certificate", "export", hq_file, server="hq")
    beside_far.ok("certificate", "export", far_file, server="far")
    cli.ok("secondary", "add", "--group", "Managed devices", "--name", "far", "--certificate", far_file, server="hq")
    beside_far.ok("primary", "set", "--address", str(hq.link), "--certificate", hq_file, server="far")

    def both():
        return {each["name"]: each["state"] for each in cli.json("secondary", "list", server="hq")} == {"near": "connected", "far": "connected"}
    wait_until(both, "both are connected")


def test_j5_a_link_exists_only_when_both_sides_agreed_in_whichever_order(start):
    hq = start.server("hq")
    first, second = start.server("first"), start.server("second")

    # The primary agreed first: nothing happens until the secondary is told.
    hq.register(first)
    stays(lambda: hq.secondary("first")["state"] == "never_connected", 1.5)
    first.follow(hq)
    hq.wait_for_secondary("first")
    first.wait_for_primary()

    # The secondary agreed first: refused, and told what its administrator has to do.
    second.follow(hq)
    refused = wait_until(lambda: (found := second.api.get("/primary"))["state"] == "refused" and found, "second is refused")
    assert refused["reason"]["code"] == "unknown_to_primary" and refused["reason"]["remedy"]
    unrecognised = wait_until(lambda: hq.api.get("/unrecognised_servers")["items"], "hq lists who dialled")
    assert [each["fingerprint"] for each in unrecognised] == [second.fingerprint]
    # From there it is added with one choice of group, without any file.
    hq.api.post("/secondaries", {"name": "second", "fingerprint": second.fingerprint, "group": "Managed devices"})
    hq.wait_for_secondary("second", deadline=90)
    assert hq.api.get("/unrecognised_servers")["items"] == []

    # Either side can end it; the other side's word alone is not enough.
    hq.api.delete(f"/secondaries/{hq.secondary('first')['id']}")
    wait_until(lambda: first.api.get("/primary")["state"] in ("refused", "disconnected"), "first is no longer connected")
    second.api.delete("/primary")
    assert hq.wait_for_secondary("second", "refused")["reason"]["code"] == "removed"


def test_j6_both_are_administered_from_a_console_that_reaches_the_primary_alone(start, network):
    hq_site, branch_site, shop_site, desk = (network.site(name) for name in ("hq", "branch", "shop", "desk"))
    hq, branch, shop = (start.prepared(name, namespace=site.name, console=f"{site.address}:13291", link=f"{site.address}:13000")
                        for name, site in (("hq", hq_site), ("branch", branch_site), ("shop", shop_site)))
    for server in (hq, branch, shop):
        server.start()
    cli = start.cli(hq, branch, shop, namespace=desk.name)
    for primary, secondary in ((hq, branch), (branch, shop)):
        cli.ok("secondary", "add", "--group", "Managed devices", str(secondary.console), "--user", USER, "--password-file", cli.password_file,
               "--fingerprint", secondary.fingerprint, "--primary-address", str(primary.link), server=primary.name, timeout=180)

    # Joined: from now on 13291 of both lower servers is shut to everyone.
    for site in (branch_site, shop_site):
        site.refuse("tcp dport 13291 iif eth0")
    tree = cli.json("tree", server="hq")
    below = tree["secondaries"][0]["server"]
    assert (tree["name"], below["name"], below["secondaries"][0]["server"]["name"]) == ("hq", "branch", "shop")

    # A change on the third level, made at the first, and recorded below under the person's name and the path it came by.
    token = (start.folder / "token")
    script = (f"import sys; sys.path.insert(0, {str(__file__).rsplit('/', 1)[0]!r})\n"
              "from support.api import Api\n"
              f"api = Api({hq_site.address!r}, 13291).log_in({USER!r}, {PASSWORD!r}).through({below['id']!r}, {below['secondaries'][0]['server']['id']!r})\n"
              "api.post('/groups', {'path': 'Managed devices/Tills'})\n"
              "record = next(r for r in api.get('/audit')['items'] if r['action'].startswith('group'))\n"
              f"open({str(token)!r}, 'w').write(record['actor'] + ' through ' + str(record['through']))\n"
              "print([g['path'] for g in api.get('/groups')['items']])\n")
    assert "Managed devices/Tills" in desk.run("/usr/bin/python3", "-c", script)
    assert USER in token.read_text() and "hq" in token.read_text() and "branch" in token.read_text()
    assert branch_site.dropped() == 0 and shop_site.dropped() == 0  # nothing even tried the closed ports


def test_j7_the_secondary_stays_a_full_server(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)

    # Own groups, own accounts and sessions, own database, own console: all untouched by the primary's.
    branch.api.post("/groups", {"path": "Managed devices/Only here"})
    assert "Managed devices/Only here" not in {group["path"] for group in hq.api.get("/groups")["items"]}
    token = branch.api.post("/tokens", {"name": "script", "expires_in_hours": 1})["token"]
    stranger = hq.stranger
    stranger.secret = token
    stranger.call("GET", "/server").refused(401, "unauthenticated")
    assert (branch.data / "daikan.db").exists() and (hq.data / "daikan.db").exists()

    # A primary of others itself.
    shop = start.server("shop")
    attach(branch, shop)

    # And it goes on without its primary.
    hq.kill()
    branch.wait_for_primary("disconnected")
    branch.api.post("/groups", {"path": "Managed devices/Made alone"})
    assert branch.secondary("shop")["state"] == "connected"
    hq.start()
    hq.wait_for_secondary("branch", deadline=90)
