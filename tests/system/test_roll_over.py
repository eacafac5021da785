"""C7: another key, announced over the links and accepted beside the old one until every peer has confirmed; and renewal with the same key."""

import datetime
import socket
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from support.certificates import KeyPair, link_context
from support.server import attach, fingerprint
from support.waiting import stays, wait_until


def rolled(server, deadline=90):
    """Waits until no roll-over of `server` is under way any more."""
    def over():
        shown = server.api.get("/server/roll_over")
        assert shown["phase"] == "none", shown
        return True
    wait_until(over, f"the roll-over of {server.name} is over", deadline)


def kinds_of(server):
    return [each["kind"] for each in server.api.get("/events?limit=200")["items"]]


def actions_of(server):
    return [each["action"] for each in server.api.get("/audit?limit=200")["items"]]


def console_certificate(server) -> bytes:
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((server.console.host, server.console.port)))


def key_pair_of(server, folder, name) -> KeyPair:
    pair = KeyPair(folder / f"{name}.cer.pem", folder / f"{name}.key.pem", server.certificate)
    pair.certificate_file.write_text(server.certificate_pem)
    pair.key_file.write_bytes((server.data / "server.key").read_bytes())
    return pair


def refused_in_handshake(target, pair, alpn) -> bool:
    with socket.create_connection((target.link.host, target.link.port), timeout=10) as plain:
        try:
            with link_context(pair, [alpn]).wrap_socket(plain) as tls:
                tls.settimeout(10)
                return tls.recv(24) == b""
        except ssl.SSLError as error:
            return "UNKNOWN_CA" in str(error).upper() or "unknown ca" in str(error)


def test_c7_a_primary_rolls_its_key_and_every_link_knows_the_new_one(start):
    hq, branch, shop = start.server("hq"), start.server("branch"), start.server("shop")
    cli = start.cli(hq)
    attach(hq, branch)
    hq.register(shop, direction="primary_dials", address=str(shop.link))
    shop.follow(hq, direction="primary_dials", address=None)
    hq.wait_for_secondary("shop", deadline=90)
    old, old_pair = hq.fingerprint, key_pair_of(hq, start.folder, "old")

    begun = cli.json("certificate", "roll", "begin", server="hq")
    rolled(hq)
    assert hq.fingerprint != old and hq.fingerprint == begun["fingerprint"]
    assert fingerprint(console_certificate(hq)) == hq.fingerprint and hq.stranger.get("/server/identity")["fingerprint"] == hq.fingerprint
    for name in ("branch", "shop"):
        hq.wait_for_secondary(name, deadline=90)
    for server in (branch, shop):
        assert server.wait_for_primary(deadline=90)["fingerprint"] == hq.fingerprint
        assert {"peer_certificate_announced", "peer_certificate_changed"} <= set(kinds_of(server))
    assert {"roll_over_begun", "certificate_changed", "roll_over_done"} <= set(kinds_of(hq)) and "certificate.roll" in actions_of(hq)
    # The old key opens nothing any more, also after everybody was restarted.
    assert refused_in_handshake(shop, old_pair, "h2")
    for server in (hq, branch, shop):
        server.restart()
    for name in ("branch", "shop"):
        hq.wait_for_secondary(name, deadline=90)
    assert not (hq.data / "server.next.pem").exists() and not (hq.data / "server.switch.pem").exists()


@pytest.mark.parametrize("dmz", [False, True], ids=["secondary_dials", "primary_dials"])
def test_c7_a_secondary_rolls_its_key(start, dmz):
    hq, branch = start.server("hq"), start.server("branch")
    if dmz:
        hq.register(branch, direction="primary_dials", address=str(branch.link))
        branch.follow(hq, direction="primary_dials", address=None)
        hq.wait_for_secondary("branch", deadline=90)
    else:
        attach(hq, branch)
    old, old_pair = branch.fingerprint, key_pair_of(branch, start.folder, "old")
    branch.api.post("/server/roll_over")
    rolled(branch)
    assert branch.fingerprint != old
    wait_until(lambda: hq.secondary("branch")["fingerprint"] == branch.fingerprint, "hq knows the new key")
    hq.wait_for_secondary("branch", deadline=90)
    branch.wait_for_primary(deadline=90)
    assert refused_in_handshake(hq, old_pair, "rh2")
    assert "peer_certificate_changed" in kinds_of(hq)


def test_c7_who_is_away_is_waited_for_and_a_cancel_takes_everything_back(start):
    hq, branch, shop = start.server("hq"), start.server("branch"), start.server("shop")
    cli = start.cli(hq)
    attach(hq, branch)
    attach(hq, shop)
    shop.stop()
    hq.wait_for_secondary("shop", "disconnected")
    old = hq.fingerprint
    cli.ok("certificate", "roll", "begin", server="hq")
    states = wait_until(lambda: (found := {each["name"]: each["state"] for each in hq.api.get("/server/roll_over")["peers"]})["branch"] == "confirmed"
                        and found, "branch confirms")
    assert states == {"branch": "confirmed", "shop": "waiting"}
    said = cli.ok("certificate", "roll", "status", server="hq")
    assert "accepts the new key" in said and "has not answered yet" in said
    assert hq.fingerprint == old and (hq.data / "server.next.pem").stat().st_mode & 0o077 == 0
    hq.api.call("POST", "/server/roll_over").refused(409, "conflict")
    # It goes on after a restart.
    hq.restart()
    assert hq.api.get("/server/roll_over")["phase"] == "announcing" and hq.fingerprint == old
    hq.wait_for_secondary("branch", deadline=90)

    cli.ok("certificate", "roll", "cancel", server="hq")
    assert hq.fingerprint == old and not (hq.data / "server.next.pem").exists()
    hq.api.call("DELETE", "/server/roll_over").refused(409, "conflict")
    hq.api.call("POST", "/server/roll_over/finish").refused(409, "conflict")
    shop.start()
    hq.wait_for_secondary("shop", deadline=90)
    stays(lambda: branch.api.get("/primary")["state"] == "connected", 1, "branch keeps its link")
    assert branch.api.get("/primary")["fingerprint"] == old and {"certificate.roll.cancel"} <= set(actions_of(hq))


def test_c7_who_slept_through_it_is_pinned_anew_by_file(start):
    hq, branch, shop = start.server("hq"), start.server("branch"), start.server("shop")
    attach(hq, branch)
    attach(hq, shop)
    shop.stop()
    hq.wait_for_secondary("shop", "disconnected")
    old = hq.fingerprint
    hq.api.post("/server/roll_over")
    wait_until(lambda: [each["state"] for each in hq.api.get("/server/roll_over")["peers"]].count("confirmed") == 1, "branch confirms")
    hq.api.post("/server/roll_over/finish")
    wait_until(lambda: hq.fingerprint != old, "the new key is used")
    hq.wait_for_secondary("branch", deadline=90)
    wait_until(lambda: branch.api.get("/primary")["fingerprint"] == hq.fingerprint, "branch met the new key")
    shown = hq.api.get("/server/roll_over")
    assert shown["phase"] == "switched" and {each["name"]: each["state"] for each in shown["peers"]} == {"branch": "seen", "shop": "waiting"}

    shop.start()
    reason = shop.wait_for_primary("refused", deadline=90)["reason"]
    assert reason["code"] == "certificate_mismatch" and old in reason["message"] and hq.fingerprint in reason["message"]
    cli = start.cli(hq, shop)
    cli.ok("certificate", "export", start.folder / "hq.cer", server="hq")
    cli.ok("primary", "set", "--address", str(hq.link), "--certificate", start.folder / "hq.cer", "--replace", server="shop")
    hq.wait_for_secondary("shop", deadline=90)
    rolled(hq)


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.15, 0.4, 1.0])
def test_c7_killed_at_any_moment_a_roll_over_goes_on(start, delay):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    old = hq.fingerprint
    hq.api.post("/server/roll_over")
    time.sleep(delay)  # the moment is what varies; nothing is awaited by it
    hq.kill()
    hq.start()
    rolled(hq)
    assert hq.fingerprint != old
    hq.wait_for_secondary("branch", deadline=90)
    assert branch.wait_for_primary(deadline=90)["fingerprint"] == hq.fingerprint
    assert hq.certificate == console_certificate(hq)


def reissue(server, days):
    """The server's own key in a certificate that ends in `days`: what a file of long ago looks like."""
    key = serialization.load_pem_private_key((server.data / "server.key").read_bytes(), None)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Daikan Administration Server")])
    now = datetime.datetime.utcnow()
    certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=3000))
                   .not_valid_after(now + datetime.timedelta(days=days)).sign(key, hashes.SHA256()))
    (server.data / "server.cer").write_bytes(certificate.public_bytes(serialization.Encoding.DER))


def pin_of(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_key().public_bytes(serialization.Encoding.DER,
                                                                          serialization.PublicFormat.SubjectPublicKeyInfo)


def test_a_certificate_near_its_end_is_renewed_with_the_same_key_and_no_link_notices(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    hq.stop()
    reissue(hq, days=60)
    old = hq.certificate
    hq.start()
    wait_until(lambda: hq.certificate != old, "it is renewed")
    assert pin_of(hq.certificate) == pin_of(old)
    left = x509.load_der_x509_certificate(hq.certificate).not_valid_after - datetime.datetime.utcnow()
    assert left > datetime.timedelta(days=365)
    # The console shows it without a restart, and the link was made with one or the other: the key is the same.
    wait_until(lambda: console_certificate(hq) == hq.certificate, "the console shows it")
    assert hq.api.get("/server")["fingerprint"] == hq.fingerprint
    hq.wait_for_secondary("branch", deadline=90)
    wait_until(lambda: "certificate_renewed" in kinds_of(hq) and "certificate.renew" in actions_of(hq), "it is on record")
    # The other side shows the new one from the next connection on, which is one event and nobody's change.
    hq.restart()
    wait_until(lambda: branch.api.get("/primary")["fingerprint"] == hq.fingerprint, "branch shows the renewed certificate", 90)
    branch.restart()
    branch.wait_for_primary(deadline=90)
    assert branch.api.get("/primary")["fingerprint"] == hq.fingerprint and kinds_of(branch).count("peer_certificate_renewed") == 1
    assert not [each for each in actions_of(branch) if "certificate" in each]
    assert "certificate_expiring" not in kinds_of(hq)


def test_a_certificate_with_time_left_is_left_alone(start):
    hq = start.prepared("hq")
    reissue(hq, days=120)
    old = hq.certificate
    hq.start()
    wait_until(lambda: "server_started" in kinds_of(hq), "it runs")
    stays(lambda: hq.certificate == old, 1)
    assert "certificate_renewed" not in kinds_of(hq)
