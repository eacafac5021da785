"""Real proxies from Debian's packages, each in a temporary folder on a free port; and small hostile ones."""

import pathlib
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading

from .server import free_port
from .waiting import wait_until

USER, PASSWORD = "link", "proxy pass: word"


class Proxy:
    """One proxy process. `url` has no password: it is given apart, as Daikan wants it."""

    scheme = "http"
    ending = signal.SIGTERM

    def __init__(self, *, user: str | None = None, password: str = PASSWORD, host: str = "127.0.0.1", namespace: str | None = None):
        # A folder of its own, which stop() removes: squid and tinyproxy change to another user before they read and write.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"daikan-{type(self).__name__.lower()}-"))
        self.folder.chmod(0o777)
        self.user, self.password, self.host, self.namespace = user, password, host, namespace
        self.port = free_port() if namespace is None else 3128
        self.log = self.folder / "log"
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.user + '@' if self.user else ''}{self.host}:{self.port}"

    @property
    def as_json(self) -> dict:
        return {"url": self.url, **({"password": self.password} if self.user else {})}

    def command(self) -> list:
        raise NotImplementedError

    def start(self) -> "Proxy":
        prefix = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        command = [*prefix, *map(str, self.command())]
        with (self.folder / "output").open("wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        wait_until(self.listening, f"{command[0]} listens")
        return self

    def listening(self) -> bool:
        assert self.process.poll() is None, (self.folder / "output").read_text(errors="replace")
        prefix = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        found = subprocess.run([*prefix, "ss", "-Hltn", f"sport = :{self.port}"], capture_output=True, text=True, check=True)
        return bool(found.stdout.strip())

    def stop(self) -> None:
        process, self.process = self.process, None
        if process:
            process.send_signal(self.ending)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def seen(self) -> str:
        """What the proxy logged of its clients' requests."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class Squid(Proxy):
    ending = signal.SIGINT  # at once, without waiting for its clients

    def command(self) -> list:
        passwords = ""
        if self.user:
            hashed = subprocess.run(["openssl", "passwd", "-apr1", self.password], capture_output=True, text=True, check=True).stdout.strip()
            (self.folder / "passwords").write_text(f"{self.user}:{hashed}\n")
            passwords = (f"auth_param basic program /usr/lib/squid/basic_ncsa_auth {self.folder}/passwords\nauth_param basic children 1\n"
                         "acl known proxy_auth REQUIRED\n")
        (self.folder / "squid.conf").write_text(
            f"{passwords}acl CONNECT method CONNECT\nhttp_access deny !CONNECT\nhttp_access allow {'known' if self.user else 'all'}\nhttp_access deny all\n"
            f"http_port {self.host}:{self.port}\npid_filename {self.folder}/pid\naccess_log stdio:{self.log}\ncache_log {self.folder}/cache.log\n"
            f"coredump_dir {self.folder}\ncache_mem 8 MB\nmax_filedescriptors 1024\nshutdown_lifetime 0 seconds\nnetdb_filename none\n"
            f"visible_hostname proxy.test\npinger_enable off\nvia off\n")
        return ["squid", "-N", "-f", self.folder / "squid.conf"]


class Tinyproxy(Proxy):
    def command(self) -> list:
        (self.folder / "tinyproxy.conf").write_text(
            f"Port {self.port}\nListen {self.host}\nTimeout 600\nMaxClients 100\nLogFile \"{self.log}\"\nLogLevel Connect\n"
            + (f'BasicAuth {self.user} {self.password}\n' if self.user else ""))
        return ["tinyproxy", "-d", "-c", self.folder / "tinyproxy.conf"]


class Microsocks(Proxy):
    scheme = "socks5"

    def command(self) -> list:
        self.log = self.folder / "output"
        return ["microsocks", "-i", self.host, "-p", self.port, *(["-u", self.user, "-P", self.password] if self.user else [])]


class Dante(Proxy):
    scheme = "socks5"

    def command(self) -> list:
        (self.folder / "danted.conf").write_text(
            f"logoutput: {self.log}\ninternal: {self.host} port = {self.port}\nexternal: lo\nclientmethod: none\nsocksmethod: none\n"
            "user.privileged: root\nuser.unprivileged: nobody\n"
            "client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }\nsocks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 log: connect }\n")
        return ["danted", "-f", self.folder / "danted.conf", "-p", self.folder / "pid"]


class FakePeer:
    """A TCP server whose conversation is the given function of the socket; each connection has its own thread. Counts connections and keeps
    the first bytes of each."""

    def __init__(self, conversation, host: str = "127.0.0.1"):
        self.connections = 0
        self.received: list[bytes] = []
        peer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                peer.connections += 1
                self.request.settimeout(60)
                try:
                    conversation(self.request, peer)
                except OSError:
                    pass  # the other side went away: what the conversation was for has happened

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        self._listener = Listener((host, 0), Handler)
        self.host, self.port = host, self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def close(self) -> None:
        self._listener.shutdown()
        self._listener.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def read_head(connection: socket.socket, peer: FakePeer | None = None) -> bytes:
    """Reads a request's head up to its empty line."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(4096)
        if not piece:
            break
        head += piece
    if peer:
        peer.received.append(head)
    return head


def hang(connection: socket.socket, _peer: FakePeer) -> None:
    """Takes everything, says nothing, until the other side goes away."""
    while connection.recv(4096):
        pass
