"""Every failure code of the requirement's section 6, provoked for real, with its sentence and its remedy.

docs/tests.md lists code by code which test this is. The first part asks a running server to probe (nothing is written), the second registers
the fault on both sides and reads the reason on the link, the third gets refused by the rules.
"""

import base64
import ssl
import threading

import pytest
from support import certificates, h2
from support.proxies import Microsocks, Squid, hang, read_head
from support.server import PASSWORD, USER, attach, free_port
from support.waiting import wait_until


@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


@pytest.fixture(scope="module")
def other(shared):
    return shared.server("other")


def probe(server, address, **more):
    """The error of a probe from `server`, once its steps tell the same story."""
    answer = server.api.post("/probes", {"address": address, **more})
    assert not answer["ok"] and answer["error"] == answer["steps"][-1]["error"], answer
    assert all(step["error"] is None for step in answer["steps"][:-1]), answer
    assert answer["error"]["message"].endswith((".", "?")) and answer["error"]["remedy"], answer
    return answer["error"], answer["steps"][-1]["step"]


# Reaching the other side.

def test_name_not_resolved(hq):
    error, step = probe(hq, "no-such-branch.invalid:13000")
    assert (error["code"], step) == ("name_not_resolved", "name") and "no-such-branch.invalid" in error["message"]


def test_unreachable(hq):
    error, step = probe(hq, "255.255.255.255:13000")  # connecting to a broadcast address: no route, on every machine
    assert (error["code"], step) == ("unreachable", "tcp") and error["message"].startswith("255.255.255.255:13000")


def test_refused(hq):
    port = free_port()
    error, step = probe(hq, f"127.0.0.1:{port}")
    assert (error["code"], step) == ("refused", "tcp")
    assert error["message"] == f"127.0.0.1:{port}: connection refused." and f"port {port}" in error["remedy"]


def test_timed_out(hq, start):
    error, step = probe(hq, start.fake(hang).address)
    assert (error["code"], step) == ("timed_out", "tls")


def test_proxy_unreachable(hq, other):
    port = free_port()
    error, step = probe(hq, str(other.link), proxy={"url": f"http://127.0.0.1:{port}"})
    assert (error["code"], step) == ("proxy_unreachable", "proxy") and f"127.0.0.1:{port}" in error["message"]


@pytest.mark.parametrize("given", [{}, {"user": "link", "password": "wrong"}])
@pytest.mark.parametrize("kind", [Squid, Microsocks])
def test_proxy_auth_required(hq, other, start, kind, given):
    proxy = start.proxy(kind, user="link")
    url = f"{proxy.scheme}://{given['user'] + '@' if given else ''}{proxy.host}:{proxy.port}"
    error, step = probe(hq, str(other.link), proxy={"url": url, **({"password": given["password"]} if given else {})})
    assert (error["code"], step) == ("proxy_auth_required", "proxy")
    if kind is Squid:
        assert "407" in error["message"]  # the status line is quoted
    assert "wrong" not in error["message"] + error["remedy"]


def test_proxy_denied_quotes_the_status_line(hq, start):
    proxy = start.fake(lambda connection, peer: (read_head(connection, peer), connection.sendall(b"HTTP/1.1 403 Not in my house\r\n\r\n")))
    error, step = probe(hq, "branch.example.com:13000", proxy={"url": f"http://{proxy.address}"})
    assert (error["code"], step) == ("proxy_denied", "proxy") and "403 Not in my house" in error["message"]


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", b"\x00\x01\x02garbage\xff" * 10, b"220 mail.example.com ESMTP\r\n"])
def test_not_tls_other_protocols(hq, start, greeting):
    peer = start.fake(lambda connection, _: (connection.sendall(greeting), connection.recv(4096)))
    error, step = probe(hq, peer.address)
    assert (error["code"], step) == ("not_tls", "tls")


def test_not_tls_plain_web_server(hq, start):
    web = start.fake(lambda connection, _: (connection.recv(4096), connection.sendall(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n")))
    error, step = probe(hq, web.address)
    assert (error["code"], step) == ("not_tls", "tls") and "HTTP/1.1 400 Bad Request" in error["message"]


def tls_server(start, alpn, *, maximum=None, answer=None):
    """A TLS server that is no Administration Server."""
    pair = certificates.make_key_pair(start.folder / "keys", "web")
    context = certificates.link_context(pair, alpn, server_side=True)
    if maximum:
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, maximum

    def conversation(connection, _peer):
        with context.wrap_socket(connection, server_side=True) as tls:
            if answer:
                tls.sendall(answer)
            while tls.recv(4096):
                pass

    return start.fake(conversation), pair


def test_tls_failed_tls_1_2_only(hq, start):
    peer, _ = tls_server(start, ["rh2"], maximum=ssl.TLSVersion.TLSv1_2)
    error, step = probe(hq, peer.address)
    assert (error["code"], step) == ("tls_failed", "tls") and "1." in error["message"] + error["remedy"]


def test_not_an_administration_server_https(hq, start):
    peer, _ = tls_server(start, ["http/1.1"])
    error, step = probe(hq, peer.address)
    assert error["code"] == "not_an_administration_server" and step in ("tls", "alpn")


def test_not_an_administration_server_console_port_instead_of_link_port(hq, other):
    error, _ = probe(hq, str(other.console))
    assert error["code"] == "not_an_administration_server"


def test_certificate_mismatch_shows_both_fingerprints(hq, other, start):
    third = start.server("third")
    error, step = probe(hq, str(other.link), expected_fingerprint=third.fingerprint)
    assert (error["code"], step) == ("certificate_mismatch", "certificate")
    assert third.fingerprint in error["message"] and other.fingerprint in error["message"]


# The same faults on a link: state, reason, next attempt.

def test_the_reason_on_the_link_is_the_same_and_it_keeps_trying(hq, start):
    branch = start.server("branch")
    port = free_port()
    branch.follow(hq, address=f"127.0.0.1:{port}")
    shown = wait_until(lambda: (found := branch.api.get("/primary"))["reason"] and found["next_attempt_at"] and found, "the first attempt failed")
    assert shown["reason"]["code"] == "refused" and shown["reason"]["message"].startswith(f"127.0.0.1:{port}")
    assert shown["state"] in ("never_connected", "connecting", "disconnected")
    events = branch.api.get("/events")["items"]
    assert len([event for event in events if "refused" in event["message"]]) <= 2  # logged once, not at every attempt
    branch.follow(hq)
    hq.register(branch)
    branch.wait_for_primary(deadline=90)


def test_certificate_mismatch_on_the_link(hq, other, start):
    branch = start.server("branch-mismatch")
    branch.follow(hq, address=str(other.link))  # hq's certificate at other's address
    shown = wait_until(lambda: (found := branch.api.get("/primary"))["reason"] and found, "the link fails")
    assert shown["reason"]["code"] == "certificate_mismatch"
    assert hq.fingerprint in shown["reason"]["message"] and other.fingerprint in shown["reason"]["message"]


# Certificates as files.

def unreadable(start):
    weak = certificates.make_key_pair(start.folder / "weak", "weak", key=certificates.weak_rsa_key())
    good = certificates.make_key_pair(start.folder / "good", "good")
    return {
        "empty": b"",
        "text": b"this is not a certificate",
        "half": good.der[:200],
        "trailing": good.der + b"more",
        "two in one": (good.pem * 2).encode(),
        "private key": good.key_file.read_bytes(),
        "weak key": weak.der,
    }


def test_certificate_unreadable(hq, start):
    for what, content in unreadable(start).items():
        body = {"name": f"unreadable {what}", "certificate": base64.b64encode(content).decode()}
        if not content:
            continue  # an empty field is an absent one
        problem = hq.api.call("POST", "/secondaries", body).refused(422, "certificate_unreadable")
        assert problem["remedy"] and problem["field"] == "certificate", (what, problem)
    assert not [each for each in hq.api.get("/secondaries")["items"] if each["name"].startswith("unreadable")]


def test_certificate_unreadable_at_the_command_line_names_the_file(hq, start):
    cli = start.cli(hq)
    for what, content in unreadable(start).items():
        path = start.folder / "wrong.cer"
        path.write_bytes(content)
        said = cli.fails("secondary", "add", "--group", "Managed devices", "--name", f"file {what}", "--certificate", path, server="hq")
        assert "wrong.cer" in said or "certificate" in said, (what, said)
    said = cli.fails("secondary", "add", "--group", "Managed devices", "--name", "no file", "--certificate", start.folder / "missing.cer", server="hq")
    assert "missing.cer" in said


def test_certificate_expired(hq, start):
    old = certificates.make_key_pair(start.folder, "old", days=-1)
    problem = hq.api.call("POST", "/secondaries", {"name": "old", "certificate": old.pem}).refused(422, "certificate_expired")
    assert problem["remedy"]


def test_own_certificate(hq):
    hq.api.call("POST", "/secondaries", {"name": "me", "certificate": hq.certificate_pem}).refused(422, "own_certificate")
    hq.api.call("PUT", "/primary", {"address": str(hq.link), "certificate": hq.certificate_pem}).refused(422, "own_certificate")


def test_certificate_in_use_names_the_record(hq, start):
    first = certificates.make_key_pair(start.folder, "first")
    hq.api.post("/secondaries", {"name": "holder", "certificate": first.pem})
    problem = hq.api.call("POST", "/secondaries", {"name": "another", "certificate": first.pem}).refused(409, "certificate_in_use")
    assert "holder" in problem["detail"]


# Agreement.

def test_unknown_to_primary(hq, start):
    branch = start.server("branch-unknown")
    branch.follow(hq)
    shown = wait_until(lambda: (found := branch.api.get("/primary"))["state"] == "refused" and found, "it is refused")
    assert shown["reason"]["code"] == "unknown_to_primary" and "unrecognised servers" in shown["reason"]["remedy"]
    listed = wait_until(lambda: [each for each in hq.api.get("/unrecognised_servers")["items"] if each["fingerprint"] == branch.fingerprint], "listed")
    assert listed[0]["source"] == "127.0.0.1" and listed[0]["attempts"] >= 1


def test_unknown_to_secondary(hq, start):
    dmz = start.server("dmz-unknown")
    hq.register(dmz, direction="primary_dials", address=str(dmz.link))
    shown = hq.wait_for_secondary(dmz.name, "refused")
    assert shown["reason"]["code"] == "unknown_to_secondary" and shown["reason"]["remedy"]


def test_already_has_primary(hq, other, start):
    branch = start.server("branch-two")
    branch.follow(hq)
    problem = branch.api.call("PUT", "/primary", {"address": str(other.link), "certificate": other.certificate_pem}).refused(409, "already_has_primary")
    assert problem["remedy"]
    branch.api.put("/primary", {"address": str(other.link), "certificate": other.certificate_pem, "replace": True})
    assert branch.api.get("/primary")["fingerprint"] == other.fingerprint


def test_loop_of_two(start):
    a, b = start.server("a"), start.server("b")
    attach(a, b)
    problem = b.api.call("POST", "/secondaries", {"name": "a", "certificate": a.certificate_pem}).refused(409, "loop")
    assert "a" in problem["detail"] and problem["remedy"]
    a.api.call("PUT", "/primary", {"address": str(b.link), "certificate": b.certificate_pem}).refused(409, "loop")


def test_loop_made_by_two_administrators_at_once_never_stands(start):
    a, b = start.server("a"), start.server("b")
    barrier = threading.Barrier(2)
    outcome = {}

    def administrator(upper, lower):
        barrier.wait()
        outcome[upper.name] = [upper.api.call("POST", "/secondaries", {"name": lower.name, "certificate": lower.certificate_pem}).status,
                               lower.api.call("PUT", "/primary", {"address": str(upper.link), "certificate": upper.certificate_pem}).status]

    for server in (a, b):
        assert server.api.get("/groups")  # logged in before the race
    both = [threading.Thread(target=administrator, args=pair) for pair in ((a, b), (b, a))]
    for each in both:
        each.start()
    for each in both:
        each.join()

    def links_up():
        return [server.name for server in (a, b)
                if any(each["state"] == "connected" for each in server.api.get("/secondaries")["items"])]

    # Whatever was written: at most one direction ever stands, and what does not says why.
    def settled():
        reasons = [server.api.get("/primary").get("reason") for server in (a, b)]
        refused = [status for statuses in outcome.values() for status in statuses if status == 409]
        return refused or any(reason and reason["code"] == "loop" for reason in reasons)

    wait_until(settled, "the loop is noticed", 90)
    for _ in range(20):
        assert len(links_up()) <= 1, outcome
    for server in (a, b):
        assert server.api.get("/tree")["name"] == server.name  # the tree ends


def test_too_deep(start):
    a, b, c = start.server("a"), start.server("b", arguments=("--max-depth", "2")), start.server("c")
    attach(a, b)
    b.register(c)
    c.follow(b)
    shown = wait_until(lambda: (found := c.api.get("/primary"))["state"] == "refused" and found, "refused")
    assert shown["reason"]["code"] == "too_deep" and shown["reason"]["remedy"]


def hello_answer(version: int) -> bytes:
    """HelloResponse{accepted{sender{…}}} of a secondary that speaks protocol `version` only (spec/link.proto)."""
    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content
    sender = field(1, bytes(range(16))) + field(2, b"future") + field(3, b"daikan 9.0.0") + bytes([4 << 3, version, 5 << 3, version, 7 << 3, 16])
    return field(1, field(1, sender))


def test_version_unsupported_names_both(hq, start):
    """A secondary from the future, in thirty lines: TLS with its certificate, reversed HTTP/2, one answer."""
    pair = certificates.make_key_pair(start.folder, "future")
    registered = hq.api.post("/secondaries", {"name": "future", "certificate": pair.pem})
    with h2.dial(hq.link, certificates.link_context(pair, ["rh2"])) as tls:
        connection = h2.Connection(tls).start_server()
        request = connection.read_until(h2.HEADERS)
        connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS, request.stream, h2.header_block([(":status", "200"), ("content-type", "application/x-protobuf")]))
                        + h2.frame(h2.DATA, h2.END_STREAM, request.stream, hello_answer(9)))
        shown = hq.wait_for_secondary("future", "refused")
        assert shown["reason"]["code"] == "version_unsupported"
        assert "9" in shown["reason"]["message"] and "1" in shown["reason"]["message"] and shown["reason"]["remedy"]
    hq.api.delete(f"/secondaries/{registered['id']}")


def test_identity_conflict_when_a_secondary_claims_anothers_id(hq, start):
    honest = start.server("honest")
    attach(hq, honest)
    pair = certificates.make_key_pair(start.folder, "thief")
    hq.api.post("/secondaries", {"name": "thief", "certificate": pair.pem})
    stolen = bytes.fromhex(honest.id.replace("-", ""))
    with h2.dial(hq.link, certificates.link_context(pair, ["rh2"])) as tls:
        connection = h2.Connection(tls).start_server()
        request = connection.read_until(h2.HEADERS)
        answer = hello_answer(1).replace(bytes(range(16)), stolen)
        connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS, request.stream, h2.header_block([(":status", "200")]))
                        + h2.frame(h2.DATA, h2.END_STREAM, request.stream, answer))
        shown = hq.wait_for_secondary("thief", "refused")
    assert shown["reason"]["code"] == "identity_conflict" and "honest" in shown["reason"]["message"]
    assert hq.secondary("honest")["state"] == "connected"


# Who may.

def test_wrong_credentials_says_which_server_and_the_same_for_an_unknown_name(hq):
    wrong = hq.stranger.call("POST", "/sessions", {"user": USER, "password": "wrong"}).refused(401, "wrong_credentials")
    unknown = hq.stranger.call("POST", "/sessions", {"user": "nobody", "password": PASSWORD}).refused(401, "wrong_credentials")
    assert wrong["detail"].replace(USER, "") == unknown["detail"].replace("nobody", "")


def test_permission_denied(hq):
    root = next(group for group in hq.api.get("/groups")["items"] if group["parent_id"] is None)
    problem = hq.api.call("DELETE", f"/groups/{root['id']}").refused(403, "permission_denied")
    assert "Managed devices" in problem["detail"]


# Fields, shown at the field.

@pytest.mark.parametrize("body, status, code, field", [
    ({"group": "Managed devices/Nowhere"}, 422, "group_not_found", "group"),
    ({"name": "taken"}, 409, "name_taken", "name"),
    ({"direction": "primary_dials"}, 422, "address_required", "address"),
    ({"direction": "primary_dials", "address": "dmz.example.com:70000"}, 422, "port_out_of_range", "address"),
    ({"direction": "primary_dials", "address": "dmz.example.com:0"}, 422, "port_out_of_range", "address"),
])
def test_field_errors_of_a_secondary(hq, start, body, status, code, field):
    if not any(each["name"] == "taken" for each in hq.api.get("/secondaries")["items"]):
        hq.api.post("/secondaries", {"name": "taken", "certificate": certificates.make_key_pair(start.folder, "taken").pem})
    before = hq.api.get("/secondaries")["items"]
    pair = certificates.make_key_pair(start.folder, "field")
    problem = hq.api.call("POST", "/secondaries", {"name": "field error", "certificate": pair.pem, **body}).refused(status, code)
    assert problem["field"] == field and problem["remedy"]
    assert [each["id"] for each in hq.api.get("/secondaries")["items"]] == [each["id"] for each in before]


@pytest.mark.parametrize("body, code, field", [
    ({}, "address_required", "address"),
    ({"address": "hq.example.com:99999"}, "port_out_of_range", "address"),
    ({"address": "hq.example.com", "proxy": {"url": "http://proxy:0"}}, "port_out_of_range", "proxy"),
    ({"address": "hq.example.com", "proxy": {"url": "http://user:secret@proxy:3128"}}, "invalid_request", "proxy"),
])
def test_field_errors_of_the_primary(other, start, body, code, field):
    pair = certificates.make_key_pair(start.folder, "hq")
    problem = other.api.call("PUT", "/primary", {"certificate": pair.pem, **body}).refused(422, code)
    assert problem["field"].startswith(field) and "secret" not in str(problem)
    assert other.api.get("/primary") == {"configured": False}
