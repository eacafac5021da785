"""What flows: a policy to many secondaries, a locked value down five levels and its proof back up, events from below into the root.

Fan-out: a policy edited on a primary with N simulated secondaries (real keys, TLS, hellos and rules; no databases), until the last one has
applied it, and until the primary has stored every confirmation; the yardstick is a C program on OpenSSL that writes 4 KiB to as many links and
waits for a byte from each. Depth: five real servers in a chain, from sending the edit to the root until the bottom has it in force, and until
the root can prove it; the yardstick is the sum of the durable commits on that way, each measured on the same disk. Roll-up: events recorded
on S secondaries while they are away, from their first record in the primary's database to the last; the yardstick is the same rows written into
the same table by SQLite alone (synchronous=FULL, batches of 1,000). Everything in one run, on loopback.
"""
import argparse
import contextlib
import http.client
import json
import pathlib
import sqlite3
import ssl
import statistics
import subprocess
import tempfile
import time

from links import Primary, expect, free_port, log_in, start

PASSWORD = "thousand-links-at-once\n"
COMMITS_DOWN, COMMITS_BACK = 5, 4  # the root's edit and four sets applied; a confirmation stored, and told to three above


class Server(Primary):
    def __init__(self, build, folder, name):
        self.name = name
        (folder / name).mkdir()
        super().__init__(build, folder / name)
        subprocess.run([str(build / "daikan"), "init", "--data", str(self.folder / "data"), "--user", "bench", "--password-file", "-"],
                       input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
        self.database = self.folder / "data/daikan.db"
        self.connection = self.secret = None

    def begin(self):
        self.start()
        self.secret = self.secret or log_in(self.console)
        self.connection = http.client.HTTPSConnection("127.0.0.1", self.console, timeout=60, context=ssl._create_unverified_context())
        return self

    def call(self, method, path, body=None, **headers):
        self.connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None,
                                {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"} | headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text) if text else None

    def certificate(self):
        return self.call("GET", "/server/identity")["certificate"]

    def edit(self, policy, settings):
        """Sends the edit; returns the policy as it is then."""
        return self.call("PATCH", f"/policies/{policy['id']}", {"settings": settings}, **{"If-Match": f'"{policy["revision"]}"'})


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise RuntimeError(f"not within {seconds} s")
        time.sleep(0.0005)


def join(primary, secondary):
    primary.call("POST", "/secondaries", {"name": secondary.name, "group": "Managed devices", "certificate": secondary.certificate()})
    secondary.call("PUT", "/primary", {"address": f"127.0.0.1:{primary.link}", "certificate": primary.certificate()})
    until(lambda: secondary.call("GET", "/primary").get("state") == "connected")


def everything_in_force(server, secondaries):
    counts = server.call("GET", "/policies/status")["counts"]
    return counts["in_force"] == secondaries


def commit_seconds(folder):
    """One durable commit of one small row: the median of 200."""
    with contextlib.closing(sqlite3.connect(folder / "commits.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT)")
        times = []
        for n in range(200):
            began = time.perf_counter()
            database.execute("INSERT INTO rows VALUES (?, ?)", (n, "x" * 200))
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def depth(build, folder, runs):
    servers = [Server(build, folder, f"level{n}") for n in range(1, 6)]
    try:
        for server in servers:
            server.begin()
        for primary, secondary in zip(servers, servers[1:]):
            join(primary, secondary)
        root, bottom = servers[0], servers[-1]
        policy = root.call("POST", "/policies", {"name": "Bench", "active": True, "settings": {"events.info_days": {"value": 1, "locked": True}}})
        until(lambda: everything_in_force(root, 4))
        down, back = [], []
        for run in range(runs):
            days = run % 50 + 2
            began = time.monotonic()
            policy = root.edit(policy, {"events.info_days": {"value": days, "locked": True}})

            def is_below():
                settings = bottom.call("GET", "/server/effective_settings")["items"]
                return next(each for each in settings if each["path"] == "events.info_days")["value"] == days
            until(is_below)
            down.append(time.monotonic() - began)
            until(lambda: everything_in_force(root, 4))
            back.append(time.monotonic() - began)
            time.sleep(0.3)
        return {"down": down, "back": back, "commit": commit_seconds(folder)}
    finally:
        for server in servers:
            server.kill()


def fan_out(build, folder, links, runs):
    primary = Server(build, folder, "primary")
    swarm = raw = client = None
    try:
        swarm = start(build / "bench/swarm", f"sqlite:{primary.database}", links, 64)
        expect(swarm, "seeded")
        primary.begin()
        swarm.stdin.write(f"go 127.0.0.1:{primary.link}\n")
        swarm.stdin.flush()
        expect(swarm, "up")
        blob = {path: {"value": days, "locked": True} for path, days in (("events.info_days", 1), ("events.warning_days", 2))}
        policy = primary.call("POST", "/policies", {"name": "Bench " + "x" * 100, "active": True, "settings": blob})
        behind = sqlite3.connect(f"file:{primary.database}?mode=ro", uri=True, isolation_level=None)

        def all_confirmed():
            return behind.execute("SELECT COUNT(*) FROM downstream WHERE behind_since IS NOT NULL").fetchone()[0] == 0
        until(all_confirmed)
        time.sleep(1)
        delivered, confirmed = [], []
        for run in range(runs):
            blob["events.info_days"]["value"] = run % 50 + 2
            began = time.monotonic()
            policy = primary.edit(policy, blob)
            applied = began
            while applied <= began:  # what was applied before the edit was told as well
                applied = float(expect(swarm, "applied")[2])
            delivered.append(applied - began)
            until(all_confirmed)
            confirmed.append(time.monotonic() - began)
            time.sleep(0.5)
        behind.close()
        port = free_port()
        raw = start(build / "bench/raw_links", "server", port, folder / "c.pem", folder / "k.pem")
        expect(raw, "ready")
        client = start(build / "bench/raw_links", "client", port, folder / "c.pem", folder / "k.pem", links, 64)
        expect(client, "connected")
        raws = []
        for _ in range(runs):
            began = time.monotonic()
            raw.stdin.write("send\n")
            raw.stdin.flush()
            raws.append(float(expect(raw, "acknowledged")[2]) - began)
        return {"delivered": delivered, "confirmed": confirmed, "raw": raws}
    finally:
        primary.kill()
        for process in (swarm, raw, client):
            if process:
                process.kill()
                process.wait()


def raw_rows(folder, source):
    """Seconds that SQLite alone takes for the rows which the primary holds."""
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database:
        schema = [row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'rolled_up_events' AND sql IS NOT NULL ORDER BY type DESC")]
        rows = database.execute("SELECT * FROM rolled_up_events WHERE kind = 'bench'").fetchall()
    with contextlib.closing(sqlite3.connect(folder / "raw.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        for statement in schema:
            database.execute(statement)
        text = f"INSERT INTO rolled_up_events VALUES ({','.join('?' * len(rows[0]))})"
        began = time.perf_counter()
        for first in range(0, len(rows), 1000):
            database.execute("BEGIN")
            database.executemany(text, rows[first:first + 1000])
            database.execute("COMMIT")
        return time.perf_counter() - began


def roll_up(build, folder, secondaries, events):
    folder.mkdir()
    root = Server(build, folder, "root")
    below = [Server(build, folder, f"branch{n}") for n in range(secondaries)]
    try:
        root.begin()
        for server in below:
            server.begin()
            join(root, server)
        time.sleep(1)
        for server in below:
            server.kill()
        for server in below:
            subprocess.run([str(build / "bench/happenings"), f"sqlite:{server.database}", str(events), "450"], check=True)
        rows = sqlite3.connect(f"file:{root.database}?mode=ro", uri=True, isolation_level=None)

        def arrived():
            return rows.execute("SELECT COUNT(*) FROM rolled_up_events WHERE kind = 'bench'").fetchone()[0]
        for server in below:
            server.start()
        until(arrived)
        began, first = time.monotonic(), arrived()
        while arrived() < secondaries * events:
            if time.monotonic() - began > 300:
                raise RuntimeError(f"{arrived()} of {secondaries * events} events arrived")
            time.sleep(0.05)
        took = time.monotonic() - began
        time.sleep(1)
        if arrived() != secondaries * events:
            raise RuntimeError("events arrived twice")
        rows.close()
        return {"rate": (secondaries * events - first) / took, "raw": secondaries * events / raw_rows(folder, root.database)}
    finally:
        for server in [root, *below]:
            server.kill()


def shown(times):
    return f"{1000 * statistics.median(times):8.1f} ms  ({1000 * min(times):.1f}–{1000 * max(times):.1f})"


def main(build, arguments):
    parser = argparse.ArgumentParser(prog="./dev bench flow")
    parser.add_argument("--links", type=int, default=1000, help="simulated secondaries of the fan-out")
    parser.add_argument("--runs", type=int, default=9, help="edits; the median is shown")
    parser.add_argument("--secondaries", type=int, default=8, help="real ones of the roll-up")
    parser.add_argument("--events", type=int, default=10000, help="on each of them")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="daikan-bench-") as name:
        folder = pathlib.Path(name)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        str(folder / "k.pem"), "-out", str(folder / "c.pem"), "-days", "10", "-subj", "/CN=raw"], check=True, stderr=subprocess.DEVNULL)
        deep = depth(build, folder, options.runs)
        print("depth: a locked value through five levels (median, range)")
        print(f"  in force at the bottom  {shown(deep['down'])}   {statistics.median(deep['down']) / (COMMITS_DOWN * deep['commit']):6.2f} × its {COMMITS_DOWN} commits")
        print(f"  proved at the root      {shown(deep['back'])}   {statistics.median(deep['back']) / ((COMMITS_DOWN + COMMITS_BACK) * deep['commit']):6.2f} × its "
              f"{COMMITS_DOWN + COMMITS_BACK} commits   target ≤ 1.5 × and ≤ 50 ms")
        print(f"  one durable commit      {1000 * deep['commit']:8.2f} ms", flush=True)
        wide = fan_out(build, folder, options.links, options.runs)
        raw = statistics.median(wide["raw"])
        print(f"\nfan-out: a policy to {options.links} secondaries (median, range)")
        print(f"  raw TLS, 4 KiB and a byte back {shown(wide['raw'])}")
        print(f"  applied by the last one        {shown(wide['delivered'])}   {statistics.median(wide['delivered']) / raw:6.2f} × raw")
        print(f"  every confirmation stored      {shown(wide['confirmed'])}   {statistics.median(wide['confirmed']) / raw:6.2f} × raw   target ≤ 3 ×", flush=True)
        rows = [roll_up(build, folder / f"roll-up-{run}", options.secondaries, options.events) for run in range(max(1, options.runs // 3))]
        rate, raw = statistics.median(row["rate"] for row in rows), statistics.median(row["raw"] for row in rows)
        print(f"\nroll-up: {options.events} events of 512 bytes from each of {options.secondaries} servers, exactly once (median of {len(rows)})")
        print(f"  raw SQLite {raw:10.0f}/s\n  daikand    {rate:10.0f}/s   {rate / raw:.2f} × raw   target ≥ 0.6")
    return 0
