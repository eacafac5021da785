"""The brokers and databases beside Daikan: Debian's packages, each with its own folder and free ports, ended by process.

What is set is what their manuals recommend for this work; where a default would only hold a peer back, it is lifted (no Nagle delay; for
mosquitto no bound on what is in flight or waits, so that it drops nothing). Every connection is mutually authenticated over TLS.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import typing

from links import expect, free_port, start
from _servers import stop, until

POSTGRESQL = pathlib.Path("/usr/lib/postgresql/15/bin")


class Certificate:
    """One self-signed key that all peers and their clients use, as its own authority."""

    def __init__(self, folder):
        self.file, self.key = folder / "c.pem", folder / "k.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(self.key),
                        "-out", str(self.file), "-days", "10", "-subj", "/CN=raw", "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, stderr=subprocess.DEVNULL)


def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not found:
        raise RuntimeError(f"{name} is not installed: `./dev bench` installs tools/bench_packages.txt first, `bench/run` alone does not")
    return found


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Peer(typing.NamedTuple):
    """A broker that runs."""
    port: int
    pid: int


@contextlib.contextmanager
def running(command, port, log):
    """A peer that listens on `port` within, and is ended afterwards; its words go to `log`."""
    with open(log, "a") as out:
        process = start(*command, stderr=out)
    try:
        def listens():
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended: {pathlib.Path(log).read_text()[-600:]}")
            return answers(port)
        until(listens, 20, 0.02)
        yield Peer(port, process.pid)
    finally:
        stop([process])


def tls(certificate):
    return {"cert_file": str(certificate.file), "key_file": str(certificate.key), "ca_file": str(certificate.file)}


def nats(folder, certificate, name="hub", **more):
    """A nats-server; `more` joins its configuration."""
    port = free_port()
    settings = {"server_name": name, "host": "127.0.0.1", "port": port, "tls": tls(certificate) | {"verify": True}} | more
    file = folder / f"{name}.json"
    file.write_text(json.dumps(settings, indent=1))  # its configuration may be JSON
    return running([program("nats-server"), "-c", file, "-l", folder / f"{name}.log"], port, folder / f"{name}.out")


def jetstream(folder, certificate):
    return nats(folder, certificate, "jetstream", jetstream={"store_dir": str(folder / "jetstream")})


@contextlib.contextmanager
def nats_chain(folder, certificate, levels):
    """So many servers, each a leaf node of the one above. Yields the clients' ports of the first and the last."""
    with contextlib.ExitStack() as stack:
        ports, above = [], None
        for level in range(1, levels + 1):
            own = free_port()
            leaf = {"host": "127.0.0.1", "port": own, "tls": tls(certificate) | {"verify": True}}
            if above:
                leaf["remotes"] = [{"url": f"tls://127.0.0.1:{above}", "tls": tls(certificate)}]
            ports.append(stack.enter_context(nats(folder, certificate, f"leaf{level}", leafnodes=leaf)).port)
            above = own
        yield ports[0], ports[-1]


def mosquitto(folder, certificate):
    port, data = free_port(), folder / "mosquitto"
    data.mkdir(exist_ok=True)
    file = folder / "mosquitto.conf"
    file.write_text("\n".join([
        f"listener {port} 127.0.0.1", f"cafile {certificate.file}", f"certfile {certificate.file}", f"keyfile {certificate.key}",
        "require_certificate true", "allow_anonymous true", "persistence true", f"persistence_location {data}/", "set_tcp_nodelay true",
        "max_inflight_messages 0", "max_queued_messages 0", "log_type error", "log_type warning", "log_dest stderr",
        *(["user root"] if os.geteuid() == 0 else [])]) + "\n")
    return running([program("mosquitto"), "-c", file], port, folder / "mosquitto.log")


class Clients:
    """bench/raw/broker_links: subscribers with a publisher, or publishers that wait for confirmation."""

    def __init__(self, build, protocol, certificate, *work):
        self.process = start(build / "bench/broker_links", protocol, certificate.file, certificate.key, *work)
        try:
            expect(self.process, "connected", 120)
        except BaseException:
            self.close()
            raise

    def send(self, *numbers):
        """Says "send"; when it was done, on the monotonic clock."""
        self.process.stdin.write(f"send {' '.join(map(str, numbers))}\n")
        self.process.stdin.flush()
        return float(expect(self.process, "stored" if len(numbers) > 1 else "delivered", 120)[2])

    def close(self):
        stop([self.process])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Postgresql:
    """A private PostgreSQL, durable as it comes (fsync is on), reached through a Unix socket in its folder."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daikan-bench-postgresql-"))
        # PostgreSQL refuses root.
        self._as = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(self.folder, "postgres", "postgres")
        self._process = None
        self.run("initdb", "-D", self.folder / "data", "-U", "daikan", "-A", "trust", "-E", "UTF8", "--locale=C")
        with open(self.folder / "log", "w") as log:
            self._process = subprocess.Popen([*self._as, str(POSTGRESQL / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder),
                                              "-c", "listen_addresses="], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        until(lambda: subprocess.run([POSTGRESQL / "pg_isready", "-q", "-h", self.folder]).returncode == 0, 60, 0.05)

    def run(self, name, *arguments, **options):
        """One of its programs, as the account it runs under."""
        command = [*self._as, str(POSTGRESQL / name), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", **options)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {(done.stdout + done.stderr)[:600]}")
        return done.stdout

    def psql(self, database, *arguments, **options):
        return self.run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "daikan", database, *arguments, **options)

    def database(self, name):
        """The URL of a new, empty database."""
        self.run("createdb", "-h", self.folder, "-U", "daikan", "-T", "template0", name)
        return f"postgresql:///{name}?host={self.folder}&user=daikan"

    def drop(self, name):
        self.run("dropdb", "-h", self.folder, "-U", "daikan", name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # it ends its own children, and waits for no client
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Questions:
    """One psql that stays: a query costs the server little, and the benchmark no new process."""

    def __init__(self, postgresql, database):
        self._process = subprocess.Popen([str(POSTGRESQL / "psql"), "-XqAt", "-h", str(postgresql.folder), "-U", "daikan", database],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def number(self, query):
        """Of a query with one row of one number."""
        self._process.stdin.write(query + ";\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self):
        stop([self._process])
