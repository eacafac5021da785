"""What strangers send to the two ports. Refused with the right answer, logged once, nothing changed, and the server goes on."""

import contextlib
import json
import socket
import ssl
import time

import pytest
from support import certificates, h2
from support.api import unverified_context
from support.server import PASSWORD, USER
from support.waiting import wait_until


@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


@pytest.fixture(autouse=True)
def unharmed(hq):
    """After every test: alive, no link, nothing registered, and not grown out of bounds."""
    before = hq.metrics()
    yield
    assert hq.alive()
    after = hq.metrics()
    assert after["daikan_links_connected"] == 0
    assert hq.api.get("/secondaries")["items"] == [] and hq.api.get("/primary") == {"configured": False}
    assert after["process_resident_memory_bytes"] < before["process_resident_memory_bytes"] + 192 * 1024 * 1024  # the sanitizer's quarantine included


def ended(connection: socket.socket, patience: float = 25) -> bytes:
    """Everything the server says until it closes."""
    connection.settimeout(patience)
    said = b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65536):
            said += piece
    return said


def alert(context: ssl.SSLContext, endpoint, *, send: bytes = b"") -> str:
    """The reason for which the server ended this TLS conversation; fails when it did not."""
    try:
        with h2.dial(endpoint, context) as tls:
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                tls.sendall(send)
            tls.settimeout(20)
            got = tls.recv(65536)  # TLS 1.3: the server's verdict on our certificate comes after our own handshake is done
            raise AssertionError(f"the server went on: {got!r}")
    except ssl.SSLError as error:
        return error.reason or str(error)


# Port 13000, before TLS.

@pytest.mark.parametrize("bytes_sent", [
    b"GET / HTTP/1.1\r\nHost: hq\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + h2.frame(h2.SETTINGS),
    b"SSH-2.0-OpenSSH_9.2p1\r\n",
    b"\x00" * 5000,
    bytes(range(256)) * 20,
    b"\x16\x03\x01\xff\xff" + b"\x01" * 3000,  # a TLS record that promises more than it may
    b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10",  # SSL 2
], ids=["http", "http2", "ssh", "zeros", "garbage", "record", "ssl2"])
def test_plain_bytes_on_the_link_port_are_refused(hq, bytes_sent):
    refused = hq.metrics()["daikan_handshakes_refused_total"]
    with socket.create_connection((hq.link.host, hq.link.port)) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(bytes_sent)
        assert b"HTTP" not in ended(connection)
    wait_until(lambda: hq.metrics()["daikan_handshakes_refused_total"] > refused, "it is counted")


def test_a_connection_that_says_nothing_is_ended(hq):
    with socket.create_connection((hq.link.host, hq.link.port)) as connection:
        begin = time.monotonic()
        assert ended(connection, 30) == b""
        assert time.monotonic() - begin < 20  # limits::kHandshakeTime is 10 s


def test_a_client_hello_that_drips_byte_by_byte_is_ended(hq):
    with socket.create_connection((hq.link.host, hq.link.port)) as connection:
        connection.settimeout(0.2)
        begin = time.monotonic()
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"\x16\x03\x01\x02\x00")
            while time.monotonic() - begin < 25:
                connection.sendall(b"\x01")
                with contextlib.suppress(socket.timeout):
                    if connection.recv(100) == b"":
                        break
        assert time.monotonic() - begin < 20


# Port 13000, in TLS.

def test_tls_1_2_is_refused(hq, start):
    context = certificates.link_context(certificates.make_key_pair(start.folder), ["rh2"])
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    assert "PROTOCOL_VERSION" in alert(context, hq.link)


def test_no_client_certificate_gets_an_alert(hq):
    assert "CERTIFICATE_REQUIRED" in alert(certificates.link_context(None, ["rh2"]), hq.link)


@pytest.mark.parametrize("alpn", [["http/1.1"], ["spdy/3", "hq"], ["rh3"], []], ids=str)
def test_missing_and_unknown_alpn_get_an_alert(hq, start, alpn):
    context = certificates.link_context(certificates.make_key_pair(start.folder), alpn)
    assert alert(context, hq.link)


@pytest.mark.parametrize("alpn", ["rh2", "h2"])
def test_an_unknown_pin_ends_in_the_handshake_and_reaches_no_parser(start, alpn):
    hq = start.server("fresh")  # on which nobody has used up the few strangers a minute that are listed
    before = hq.metrics()
    stranger = certificates.make_key_pair(start.folder)
    request = h2.PREFACE + h2.frame(h2.SETTINGS) + h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, 1,
                                                            h2.request_headers("GET", "/link/v1/relay/groups"))
    assert "UNKNOWN" in alert(certificates.link_context(stranger, [alpn]), hq.link, send=request)
    after = wait_until(lambda: (now := hq.metrics())["daikan_unrecognised_total"] > before["daikan_unrecognised_total"] and now, "it is counted")
    parsed = next((name for name in after if "link" in name and "bytes" in name), None)
    if parsed:
        assert after[parsed] == before[parsed]
    (listed,) = [each for each in hq.api.get("/unrecognised_servers")["items"] if each["fingerprint"] == stranger.fingerprint]
    assert listed["source"] == "127.0.0.1"
    assert hq.text().count(stranger.fingerprint) <= 2
    hq.api.delete(f"/unrecognised_servers/{stranger.fingerprint}")
    assert hq.api.get("/unrecognised_servers")["items"] == []


def test_strangers_from_one_address_fill_the_list_only_slowly(hq, start):
    for number in range(30):
        alert(certificates.link_context(certificates.make_key_pair(start.folder, f"stranger{number}"), ["rh2"]), hq.link)
    assert len(hq.api.get("/unrecognised_servers")["items"]) <= 12  # limits::kMaxUnrecognisedPerSourcePerMinute is 10


def test_many_silent_connections_do_not_keep_others_out(hq):
    with contextlib.ExitStack() as held:
        for _ in range(200):
            held.enter_context(socket.create_connection((hq.link.host, hq.link.port)))
        assert hq.alive() and hq.api.get("/groups")
        # When their time is over the port answers again.
        wait_until(lambda: "CERTIFICATE_REQUIRED" in alert(certificates.link_context(None, ["rh2"]), hq.link), "the link port answers again", 60)


# Port 13291.

@contextlib.contextmanager
def console(hq, alpn=()):
    context = unverified_context()
    if alpn:
        context.set_alpn_protocols(list(alpn))
    with h2.dial(hq.console, context) as tls:
        yield tls


def http_answer(hq, request: bytes) -> bytes:
    with console(hq) as tls:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            tls.sendall(request)
        return ended(tls)


@pytest.mark.parametrize("bytes_sent", [b"GET / HTTP/1.1\r\nHost: hq\r\n\r\n", b"SSH-2.0-x\r\n", bytes(range(256)) * 20], ids=["http", "ssh", "garbage"])
def test_plain_bytes_on_the_console_port_are_refused(hq, bytes_sent):
    with socket.create_connection((hq.console.host, hq.console.port)) as connection:
        connection.sendall(bytes_sent)
        ended(connection)


@pytest.mark.parametrize("request_bytes", [
    b"GET /healthz\r\n\r\n", b"\x00\x01\x02\r\n\r\n", b"GET /healthz HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n",
    b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
])
def test_malformed_requests_are_answered_400_or_ended(hq, request_bytes):
    said = http_answer(hq, request_bytes)
    assert said == b"" or said.split(b" ", 2)[1] in (b"400", b"505"), said[:200]


def test_a_header_flood_is_refused(hq):
    flood = b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + b"".join(b"x-%d: %s\r\n" % (i, b"y" * 100) for i in range(2000)) + b"\r\n"
    said = http_answer(hq, flood)
    assert b" 200 " not in said[:20]


@pytest.mark.parametrize("target", ["/api/v1/groups/%zz", "/api/v1/../../etc/passwd", "/api/v1/%2e%2e/%2e%2e/etc/passwd", "/" + "a" * 9000, "//etc/passwd"])
def test_hostile_targets_find_nothing(hq, target):
    answer = hq.stranger.call("GET", "/" + target)
    assert answer.status in (400, 401, 404, 414, 431) and "root:" not in str(answer.body)


def deep(levels: int) -> bytes:
    return b'{"path":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize("body, status, code", [
    (b"{", 400, "invalid_request"),
    (b"", 400, "invalid_request"),
    (b"[]", None, "invalid_request"),
    (b'{"path": 7}', 422, "invalid_request"),
    (b'{"path": null}', 422, "invalid_request"),
    (b'{"path": ["a"]}', 422, "invalid_request"),
    (b'{"path": "a", "surprise": 1}', 422, "invalid_request"),
    (b'{"path": "a", "path": "b"}', 400, "invalid_request"),
    (b'{"path": "\xff\xfe"}', 400, "invalid_request"),
    (b'{"path": "\xed\xa0\x80"}', 400, "invalid_request"),  # a lone surrogate
    (b'{"path": "a\\u0000b"}', 422, "invalid_request"),
    (b'{"path": "a\\nb"}', 422, "invalid_request"),
    (deep(31), None, "invalid_request"),
    (deep(40), 400, "invalid_request"),
    (deep(400_000), 400, "invalid_request"),
    (b'{"path": "' + b"x" * 2_000_000 + b'"}', 413, "too_large"),
], ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None)
def test_bodies_of_the_wrong_shape_are_refused_and_nothing_is_made(hq, body, status, code):
    groups = hq.api.get("/groups")
    answer = hq.api.call("POST", "/groups", body)
    answer.refused(status or answer.status, code)
    assert answer.status in (400, 413, 422)
    assert hq.api.get("/groups") == groups


def test_wrong_content_types_are_refused(hq):
    answer = hq.api.call("POST", "/groups", b'{"path": "a"}', {"Content-Type": "text/plain"})
    assert answer.status == 415


def test_names_beyond_their_bounds_are_refused_at_the_field(hq):
    for path in ("Managed devices/" + "x" * 129, "/".join(["Managed devices"] + ["d"] * 40), "", "Managed devices//a", "Managed devices/ "):
        answer = hq.api.call("POST", "/groups", {"path": path})
        assert answer.status in (409, 422) and answer.body["field"] == "path", (path, answer)


def test_a_slow_head_is_ended(hq):
    with console(hq) as tls:
        begin = time.monotonic()
        tls.settimeout(0.5)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            tls.sendall(b"GET /healthz HTTP/1.1\r\n")
            while time.monotonic() - begin < 40:
                tls.sendall(b"x-a: b\r\n"[:1])
                try:
                    if tls.recv(1000) == b"":
                        break
                except socket.timeout:
                    continue
        assert time.monotonic() - begin < 30  # limits::kRequestHeaderTime is 15 s


def test_a_reader_who_never_reads_costs_no_memory(hq):
    """Asks for the same large answers over and over and takes none of them."""
    token = hq.api.secret
    request = f"GET /api/v1/openapi.yaml HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    before = hq.metrics()["process_resident_memory_bytes"]
    with console(hq) as tls:
        tls.settimeout(1)
        with contextlib.suppress(socket.timeout, ConnectionError, ssl.SSLError):
            for _ in range(2000):
                tls.sendall(request)
        assert hq.metrics()["process_resident_memory_bytes"] < before + 64 * 1024 * 1024


def test_password_guessing_is_slowed_down_and_others_still_get_in(hq, start):
    mine = start.server("guessed")
    statuses = [mine.stranger.call("POST", "/sessions", {"user": USER, "password": f"guess {n}"}).status for n in range(15)]
    assert set(statuses) == {401, 429}
    answer = mine.stranger.call("POST", "/sessions", {"user": USER, "password": "one more"})
    assert answer.status == 429 and int(answer.headers["retry-after"]) >= 1
    refused = [record for record in mine.text().splitlines() if PASSWORD in record or "guess 1" in record]
    assert refused == []  # no password in the log
    assert hq.stranger.log_in(USER, PASSWORD).secret


def test_csrf_a_cookie_alone_changes_nothing(hq):
    session = hq.stranger.call("POST", "/sessions", {"user": USER, "password": PASSWORD})
    cookie = session.headers["set-cookie"].split(";")[0]
    assert "HttpOnly" in session.headers["set-cookie"] and "Secure" in session.headers["set-cookie"] and "SameSite=Strict" in session.headers["set-cookie"]
    assert hq.stranger.call("GET", "/groups", headers={"Cookie": cookie}).status == 200
    refused = hq.stranger.call("POST", "/groups", {"path": "Managed devices/Forged"}, headers={"Cookie": cookie})
    assert refused.status == 403
    allowed = hq.stranger.call("POST", "/groups", {"path": "Managed devices/Mine"}, headers={"Cookie": cookie, "X-CSRF-Token": session.body["csrf_token"]})
    assert allowed.status == 201
    assert "Managed devices/Forged" not in json.dumps(hq.api.get("/groups"))
