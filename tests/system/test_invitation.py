"""Joining with an invitation file: one file instead of two certificate files (docs/protocol.md section 10)."""

import base64
import datetime
import socket
import ssl
import stat
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from support.certificates import KeyPair, link_context
from support.proxies import Microsocks, Squid
from support.waiting import wait_until


@pytest.fixture
def trio(start):
    return start.server("hq"), start.server("branch"), start.server("thief")


def invited(cli, folder, *more, name="branch.invitation"):
    path = folder / name
    cli.ok("invite", *more, path, server="hq")
    return path


def audit_of(server, action):
    return [each for each in server.api.get("/audit?limit=100")["items"] if each["action"] == action]


def kinds_of(server):
    return [each["kind"] for each in server.api.get("/events?limit=100")["items"]]


def field(path, name):
    return next(line.split(": ", 1)[1] for line in path.read_text().splitlines() if line.startswith(name + ": "))


def key_pair_of(path, folder) -> KeyPair:
    """What a thief makes of the file: its key, with a certificate of his own around it."""
    key = serialization.load_der_private_key(base64.b64decode(field(path, "key")), None)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "thief")])
    now = datetime.datetime.utcnow()
    certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
                   .sign(key, hashes.SHA256()))
    pair = KeyPair(folder / "thief.cer.pem", folder / "thief.key.pem", certificate.public_bytes(serialization.Encoding.DER))
    pair.certificate_file.write_text(pair.pem)
    pair.key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return pair


def test_one_file_joins_one_server_once(start, trio):
    hq, branch, thief = trio
    cli = start.cli(hq, branch, thief)
    cli.ok("group", "add", "Managed devices/Branches", server="hq")
    path = invited(cli, start.folder, "--group", "Managed devices/Branches", "--name", "Branch 7")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (listed,) = cli.json("invitation", "list", server="hq")
    assert (listed["state"], listed["group"], listed["name"]) == ("open", "Managed devices/Branches", "Branch 7") and "file" not in listed
    assert field(path, "key") not in str(hq.api.get("/invitations")) and field(path, "key").encode() not in (hq.data / "daikan.db").read_bytes()

    said = cli.ok("join", path, server="branch")
    assert "hq" in said and "Managed devices/Branches" in said
    shown = hq.wait_for_secondary("Branch 7")
    branch.wait_for_primary()
    assert shown["group"] == "Managed devices/Branches" and shown["server_id"] == branch.id and shown["fingerprint"] == branch.fingerprint
    (listed,) = cli.json("invitation", "list", server="hq")
    assert listed["state"] == "used" and listed["secondary_id"] == shown["id"]
    assert audit_of(hq, "invitation.make") and audit_of(hq, "invitation.use") and audit_of(branch, "primary.set")
    assert {"invitation_made", "invitation_used", "secondary_added"} <= set(kinds_of(hq))

    # The same server again: nothing changes.
    cli.ok("join", path, server="branch")
    assert len(hq.api.get("/secondaries")["items"]) == 1
    # Another one with the same file is refused, and both sides have it on record.
    refused = thief.api.call("POST", "/primary/join", {"invitation": path.read_text()})
    assert refused.refused(409, "invitation_used") and refused.body["remedy"]
    assert "used already" in cli.fails("join", path, server="thief")
    assert thief.api.get("/primary") == {"configured": False} and audit_of(thief, "primary.join")[0]["outcome"] == "invitation_used"
    assert audit_of(hq, "invitation.refused")[0]["outcome"] == "invitation_used" and "invitation_refused" in kinds_of(hq)


def test_revoked_expired_altered_and_foreign_files_are_refused_and_audited(start, trio):
    hq, branch, _ = trio
    cli = start.cli(hq, branch)

    path = invited(cli, start.folder, name="stolen")
    cli.ok("invitation", "revoke", cli.json("invitation", "list", server="hq")[0]["id"], server="hq")
    branch.api.call("POST", "/primary/join", {"invitation": path.read_text()}).refused(409, "invitation_revoked")
    assert "revoked" in cli.fails("join", path, server="branch")
    assert audit_of(hq, "invitation.revoke") and audit_of(hq, "invitation.refused")[0]["outcome"] == "invitation_revoked"

    path = invited(cli, start.folder, "--expires", "1s", name="old")
    wait_until(lambda: cli.json("invitation", "list", server="hq")[0]["state"] == "expired", "it expires")
    branch.api.call("POST", "/primary/join", {"invitation": path.read_text()}).refused(409, "invitation_expired")
    assert audit_of(branch, "primary.join")[0]["outcome"] == "invitation_expired"

    path = invited(cli, start.folder, name="good")
    altered = path.read_text().replace(f"address: {hq.link}", "address: 127.0.0.1:1")
    branch.api.call("POST", "/primary/join", {"invitation": altered}).refused(422, "invitation_unreadable")
    branch.api.call("POST", "/primary/join", {"invitation": hq.certificate_pem}).refused(422, "invitation_unreadable")
    (start.folder / "altered").write_text(altered)
    assert "altered" in cli.fails("join", start.folder / "altered", server="branch")
    assert audit_of(branch, "primary.join")[0]["outcome"] == "invitation_unreadable"
    # On the primary itself.
    hq.api.call("POST", "/primary/join", {"invitation": path.read_text()}).refused(422, "own_certificate")
    assert branch.api.get("/primary") == {"configured": False} and hq.api.get("/secondaries")["items"] == []


def test_a_server_with_a_primary_keeps_it_unless_told_to_replace_it(start, trio):
    hq, branch, other = trio
    cli = start.cli(hq, branch, other)
    path = invited(cli, start.folder)
    other.register(branch)
    branch.follow(other)
    other.wait_for_secondary("branch")
    branch.api.call("POST", "/primary/join", {"invitation": path.read_text()}).refused(409, "already_has_primary")
    assert cli.json("invitation", "list", server="hq")[0]["state"] == "open"
    cli.ok("join", path, "--replace", server="branch")
    hq.wait_for_secondary("branch")


@pytest.mark.parametrize("kind, user", [(Squid, "link"), (Microsocks, None)])
def test_through_a_proxy(start, kind, user):
    hq, branch = start.server("hq"), start.server("branch")
    cli = start.cli(hq, branch)
    proxy = start.proxy(kind, user=user, password="proxy pass: word")
    password = start.folder / "proxy-password"
    password.write_text(proxy.password or "")
    more = ("--proxy-password-file", password) if user else ()
    cli.ok("join", invited(cli, start.folder), "--proxy", proxy.url, *more, server="branch")
    hq.wait_for_secondary("branch")
    assert branch.wait_for_primary()["proxy"] == proxy.url


def test_the_next_address_is_tried_and_all_that_fail_are_named(start):
    hq, branch = start.server("hq"), start.server("branch")
    cli = start.cli(hq, branch)
    path = invited(cli, start.folder, "--address", "127.0.0.1:1", "--address", str(hq.link))
    cli.ok("join", path, server="branch")
    hq.wait_for_secondary("branch")
    assert branch.api.get("/primary")["address"] == str(hq.link)
    other = start.server("other")
    cli.log_in(other)
    path = invited(cli, start.folder, "--address", "127.0.0.1:1", "--address", "127.0.0.1:2", name="dead")
    refused = other.api.call("POST", "/primary/join", {"invitation": path.read_text()})
    assert refused.refused(502, "refused") and "127.0.0.1:1" in refused.body["detail"] and "127.0.0.1:2" in refused.body["detail"]


@pytest.mark.parametrize("victim", ["hq", "branch"])
def test_killed_at_any_moment_the_same_file_finishes_the_join(start, victim):
    hq, branch = start.server("hq"), start.server("branch")
    cli = start.cli(hq, branch)
    path = invited(cli, start.folder)
    body = {"invitation": path.read_text()}
    killed = hq if victim == "hq" else branch
    for delay in (0.0, 0.01, 0.02, 0.04, 0.08):
        api = branch.api
        asking = threading.Thread(target=lambda api=api: swallow(lambda: api.call("POST", "/primary/join", body)))
        asking.start()
        time.sleep(delay)  # the moment is what varies; nothing is awaited by it
        killed.kill()
        asking.join(90)
        killed.start()
    answer = branch.api.call("POST", "/primary/join", body)
    assert answer.status == 200, answer
    assert len(hq.api.get("/secondaries")["items"]) == 1
    hq.wait_for_secondary("branch", deadline=90)


def swallow(call):
    try:
        call()
    except Exception:  # noqa: BLE001 – a killed server answers nothing
        pass


def test_the_key_in_the_file_opens_nothing_but_the_invitation(start):
    hq = start.server("hq")
    cli = start.cli(hq)
    pair = key_pair_of(invited(cli, start.folder), start.folder)

    def first_bytes(alpn):
        with socket.create_connection((hq.link.host, hq.link.port), timeout=10) as plain:
            with link_context(pair, [alpn]).wrap_socket(plain) as tls:
                tls.settimeout(10)
                try:
                    return tls.recv(24)
                except (ssl.SSLError, ConnectionResetError):
                    return b""

    # As a client of the primary (h2) it is shown the door; reversed (rh2), the primary asks and the thief can ask nothing.
    assert first_bytes("h2") == b""
    assert first_bytes("rh2").startswith(b"PRI * HTTP/2.0")
    assert hq.api.get("/secondaries")["items"] == []
