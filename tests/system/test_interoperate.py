"""Other people's programs speak to us: curl, nghttp, h2load and openssl s_client, with the primary's key and certificate from its data folder.

In the DMZ direction the secondary is an ordinary HTTP/2 server behind mutual TLS; whoever holds the primary's key may ask.
"""

import contextlib
import json
import re
import select
import ssl
import subprocess

import pytest
from support import certificates, h2
from support.server import attach
from support.waiting import wait_until


@pytest.fixture(scope="module")
def dmz(shared):
    """A secondary in a DMZ and the key pair of its primary, which is not running: its name is borrowed here."""
    hq, dmz = shared.server("hq"), shared.server("dmz")
    dmz.follow(hq, direction="primary_dials", address=None)
    return dmz, certificates.of_server(hq, shared.folder / "hq-keys")


def run(*command, text=None, timeout=60):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, input=text, timeout=timeout)


def field(number: int, content: bytes | int) -> bytes:
    """One protobuf field: bytes of less than 128, or a small number."""
    return bytes([number << 3, content]) if isinstance(content, int) else bytes([number << 3 | 2, len(content)]) + content


def hello(server_id: str, name: str) -> bytes:
    """HelloRequest of spec/link.proto: what a primary says first."""
    own_id = bytes.fromhex(server_id.replace("-", ""))
    sender = field(1, own_id) + field(2, name.encode()) + field(3, b"curl 7.88") + field(4, 1) + field(5, 1) + field(7, 16) + field(8, 1)
    return field(1, sender) + field(2, field(1, own_id) + field(2, name.encode()))


def test_curl_is_a_primary_in_two_requests(dmz, shared):
    """A hello, and on the same connection a relayed request on behalf of a person: docs/protocol.md in one command line."""
    server, keys = dmz
    (shared.folder / "hello").write_bytes(hello(shared.servers[0].id, "hq"))
    tls = ("-sS", "-k", "--http2", "--tlsv1.3", "--cert", keys.certificate_file, "--key", keys.key_file)
    done = run("curl", *tls, "-X", "POST", "-H", "content-type: application/x-protobuf", "--data-binary", f"@{shared.folder / 'hello'}", "-o", "/dev/null",
               "-w", "%{http_version} %{http_code}\n", f"https://{server.link}/link/v1/hello",
               "--next", *tls, "-H", "daikan-actor: curl", "-H", "daikan-through: hq", "-w", "\n%{http_version} %{http_code} %{num_connects}\n",
               f"https://{server.link}/link/v1/relay/server/identity")
    assert done.returncode == 0, done.stderr
    first, body, last = done.stdout.splitlines()
    assert first == "2 200" and last == "2 200 0", done.stdout  # no second connection
    assert json.loads(body)["name"] == "dmz"


def test_without_a_hello_nothing_is_relayed(dmz):
    server, keys = dmz
    done = run("curl", "-sS", "-k", "--http2", "--cert", keys.certificate_file, "--key", keys.key_file, "-H", "daikan-actor: curl", "-H", "daikan-through: hq",
               f"https://{server.link}/link/v1/relay/groups")
    assert json.loads(done.stdout)["code"] == "not_connected", done.stdout + done.stderr


def test_curl_says_hello_and_gets_a_message(dmz):
    server, keys = dmz
    done = run("curl", "-sS", "-k", "--http2", "--cert", keys.certificate_file, "--key", keys.key_file, "-X", "POST", "-H",
               "content-type: application/x-protobuf", "--data-binary", "not a hello", "-o", "/dev/null", "-w", "%{http_code}",
               f"https://{server.link}/link/v1/hello")
    assert done.stdout == "400", done.stdout + done.stderr


def test_nghttp_is_answered(dmz):
    server, keys = dmz
    done = run("nghttp", "-v", "-n", "--no-dep", f"--cert={keys.certificate_file}", f"--key={keys.key_file}", f"https://{server.link}/link/v1/relay/groups")
    assert done.returncode == 0 and "The negotiated protocol: h2" in done.stdout, done.stdout[-2000:] + done.stderr
    assert re.search(r":status: \d{3}", done.stdout)


def wrapped(start, server, keys):
    """h2load knows no client certificates: it speaks plain HTTP/2 to this, which puts it into TLS with the primary's key and ALPN h2."""
    context = certificates.link_context(keys, ["h2"])

    def conversation(plain, _peer):
        plain.settimeout(None)
        with h2.dial(server.link, context) as tls:
            assert tls.selected_alpn_protocol() == "h2"
            tls.setblocking(False)
            plain.setblocking(False)
            pump(plain, tls)

    return start.fake(conversation)


def pump(plain, tls):
    """Copies both ways until one side ends."""
    pending = {plain: b"", tls: b""}  # bytes that wait to be written to each
    while True:
        writable = [side for side, waiting in pending.items() if waiting]
        select.select([plain, tls], writable, [], 5)
        for source, target in ((plain, tls), (tls, plain)):
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while len(pending[target]) < 1 << 20:
                    piece = source.recv(65536)
                    if not piece:
                        return
                    pending[target] += piece
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while pending[target]:
                    pending[target] = pending[target][target.send(pending[target]):]


def test_h2load_runs_thousands_of_requests_through_a_tls_bridge(dmz, start):
    server, keys = dmz
    bridge = wrapped(start, server, keys)
    for _ in range(3):  # a newer connection of the same peer replaces the older one, so it is one at a time
        done = run("h2load", "-n", "2000", "-c", "1", "-m", "32", f"http://{bridge.address}/link/v1/relay/groups", timeout=120)
        assert "2000 done" in done.stdout and "0 errored, 0 timeout" in done.stdout, done.stdout


def test_h2load_on_the_console_port(dmz):
    server, _ = dmz
    done = run("h2load", "-n", "5000", "-c", "8", "-m", "32", f"https://{server.console}/healthz", timeout=120)
    assert "5000 succeeded, 0 failed, 0 errored" in done.stdout, done.stdout


def test_openssl_without_a_certificate_gets_an_alert(dmz):
    server, _ = dmz
    done = run("openssl", "s_client", "-connect", str(server.link), "-alpn", "h2", "-tls1_3", "-ign_eof", text="GET / HTTP/1.1\r\n\r\n")
    assert "alert" in done.stderr and "certificate required" in done.stderr, done.stderr[-2000:]


def test_openssl_with_a_strangers_certificate_gets_an_alert(dmz, tmp_path):
    server, _ = dmz
    stranger = certificates.make_key_pair(tmp_path)
    done = run("openssl", "s_client", "-connect", str(server.link), "-alpn", "h2", "-tls1_3", "-cert", stranger.certificate_file, "-key", stranger.key_file, "-ign_eof",
               text="PRI * HTTP/2.0\r\n\r\n")
    assert "alert" in done.stderr and "unknown ca" in done.stderr, done.stderr[-2000:]


def test_openssl_with_the_right_certificate_and_a_wrong_protocol_gets_an_alert(dmz):
    server, keys = dmz
    done = run("openssl", "s_client", "-connect", str(server.link), "-alpn", "spdy/3", "-tls1_3", "-cert", keys.certificate_file, "-key", keys.key_file, text="")
    assert "no application protocol" in done.stderr, done.stderr[-2000:]


def test_openssl_on_the_console_sees_the_certificate_that_the_fingerprint_names(dmz):
    server, _ = dmz
    shown = run("openssl", "s_client", "-connect", str(server.console), text="").stdout
    printed = run("openssl", "x509", "-noout", "-fingerprint", "-sha256", text=shown).stdout.strip()
    assert printed.split("=")[1] == server.fingerprint == server.stranger.get("/server/identity")["fingerprint"]


def test_curl_follows_live_events(dmz):
    server, _ = dmz
    following = subprocess.Popen(["curl", "-sSkN", "--http2", "-H", f"Authorization: Bearer {server.api.secret}", "-H", "Accept: text/event-stream",
                                  f"https://{server.console}/api/v1/events?after=0"], stdout=subprocess.PIPE, text=True)
    try:
        lines = [following.stdout.readline()]
        while not lines[0].startswith("id: "):
            lines = [following.stdout.readline()]
            assert lines[0], "the stream ended"
        lines += [following.stdout.readline() for _ in range(2)]
        assert lines[1].startswith("event: ") and lines[2].startswith("data: {")
    finally:
        following.kill()
        following.communicate()


def test_the_link_of_the_real_primary_comes_back_after_all_that(shared, dmz):
    server, _ = dmz
    hq = shared.servers[0]
    hq.register(server, direction="primary_dials", address=str(server.link))
    wait_until(lambda: hq.secondary("dmz")["state"] == "connected", "connected", 90)
    shop = shared.server("shop")
    attach(server, shop)
