"""Unrecognised servers: who dialled without being registered, and what an administrator does with them."""

import pathlib
import re
import socket
import ssl

from support import certificates
from support.waiting import stays, wait_until


def dial_as(server, pair, source: str = "127.0.0.1") -> None:
    """One connection to the link port with this certificate; it is refused with an alert."""
    context = certificates.link_context(pair, ["rh2"])
    with socket.create_connection((server.link.host, server.link.port), timeout=20, source_address=(source, 0)) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="daikan.test") as tls:
                assert tls.recv(1) == b""
        except (ssl.SSLError, ConnectionError):
            pass


def listed(server, **query) -> dict[str, dict]:
    path = "/unrecognised_servers" + ("?ignored=true" if query.get("ignored") else "")
    return {each["fingerprint"]: each for each in server.api.get(path)["items"]}


def events_about(server, fingerprint: str) -> list[dict]:
    return [event for event in server.api.get("/events?limit=1000")["items"] if event["kind"] == "unrecognised_server" and fingerprint in event["message"]]


def test_one_is_listed_once_with_its_attempts_and_told_by_one_event(start):
    hq = start.server("hq")
    pair = certificates.make_key_pair(start.folder)
    for n in range(3):
        dial_as(hq, pair)
        wait_until(lambda: listed(hq)[pair.fingerprint]["attempts"] == n + 1, "the attempt is counted")
    (only,) = listed(hq).values()
    assert only["source"] == "127.0.0.1" and only["first_seen"] < only["last_seen"] and only["ignored_at"] is None
    assert len(events_about(hq, pair.fingerprint)) == 1
    said = start.cli(hq).ok("unrecognised", "list", server="hq")
    assert pair.fingerprint in said and "127.0.0.1" in said and "daikan unrecognised add FINGERPRINT" in said
    assert "FIRST SEEN" in said and re.search(r"\b3\b", said)


def test_one_is_added_with_one_choice_of_group(start):
    hq, branch = start.server("hq"), start.server("branch")
    cli = start.cli(hq)
    cli.ok("group", "add", "Managed devices/Branches", server="hq")
    branch.follow(hq)
    wait_until(lambda: branch.fingerprint in listed(hq), "it is listed")
    # As a person types it: any case, without colons.
    said = cli.ok("unrecognised", "add", branch.fingerprint.replace(":", "").lower(), "--group", "Managed devices/Branches", "--name", "Branch 7", server="hq")
    assert "Added Branch 7 to Managed devices/Branches" in said
    hq.wait_for_secondary("Branch 7", deadline=90)
    assert listed(hq) == {}
    refused = cli.fails("unrecognised", "add", "AB" * 32, server="hq")
    assert "AB:AB" in refused and "dial once more" in refused


def test_an_ignored_one_stays_ignored_until_it_is_unignored(start):
    hq = start.server("hq")
    cli = start.cli(hq)
    pair = certificates.make_key_pair(start.folder)
    dial_as(hq, pair)
    wait_until(lambda: pair.fingerprint in listed(hq), "it is listed")
    cli.ok("unrecognised", "ignore", pair.fingerprint, server="hq")
    dial_as(hq, pair)
    wait_until(lambda: listed(hq, ignored=True)[pair.fingerprint]["attempts"] == 2, "it dialled again")
    hq.restart()
    dial_as(hq, pair)
    wait_until(lambda: listed(hq, ignored=True)[pair.fingerprint]["attempts"] == 3, "it dialled again")
    assert listed(hq) == {} and len(events_about(hq, pair.fingerprint)) == 1
    assert "No unrecognised server" in cli.ok("unrecognised", "list", server="hq")
    assert pair.fingerprint in cli.ok("unrecognised", "list", "--ignored", server="hq")
    cli.ok("unrecognised", "unignore", pair.fingerprint, server="hq")
    assert pair.fingerprint in listed(hq) and listed(hq, ignored=True) == {}
    cli.ok("unrecognised", "forget", pair.fingerprint, server="hq")
    assert listed(hq) == {}
    assert "No unrecognised server has the fingerprint" in cli.fails("unrecognised", "ignore", pair.fingerprint, server="hq")
    actions = [each["action"] for each in hq.api.get("/audit")["items"]]
    assert {"unrecognised.ignore", "unrecognised.unignore", "unrecognised.forget"} <= set(actions)


def resident_kib(server) -> int:
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1))


def test_a_flood_of_certificates_from_one_source_takes_nobodys_place_and_no_memory(start):
    hq = start.server("hq")
    early, late = certificates.make_key_pair(start.folder, "early"), certificates.make_key_pair(start.folder, "late")
    flood = [certificates.make_key_pair(start.folder / "flood", f"n{n}") for n in range(300)]
    dial_as(hq, early)
    wait_until(lambda: early.fingerprint in listed(hq), "it is listed")
    for pair in flood[:50]:  # what every connection costs once is there by then
        dial_as(hq, pair, "127.0.0.9")
    before = resident_kib(hq)
    for pair in flood[50:]:
        dial_as(hq, pair, "127.0.0.9")
    assert resident_kib(hq) - before < 24 * 1024  # under a sanitizer, which keeps 16 MiB of what was freed
    dial_as(hq, late, "127.0.0.7")
    known = wait_until(lambda: late.fingerprint in (now := listed(hq)) and now, "a newcomer from elsewhere is listed")
    assert early.fingerprint in known
    noisy = [each for each in known.values() if each["source"] == "127.0.0.9"]
    assert 1 <= len(noisy) <= 50  # a share of the list; within a minute even less is written
    assert len([event for event in hq.api.get("/events?limit=1000")["items"] if event["kind"] == "unrecognised_server"]) == len(known)
    stays(lambda: hq.alive(), 1)


def client_hello() -> bytes:
    """The first flight of a TLS client, taken down."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = certificates.link_context(None, ["rh2"]).wrap_bio(incoming, outgoing, server_hostname="daikan.test")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def test_stalled_handshakes_from_one_address_keep_no_registered_server_out(start):
    hq, branch = start.server("hq"), start.server("branch")
    hq.register(branch)
    hello = client_hello()
    stalled = []
    for _ in range(500):  # four times as many as may be in progress at once
        connection = socket.create_connection((hq.link.host, hq.link.port), timeout=20, source_address=("127.0.0.9", 0))
        connection.sendall(hello)
        stalled.append(connection)
    branch.follow(hq)
    # Each handshake is given up after 10 s: in the order they came, it would be the branch's turn after 40 s.
    branch.wait_for_primary(deadline=15)
    for connection in stalled:
        connection.close()


def test_the_log_names_a_stranger_once_and_a_probe_not_at_all(start):
    hq, branch = start.server("hq"), start.server("branch")
    assert branch.api.post("/probes", {"address": str(hq.link)})["ok"]
    branch.follow(hq)
    wait_until(lambda: "is not registered here" in hq.text(), "the stranger is logged")
    lines = [line for line in hq.text().splitlines() if "refused a connection" in line]
    assert len(lines) == 1 and lines[0].count("127.0.0.1") == 1, lines
    assert "did not accept" not in hq.text()
