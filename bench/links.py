"""Idle links: memory of each on the primary, and the storm after the primary restarts, against a minimal C program on OpenSSL.

Both are measured in one run on loopback: raw server with raw client, daikand with a swarm of simulated secondaries (real keys, TLS, hellos
and back-off). Memory is (RSS with N links - RSS before) / N, five seconds after the last one came up. The storm kills the primary with
SIGKILL while all N links are up and starts it again; every secondary waits out its own back-off and comes back. CPU is the server's own.
"""
import argparse
import http.client
import json
import os
import pathlib
import resource
import signal
import socket
import ssl
import statistics
import subprocess
import tempfile
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")
FILES = resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def rss_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("the process is gone")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(*command, **options):
    return subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES)), **options)


def expect(process, word, seconds=300):
    """The next line of `process` that begins with `word`."""
    found = []

    def read():
        for line in process.stdout:
            if line.split(" ")[0].strip() == word:
                found.append(line.split())
                return
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(seconds)
    if not found:
        raise RuntimeError(f"no “{word}” from {process.args[0]} within {seconds} s")
    return found[0]


def raw_run(build, folder, links, in_flight):
    port = free_port()
    server = start(build / "bench/raw_links", "server", port, folder / "c.pem", folder / "k.pem")
    client = None
    try:
        expect(server, "ready")
        before, cpu_before = rss_kib(server.pid), cpu_seconds(server.pid)
        client = start(build / "bench/raw_links", "client", port, folder / "c.pem", folder / "k.pem", links, in_flight)
        wall = float(expect(client, "connected")[2])
        cpu = cpu_seconds(server.pid) - cpu_before
        time.sleep(2)
        return {"kib": (rss_kib(server.pid) - before) / links, "wall": wall, "cpu": cpu}
    finally:
        for process in (client, server):
            if process:
                process.kill()
                process.wait()


class Primary:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.link, self.console = free_port(), free_port()
        self.process = None
        self.options = []  # further ones of daikand

    def start(self):
        log = open(self.folder / "daikand.log", "a")
        self.process = subprocess.Popen(
            [str(self.build / "daikand"), "--data", str(self.folder / "data"), "--console", f"127.0.0.1:{self.console}", "--link",
             f"127.0.0.1:{self.link}", *self.options], stderr=log, stdout=log,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES)))
        began = time.monotonic()
        while time.monotonic() - began < 60:
            try:
                socket.create_connection(("127.0.0.1", self.console), 1).close()
                return time.monotonic() - began
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"daikand ended: see {self.folder}/daikand.log")
                time.sleep(0.01)
        raise RuntimeError("daikand does not listen")

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


class Console(threading.Thread):
    """One administrator who asks again and again; keeps how long every answer took."""

    def __init__(self, port, secret):
        super().__init__(daemon=True)
        self.port, self.secret, self.times, self.failed, self.running = port, secret, [], 0, True

    def run(self):
        context = ssl._create_unverified_context()
        connection = None
        while self.running:
            began = time.monotonic()
            try:
                if connection is None:
                    connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)
                connection.request("GET", "/api/v1/groups", headers={"Authorization": f"Bearer {self.secret}"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failed += 1
                self.times.append(time.monotonic() - began)
            except OSError:
                self.failed += 1
                connection = None
            time.sleep(0.02)


def log_in(port):
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=ssl._create_unverified_context())
    connection.request("POST", "/api/v1/sessions", json.dumps({"user": "bench", "password": "thousand-links-at-once"}), {"Content-Type": "application/json"})
    return json.loads(connection.getresponse().read())["token"]


def daikan_run(build, links, in_flight, storm):
    with tempfile.TemporaryDirectory(prefix="daikan-bench-") as name:
        folder = pathlib.Path(name)
        subprocess.run([str(build / "daikan"), "init", "--data", str(folder / "data"), "--user", "bench", "--password-file", "-"],
                       input="thousand-links-at-once\n", text=True, check=True, stdout=subprocess.DEVNULL)
        primary, swarm = Primary(build, folder), None
        try:
            swarm = start(build / "bench/swarm", f"sqlite:{folder}/data/daikan.db", links, in_flight)
            expect(swarm, "seeded")
            primary.start()
            secret = log_in(primary.console)
            time.sleep(1)
            empty, cpu_before = rss_kib(primary.process.pid), cpu_seconds(primary.process.pid)
            swarm.stdin.write(f"go 127.0.0.1:{primary.link}\n")
            swarm.stdin.flush()
            result = {"wall": float(expect(swarm, "up")[2]), "cpu": cpu_seconds(primary.process.pid) - cpu_before, "empty": empty}
            time.sleep(5)
            result["kib"] = (rss_kib(primary.process.pid) - empty) / links
            idle = cpu_seconds(primary.process.pid)
            time.sleep(20)
            result["idle"] = (cpu_seconds(primary.process.pid) - idle) / 20
            if storm:
                primary.kill()
                expect(swarm, "down")
                primary.start()
                console = Console(primary.console, secret)
                console.start()
                began, cpu_before = time.monotonic(), cpu_seconds(primary.process.pid)
                expect(swarm, "up")
                result["storm_wall"] = time.monotonic() - began
                result["storm_cpu"] = cpu_seconds(primary.process.pid) - cpu_before
                console.running = False
                console.join(12)
                result["console_p99"] = statistics.quantiles(console.times, n=100)[98] if len(console.times) > 1 else float("nan")
                result["console_failed"] = console.failed
            return result
        finally:
            primary.kill()
            if swarm:
                swarm.kill()
                swarm.wait()


def main(build, arguments):
    parser = argparse.ArgumentParser(prog="./dev bench links")
    parser.add_argument("--links", default="100,1000,10000", help="sizes, separated by commas")
    parser.add_argument("--runs", type=int, default=5, help="runs of each; the median is shown")
    parser.add_argument("--in-flight", type=int, default=64)
    options = parser.parse_args(arguments)
    sizes = [int(n) for n in options.links.split(",")]
    with tempfile.TemporaryDirectory(prefix="daikan-bench-") as name:
        folder = pathlib.Path(name)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        str(folder / "k.pem"), "-out", str(folder / "c.pem"), "-days", "10", "-subj", "/CN=raw"], check=True, stderr=subprocess.DEVNULL)
        table = []
        for links in sizes:
            storm = links == max(sizes)
            raws, ours = [], []
            for _ in range(options.runs):
                raws.append(raw_run(build, folder, links, options.in_flight))
                ours.append(daikan_run(build, links, options.in_flight, storm))
            table.append((links, raws, ours, storm))
    print_tables(table)
    return 0


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def spread(runs, key):
    return f"{min(run[key] for run in runs):.1f}–{max(run[key] for run in runs):.1f}"


def print_tables(table):
    print("memory per idle link on the primary, KiB of RSS (median, range)")
    print(f"{'links':>8} {'raw':>8} {'daikan':>8} {'ratio':>7}  target   daikan range   idle CPU, % of a core")
    for links, raws, ours, _ in table:
        raw, own = median(raws, "kib"), median(ours, "kib")
        print(f"{links:>8} {raw:>8.1f} {own:>8.1f} {own / raw:>7.2f}  ≤ 1.60   {spread(ours, 'kib'):<14} {100 * median(ours, 'idle'):.1f}")
    print("\nfirst join of all links: server CPU per link (ms) and links per second")
    print(f"{'links':>8} {'raw ms':>8} {'own ms':>8} {'rate ratio (CPU)':>17} {'raw /s':>8} {'own /s':>8}")
    for links, raws, ours, _ in table:
        raw, own = median(raws, "cpu"), median(ours, "cpu")
        print(f"{links:>8} {1000 * raw / links:>8.3f} {1000 * own / links:>8.3f} {raw / max(own, 1e-9):>17.2f} {links / median(raws, 'wall'):>8.0f} "
              f"{links / median(ours, 'wall'):>8.0f}")
    for links, raws, ours, storm in table:
        if not storm:
            continue
        raw, own = median(raws, "cpu"), median(ours, "storm_cpu")
        print(f"\nstorm: primary killed and restarted with {links} secondaries")
        print(f"  all back after {median(ours, 'storm_wall'):.1f} s (range {spread(ours, 'storm_wall')}); one back-off round is at most 60 s")
        print(f"  server CPU per link {1000 * own / links:.3f} ms, raw {1000 * raw / links:.3f} ms: rate {raw / max(own, 1e-9):.2f} × raw (target ≥ 0.80)")
        print(f"  console meanwhile: p99 {1000 * median(ours, 'console_p99'):.0f} ms (target < 250), failed requests {max(r['console_failed'] for r in ours)}")
    print(f"\nan empty server holds {statistics.median(run['empty'] for _, _, ours, _ in table for run in ours) / 1024:.1f} MiB (with its secondaries' records loaded)")
