"""Depth: a locked value from the root to the fifth level, until it is in force there and until the root can prove it. Beside the durable
commits on that way, measured on the same disk, and a message through as many NATS servers, each a leaf node of the one above, which keep
it in memory only."""
import contextlib
import sqlite3
import statistics
import time

from _peers import Clients, nats_chain
from _servers import Server, join, until
from _table import Bound, Figure

LEVELS = 5
COMMITS_DOWN, COMMITS_BACK = 5, 4  # the root's edit and four sets applied; a confirmation stored, and told to three above


def everything_in_force(server, secondaries):
    return server.call("GET", "/policies/status")["counts"]["in_force"] == secondaries


class Commits:
    """Durable commits of one small row each."""

    def __init__(self, folder):
        self.database = sqlite3.connect(folder / "commits.db", isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT)")

    def seconds(self):
        """Of one: the median of 100."""
        times = []
        for _ in range(100):
            began = time.perf_counter()
            self.database.execute("INSERT INTO rows (text) VALUES (?)", ("x" * 200,))
            times.append(time.perf_counter() - began)
        return statistics.median(times)


def value_below(server):
    settings = server.call("GET", "/server/effective_settings")["items"]
    return next(each for each in settings if each["path"] == "events.info_days")["value"]


def measure(build, folder, options, certificate):
    down, back, commit, nats = [], [], [], []
    servers = [Server(build, folder, f"level{n}") for n in range(1, LEVELS + 1)]
    with contextlib.ExitStack() as stack:
        for server in servers:
            stack.callback(server.kill)
            server.begin()
        for primary, secondary in zip(servers, servers[1:]):
            join(primary, secondary)
        root, bottom = servers[0], servers[-1]
        policy = root.call("POST", "/policies", {"name": "Bench", "active": True, "settings": {"events.info_days": {"value": 1, "locked": True}}})
        until(lambda: everything_in_force(root, LEVELS - 1))
        commits = Commits(folder)
        stack.callback(commits.database.close)
        first, last = stack.enter_context(nats_chain(folder, certificate, LEVELS))
        time.sleep(3)  # leaf nodes tell each other who they are, then of the subscriber
        leaf = stack.enter_context(Clients(build, "nats", certificate, "subscribe", last, 1, 1, first))
        time.sleep(2)
        leaf.send(4096)
        for run in range(options.runs):
            days = run % 50 + 2
            began = time.monotonic()
            policy = root.edit(policy, {"events.info_days": {"value": days, "locked": True}})
            until(lambda: value_below(bottom) == days)
            down.append(time.monotonic() - began)
            until(lambda: everything_in_force(root, LEVELS - 1))
            back.append(time.monotonic() - began)
            time.sleep(0.3)
            commit.append(commits.seconds())
            began = time.monotonic()
            nats.append(leaf.send(4096) - began)
    return figures(down, back, commit, nats)


def figures(down, back, commit, nats):
    section = f"depth: {LEVELS} levels"
    return [
        Figure(section, "commit", "durable commit", commit),
        Figure(section, "nats depth", "NATS leaf nodes, in memory", nats),
        Figure(section, "down", "in force on the last level", down, beside=[("commit", COMMITS_DOWN), ("nats depth", 1)],
               targets=[Bound("≤", 1.5, "commit")]),
        Figure(section, "back", "proved at the root", back, beside=[("commit", COMMITS_DOWN + COMMITS_BACK)],
               targets=[Bound("≤", 1.5, "commit"), Bound("≤", 0.05)])]
