"""Frames that keep to TLS and to the letter, but not to the spirit: floods and resets, from strangers on the console port and from an
authenticated peer on the link."""

import contextlib
import socket
import struct

import pytest
from support import certificates, h2
from support.api import unverified_context
from support.waiting import wait_until

FLOOD = 20_000


@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


@contextlib.contextmanager
def console(hq, **more):
    context = unverified_context()
    context.set_alpn_protocols(["h2"])
    with h2.dial(hq.console, context) as tls:
        assert tls.selected_alpn_protocol() == "h2"
        yield h2.Connection(tls, **more).start_client()


def request(stream: int, path: str = "/healthz", more=None, end: int = h2.END_STREAM) -> bytes:
    return h2.frame(h2.HEADERS, h2.END_HEADERS | end, stream, h2.request_headers("GET" if end else "POST", path, more=more))


def flood(connection: h2.Connection, piece: bytes, count: int = FLOOD, at_once: int = 100) -> None:
    """Sends `piece` `count` times, or until the server has had enough."""
    for _ in range(count // at_once):
        if not connection.send(piece * at_once):
            return


def had_enough(connection: h2.Connection, hq, codes=(h2.ENHANCE_YOUR_CALM, h2.PROTOCOL_ERROR)) -> None:
    """The connection ended, with GOAWAY and one of `codes` when that could still be read, and the server serves others."""
    try:
        code = connection.drain()
    except (ConnectionError, socket.timeout) as error:
        assert not isinstance(error, socket.timeout), "the server endures the flood"
        code = None
    assert code is None or code in codes, code
    assert hq.alive()


def test_a_well_behaved_client_is_served(hq):
    with console(hq) as connection:
        connection.send(request(1))
        assert connection.body_of(1) == b"ok\n"


FLOODS = {
    "ping": h2.frame(h2.PING, payload=b"12345678"),
    "settings": h2.frame(h2.SETTINGS),
    "settings with content": h2.frame(h2.SETTINGS, payload=struct.pack(">HI", 4, 65535) * 10),
    "priority": h2.frame(h2.PRIORITY, stream=1, payload=struct.pack(">IB", 0, 16)),
}


@pytest.mark.parametrize("what", FLOODS)
def test_floods_end_the_connection(hq, what):
    with console(hq) as connection:
        flood(connection, FLOODS[what])
        had_enough(connection, hq)


def test_rapid_reset_ends_the_connection(hq):
    with console(hq) as connection:
        for first in range(1, 2 * FLOOD, 200):
            burst = b"".join(request(stream) + h2.frame(h2.RST_STREAM, stream=stream, payload=struct.pack(">I", h2.CANCEL))
                             for stream in range(first, first + 200, 2))
            if not connection.send(burst):
                break
        had_enough(connection, hq)


def test_resets_provoked_by_the_peer_end_the_connection(hq):
    """CVE-2025-8671: frames that are errors of their stream, so that it is we who reset."""
    with console(hq) as connection:
        for first in range(1, 2 * FLOOD, 200):
            burst = b"".join(request(stream, end=0) + h2.frame(h2.WINDOW_UPDATE, stream=stream, payload=struct.pack(">I", 0))
                             for stream in range(first, first + 200, 2))
            if not connection.send(burst):
                break
        had_enough(connection, hq)


def test_empty_data_flood_ends_the_connection(hq):
    with console(hq) as connection:
        connection.send(request(1, "/api/v1/sessions", [("content-type", "application/json")], end=0))
        flood(connection, h2.frame(h2.DATA, stream=1))
        had_enough(connection, hq)


def test_continuation_flood_ends_the_connection(hq):
    with console(hq) as connection:
        connection.send(h2.frame(h2.HEADERS, 0, 1, h2.request_headers("GET", "/healthz")))
        flood(connection, h2.frame(h2.CONTINUATION, stream=1, payload=h2.header_block([("x-more", "y" * 400)], first=False)), 5000)
        had_enough(connection, hq)


def test_a_header_list_beyond_its_bound_is_refused(hq):
    with console(hq) as connection:
        block = h2.request_headers("GET", "/healthz", more=[(f"x-{i}", "y" * 1000) for i in range(15)])  # 15 KiB: allowed
        connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, 1, block))
        assert connection.body_of(1) == b"ok\n"
        more = h2.header_block([(f"z-{i}", "y" * 1000) for i in range(15)], first=False)
        connection.send(h2.frame(h2.HEADERS, h2.END_STREAM, 3, block) + h2.frame(h2.CONTINUATION, h2.END_HEADERS, 3, more))
        with contextlib.suppress(socket.timeout):
            assert b"ok" not in connection.body_of(3)
    assert hq.alive()


def test_more_streams_than_granted_are_refused_not_served(hq):
    with console(hq) as connection:
        refused = 0
        connection.send(b"".join(request(stream, "/api/v1/sessions", [("content-type", "application/json")], end=0) for stream in range(1, 401, 2)))
        with contextlib.suppress(socket.timeout):
            connection.tls.settimeout(3)
            while (got := connection.read()) is not None:
                refused += got.kind == h2.RST_STREAM
        assert refused >= 100 or connection.closed
    assert hq.alive()


def test_a_client_that_grants_no_window_costs_no_memory(hq):
    """Asks for large bodies on every stream and never lets one byte of them come."""
    before = hq.metrics()["process_resident_memory_bytes"]
    with contextlib.ExitStack() as held:
        for _ in range(20):
            connection = held.enter_context(console(hq))
            connection.send(h2.frame(h2.SETTINGS, payload=struct.pack(">HI", 4, 0)))
            connection.send(b"".join(request(stream, "/api/v1/openapi.yaml") for stream in range(1, 101, 2)))
        assert hq.alive()
        assert hq.metrics()["process_resident_memory_bytes"] < before + 128 * 1024 * 1024


@pytest.mark.parametrize("junk", [
    h2.frame(h2.DATA, stream=0, payload=b"x"), h2.frame(h2.HEADERS, h2.END_HEADERS, 2, h2.request_headers("GET", "/")),
    h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, 1, b"\xff" * 40), h2.frame(h2.PUSH_PROMISE, h2.END_HEADERS, 1, b"\0\0\0\2"),
    h2.frame(h2.SETTINGS, payload=b"123"), h2.frame(h2.PING, payload=b"1"), h2.frame(h2.GOAWAY), b"\xff" * 100,
    h2.frame(h2.WINDOW_UPDATE, payload=struct.pack(">I", 0)),
], ids=["data-on-0", "even-stream", "hpack", "push", "settings-length", "ping-length", "goaway", "garbage", "window"])
def test_frames_against_the_rules_end_the_connection(hq, junk):
    with console(hq) as connection:
        connection.send(junk)
        had_enough(connection, hq, (h2.PROTOCOL_ERROR, h2.FRAME_SIZE_ERROR, h2.COMPRESSION_ERROR))


def test_not_http2_after_alpn_h2(hq):
    context = unverified_context()
    context.set_alpn_protocols(["h2"])
    with h2.dial(hq.console, context) as tls:
        tls.sendall(b"GET / HTTP/1.1\r\n\r\n" * 10)
        had_enough(h2.Connection(tls), hq)


# An authenticated peer that turned bad: a registered secondary, which answers where it should.

@contextlib.contextmanager
def hostile_secondary(hq, folder):
    pair = certificates.make_key_pair(folder, "hostile")
    registered = hq.api.post("/secondaries", {"name": "hostile", "certificate": pair.pem})
    try:
        with h2.dial(hq.link, certificates.link_context(pair, ["rh2"])) as tls:
            yield h2.Connection(tls).start_server()
    finally:
        hq.api.delete(f"/secondaries/{registered['id']}")


@pytest.mark.parametrize("what", ["ping", "settings"])
def test_a_flooding_secondary_is_cut_off(hq, start, what):
    with hostile_secondary(hq, start.folder) as connection:
        flood(connection, FLOODS[what])
        had_enough(connection, hq)
        assert hq.secondary("hostile")["state"] != "connected"


@pytest.mark.parametrize("answer", [b"", b"\xff" * 200, b"\x0a\x05hello", b"\x0a" + b"\xff" * 9 + b"\x01", b"x" * 100_000], ids=["empty", "ones", "text", "length", "long"])
def test_a_secondary_whose_hello_is_not_one_is_refused(hq, start, answer):
    with hostile_secondary(hq, start.folder) as connection:
        got = connection.read_until(h2.HEADERS)
        connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS, got.stream, h2.header_block([(":status", "200")])))
        for begin in range(0, len(answer), 16384):
            connection.send(h2.frame(h2.DATA, 0, got.stream, answer[begin:begin + 16384]))
        connection.send(h2.frame(h2.DATA, h2.END_STREAM, got.stream))
        shown = wait_until(lambda: (found := hq.secondary("hostile"))["reason"] and found, "the primary says why")
        assert shown["state"] != "connected" and shown["reason"]["code"] in ("protocol_error", "too_large", "version_unsupported")


def test_a_secondary_that_opens_streams_itself_is_no_client(hq, start):
    """On a link the primary asks and the secondary answers, whoever dialled."""
    with hostile_secondary(hq, start.folder) as connection:
        connection.send(request(2, "/api/v1/groups") + request(4, "/link/v1/relay/groups"))
        got = []
        with contextlib.suppress(socket.timeout, ConnectionError):
            connection.tls.settimeout(5)
            while (frame := connection.read()) is not None:
                got.append(frame)
        assert not [each for each in got if each.kind == h2.DATA and b"Managed devices" in each.payload]
    assert hq.alive()


def test_a_secondary_that_never_answers_its_hello_is_not_connected(hq, start):
    with hostile_secondary(hq, start.folder) as connection:
        connection.read_until(h2.HEADERS)
        shown = wait_until(lambda: (found := hq.secondary("hostile"))["reason"] and found, "the primary gives up", 60)
        assert shown["reason"]["code"] == "timed_out"
