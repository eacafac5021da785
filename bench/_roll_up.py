"""Roll-up: events of 512 bytes from many secondaries into the primary's database, exactly once; from the word that they are there until the
last is stored.

The secondaries are simulated (real keys, TLS, hellos and frames; the events are made as they are read), so that the primary is measured: on
SQLite beside the same rows written into the same table by SQLite alone (synchronous=FULL, batches of 1,000), on PostgreSQL beside COPY of the
same rows in the same batches, and beside as many publishers of NATS JetStream (a stream on files, every message confirmed; it does not
wait for the disk) and of mosquitto (QoS 1, until a subscriber has confirmed all; in memory). Then once more from real servers, which share
the machine with the primary. Every database and broker begins empty in each turn."""
import contextlib
import pathlib
import shutil
import sqlite3
import subprocess
import time

from links import expect, start
from _peers import Clients, Postgresql, Questions, jetstream, mosquitto
from _servers import Server, join, processor_seconds, stop, until
from _table import Bound, Figure

BYTES, MESSAGE = 512, 450  # of an event, and of its message
BATCH = 1000
ARRIVED = "SELECT value FROM counters WHERE name = 'rolled_up'"  # one row, written with the events; MAX(position) would wade through those under way
EXACTLY = "SELECT COUNT(*) FROM rolled_up_events WHERE kind = 'bench'"
NAMES = ("daikan", "sqlite", "daikan on postgresql", "copy", "jetstream", "mosquitto", "real", "daikan cpu", "jetstream cpu", "mosquitto cpu")


def sqlite_number(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    return database, lambda query: database.execute(query).fetchone()[0]


def wait_for(number, events, began):
    """Seconds since `began` until so many events are stored; each of them once."""
    until(lambda: number(ARRIVED) >= events, 300, 0.01)
    until(lambda: number(EXACTLY) >= events, 60, 0.05)
    took = time.monotonic() - began
    time.sleep(1)
    if number(EXACTLY) != events:
        raise RuntimeError(f"{number(EXACTLY)} events are stored, {events} happened")
    return took


def simulated(build, server, number, options):
    """The rate in events a second, from `options.secondaries` simulated ones into a server that has not begun yet; and the server's
    processor time in microseconds an event."""
    each = options.events // options.secondaries
    swarm = start(build / "bench/swarm", server.url, options.secondaries, 64, "feed")
    try:
        expect(swarm, "seeded")
        server.begin()
        swarm.stdin.write(f"go 127.0.0.1:{server.link}\n")
        swarm.stdin.flush()
        expect(swarm, "up")
        time.sleep(2)
        before = number(ARRIVED)
        if before:
            raise RuntimeError(f"{before} events are stored that nobody told")
        used, began = processor_seconds(server.process.pid), time.monotonic()
        swarm.stdin.write(f"tell {each} {MESSAGE}\n")
        swarm.stdin.flush()
        took = wait_for(number, options.events, began)
        return options.events / took, 1e6 * (processor_seconds(server.process.pid) - used) / options.events
    finally:
        server.kill()
        stop([swarm])


def on_sqlite(build, folder, options):
    """The server's rate and processor time, and the rate of SQLite alone."""
    server = Server(build, folder, "primary")
    database, number = sqlite_number(server.database)
    with contextlib.closing(database):
        seen = simulated(build, server, number, options)
    return *seen, options.events / raw_sqlite(folder, server.database)


def raw_sqlite(folder, source):
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
        for first in range(0, len(rows), BATCH):
            database.execute("BEGIN")
            database.executemany(text, rows[first:first + BATCH])
            database.execute("COMMIT")
        return time.perf_counter() - began


def on_postgresql(build, folder, options, postgresql):
    """The server's rate and that of COPY alone."""
    server = Server(build, folder, "primary-postgresql", postgresql.database("daikan"))
    questions = Questions(postgresql, "daikan")
    try:
        rate, _ = simulated(build, server, questions.number, options)
        return rate, options.events / copy_alone(postgresql, folder)
    finally:
        questions.close()
        postgresql.drop("daikan")


def copy_alone(postgresql, folder):
    """Seconds that COPY takes for the rows which the primary holds, into an empty table like theirs, a commit for each batch."""
    postgresql.psql("daikan", "-c", "CREATE TABLE copied (LIKE rolled_up_events INCLUDING ALL)")
    rows = postgresql.psql("daikan", "-c", "COPY rolled_up_events TO STDOUT").splitlines(keepends=True)
    script = folder / "copy.sql"
    with open(script, "w") as out:
        for first in range(0, len(rows), BATCH):
            out.write("COPY copied FROM STDIN;\n" + "".join(rows[first:first + BATCH]) + "\\.\n")
    with open(script) as text:
        began = time.perf_counter()
        postgresql.psql("daikan", stdin=text)
        return time.perf_counter() - began


def through(build, certificate, options, protocol, peer):
    """The rate of a broker, and its processor time in microseconds an event."""
    each = options.events // options.secondaries
    with Clients(build, protocol, certificate, "publish", peer.port, options.secondaries, 64) as clients:
        time.sleep(1)
        used, began = processor_seconds(peer.pid), time.monotonic()
        took = clients.send(each, BYTES) - began
        return options.events / took, 1e6 * (processor_seconds(peer.pid) - used) / options.events


def real(build, folder, options):
    """The rate from real servers on which the events happened while they were away, from the first one stored to the last."""
    root = Server(build, folder, "root")
    below = [Server(build, folder, f"branch{n}") for n in range(options.servers)]
    database, number = sqlite_number(root.database)
    try:
        root.begin()
        for server in below:
            server.begin()
            join(root, server)
        time.sleep(1)
        for server in below:
            server.kill()
        each = options.events // options.servers
        for server in below:
            subprocess.run([str(build / "bench/happenings"), server.url, str(each), str(MESSAGE)], check=True)
        for server in below:
            server.start()
        until(lambda: number(EXACTLY))
        began, first = time.monotonic(), number(EXACTLY)
        return (each * options.servers - first) / wait_for(number, each * options.servers, began)
    finally:
        database.close()
        for server in [root, *below]:
            server.kill()


def measure(build, folder, options, certificate):
    seen = {name: [] for name in NAMES}
    with Postgresql() as postgresql:
        for run in range(options.runs):
            place = pathlib.Path(folder / f"turn-{run}")
            place.mkdir()
            turn = dict(zip(("daikan", "daikan cpu", "sqlite"), on_sqlite(build, place, options)))
            turn |= dict(zip(("daikan on postgresql", "copy"), on_postgresql(build, place, options, postgresql)))
            for name, protocol, broker in (("jetstream", "nats", jetstream), ("mosquitto", "mqtt", mosquitto)):
                with broker(place, certificate) as peer:
                    turn |= dict(zip((name, f"{name} cpu"), through(build, certificate, options, protocol, peer)))
            if options.servers:
                turn["real"] = real(build, place, options)
            for name, value in turn.items():
                seen[name].append(value)
            shutil.rmtree(place)
    return figures(seen, options)


def figures(seen, options):
    section = f"roll-up: {options.events:,} of 512 bytes from {options.secondaries}"
    peers = [("jetstream", 1), ("mosquitto", 1)]
    rows = [
        Figure(section, "sqlite", "SQLite alone", seen["sqlite"], "/s"),
        Figure(section, "copy", "COPY alone", seen["copy"], "/s"),
        Figure(section, "jetstream", "NATS JetStream on files", seen["jetstream"], "/s"),
        Figure(section, "mosquitto", "mosquitto QoS 1", seen["mosquitto"], "/s"),
        Figure(section, "daikan", "into Daikan on SQLite", seen["daikan"], "/s", [("sqlite", 1), *peers], [Bound("≥", 0.6, "sqlite")]),
        Figure(section, "daikan on postgresql", "into Daikan on PostgreSQL", seen["daikan on postgresql"], "/s", [("copy", 1), *peers],
               [Bound("≥", 0.6, "copy")]),
        Figure(section, "jetstream cpu", "processor time an event, JetStream", seen["jetstream cpu"], " µs"),
        Figure(section, "mosquitto cpu", "processor time an event, mosquitto", seen["mosquitto cpu"], " µs"),
        Figure(section, "daikan cpu", "processor time an event, daikand", seen["daikan cpu"], " µs", [("jetstream cpu", 1), ("mosquitto cpu", 1)])]
    if seen["real"]:
        rows.append(Figure(section, "real", f"from {options.servers} real servers, SQLite", seen["real"], "/s", [("sqlite", 1)]))
    return rows
