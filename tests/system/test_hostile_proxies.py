"""Proxies that refuse, hang, lie or answer half a line. Each is told apart, and none can hold a dial beyond its deadline."""

import time

import pytest
from support import certificates
from support.proxies import hang, read_head
from support.waiting import wait_until

LINE = b"HTTP/1.1 200 Connection established\r\n"


@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


def probe(hq, proxy, scheme="http", **more):
    begin = time.monotonic()
    answer = hq.api.post("/probes", {"address": "branch.example.com:13000", "proxy": {"url": f"{scheme}://{proxy.address}", **more}})
    assert time.monotonic() - begin < 30 and not answer["ok"]
    assert answer["steps"][-1]["step"] == "proxy", answer
    assert answer["error"]["message"].endswith((".", "?")) and answer["error"]["remedy"]
    return answer["error"]


def says(*pieces: bytes, then=hang):
    def conversation(connection, peer):
        read_head(connection, peer)
        for piece in pieces:
            connection.sendall(piece)
        then(connection, peer)
    return conversation


def leaves(_connection, _peer):
    pass


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "404 Not Found", "500 Oops", "502 Bad Gateway", "503 Service Unavailable"])
def test_a_refusal_is_quoted(hq, start, status):
    error = probe(hq, start.fake(says(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())))
    assert error["code"] == "proxy_denied" and status in error["message"]


def test_authentication_wanted(hq, start):
    error = probe(hq, start.fake(says(b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n')))
    assert error["code"] == "proxy_auth_required" and "407" in error["message"]


@pytest.mark.parametrize("conversation", [
    says(b"220 mail.example.com ESMTP\r\n\r\n"),
    says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    says(b"HTTP/1.1 nonsense\r\n\r\n"),
    says(b"HTTP/1.1 99 Too low\r\n\r\n"),
    says(b"\x00\xff\xfe" * 50 + b"\r\n\r\n"),
    says(LINE + b"X: " + b"y" * 100_000 + b"\r\n\r\n"),
    says(*[LINE] + [b"X-Many: y\r\n"] * 5000 + [b"\r\n"]),
    says(LINE + b"\r\nand the peer speaks first"),
    says(b"HTTP/1.1 2", then=leaves),
    says(LINE, then=leaves),
    says(then=leaves),
], ids=["smtp", "ssh", "no status", "low status", "bytes", "long header", "many headers", "speaks first", "half and gone", "line and gone", "gone"])
def test_lies_are_told_apart_from_refusals(hq, start, conversation):
    assert probe(hq, start.fake(conversation))["code"] in ("proxy_invalid_answer", "proxy_unreachable")


def test_redirects_are_not_followed(hq, start):
    elsewhere = start.fake(hang)
    error = probe(hq, start.fake(says(f"HTTP/1.1 302 Found\r\nLocation: http://{elsewhere.address}/\r\n\r\n".encode())))
    assert error["code"] in ("proxy_denied", "proxy_invalid_answer") and elsewhere.connections == 0


def test_the_password_goes_to_the_proxy_and_nowhere_else(hq, start):
    proxy = start.fake(says(b"HTTP/1.1 407 No\r\n\r\n"))
    answer = hq.api.post("/probes", {"address": "branch.example.com:13000", "proxy": {"url": f"http://link@{proxy.address}", "password": "s3cret: x"}})
    assert answer["error"]["code"] == "proxy_auth_required"
    head = b"".join(proxy.received)
    assert head.startswith(b"CONNECT branch.example.com:13000 HTTP/1.1\r\n") and b"Basic bGluazpzM2NyZXQ6IHg=" in head
    assert "s3cret" not in str(answer) + hq.text() and "bGluazpz" not in hq.text()


# SOCKS5 (RFC 1928).

def socks(*pieces: bytes, then=hang):
    """Each piece answers one message of the client."""
    def conversation(connection, peer):
        for piece in pieces:
            peer.received.append(connection.recv(1024))
            connection.sendall(piece)
        then(connection, peer)
    return conversation


@pytest.mark.parametrize("reply, words", [(1, "general"), (2, "not allowed"), (3, "network"), (4, "host"), (5, "refused"), (8, ""), (0x77, "")])
def test_socks_replies_are_quoted(hq, start, reply, words):
    error = probe(hq, start.fake(socks(b"\x05\x00", bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))), "socks5")
    assert error["code"] == "proxy_denied" and words in error["message"].lower()


def test_socks_without_an_acceptable_method(hq, start):
    assert probe(hq, start.fake(socks(b"\x05\xff")), "socks5")["code"] == "proxy_auth_required"


@pytest.mark.parametrize("conversation", [
    socks(b"\x04\x00"), socks(b"HTTP/1.1 400 Bad Request\r\n\r\n"), socks(b"\x05\x09"), socks(b"\x05\x00", b"\x04\x00\x00\x01" + b"\0" * 6),
    socks(b"\x05\x00", b"\x05\x00\x00\x09" + b"\0" * 6), socks(b"\x05", then=leaves), socks(b"\x05\x00", b"\x05\x00", then=leaves),
    socks(b"\x05\x00", b"\x05\x00\x00\x01" + b"\0" * 6 + b"the peer speaks first"),
], ids=["version 4", "http", "unknown method", "reply version", "address type", "half a greeting", "half a reply", "speaks first"])
def test_socks_lies(hq, start, conversation):
    assert probe(hq, start.fake(conversation), "socks5")["code"] in ("proxy_invalid_answer", "proxy_unreachable")


HANGING = {
    "nothing": ("http", hang),
    "status line only": ("http", says(LINE)),
    "half a line": ("http", says(b"HTTP/1.1 2")),
    "half a header": ("http", says(b"HTTP/1.1 200 OK\r\nX-A: ")),
    "socks nothing": ("socks5", hang),
    "socks greeting": ("socks5", socks(b"\x05\x00")),
    "socks half a reply": ("socks5", socks(b"\x05\x00", b"\x05\x00\x00\x03\xff" + b"a" * 20)),
}


def test_those_that_hang_are_given_up_within_the_deadline(hq, start):
    """All at once, on links that the primary dials: each waits for its own proxy, and none for another's."""
    for name, (scheme, conversation) in HANGING.items():
        pair = certificates.make_key_pair(start.folder, name.replace(" ", "-"))
        hq.api.post("/secondaries", {"name": name, "certificate": pair.pem, "direction": "primary_dials", "address": "branch.example.com:13000",
                                     "proxy": {"url": f"{scheme}://{start.fake(conversation).address}"}})

    def reasons():
        found = {each["name"]: each["reason"] and each["reason"]["code"] for each in hq.api.get("/secondaries")["items"]}
        return all(found.values()) and found

    codes = wait_until(reasons, "every dial is given up", 30)  # limits::kDialTime is 20 s
    assert set(codes) == set(HANGING) and set(codes.values()) <= {"timed_out", "proxy_unreachable"}, codes
    for each in hq.api.get("/secondaries")["items"]:
        hq.api.delete(f"/secondaries/{each['id']}")
