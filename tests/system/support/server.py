"""Real daemons and the real CLI, as processes."""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import time

from .api import Api
from .project import ROOT
from .waiting import PATIENCE, wait_until

BIN = pathlib.Path(os.environ.get("DAIKAN_BIN", ROOT / "build/asan"))
USER, PASSWORD = "olga", "correct horse battery staple"
STOP_SECONDS = 5.0  # what a server promises after SIGTERM

_REPORT = re.compile(r"ERROR: \w*Sanitizer|runtime error:|WARNING: ThreadSanitizer|Assertion .* failed|terminate called")


@dataclasses.dataclass(frozen=True)
class Endpoint:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @staticmethod
    def parse(text: str) -> "Endpoint":
        host, _, port = text.rpartition(":")
        return Endpoint(host.strip("[]"), int(port))


def environment(folder: pathlib.Path) -> dict:
    """The child's environment; sanitizer reports land as files in `folder`."""
    where = f"log_path={folder}/sanitizer:quarantine_size_mb=16"  # a small quarantine, so that what is freed does not look like growth
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {
        "ASAN_OPTIONS": f"{kept.get('ASAN_OPTIONS', 'halt_on_error=1')}:{where}",
        "UBSAN_OPTIONS": f"{kept.get('UBSAN_OPTIONS', 'halt_on_error=1:print_stacktrace=1')}:log_path={folder}/sanitizer",
        "LC_ALL": "C.UTF-8",
    }


def reports_in(folder: pathlib.Path, log: pathlib.Path | None = None) -> list[str]:
    """Every sanitizer report and failed assertion that a process left behind."""
    found = [path.read_text(errors="replace") for path in folder.glob("sanitizer.*")]
    if log and log.exists():
        text = log.read_text(errors="replace")
        if _REPORT.search(text):
            found.append(text[-8000:])
    return found


class Server:
    """One Administration Server in a folder of its own. `namespace`: the network namespace it runs in."""

    def __init__(self, folder: pathlib.Path, name: str, *, console: str | list = "127.0.0.1:0", link: str | list = "127.0.0.1:0",
                 arguments: tuple = (), namespace: str | None = None):
        self.name, self.data, self.namespace = name, folder / name, namespace
        self.console_addresses = [console] if isinstance(console, str) else console
        self.link_addresses = [link] if isinstance(link, str) else link
        self.arguments = list(arguments)
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen | None = None
        self._secret: str | None = None

    # Life.

    def prefix(self) -> list[str]:
        return ["ip", "netns", "exec", self.namespace] if self.namespace else []

    def initialise(self) -> "Server":
        self.data.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([BIN / "daikan", "init", "--data", self.data, "--user", USER, "--password-file", "-"], input=PASSWORD, text=True,
                              capture_output=True, timeout=60, env=environment(self.data.parent))
        assert done.returncode == 0, done.stderr + done.stdout
        return self

    def command(self) -> list:
        options = [option for address in self.console_addresses for option in ("--console", address)]
        options += [option for address in self.link_addresses for option in ("--link", address)]
        return [*self.prefix(), BIN / "daikand", "--data", self.data, "--name", self.name, *options, *self.arguments]

    def start(self) -> "Server":
        """Starts and waits until it serves. Later starts use the ports the kernel chose at the first."""
        assert self.process is None
        endpoints_file = self.data / "endpoints.json"
        endpoints_file.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(self.data))

        def told():
            assert self.process.poll() is None, f"{self.name} ended with {self.process.returncode} at its start:\n{self.text()[-4000:]}"
            return json.loads(endpoints_file.read_text())

        try:
            endpoints = wait_until(told, f"{self.name} tells its endpoints")
        except AssertionError:
            self.kill()
            raise
        self.console_addresses = endpoints["console"]
        self.link_addresses = endpoints["link"]
        return self

    def stop(self) -> float:
        """SIGTERM; fails unless the server ends cleanly within its promise. Returns the seconds it took."""
        process, self.process = self.process, None
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{self.name} did not end within {STOP_SECONDS} s of SIGTERM:\n{self.text()[-4000:]}") from None
        assert status == 0, f"{self.name} ended with {status}:\n{self.text()[-4000:]}"
        return time.monotonic() - begin

    def kill(self) -> None:
        """kill -9."""
        process, self.process = self.process, None
        if process:
            process.kill()
            process.wait()

    def restart(self) -> "Server":
        self.stop()
        return self.start()

    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def reports(self) -> list[str]:
        return reports_in(self.data, self.log)

    # What it tells.

    @property
    def console(self) -> Endpoint:
        return Endpoint.parse(self.console_addresses[0])

    @property
    def link(self) -> Endpoint:
        return Endpoint.parse(self.link_addresses[0])

    @property
    def certificate(self) -> bytes:
        return (self.data / "server.cer").read_bytes()

    @property
    def certificate_pem(self) -> str:
        return ssl.DER_cert_to_PEM_cert(self.certificate)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)

    @property
    def api(self) -> Api:
        """Logged in as the first administrator; sessions outlive restarts, so one login serves a test."""
        api = Api(self.console.host, self.console.port, self._secret)
        if not self._secret:
            self._secret = api.log_in(USER, PASSWORD).secret
        return api

    @property
    def stranger(self) -> Api:
        """Nobody in particular."""
        return Api(self.console.host, self.console.port)

    @property
    def id(self) -> str:
        return self.stranger.get("/server/identity")["id"]

    def secondary(self, name: str) -> dict:
        return next(each for each in self.api.get("/secondaries")["items"] if each["name"] == name)

    def metrics(self) -> dict[str, float]:
        text = Api(self.console.host, self.console.port).get("//metrics")
        found = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                found[name] = float(value)
        return found

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None and self.stranger.call("GET", "//healthz").status == 200

    # What tests do to two servers.

    def register(self, secondary: "Server", *, group: str = "Managed devices", **more) -> dict:
        """The primary's half of way 2 (or, with direction and address, of way 3)."""
        return self.api.post("/secondaries", {"name": secondary.name, "group": group, "certificate": secondary.certificate_pem, **more})

    def follow(self, primary: "Server", **more) -> dict:
        """The secondary's half: dial `primary` directly, unless told otherwise."""
        body = {"address": str(primary.link), "certificate": primary.certificate_pem, **more}
        return self.api.put("/primary", {name: value for name, value in body.items() if value is not None})

    def wait_for_secondary(self, name: str, state: str = "connected", deadline: float = PATIENCE) -> dict:
        def found():
            each = self.secondary(name)
            assert each["state"] == state, each
            return each
        return wait_until(found, f"{self.name} sees {name} {state}", deadline)

    def wait_for_primary(self, state: str = "connected", deadline: float = PATIENCE) -> dict:
        def found():
            primary = self.api.get("/primary")
            assert primary.get("state") == state, primary
            return primary
        return wait_until(found, f"{self.name} sees its primary {state}", deadline)


def attach(primary: Server, secondary: Server, **more) -> dict:
    """Way 2 over the API, until both sides report the link up."""
    primary.register(secondary, **more)
    secondary.follow(primary)
    secondary.wait_for_primary()
    return primary.wait_for_secondary(secondary.name)


class Cli:
    """`daikan` as one administrator's machine has it: its own DAIKAN_HOME, perhaps its own network namespace."""

    def __init__(self, home: pathlib.Path, namespace: str | None = None):
        self.home, self.namespace = home, namespace
        home.mkdir(parents=True, exist_ok=True)
        self.password_file = home / "password"
        self.password_file.write_text(PASSWORD + "\n")

    def run(self, *arguments, server: str | None = None, text: str | None = None, timeout: float = 120) -> subprocess.CompletedProcess:
        """`text`: what is piped to it. Nothing is checked but that no sanitizer spoke."""
        prefix = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        command = [*prefix, BIN / "daikan", *(["--server", server] if server else []), *map(str, arguments)]
        done = subprocess.run(command, input=text or "", text=True, capture_output=True, timeout=timeout,
                              env=environment(self.home) | {"DAIKAN_HOME": str(self.home), "NO_COLOR": "1"})
        assert not _REPORT.search(done.stderr) and not reports_in(self.home), done.stderr + "".join(reports_in(self.home))
        return done

    def ok(self, *arguments, **more) -> str:
        done = self.run(*arguments, **more)
        assert done.returncode == 0, f"{' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *arguments, **more):
        return json.loads(self.ok(*arguments, "--output", "json", **more))

    def fails(self, *arguments, **more) -> str:
        """What it says on standard error; fails when the command succeeds or says nothing."""
        done = self.run(*arguments, **more)
        assert done.returncode != 0 and done.stderr.strip(), f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stderr

    def log_in(self, server: Server, profile: str | None = None, address: str | None = None) -> "Cli":
        self.ok("login", f"https://{address or server.console}", "--as", profile or server.name, "--user", USER,
                "--password-file", self.password_file, "--fingerprint", server.fingerprint)
        return self


def fingerprint(der: bytes) -> str:
    """As `openssl x509 -fingerprint -sha256` prints it."""
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[i:i + 2] for i in range(0, len(digest), 2))


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on. Another process could take it before we do; tests that need certainty bind it themselves."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
