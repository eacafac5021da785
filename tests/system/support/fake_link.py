"""The other end of a link, played by a test: TLS with a certificate of its own, HTTP/2 frames, and hellos that say what the test wants."""

import contextlib
import dataclasses
import socket
import ssl
import struct
import threading
import time

from . import certificates, h2


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 128:
        out.append(value % 128 | 128)
        value //= 128
    return bytes(out + bytes([value]))


def field(number: int, content: bytes | int) -> bytes:
    """One protobuf field: bytes are length-delimited, numbers varints."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


@dataclasses.dataclass
class Introduction:
    """spec/link.proto, Introduction."""

    name: str = "fake"
    server_id: bytes = bytes(range(16))
    version: int = 1
    clock_ahead: float = 0.0  # seconds
    capabilities: tuple[str, ...] = ()

    def encode(self) -> bytes:
        return (field(1, self.server_id) + field(2, self.name.encode()) + field(3, b"daikan 9.0.0") + field(4, self.version) + field(5, self.version)
                + b"".join(field(6, word.encode()) for word in self.capabilities) + field(7, 16) + field(8, int((time.time() + self.clock_ahead) * 1e6)))

    def hello(self) -> bytes:
        """HelloRequest of a root."""
        return field(1, self.encode()) + field(2, field(1, self.server_id) + field(2, self.name.encode()))

    def accepted(self) -> bytes:
        """HelloResponse{accepted}."""
        return field(1, field(1, self.encode()))


class FakeSecondary:
    """Dials a primary and accepts every hello; refuses whatever else is asked of it. In a thread of its own until close()."""

    def __init__(self, primary, pair: certificates.KeyPair, says: Introduction):
        self.says, self.hellos = says, 0
        self._tls = h2.dial(primary.link, certificates.link_context(pair, ["rh2"]), timeout=120)
        self._connection = h2.Connection(self._tls, timeout=120)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError, AssertionError, ssl.SSLError):
            self._connection.start_server()
            while (got := self._connection.read()) is not None:
                if got.kind == h2.DATA:
                    self._answer(got)

    def _answer(self, got: h2.Frame) -> None:
        self._connection.send(h2.frame(h2.WINDOW_UPDATE, payload=struct.pack(">I", max(1, len(got.payload)))))
        if not got.flags & h2.END_STREAM:
            return
        status, body = self._say(got.payload)
        self._connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS, got.stream, h2.header_block([(":status", status)]))
                              + h2.frame(h2.DATA, h2.END_STREAM, got.stream, body))

    def _say(self, asked: bytes) -> tuple[str, bytes]:
        hello = asked.startswith(b"\x0a")  # a HelloRequest begins with its sender; a relayed request is JSON
        self.hellos += hello
        return ("200", self.says.accepted()) if hello else ("404", b"{}")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._tls.shutdown(socket.SHUT_RDWR)
        self._tls.close()
        self._thread.join(10)


class FakeInheritor(FakeSecondary):
    """Answers every set that it should inherit with what `answer(N)` makes of its number, counted from 1: the bytes of a DownstreamAnswer."""

    def __init__(self, primary, pair: certificates.KeyPair, says: Introduction, answer):
        self.sets, self._make = 0, answer
        super().__init__(primary, pair, dataclasses.replace(says, capabilities=("downstream",)))

    def _say(self, asked: bytes) -> tuple[str, bytes]:
        if asked[:1] not in (b"\x08", b"\x10"):  # a DownstreamUpdate begins with a revision
            return super()._say(asked)
        self.sets += 1
        return "200", self._make(self.sets)


def primary_conversation(pair: certificates.KeyPair, says: Introduction | None):
    """For start.fake(): a primary with this certificate that says hello as `says`, or, without it, never does."""
    context = certificates.link_context(pair, ["rh2"], server_side=True)

    def conversation(connection, _peer):
        with context.wrap_socket(connection, server_side=True) as tls:
            link = h2.Connection(tls, timeout=60).start_client()
            link.read_until(h2.SETTINGS)
            if says:
                head = h2.request_headers("POST", "/link/v1/hello", more=[("content-type", "application/x-protobuf")])
                link.send(h2.frame(h2.HEADERS, h2.END_HEADERS, 1, head) + h2.frame(h2.DATA, h2.END_STREAM, 1, says.hello()))
            while link.read() is not None:
                pass

    return conversation
