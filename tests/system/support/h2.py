"""HTTP/2 as raw frames, for speaking it well and badly. HPACK without a dynamic table or Huffman coding: legal, and enough."""

import dataclasses
import socket
import ssl
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 0x1, 0x1, 0x4
NO_ERROR, PROTOCOL_ERROR, FRAME_SIZE_ERROR, CANCEL, COMPRESSION_ERROR, ENHANCE_YOUR_CALM = 0x0, 0x1, 0x6, 0x8, 0x9, 0xb


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _integer(value: int, prefix_bits: int, first: int) -> bytes:
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes([first | value])
    out, value = bytearray([first | limit]), value - limit
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + bytes([value]))


def header_block(fields: list[tuple[str, str]], *, first: bool = True) -> bytes:
    """Literal fields without indexing (RFC 7541 section 6.2.2). `first`: the block begins here, with a dynamic table of size 0 (section 6.3),
    which a peer that granted less than 4 KiB wants to be told."""
    block = b"\x20" if first else b""
    for name, value in fields:
        raw_name, raw_value = name.encode(), value.encode()
        block += b"\x00" + _integer(len(raw_name), 7, 0) + raw_name + _integer(len(raw_value), 7, 0) + raw_value
    return block


def request_headers(method: str, path: str, authority: str = "daikan", more: list[tuple[str, str]] | None = None) -> bytes:
    return header_block([(":method", method), (":scheme", "https"), (":authority", authority), (":path", path), *(more or [])])


@dataclasses.dataclass
class Frame:
    kind: int
    flags: int
    stream: int
    payload: bytes


class Connection:
    """Frames over one TLS socket. `closed` after the peer ended it; `goaway` holds the error code of its GOAWAY."""

    def __init__(self, tls: ssl.SSLSocket, *, timeout: float = 20):
        self.tls, self.closed, self.goaway = tls, False, None
        self._buffer = b""
        tls.settimeout(timeout)

    def send(self, data: bytes) -> bool:
        """False when the peer has closed."""
        try:
            self.tls.sendall(data)
            return True
        except (ssl.SSLError, ConnectionError, socket.timeout, OSError):
            self.closed = True
            return False

    def start_client(self, settings: bytes = b"") -> "Connection":
        self.send(PREFACE + frame(SETTINGS, payload=settings))
        return self

    def start_server(self, settings: bytes = b"") -> "Connection":
        while len(self._buffer) < len(PREFACE):
            piece = self.tls.recv(65536)
            assert piece, "the client closed before its preface"
            self._buffer += piece
        assert self._buffer.startswith(PREFACE)
        self._buffer = self._buffer[len(PREFACE):]
        self.send(frame(SETTINGS, payload=settings))
        return self

    def read(self) -> Frame | None:
        """The next frame; None when the peer closed. Answers SETTINGS and PING by itself."""
        while len(self._buffer) < 9 or len(self._buffer) < 9 + int.from_bytes(self._buffer[:3], "big"):
            try:
                piece = self.tls.recv(65536)
            except (ssl.SSLError, ConnectionError) as error:
                if isinstance(error, (ssl.SSLWantReadError, socket.timeout)):
                    raise
                piece = b""
            if not piece:
                self.closed = True
                return None
            self._buffer += piece
        length = int.from_bytes(self._buffer[:3], "big")
        got = Frame(self._buffer[3], self._buffer[4], int.from_bytes(self._buffer[5:9], "big") & 0x7FFFFFFF, self._buffer[9:9 + length])
        self._buffer = self._buffer[9 + length:]
        if got.kind == GOAWAY:
            self.goaway = int.from_bytes(got.payload[4:8], "big")
        elif got.kind == SETTINGS and not got.flags & ACK:
            self.send(frame(SETTINGS, ACK))
        elif got.kind == PING and not got.flags & ACK:
            self.send(frame(PING, ACK, payload=got.payload))
        return got

    def read_until(self, kind: int, stream: int | None = None) -> Frame | None:
        while (got := self.read()) and (got.kind != kind or stream not in (None, got.stream)):
            pass
        return got

    def drain(self) -> int | None:
        """Reads until the peer closes; returns the error code of its GOAWAY, or None without one."""
        try:
            while self.read():
                pass
        except socket.timeout:
            raise AssertionError("the peer keeps the connection open") from None
        return self.goaway

    def body_of(self, stream: int) -> bytes:
        """All DATA of one stream up to its end."""
        body = b""
        while (got := self.read()) is not None:
            if got.stream == stream and got.kind == DATA:
                body += got.payload
                self.send(frame(WINDOW_UPDATE, payload=struct.pack(">I", max(1, len(got.payload)))))
            if got.stream == stream and (got.kind == RST_STREAM or (got.kind in (DATA, HEADERS) and got.flags & END_STREAM)):
                break
        return body


def dial(endpoint, context: ssl.SSLContext, *, timeout: float = 20) -> ssl.SSLSocket:
    plain = socket.create_connection((endpoint.host, endpoint.port), timeout=timeout)
    try:
        return context.wrap_socket(plain, server_hostname="daikan.test")
    except BaseException:
        plain.close()
        raise
