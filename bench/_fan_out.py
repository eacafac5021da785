"""Fan-out: a policy edited on a primary with many simulated secondaries (real keys, TLS, hellos and rules; no databases), until the last one
has applied it, and until the primary has stored every confirmation. Beside 4 KiB to as many links of a C program that answer one byte, and
4 KiB to as many subscribers of NATS and of mosquitto, which confirm nothing. All of them stand all the time and are asked in turn. Processor
time is the sending process's own (daikand, the broker, the C program), until its last reader has it, or the confirmation is stored; the
simulated secondaries', all in one process, stands beside it, because their work is part of the time that is seen."""
import contextlib
import json
import sqlite3
import time

from links import expect, free_port, start
from _peers import Clients, mosquitto, nats
from _servers import Server, processor_seconds, stop, until
from _table import Bound, Figure

BYTES = 4096
NAMES = ("raw", "nats", "mosquitto", "applied", "confirmed", "raw cpu", "nats cpu", "mosquitto cpu", "confirmed cpu", "swarm cpu")


def policy_settings():
    """Of BYTES bytes as JSON: a number that is edited, and a list of networks."""
    networks = [f"fd00:1111:2222:3333:4444:5555:{n:x}:0/112" for n in range(0x1000, 0x1000 + 200)]
    settings = {"events.info_days": {"value": 1, "locked": True}, "console.sources": {"value": networks, "locked": True}}
    while len(json.dumps(settings)) > BYTES:
        networks.pop()
    return settings


class Raw:
    """The C program's two ends."""

    def __init__(self, build, certificate, links):
        port = free_port()
        self.server = start(build / "bench/raw_links", "server", port, certificate.file, certificate.key)
        self.client = None
        expect(self.server, "ready")
        self.client = start(build / "bench/raw_links", "client", port, certificate.file, certificate.key, links, 64)
        expect(self.client, "connected")

    def send(self):
        self.server.stdin.write("send\n")
        self.server.stdin.flush()
        return float(expect(self.server, "acknowledged")[2])

    def close(self):
        stop([self.client, self.server])


class Policy:
    """A primary, its simulated secondaries, and the policy that all of them inherit."""

    def __init__(self, build, folder, links):
        self.primary = Server(build, folder, "primary")
        self.behind = None
        self.swarm = start(build / "bench/swarm", self.primary.url, links, 64)
        expect(self.swarm, "seeded")
        self.primary.begin()
        self.swarm.stdin.write(f"go 127.0.0.1:{self.primary.link}\n")
        self.swarm.stdin.flush()
        expect(self.swarm, "up")
        self.settings = policy_settings()
        self.policy = self.primary.call("POST", "/policies", {"name": "Bench", "active": True, "settings": self.settings})
        self.behind = sqlite3.connect(f"file:{self.primary.database}?mode=ro", uri=True, isolation_level=None)
        until(self.all_confirmed)

    def all_confirmed(self):
        return self.behind.execute("SELECT COUNT(*) FROM downstream WHERE behind_since IS NOT NULL").fetchone()[0] == 0

    def edit(self, days):
        """Seconds until applied by the last one, and until every confirmation is stored."""
        self.settings["events.info_days"]["value"] = days
        began = time.monotonic()
        self.policy = self.primary.edit(self.policy, self.settings)
        applied = began
        while applied <= began:  # what was applied before the edit was told as well
            applied = float(expect(self.swarm, "applied")[2])
        until(self.all_confirmed)
        return applied - began, time.monotonic() - began

    def close(self):
        if self.behind:
            self.behind.close()
        self.primary.kill()
        stop([self.swarm])


def measure(build, folder, options, certificate):
    seen = {name: [] for name in NAMES}
    with contextlib.ExitStack() as stack:
        policy = stack.enter_context(contextlib.closing(Policy(build, folder, options.links)))
        raw = stack.enter_context(contextlib.closing(Raw(build, certificate, options.links)))
        senders = {"raw": (raw.send, raw.server.pid)}
        for name, protocol, broker in (("nats", "nats", nats), ("mosquitto", "mqtt", mosquitto)):
            peer = stack.enter_context(broker(folder, certificate))
            clients = stack.enter_context(Clients(build, protocol, certificate, "subscribe", peer.port, options.links, 64, peer.port))
            senders[name] = (lambda each=clients: each.send(BYTES), peer.pid)
        for run in range(-1, options.runs):  # the first one warms up
            time.sleep(0.5)
            ours = {"confirmed cpu": policy.primary.process.pid, "swarm cpu": policy.swarm.pid}
            used = {name: processor_seconds(pid) for name, pid in ours.items()}
            turn = dict(zip(("applied", "confirmed"), policy.edit(run % 50 + 2)))
            turn |= {name: processor_seconds(pid) - used[name] for name, pid in ours.items()}
            for name, (send, pid) in senders.items():
                time.sleep(0.2)
                used, began = processor_seconds(pid), time.monotonic()
                turn[name] = send() - began
                turn[f"{name} cpu"] = processor_seconds(pid) - used
            for name, value in turn.items():
                if run >= 0:
                    seen[name].append(value)
    return figures(seen, options.links)


def figures(seen, links):
    section = f"fan-out: 4 KiB to {links:,}"
    return [
        Figure(section, "raw", "raw TLS and a byte back", seen["raw"]),
        Figure(section, "nats", "NATS, delivered", seen["nats"]),
        Figure(section, "mosquitto", "mosquitto, delivered", seen["mosquitto"]),
        Figure(section, "applied", "applied by the last one", seen["applied"], beside=[("nats", 1), ("mosquitto", 1), ("raw", 1)],
               targets=[Bound("≤", 1.2, "nats")]),
        Figure(section, "confirmed", "every confirmation stored", seen["confirmed"], beside=[("raw", 1)], targets=[Bound("≤", 3, "raw")]),
        Figure(section, "raw cpu", "processor time, raw TLS", seen["raw cpu"]),
        Figure(section, "nats cpu", "processor time, NATS", seen["nats cpu"]),
        Figure(section, "mosquitto cpu", "processor time, mosquitto", seen["mosquitto cpu"]),
        Figure(section, "confirmed cpu", "processor time, daikand, confirmed", seen["confirmed cpu"],
               beside=[("nats cpu", 1), ("mosquitto cpu", 1), ("raw cpu", 1)]),
        Figure(section, "swarm cpu", "processor time, all simulated ones", seen["swarm cpu"])]
