"""The console API as a plain HTTP client sees it: HTTP/1.1 over TLS, JSON in and out, no knowledge of Daikan's code."""

import contextlib
import dataclasses
import http.client
import json
import ssl
import typing

from . import spec


# Operations of the spec that answered with success in this process.
CALLED: set[tuple[str, str]] = set()


@dataclasses.dataclass
class Answer:
    status: int
    headers: typing.Mapping[str, str]
    body: typing.Any  # parsed JSON, or the text when it was none

    @property
    def code(self) -> str | None:
        return self.body.get("code") if isinstance(self.body, dict) else None

    def ok(self) -> typing.Any:
        assert 200 <= self.status < 300, f"{self.status}: {self.body}"
        return self.body

    def refused(self, status: int, code: str) -> dict:
        """The problem document, once it is the expected one: media type, status, stable code, a sentence and what to do next."""
        assert self.status == status and self.code == code, f"expected {status} {code}, got {self.status}: {self.body}"
        assert self.headers["content-type"].startswith("application/problem+json"), self.headers["content-type"]
        assert self.body["status"] == status and self.body["type"] == f"urn:daikan:problem:{code}" and self.body["title"]
        assert self.body["detail"].endswith((".", "?")), self.body
        return self.body


def unverified_context() -> ssl.SSLContext:
    """Tests compare fingerprints themselves; there is no CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Api:
    """One caller of one server's API. `secret`: the bearer secret sent with each request."""

    def __init__(self, host: str, port: int, secret: str | None = None):
        self.host, self.port, self.secret = host, port, secret

    def connection(self, timeout: float = 60) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=unverified_context())

    def call(self, method: str, path: str, body: typing.Any = None, headers: dict | None = None) -> Answer:
        """`path`: after /api/v1, or from the root when it begins with "//". `body`: JSON, or bytes as they are.

        The answer has been held against spec/openapi.yaml when this returns."""
        target = path[1:] if path.startswith("//") else f"/api/v1{path}"
        with contextlib.closing(self.connection()) as connection:
            sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body).encode()
            if body is not None:
                sent["Content-Type"] = "application/json"
            connection.request(method, target, body=body, headers=sent | (headers or {}))
            response = connection.getresponse()
            raw = response.read()
            kind = response.headers.get("content-type", "")
            answer = Answer(response.status, response.headers, json.loads(raw) if raw and "json" in kind and "ndjson" not in kind else raw.decode(errors="replace"))
        operation = spec.check(method, target, answer)
        if operation and 200 <= answer.status < 400:
            CALLED.add((method, operation))
        return answer

    def get(self, path: str, **more) -> typing.Any:
        return self.call("GET", path, **more).ok()

    def post(self, path: str, body: typing.Any = None, **more) -> typing.Any:
        return self.call("POST", path, body, **more).ok()

    def put(self, path: str, body: typing.Any = None, **more) -> typing.Any:
        return self.call("PUT", path, body, **more).ok()

    def delete(self, path: str, **more) -> typing.Any:
        return self.call("DELETE", path, **more).ok()

    def log_in(self, user: str, password: str) -> "Api":
        self.secret = self.post("/sessions", {"user": user, "password": password, "client": "system tests"})["token"]
        return self

    def through(self, *servers: str) -> "RelayedApi":
        """The same caller, relayed to the server at the end of this path of ids."""
        return RelayedApi(self, servers)

    def events(self, path: str = "/events", last_id: int | None = None, timeout: float = 60) -> "EventStream":
        return EventStream(self, path, last_id, timeout)


class RelayedApi(Api):
    def __init__(self, top: Api, servers):
        super().__init__(top.host, top.port, top.secret)
        self.prefix = "".join(f"/servers/{server}/relay" for server in servers)

    def call(self, method: str, path: str, body: typing.Any = None, headers: dict | None = None) -> Answer:
        return super().call(method, self.prefix + path, body, headers)


class EventStream:
    """Server-sent events, one at a time."""

    def __init__(self, api: Api, path: str, last_id: int | None, timeout: float):
        self.connection = api.connection(timeout)
        headers = {"Authorization": f"Bearer {api.secret}", "Accept": "text/event-stream"}
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        self.connection.request("GET", f"/api/v1{getattr(api, 'prefix', '')}{path}", headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        assert self.response.headers["content-type"].startswith("text/event-stream")

    def next(self) -> dict:
        """The next event as {"id", "event", "data" (parsed)}; comments are passed over."""
        fields: dict = {}
        while True:
            line = self.response.readline()
            assert line, "the stream ended"
            line = line.decode().rstrip("\r\n")
            if not line and "data" in fields:
                return {**fields, "data": json.loads(fields["data"])}
            name, _, value = line.partition(": ")
            if name and not line.startswith(":"):
                fields[name] = value

    def next_of(self, kind: str) -> dict:
        while (event := self.next())["event"] != kind:
            pass
        return event

    def close(self) -> None:
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
