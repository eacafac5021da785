"""Notifications against real receivers: a mail server, a web server, rsyslog and sockets that check the format."""

import asyncio
import contextlib
import email
import email.header
import hashlib
import hmac
import http.server
import json
import re
import shutil
import socket
import socketserver
import sqlite3
import ssl
import subprocess
import threading
import time

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from support import certificates
from support.server import fingerprint, free_port
from support.waiting import stays, wait_until


# Receivers.

@pytest.fixture
def server_tls(tmp_path):
    """A certificate no authority of this machine knows, and a context that presents it."""
    pair = certificates.make_key_pair(tmp_path, "receiver")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate_file, pair.key_file)
    context.pin = fingerprint(pair.der)
    return context


class Mailbox:
    """What an SMTP server was given. `refuse`: answers to recipients by their name."""

    def __init__(self):
        self.mails, self.logins, self.refuse, self.refused_word = [], [], {}, None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refused_word and self.refused_word in email.message_from_bytes(envelope.content).get_payload(decode=True).decode():
            return "554 5.7.1 Message looks like spam"
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content,
                           server.transport.get_extra_info("ssl_object") is not None))
        return "250 Message accepted for delivery"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((mechanism, data.login, data.password))
        return AuthResult(success=data.password == b"s3cret", handled=False)

    def message(self, number=-1):
        return email.message_from_bytes(self.mails[number][2])

    def subjects(self):
        return [str(email.header.make_header(email.header.decode_header(self.message(n)["subject"]))) for n in range(len(self.mails))]

    def body(self, number=-1):
        return self.message(number).get_payload(decode=True).decode()


@contextlib.contextmanager
def mail_server(mailbox, port=0, implicit=None, **more):
    """aiosmtpd on a thread of its own. `implicit`: TLS from the first byte."""
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(loop.create_server(
        lambda: SMTP(mailbox, hostname="mail.test", loop=loop, **more), "127.0.0.1", port, ssl=implicit, reuse_address=True))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


class Web:
    """A web server that keeps what it is sent. `status`: what it answers."""

    def __init__(self, context=None, status=204):
        web = self
        self.posts, self.status, self.headers = [], status, {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                web.posts.append((self.path, dict(self.headers), body))
                self.send_response(web.status)
                for name, value in web.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def do_GET(self):
                web.posts.append(("GET", {}, b""))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self):
        return [event for _, _, body in self.posts for event in json.loads(body)["events"]]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    __enter__ = lambda self: self  # noqa: E731

    def __exit__(self, *_):
        self.close()


RFC5424 = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (?P<host>[\x21-\x7e]{1,255}) daikand (?P<pid>\d+) "
    r"(?P<kind>[\x21-\x7e]{1,32}) \[meta sequenceId=\"(?P<sequence>\d+)\"\] \ufeff(?P<message>.*)", re.S)


def octet_counted(data: bytes) -> list[str]:
    """RFC 6587 section 3.4.1; fails on anything else."""
    found = []
    while data:
        length, _, rest = data.partition(b" ")
        assert length.isdigit() and len(rest) >= int(length), data[:80]
        found.append(rest[:int(length)].decode())
        data = rest[int(length):]
    return found


def add(server, name, kind, address, **more) -> dict:
    return server.api.post("/notifications", {"name": name, "kind": kind, "address": address, **more})


def make_group(server, name) -> None:
    server.api.post("/groups", {"path": f"Managed devices/{name}"})


# Mail.

def test_mail_arrives_with_its_text_as_it_was_written(start):
    hq = start.server("hq")
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        add(hq, "ops", "email", f"127.0.0.1:{port}", transport="plain", sender="daikan@example.com",
            recipients="ops@example.com boss@example.com", severity="info", kinds="group_added")
        make_group(hq, "Zweigstelle Köln 日本語")
        wait_until(lambda: mailbox.mails, "the mail arrives")
    sender, recipients, content, encrypted = mailbox.mails[0]
    assert (sender, recipients, encrypted) == ("daikan@example.com", ["ops@example.com", "boss@example.com"], False)
    assert "Zweigstelle Köln 日本語" in mailbox.subjects()[0] and "Zweigstelle Köln 日本語" in mailbox.body()
    message = mailbox.message()
    assert message["auto-submitted"] == "auto-generated" and message["message-id"] and email.utils.parsedate_to_datetime(message["date"])
    assert all(len(line) <= 78 and line.isascii() for line in content.splitlines())


@pytest.mark.parametrize("transport", ["starttls", "tls"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_mail_is_encrypted_and_the_password_reaches_only_the_pinned_server(start, server_tls, transport, mechanism):
    hq = start.server("hq")
    mailbox = Mailbox()
    settings = {"authenticator": mailbox.authenticate, "auth_required": True, "auth_exclude_mechanism": ["PLAIN" if mechanism == "LOGIN" else "LOGIN"]}
    settings |= {"tls_context": server_tls, "require_starttls": True} if transport == "starttls" else {"implicit": server_tls, "auth_require_tls": False}
    with mail_server(mailbox, **settings) as port:
        made = add(hq, "ops", "email", f"127.0.0.1:{port}", transport=transport, fingerprint=server_tls.pin, user="olga", secret="s3cret",
                   sender="daikan@example.com", recipients="ops@example.com")
        assert made["has_secret"] and "s3cret" not in json.dumps(hq.api.get("/notifications"))
        assert hq.api.post(f"/notifications/{made['id']}/test") == {"ok": True, "error": None}
        assert mailbox.logins == [(mechanism, b"olga", b"s3cret")] and mailbox.mails[0][3]
        wrong = add(hq, "wrong", "email", f"127.0.0.1:{port}", transport=transport, fingerprint=server_tls.pin, user="olga", secret="guess",
                    sender="daikan@example.com", recipients="ops@example.com")
        assert hq.api.post(f"/notifications/{wrong['id']}/test")["error"]["code"] == "wrong_credentials"
        unknown = add(hq, "unknown", "email", f"127.0.0.1:{port}", transport=transport, user="olga", secret="s3cret",
                      sender="daikan@example.com", recipients="ops@example.com")
        error = hq.api.post(f"/notifications/{unknown['id']}/test")["error"]
        assert error["code"] == "certificate_mismatch" and "self-signed" in error["message"] and server_tls.pin in error["message"]
        other = add(hq, "other", "email", f"127.0.0.1:{port}", transport=transport, fingerprint="AB" * 32, user="olga", secret="s3cret",
                    sender="daikan@example.com", recipients="ops@example.com")
        assert hq.api.post(f"/notifications/{other['id']}/test")["error"]["code"] == "certificate_mismatch"
        assert len(mailbox.logins) == 2  # nobody else was told the password
    assert "s3cret" not in hq.text() and b"s3cret" not in (hq.data / "daikan.db").read_bytes()


def test_what_a_mail_server_refuses_is_quoted(start):
    hq = start.server("hq")
    mailbox = Mailbox()
    mailbox.refuse["gone@example.com"] = "550 5.1.1 No such user here"
    with mail_server(mailbox) as port:
        address = f"127.0.0.1:{port}"
        made = add(hq, "gone", "email", address, transport="plain", sender="d@example.com", recipients="gone@example.com")
        error = hq.api.post(f"/notifications/{made['id']}/test")["error"]
        assert error["code"] == "refused" and "gone@example.com" in error["message"] and "550 5.1.1 No such user here" in error["message"]
        assert not mailbox.mails
        made = add(hq, "no tls", "email", address, sender="d@example.com", recipients="ops@example.com")
        assert "does not offer STARTTLS" in hq.api.post(f"/notifications/{made['id']}/test")["error"]["message"]
    error = hq.api.post(f"/notifications/{made['id']}/test")["error"]
    assert error["code"] == "refused" and address in error["message"]


def test_a_recipient_that_is_refused_keeps_the_mail_from_no_other(start):
    hq = start.server("hq")
    mailbox = Mailbox()
    mailbox.refuse["gone@example.com"] = "550 5.1.1 No such user here"
    with mail_server(mailbox) as port:
        made = add(hq, "ops", "email", f"127.0.0.1:{port}", transport="plain", sender="d@example.com", severity="info", kinds="group_added",
                   recipients="gone@example.com ops@example.com")
        make_group(hq, "One")
        wait_until(lambda: hq.api.get(f"/notifications/{made['id']}")["last_delivered_at"], "it is delivered")
        shown = hq.api.get(f"/notifications/{made['id']}")
        assert [mail[1] for mail in mailbox.mails] == [["ops@example.com"]] and shown["failing_since"] is None
        assert "1 of 2 recipients: gone@example.com: 550 5.1.1 No such user here" in shown["last_error"]
        error = hq.api.post(f"/notifications/{made['id']}/test")["error"]
        assert error["code"] == "refused" and "gone@example.com" in error["message"] and len(mailbox.mails) == 2


def test_an_answer_smuggled_before_starttls_is_noticed(start):
    hq = start.server("hq")

    def smuggler(peer, _):
        peer.sendall(b"220 mail\r\n")
        peer.recv(1000)
        peer.sendall(b"250-mail\r\n250 STARTTLS\r\n")
        peer.recv(1000)
        peer.sendall(b"220 go\r\n250 injected\r\n")
        peer.recv(1000)

    fake = start.fake(smuggler)
    made = add(hq, "ops", "email", fake.address, sender="d@example.com", recipients="o@example.com")
    error = hq.api.post(f"/notifications/{made['id']}/test")["error"]
    assert error["code"] == "protocol_error" and "STARTTLS" in error["message"]


@pytest.mark.parametrize("fields, field", [
    ({"sender": "a@b\r\nBcc: evil@example.com"}, "sender"),
    ({"sender": "Olga <a@b>"}, "sender"),
    ({"recipients": ""}, "recipients"),
    ({"recipients": "x@y,z@y"}, "recipients"),
    ({"recipients": " ".join(f"u{n}@example.com" for n in range(21))}, "recipients"),
    ({"user": "olga"}, "secret"),
    ({"user": "olga", "secret": "x", "transport": "plain"}, "transport"),
    ({"transport": "udp"}, "transport"),
    ({"fingerprint": "AB:CD"}, "fingerprint"),
    ({"kinds": "Link-Refused"}, "kinds"),
    ({"name": "a/b\u0001"}, "name"),
    ({"kind": "webhook", "address": "ftp://x/"}, "address"),
    ({"kind": "webhook", "address": "https://u:p@x/"}, "address"),
    ({"kind": "syslog", "secret": "x"}, None),
])
def test_a_destination_that_cannot_be_is_refused_at_its_field(start_shared, fields, field):
    body = {"name": "x", "kind": "email", "address": "mail.example.com", "sender": "d@example.com", "recipients": "o@example.com"} | fields
    if body["kind"] != "email":
        body = {name: value for name, value in body.items() if name not in ("sender", "recipients")}
    answer = start_shared.api.call("POST", "/notifications", body)
    assert answer.status == 422, answer
    assert field is None or answer.body["field"] == field, answer.body
    assert start_shared.api.get("/notifications")["items"] == []


@pytest.fixture(scope="module")
def start_shared(shared):
    return shared.server("hq")


# Webhook.

@pytest.mark.parametrize("encrypted", [False, True])
def test_a_webhook_gets_signed_json(start, server_tls, encrypted):
    hq = start.server("hq")
    with Web(server_tls if encrypted else None) as web:
        more = {"fingerprint": server_tls.pin} if encrypted else {}
        add(hq, "chat", "webhook", f"http{'s' if encrypted else ''}://127.0.0.1:{web.port}/hooks/1?a=b", secret="key", severity="info",
            kinds="group_added", **more)
        make_group(hq, "Köln")
        wait_until(lambda: web.posts, "the webhook is called")
        path, headers, body = web.posts[0]
        assert path == "/hooks/1?a=b" and headers["content-type"] == "application/json"
        seconds, _, digest = headers["daikan-signature"].partition(",v1=")
        assert digest == hmac.new(b"key", seconds.removeprefix("t=").encode() + b"." + body, hashlib.sha256).hexdigest()
        assert abs(int(seconds.removeprefix("t=")) - time.time()) < 120
        told = json.loads(body)
        assert told["server"] == {"id": hq.id, "name": "hq"} and told["more"] == 0
        assert told["events"] == hq.api.get("/events?kind=group_added")["items"]


def test_a_redirect_is_not_followed(start):
    hq = start.server("hq")
    with Web(status=307) as web, Web() as elsewhere:
        web.headers["location"] = f"http://127.0.0.1:{elsewhere.port}/"
        made = add(hq, "chat", "webhook", f"http://127.0.0.1:{web.port}/")
        error = hq.api.post(f"/notifications/{made['id']}/test")["error"]
        assert error["code"] == "refused" and "307" in error["message"] and "not followed" in error["remedy"]
        assert len(web.posts) == 1 and not elsewhere.posts


def test_what_is_no_web_server_is_told(start):
    hq = start.server("hq")
    fake = start.fake(lambda peer, _: peer.sendall(b"220 mail.example.com ESMTP\r\n") or peer.recv(4000))
    made = add(hq, "chat", "webhook", f"http://127.0.0.1:{fake.port}/")
    assert hq.api.post(f"/notifications/{made['id']}/test")["error"]["code"] == "protocol_error"


def test_the_machines_authorities_and_the_name_decide_without_a_fingerprint(start, tmp_path, monkeypatch):
    pair = certificates.make_key_pair(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate_file, pair.key_file)
    monkeypatch.setenv("SSL_CERT_FILE", str(pair.certificate_file))
    hq = start.server("hq")
    with Web(context) as web:
        by_name = add(hq, "by name", "webhook", f"https://localhost:{web.port}/")
        assert hq.api.post(f"/notifications/{by_name['id']}/test") == {"ok": True, "error": None}
        by_address = add(hq, "by address", "webhook", f"https://127.0.0.1:{web.port}/")
        error = hq.api.post(f"/notifications/{by_address['id']}/test")["error"]
        assert error["code"] == "certificate_mismatch" and "IP address mismatch" in error["message"]
        assert len(web.posts) == 1


# Syslog.

def test_syslog_over_udp_is_rfc_5424(start):
    hq = start.server("hq")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(40)
        add(hq, "log", "syslog", f"127.0.0.1:{receiver.getsockname()[1]}", transport="udp", severity="info", kinds="group_added")
        make_group(hq, "Köln")
        line = RFC5424.fullmatch(receiver.recv(4096).decode())
    assert line and line["pri"] == str(16 * 8 + 6) and line["kind"] == "group_added" and "Köln" in line["message"]
    event = hq.api.get("/events?kind=group_added")["items"][0]
    assert int(line["sequence"]) == event["sequence"] and line["time"] == event["at"]


@pytest.mark.parametrize("encrypted", [False, True])
def test_syslog_over_tcp_and_tls_counts_octets(start, server_tls, encrypted):
    hq = start.server("hq")
    received = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            stream = server_tls.wrap_socket(self.request, server_side=True) if encrypted else self.request
            while piece := stream.recv(65536):
                received.append(piece)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        more = {"transport": "tls", "fingerprint": server_tls.pin} if encrypted else {"transport": "plain"}
        add(hq, "log", "syslog", f"127.0.0.1:{server.server_address[1]}", severity="info", kinds="group_added", **more)
        for n in range(3):
            make_group(hq, f"Köln {n}")
        wait_until(lambda: len(octet_counted(b"".join(received))) == 3, "three lines arrive")
        server.shutdown()
    lines = [RFC5424.fullmatch(text) for text in octet_counted(b"".join(received))]
    assert all(lines) and [f"Köln {n}" in line["message"] for n, line in enumerate(lines)] == [True] * 3


@pytest.mark.skipif(not shutil.which("rsyslogd"), reason="rsyslog is not installed")
@pytest.mark.parametrize("transport", ["udp", "plain"])
def test_a_real_rsyslog_takes_the_lines_apart(start, tmp_path, transport):
    hq = start.server("hq")
    port, out = free_port(), tmp_path / "lines"
    module, kind = ("imudp", "imudp") if transport == "udp" else ("imtcp", "imtcp")
    (tmp_path / "rsyslog.conf").write_text(f"""
global(workDirectory="{tmp_path}")
module(load="{module}")
input(type="{kind}" port="{port}" address="127.0.0.1")
template(name="parts" type="string" string="%pri%|%timereported:::date-rfc3339%|%hostname%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
*.* action(type="omfile" file="{out}" template="parts")
""")
    daemon = subprocess.Popen(["rsyslogd", "-n", "-f", tmp_path / "rsyslog.conf", "-i", tmp_path / "pid"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: f":{port} " in subprocess.run(["ss", "-lntu"], capture_output=True, text=True).stdout, "rsyslog listens")
        add(hq, "log", "syslog", f"127.0.0.1:{port}", transport=transport, severity="info", kinds="group_added")
        make_group(hq, "Köln")
        line = wait_until(lambda: out.read_text(), "rsyslog writes the line")
    finally:
        daemon.terminate()
        daemon.wait()
    pri, _, _, app, msgid, data, message = line.rstrip("\n").split("|")
    sequence = hq.api.get("/events?kind=group_added")["items"][0]["sequence"]
    assert (pri, app, msgid, data) == ("134", "daikand", "group_added", f'[meta sequenceId="{sequence}"]') and "Köln" in message


# Rules, limits, failures.

def test_rules_choose_by_severity_and_kind(start):
    hq = start.server("hq")
    with Web() as warnings, Web() as groups:
        add(hq, "warnings", "webhook", f"http://127.0.0.1:{warnings.port}/")
        add(hq, "groups", "webhook", f"http://127.0.0.1:{groups.port}/", severity="info", kinds="group_added group_removed")
        make_group(hq, "One")
        hq.stranger.call("POST", "/sessions", {"user": "nobody", "password": "x", "client": "x"}).refused(401, "wrong_credentials")
        wait_until(lambda: warnings.posts and groups.posts, "both are told")
        assert {event["kind"] for event in warnings.events()} == {"login_refused"}
        assert [event["kind"] for event in groups.events()] == ["group_added"]


def test_a_flood_becomes_a_summary(start):
    hq = start.server("hq")
    mailbox = Mailbox()
    port = free_port()
    add(hq, "ops", "email", f"127.0.0.1:{port}", transport="plain", sender="d@example.com", recipients="o@example.com", severity="info",
        kinds="group_added")
    for n in range(67):  # nobody takes them yet
        make_group(hq, f"Group {n}")
    wait_until(lambda: hq.api.get("/notifications")["items"][0]["failing_since"], "it fails")
    with mail_server(mailbox, port):
        wait_until(lambda: sum(count(subject) for subject in mailbox.subjects()) >= 67, "all are told")
    told = mailbox.body(-1) if len(mailbox.mails) == 1 else "".join(mailbox.body(n) for n in range(len(mailbox.mails)))
    assert len(mailbox.mails) <= 3 and "17 more events are not listed here." in told, mailbox.subjects()


def count(subject: str) -> int:
    more = re.search(r"\((\d+) more\)", subject)
    return 1 + int(more[1] if more else 0)


def test_mails_keep_to_their_rate(start):
    hq = start.server("hq")
    with Web() as web:
        add(hq, "chat", "webhook", f"http://127.0.0.1:{web.port}/", severity="info", kinds="group_added")
        for n in range(12):
            make_group(hq, f"Group {n}")
            if n < 10:
                wait_until(lambda: len(web.posts) == n + 1, "one each, at first")
        stays(lambda: len(web.posts) == 10, 3, "then no more than the rate")


def test_a_failure_is_an_event_once_and_nothing_is_lost(start):
    hq = start.server("hq")
    with Web(status=500) as web:
        made = add(hq, "chat", "webhook", f"http://127.0.0.1:{web.port}/", severity="info", kinds="group_added notification_failed")
        make_group(hq, "One")
        wait_until(lambda: len(web.posts) >= 2, "it is tried again")
        failed = hq.api.get("/events?kind=notification_failed")["items"]
        assert len(failed) == 1 and "“chat”" in failed[0]["message"] and "500" in failed[0]["message"] and failed[0]["severity"] == "warning"
        shown = hq.api.get(f"/notifications/{made['id']}")
        assert shown["failing_since"] and "500" in shown["last_error"]
        assert "failing since" in start.cli(hq).ok("notification", "list")
        web.posts.clear()
        web.status = 200
        wait_until(lambda: {"group_added", "notification_failed"} <= {event["kind"] for event in web.events()}, "what was kept arrives")
        wait_until(lambda: hq.api.get(f"/notifications/{made['id']}")["failing_since"] is None, "it works again")


def test_a_text_that_is_refused_is_left_out(start):
    hq = start.server("hq")
    mailbox = Mailbox()
    mailbox.refused_word = "EICAR"
    with mail_server(mailbox) as port:
        made = add(hq, "ops", "email", f"127.0.0.1:{port}", transport="plain", sender="d@example.com", recipients="o@example.com", severity="info",
                   kinds="group_added")
        make_group(hq, "EICAR")
        wait_until(lambda: mailbox.mails, "it arrives without its text", deadline=90)
        sequence = hq.api.get("/events?kind=group_added")["items"][0]["sequence"]
        assert "EICAR" not in mailbox.body() and f"event {sequence} was refused" in mailbox.body() and "group_added" in mailbox.body()
        wait_until(lambda: "left out" in (hq.api.get(f"/notifications/{made['id']}")["last_error"] or ""), "it is told why")
        make_group(hq, "Harmless")
        wait_until(lambda: len(mailbox.mails) == 2, "the next one arrives as it is")
        assert "Harmless" in mailbox.body() and hq.api.get(f"/notifications/{made['id']}")["last_error"] is None


def test_what_is_refused_also_without_its_text_is_stepped_over(start):
    hq = start.server("hq")
    with Web(status=422) as web:
        made = add(hq, "chat", "webhook", f"http://127.0.0.1:{web.port}/", severity="info", kinds="group_added")
        make_group(hq, "One")
        sequence = hq.api.get("/events?kind=group_added")["items"][0]["sequence"]
        skipped = wait_until(lambda: hq.api.get("/events?kind=notification_skipped")["items"], "it is stepped over", deadline=400)
        assert f"1 events between {sequence} and " in skipped[0]["message"] and "422" in skipped[0]["message"] and len(web.posts) == 6
        assert hq.api.get(f"/notifications/{made['id']}")["delivered_through"] >= sequence
        assert len(hq.api.get("/events?kind=notification_failed")["items"]) == 1


def test_adding_a_destination_again_with_its_key_adds_one(start):
    hq = start.server("hq")
    body = {"name": "chat", "kind": "webhook", "address": "http://127.0.0.1:9/"}
    first, again = (hq.api.call("POST", "/notifications", body, headers={"idempotency-key": "one-and-the-same"}) for _ in range(2))
    assert first.status == again.status == 201 and first.body == again.body and len(hq.api.get("/notifications")["items"]) == 1


def test_a_long_stretch_that_concerns_nobody_hides_nothing_behind_it(start):
    hq = start.server("hq")
    with Web() as web:
        add(hq, "chat", "webhook", f"http://127.0.0.1:{web.port}/", severity="info", kinds="group_added")
        hq.stop()
        with contextlib.closing(sqlite3.connect(hq.data / "daikan.db")) as connection, connection:
            last, at = connection.execute("SELECT MAX(sequence), MAX(at) FROM events").fetchone()
            kinds = ["noise"] * 12_000 + ["group_added"]
            connection.executemany("INSERT INTO events (sequence, at, severity, kind, message) VALUES (?, ?, 'info', ?, 'Seen.')",
                                   [(last + n, at, kind) for n, kind in enumerate(kinds, 1)])
            connection.execute("UPDATE counters SET value = value + ? WHERE name = 'events'", [len(kinds)])
        hq.start()
        wait_until(lambda: web.posts, "it is told without anything else happening")
        assert [event["message"] for event in web.events()] == ["Seen."]


def test_what_happened_while_nobody_took_it_arrives_after_a_restart(start):
    hq = start.server("hq")
    port = free_port()
    add(hq, "ops", "email", f"127.0.0.1:{port}", transport="plain", sender="d@example.com", recipients="o@example.com", severity="info",
        kinds="group_added")
    make_group(hq, "Before the restart")
    wait_until(lambda: hq.api.get("/notifications")["items"][0]["failing_since"], "it fails")
    hq.kill()
    hq.start()
    mailbox = Mailbox()
    with mail_server(mailbox, port):
        wait_until(lambda: mailbox.mails, "it arrives")
    assert "Before the restart" in mailbox.body(0)
    hq.restart()
    with mail_server(mailbox, port):
        make_group(hq, "After the restart")
        wait_until(lambda: any("After the restart" in mailbox.body(n) for n in range(len(mailbox.mails))), "the next one too")
    assert sum("Before the restart" in mailbox.body(n) for n in range(len(mailbox.mails))) == 1  # not again


def test_an_event_before_a_destination_was_added_is_not_told(start):
    hq = start.server("hq")
    make_group(hq, "Old")
    with Web() as web:
        add(hq, "chat", "webhook", f"http://127.0.0.1:{web.port}/", severity="info", kinds="group_added")
        make_group(hq, "New")
        wait_until(lambda: web.posts, "the new one is told")
        assert ["Old" in event["message"] for event in web.events()] == [False]


def test_a_receiver_that_hangs_holds_up_nobody_else_and_not_the_end(start):
    hq = start.server("hq")
    fake = start.fake(lambda peer, _: [peer.recv(4000) for _ in range(60)])
    with Web() as web:
        add(hq, "hangs", "webhook", f"http://127.0.0.1:{fake.port}/", severity="info")
        add(hq, "works", "webhook", f"http://127.0.0.1:{web.port}/", severity="info", kinds="group_added")
        make_group(hq, "One")
        wait_until(lambda: web.posts, "the other is told")
        hq.stop()


def test_destinations_are_managed_by_command(start, tmp_path):
    hq = start.server("hq")
    cli = start.cli(hq)
    (tmp_path / "key").write_text("key\n")
    with Web() as web:
        text = cli.ok("notification", "add", "--name", "chat", "--webhook", f"http://127.0.0.1:{web.port}/x", "--secret-file", tmp_path / "key",
                      "--severity", "error", "--kind", "link_refused", "--kind", "login_refused")
        assert "chat" in text and "key" not in text.split()
        assert "is called" in cli.fails("notification", "add", "--name", "CHAT", "--webhook", "http://x/")
        assert "more than one" in cli.fails("notification", "add", "--name", "x", "--webhook", "http://x/", "--syslog", "x")
        assert "Where to is missing" in cli.fails("notification", "add", "--name", "x")
        assert "error: link_refused login_refused" in cli.ok("notification", "list")
        assert cli.json("notification", "show", "chat")["has_secret"] is True
        assert "A test was sent" in cli.ok("notification", "test", "chat")
        assert web.events()[0]["kind"] == "notification_test"
        assert "there are: chat" in cli.fails("notification", "show", "nobody")
    assert "refused" in cli.fails("notification", "test", "chat")
    cli.ok("notification", "remove", "chat")
    assert cli.json("notification", "list") == []
    kinds = [each["kind"] for each in hq.api.get("/events?text=chat")["items"]]
    assert kinds == ["notification_removed", "notification_added"]
    assert [each["action"] for each in hq.api.get("/audit?action=notification.")["items"]] == [
        "notification.remove", "notification.test", "notification.test", "notification.add"]


def test_a_destination_is_edited_in_place_and_loses_nothing(start):
    hq = start.server("hq")
    cli = start.cli(hq)
    with Web() as web:
        added = add(hq, "chat", "webhook", f"http://127.0.0.1:{free_port()}/dead", secret="key", severity="info", kinds="group_added")
        assert added["revision"] == 1
        make_group(hq, "Before")
        wait_until(lambda: hq.api.get(f"/notifications/{added['id']}")["failing_since"], "nobody is there")
        told = cli.json("notification", "edit", "chat", "--address", f"http://127.0.0.1:{web.port}/b", "--name", "room", server="hq")
        assert (told["name"], told["revision"], told["has_secret"]) == ("room", 2, True)
        wait_until(lambda: web.posts, "what waited for the dead address goes to the new one")
        cli.ok("notification", "edit", "room", "--every-kind", "--no-login", "--severity", "warning", server="hq")
        make_group(hq, "Quiet")
        shown = hq.api.get(f"/notifications/{added['id']}")
        assert (shown["severity"], shown["kinds"], shown["has_secret"], shown["revision"]) == ("warning", "", False, 3)
        stays(lambda: "Quiet" not in str(web.events()), 1)
    actions = [each["action"] for each in hq.api.get("/audit?limit=100")["items"]]
    assert actions.count("notification.edit") == 2
    # Of two who saw the same, one wins; what is absent stays; what must be there cannot be taken away.
    path = f"/notifications/{added['id']}"
    hq.api.call("PATCH", path, {"severity": "error"}, headers={"if-match": '"2"'}).refused(412, "conflict")
    assert hq.api.call("PATCH", path, {"severity": "error"}, headers={"if-match": '"3"'}).ok()["revision"] == 4
    assert hq.api.call("PATCH", path, {"name": None}).refused(422, "invalid_request")["field"] == "name"
    assert hq.api.call("PATCH", path, {"kinds": "no kind!"}).refused(422, "invalid_request")["field"] == "kinds"
    assert hq.api.call("PATCH", path, {"kind": "email"}).refused(422, "invalid_request")
    add(hq, "other", "webhook", "http://127.0.0.1:9/")
    hq.api.call("PATCH", path, {"name": "OTHER"}).refused(409, "name_taken")
    hq.api.call("PATCH", path.replace(added["id"], "01930c4e-5a00-7000-8000-000000000009"), {"name": "x"}).refused(404, "not_found")


def test_a_stored_password_goes_to_no_other_server_unless_it_is_given_again(start):
    hq = start.server("hq")
    added = add(hq, "mail", "email", "127.0.0.1:9", transport="tls", user="olga", secret="s3cret", sender="a@example.com", recipients="b@example.com")
    path = f"/notifications/{added['id']}"
    for change in ({"address": "127.0.0.2:9"}, {"transport": "starttls"}, {"user": "ivan"}, {"fingerprint": "AB" * 32}):
        assert hq.api.call("PATCH", path, change).refused(422, "invalid_request")["field"] == "secret", change
    assert hq.api.call("PATCH", path, {"recipients": "c@example.com"}).ok()["recipients"] == "c@example.com"
    changed = hq.api.call("PATCH", path, {"address": "127.0.0.2:9", "secret": "s3cret"}).ok()
    assert changed["address"] == "127.0.0.2:9" and changed["has_secret"] and "s3cret" not in hq.text()


def test_a_secret_that_cannot_be_opened_costs_that_destination_only(start):
    hq = start.server("hq")
    with Web() as web:
        add(hq, "sealed", "webhook", f"http://127.0.0.1:{web.port}/a", secret="key", severity="info", kinds="group_added")
        add(hq, "open", "webhook", f"http://127.0.0.1:{web.port}/b", severity="info", kinds="group_added")
        hq.stop()
        (hq.data / "secrets.key").write_bytes(b"x" * 32)
        hq.start()
        make_group(hq, "One")
        wait_until(lambda: web.posts, "the other still works")
        assert {path for path, _, _ in web.posts} == {"/b"}
        assert "cannot be opened" in hq.text()
