"""Events and audit: the chain, its verification, filters, exports, retention."""

import contextlib
import csv
import hashlib
import http.client
import io
import json
import sqlite3
import time

import pytest
from support.server import PASSWORD, USER, attach
from support.waiting import wait_until


@contextlib.contextmanager
def database(server):
    """The SQLite file of a stopped server, as somebody with a shell on the machine may open it."""
    connection = sqlite3.connect(server.data / "daikan.db")
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def busy_server(start, name="hq", groups=6):
    server = start.server(name)
    for n in range(groups):
        server.api.post("/groups", {"path": f"Managed devices/Group {n}"})
    return server


def records_of(server) -> list[dict]:
    return [json.loads(line) for line in server.api.get("/audit/export").splitlines()]


def hash_as_documented(record: dict) -> str:
    """From docs/operations.md alone: what a stranger's verifier does."""
    text = b"daikan-audit-1:"
    for name in ("previous_hash", "sequence", "at", "actor", "source", "through", "action", "object", "outcome"):
        part = str(record[name]).encode()
        text += str(len(part)).encode() + b":" + part + b","
    return hashlib.sha256(text).hexdigest()


# The chain.

def test_every_record_is_chained_as_the_documents_say(start):
    hq = busy_server(start)
    hq.api.post("/groups", {"path": "Managed devices/Zweigstelle Köln “7”"})
    records = records_of(hq)
    assert len(records) >= 8
    last = "0" * 64
    for number, record in enumerate(records, 1):
        assert record["sequence"] == number and record["previous_hash"] == last
        assert record["hash"] == hash_as_documented(record), record
        last = record["hash"]
    assert hq.api.get("/audit/chain") == {"anchor": {"sequence": 0, "hash": "0" * 64}, "head": {"sequence": len(records), "hash": last}}


def test_verify_passes_on_a_server_and_on_its_export(start, tmp_path):
    hq = busy_server(start)
    cli = start.cli(hq)
    text = cli.ok("audit", "verify")
    assert "The audit chain is whole" in text and hq.api.get("/audit/chain")["head"]["hash"] in text
    cli.ok("audit", "export", tmp_path / "audit.jsonl")
    told = cli.json("audit", "verify", tmp_path / "audit.jsonl")
    assert told["whole"] is True and told["first"] == 1 and told["records"] == told["last"]
    assert cli.json("audit", "verify", "-", text=(tmp_path / "audit.jsonl").read_text())["head"] == told["head"]
    assert "audit verify" in cli.ok("audit", "verify", "--help")


def changed(connection):
    connection.execute("UPDATE audit SET object = 'group Harmless' WHERE sequence = 4")


def deleted(connection):
    connection.execute("DELETE FROM audit WHERE sequence = 4")


@pytest.mark.parametrize("tamper, reason", [(changed, "Record 4 was changed"), (deleted, "Record 4 is missing")])
def test_a_row_changed_or_deleted_in_the_database_is_named(start, tmp_path, tamper, reason):
    hq = busy_server(start)
    cli = start.cli(hq)
    hq.stop()
    with database(hq) as connection:
        tamper(connection)
    hq.start()
    done = cli.run("audit", "verify")
    assert done.returncode == 1 and "broken at record 4" in done.stderr and reason in done.stderr, done.stderr
    # The same in a file, without a server; and it stays so when more is recorded.
    cli.ok("audit", "export", tmp_path / "audit.jsonl")
    hq.stop()
    assert reason in cli.fails("audit", "verify", tmp_path / "audit.jsonl")
    hq.start().api.post("/groups", {"path": "Managed devices/Later"})
    assert reason in cli.fails("audit", "verify")


def test_a_row_changed_together_with_its_hash_shows_at_the_next(start):
    hq = busy_server(start)
    cli = start.cli(hq)
    record = {**records_of(hq)[3], "actor": "somebody else"}
    hq.stop()
    with database(hq) as connection:
        connection.execute("UPDATE audit SET actor = ?, hash = ? WHERE sequence = 4", (record["actor"], hash_as_documented(record)))
    hq.start()
    assert "broken at record 5" in cli.fails("audit", "verify")


def test_a_cut_end_shows_by_the_kept_head_and_by_a_noted_one(start):
    hq = busy_server(start)
    cli = start.cli(hq)
    noted = hq.api.get("/audit/chain")["head"]
    cli.ok("audit", "verify", "--head", noted["hash"])
    hq.stop()
    with database(hq) as connection:
        connection.execute("DELETE FROM audit WHERE sequence > ?", (noted["sequence"] - 2,))
    hq.start()
    assert f"broken at record {noted['sequence'] - 1}" in cli.fails("audit", "verify")
    # Somebody who knows the schema also sets the kept ends back: only what was noted elsewhere tells.
    hq.stop()
    with database(hq) as connection:
        sequence, digest = connection.execute("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").fetchone()
        connection.execute("UPDATE audit_chain SET head_sequence = ?, head_hash = ?", (sequence, digest))
        connection.execute("UPDATE counters SET value = ? WHERE name = 'audit'", (sequence,))
    hq.start()
    for n in range(4):
        hq.api.post("/groups", {"path": f"Managed devices/Other {n}"})
    cli.ok("audit", "verify")
    assert noted["hash"] in cli.fails("audit", "verify", "--head", noted["hash"])


def test_the_head_is_an_event_so_that_a_copy_leaves_the_server(start):
    hq = start.server("hq")
    event = wait_until(lambda: hq.api.get("/events?kind=audit_head")["items"], "the head is told")[0]
    digest = event["message"].rsplit(" ", 1)[1].rstrip(".")
    assert digest in {record["hash"] for record in records_of(hq)}
    wait_until(lambda: digest in hq.text(), "the log tells it, too")
    start.cli(hq).ok("audit", "verify", "--head", digest)


def test_records_from_before_the_chain_are_chained_at_the_start(start):
    hq = busy_server(start)
    before = len(records_of(hq))
    hq.stop()
    with database(hq) as connection:  # as an older version left it
        connection.execute("UPDATE audit SET hash = '', previous_hash = ''")
        connection.execute("DELETE FROM audit_chain")
    hq.start()
    assert len(records_of(hq)) >= before and records_of(hq)[0]["previous_hash"] == "0" * 64
    start.cli(hq).ok("audit", "verify")


def test_what_is_no_export_and_no_hash_is_told(start, tmp_path):
    cli = start.cli(start.server("hq"))
    (tmp_path / "other").write_text("hello\n")
    assert "Line 1 is not an audit record" in cli.fails("audit", "verify", tmp_path / "other")
    assert "cannot be read" in cli.fails("audit", "verify", tmp_path / "missing")
    assert "is not the hash of a record" in cli.fails("audit", "verify", "--head", "abc")


def test_trimmed_records_leave_a_chain_that_verifies(start):
    hq = busy_server(start, groups=3)
    cli = start.cli(hq)
    hq.stop()
    # Three days ago: the chain is made anew over the moved times, as the server would have made it then.
    with database(hq) as connection:
        connection.execute("UPDATE audit SET at = at - 3 * 86400000000, hash = '', previous_hash = ''")
        connection.execute("DELETE FROM audit_chain")
    hq.arguments += ["--audit-retention-days", "2"]
    hq.start()
    wait_until(lambda: hq.api.get("/audit/chain")["anchor"]["sequence"] > 0, "old records are trimmed")
    records = records_of(hq)
    chain = hq.api.get("/audit/chain")
    assert records[0]["sequence"] == chain["anchor"]["sequence"] + 1 and records[0]["previous_hash"] == chain["anchor"]["hash"]
    assert records[0]["action"] == "audit.trim" and chain["anchor"]["hash"] in records[0]["object"]
    cli.ok("audit", "verify")
    cli.ok("audit", "verify", "--head", chain["anchor"]["hash"])


# What is recorded (joining.md C6).

def groups(hq, branch, folder):
    group = hq.api.post("/groups", {"path": "Managed devices/Recorded"})
    hq.api.delete(f"/groups/{group['id']}")
    return [("group_added", "group.add"), ("group_removed", "group.remove")]


def accounts(hq, branch, folder):
    session = hq.stranger.log_in(USER, PASSWORD)
    token = session.post("/tokens", {"name": "nightly", "expires_in_hours": 1})
    session.delete(f"/tokens/{token['id']}")
    session.delete("/sessions/current")
    hq.stranger.call("POST", "/sessions", {"user": "nobody", "password": "x", "client": "x"}).refused(401, "wrong_credentials")
    return [("login", "login"), ("token_created", "token.create"), ("token_revoked", "token.revoke"), ("logout", "logout"),
            ("login_refused", "login.refused")]


def a_stranger_dials(hq, branch, folder):
    branch.follow(hq)
    listed = wait_until(lambda: hq.api.get("/unrecognised_servers")["items"], "it is listed")
    wait_until(lambda: "link_refused" in kinds_of(branch), "the refusal is told below")
    hq.api.delete(f"/unrecognised_servers/{listed[0]['fingerprint'].replace(':', '').lower()}")
    branch.api.delete("/primary")
    return [("unrecognised_server", None), ("unrecognised_forgotten", "unrecognised.forget")]


def a_secondary_comes_and_goes(hq, branch, folder):
    attach(hq, branch)
    branch.stop()
    wait_until(lambda: "link_disconnected" in kinds_of(hq), "the loss is told")
    branch.start()
    hq.wait_for_secondary("branch")
    hq.api.delete(f"/secondaries/{hq.secondary('branch')['id']}")
    wait_until(lambda: "removed_by_primary" in kinds_of(branch), "the removal is told below")
    return [("secondary_added", "secondary.add"), ("link_connected", None), ("link_disconnected", None), ("secondary_removed", "secondary.remove")]


def the_secondarys_side(hq, branch, folder):
    """What `a_secondary_comes_and_goes` left behind on the other server."""
    branch.api.delete("/primary")
    return [("primary_set", "primary.set"), ("link_connected", None), ("link_disconnected", None), ("removed_by_primary", None),
            ("primary_cleared", "primary.clear"), ("server_started", None), ("server_initialised", "account.create"), ("server_renamed", "server.rename")]


def a_secondary_leaves(hq, branch, folder):
    attach(hq, branch)
    branch.api.delete("/primary")
    wait_until(lambda: [each for each in hq.api.get("/events?kind=secondary_left")["items"] if each["secondary_id"]], "hq is told")
    hq.api.delete(f"/secondaries/{hq.secondary('branch')['id']}")
    return [("secondary_left", None)]


def joins(hq, branch, folder):
    body = {"secondary_console": str(branch.console), "fingerprint": branch.fingerprint, "primary_address": str(hq.link),
            "credentials": {"user": USER, "password": "wrong"}}
    operation = hq.api.post("/joins", body)
    wait_until(lambda: hq.api.get(f"/operations/{operation['id']}")["state"] == "failed", "it fails")
    hq.api.post(f"/operations/{operation['id']}/resume", {"credentials": {"user": USER, "password": PASSWORD}})
    wait_until(lambda: hq.api.get(f"/operations/{operation['id']}")["state"] == "done", "it is done", 90)
    hq.api.delete(f"/secondaries/{hq.secondary('branch')['id']}")
    branch.api.delete("/primary")
    second = hq.api.post("/joins", body)
    wait_until(lambda: hq.api.get(f"/operations/{second['id']}")["state"] == "failed", "it fails again")
    hq.api.post(f"/operations/{second['id']}/cancel")
    return [("join_begun", "join.begin"), ("join_failed", "join.end"), ("join_resumed", "join.resume"), ("join_done", "join.end"),
            ("join_cancelled", "join.cancel"), ("join_undone", "join.end")]


def kinds_of(server) -> set[str]:
    return {each["kind"] for each in server.api.get("/events?limit=1000")["items"]}


@pytest.fixture(scope="module")
def recorded(shared):
    return shared.server("hq"), shared.server("branch")


@pytest.mark.parametrize("act", [groups, accounts, a_stranger_dials, a_secondary_comes_and_goes, the_secondarys_side, a_secondary_leaves, joins])
def test_c6_what_happens_is_an_event_and_what_a_person_did_an_audit_record(recorded, tmp_path, act):
    hq, branch = recorded
    where = branch if act is the_secondarys_side else hq
    before = (0, 0) if act is the_secondarys_side else tuple(where.api.get(f"/{log}?limit=1")["items"][0]["sequence"] for log in ("events", "audit"))
    expected = act(hq, branch, tmp_path)
    events = [each for each in where.api.get("/events?limit=1000")["items"] if each["sequence"] > before[0]]
    audit = [each for each in where.api.get("/audit?limit=1000")["items"] if each["sequence"] > before[1]]
    for kind, action in expected:
        found = [each for each in events if each["kind"] == kind]
        assert found, f"no event {kind}: {sorted({each['kind'] for each in events})}"
        assert all(each["message"].endswith((".", "?")) for each in found), found
        if action:
            records = [each for each in audit if each["action"] == action]
            assert records, f"no audit record {action}: {sorted({each['action'] for each in audit})}"
            assert all(each["actor"] and each["outcome"] for each in records)
            local = ("account.create", "server.rename")
            assert all(each["source"] == "127.0.0.1" for each in records) or action in local, records


def test_c6_what_a_person_does_through_the_primary_is_recorded_below_under_the_own_name(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    hq.api.through(branch.id).post("/groups", {"path": "Managed devices/From above"})
    record = branch.api.get("/audit?action=group.add")["items"][0]
    assert (record["actor"], record["through"], record["source"]) == (USER, "hq", "127.0.0.1")


def test_c6_a_flood_of_refusals_stays_bounded(start):
    """Guessing passwords and dialling with an unknown certificate cost a few events, however often."""
    hq, stranger = start.server("hq"), start.server("stranger")
    stranger.follow(hq)
    wait_until(lambda: "unrecognised_server" in kinds_of(hq), "it is told")
    for n in range(40):
        hq.stranger.call("POST", "/sessions", {"user": f"nobody{n}", "password": "x", "client": "x"})
    refused = hq.api.get("/events?kind=login_refused&limit=1000")["items"]
    records = hq.api.get("/audit?action=login.refused&limit=1000")["items"]
    assert 0 < len(refused) <= 21 <= len(records)  # 20 a minute; the test may see a minute end
    attempts = lambda: hq.api.get("/unrecognised_servers")["items"][0]["attempts"]  # noqa: E731
    first = attempts()
    stranger.restart()
    wait_until(lambda: attempts() > first, "it dials again")
    assert len(hq.api.get("/events?kind=unrecognised_server")["items"]) == 1


# Filters.

def test_events_are_filtered(start):
    hq, branch = start.server("hq"), start.server("branch")
    registered = attach(hq, branch)
    branch.stop()
    wait_until(lambda: hq.api.get("/events?kind=link_disconnected")["items"], "the loss is told")
    everything = hq.api.get("/events?limit=1000")["items"]
    assert {each["severity"] for each in hq.api.get("/events?severity=warning")["items"]} <= {"warning", "error", "critical"}
    assert hq.api.get("/events?severity=warning")["items"] == [each for each in everything if each["severity"] != "info"]
    about = hq.api.get(f"/events?secondary={registered['id']}")["items"]
    assert about and about == [each for each in everything if each["secondary_id"] == registered["id"]]
    assert hq.api.get("/events?text=BRANCH&kind=secondary_added")["items"]
    assert not hq.api.get("/events?text=no+such+thing")["items"]
    middle = everything[len(everything) // 2]["at"]
    assert hq.api.get(f"/events?from={middle}")["items"] == [each for each in everything if each["at"] >= middle]
    assert hq.api.get(f"/events?until={middle}")["items"] == [each for each in everything if each["at"] < middle]
    # Pages of a filter join up.
    pages, path = [], f"/events?secondary={registered['id']}&limit=1"
    while path:
        page = hq.api.get(path)
        pages += page["items"]
        path = page["next_cursor"] and f"/events?secondary={registered['id']}&limit=1&before={page['next_cursor']}"
    assert pages == about
    for query, field in (("severity=loud", "severity"), ("secondary=x", "secondary"), ("from=then", "from"), ("text=" + "x" * 300, "text")):
        assert hq.api.call("GET", f"/events?{query}").refused(422, "invalid_request")["field"] == field
    cli = start.cli(hq)
    assert "link_disconnected" in cli.ok("event", "list", "--secondary", "branch", "--since", "1h")
    assert cli.json("event", "list", "--severity", "critical") == []
    assert "is not a time" in cli.fails("event", "list", "--since", "lately")
    assert "branch2" in cli.fails("event", "list", "--secondary", "branch2")


def test_a_live_tail_is_filtered(start):
    hq = start.server("hq")
    with hq.api.events("/events?kind=group_removed") as stream:
        group = hq.api.post("/groups", {"path": "Managed devices/Short-lived"})
        hq.api.delete(f"/groups/{group['id']}")
        assert stream.next()["event"] == "group_removed"
    hq.api.call("GET", "/events?severity=loud", headers={"Accept": "text/event-stream"}).refused(422, "invalid_request")


def test_audit_records_are_filtered(start):
    hq = busy_server(start, groups=3)
    everything = hq.api.get("/audit?limit=1000")["items"]
    assert hq.api.get("/audit?action=group.add")["items"] == [each for each in everything if each["action"] == "group.add"]
    assert len(hq.api.get("/audit?action=group.&object=GROUP+1")["items"]) == 1
    assert hq.api.get("/audit?actor=nobody")["items"] == []
    cli = start.cli(hq)
    assert {each["actor"] for each in cli.json("audit", "list", "--actor", "olga", "--since", "1d")} == {"olga"}


# Exports.

def test_exports_hold_everything_in_order(start, tmp_path):
    hq = busy_server(start)
    cli = start.cli(hq)
    cli.ok("event", "export", tmp_path / "events.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    newest = hq.api.get("/events?limit=1000")["items"]
    assert lines == [each for each in reversed(newest) if each["sequence"] <= lines[-1]["sequence"]]
    cli.ok("event", "export", tmp_path / "events.csv", "--format", "csv", "--kind", "group_added")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "events.csv").read_text(), newline="")))
    assert [row["message"] for row in rows] == [each["message"] for each in lines if each["kind"] == "group_added"]
    assert list(rows[0]) == ["sequence", "at", "severity", "kind", "message", "secondary_id"]
    assert (tmp_path / "events.csv").read_bytes().count(b"\r\n") == len(rows) + 1
    piped = cli.ok("audit", "export", "--format", "csv", "--action", "group.add")
    assert len(list(csv.DictReader(io.StringIO(piped)))) == 6
    assert not list(tmp_path.glob("*.part"))
    assert "cannot be written" in cli.fails("event", "export", tmp_path / "no" / "folder")
    answer = hq.api.call("GET", "/events/export?format=csv")
    assert answer.headers["content-type"].startswith("text/csv") and "events.csv" in answer.headers["content-disposition"]
    hq.api.call("GET", "/audit/export?format=xml").refused(422, "invalid_request")


def test_a_spreadsheet_computes_nothing_of_what_strangers_wrote(start):
    """A name that is a formula stays a text: the object begins with a word of ours, but an actor or a message may begin with anything."""
    hq = start.server("hq")
    formula = "=HYPERLINK(\"http://evil.example\",\"click\")"
    hq.stranger.call("POST", "/sessions", {"user": formula, "password": "x", "client": "x"})
    rows = list(csv.DictReader(io.StringIO(hq.api.get("/audit/export?format=csv&action=login.refused"), newline="")))
    assert rows and rows[0]["actor"] == "'" + formula
    exact = json.loads(hq.api.get("/audit/export?action=login.refused").splitlines()[0])
    assert exact["actor"] == formula


def test_an_export_through_a_link_is_the_lower_servers(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    cli = start.cli(hq)
    assert "The audit chain is whole" in cli.ok("--relay", "branch", "audit", "verify")
    below = [json.loads(line) for line in cli.ok("--relay", "branch", "audit", "export").splitlines()]
    assert below == [each for each in records_of(branch) if each["sequence"] <= below[-1]["sequence"]]


def test_a_long_export_streams_and_is_bounded(start):
    hq = start.server("hq")
    hq.stop()
    rows = 60_000
    with database(hq) as connection:
        begin = connection.execute("SELECT value FROM counters WHERE name = 'events'").fetchone()[0]
        connection.executemany("INSERT INTO events (sequence, at, severity, kind, message) VALUES (?, 1800000000000000, 'info', 'test', ?)",
                               ((begin + n, f"Event {n} " + "x" * 500) for n in range(1, rows + 1)))
        connection.execute("UPDATE counters SET value = ? WHERE name = 'events'", (begin + rows,))
    hq.start()
    assert hq.api.get("/server")
    # Callers that do not read hold a place and one page each; the next is told to wait.
    held = []
    people = [hq.api, *(another(hq, name) for name in ("anna", "boris", "clara"))]
    for person in people:
        for _ in range(2):
            connection = hq.api.connection()
            connection.request("GET", "/api/v1/events/export", headers={"Authorization": f"Bearer {person.secret}"})
            held.append((connection, connection.getresponse()))
        # One account has two of them at most; others are not kept out by it.
        assert "of yours" in person.call("GET", "/audit/export").refused(503, "unavailable")["detail"]
    assert "of yours" not in another(hq, "dora").call("GET", "/audit/export").refused(503, "unavailable")["detail"]
    used = memory(hq)
    for connection, _ in held:
        connection.close()
    wait_until(lambda: hq.api.call("GET", "/audit/export").status == 200, "the places are free again")
    text = hq.api.get("/events/export?kind=test")
    assert text.count("\n") == rows and len(text) > 30_000_000
    assert memory(hq) - used < 100_000_000  # 36 MB went through; with sanitizers' own, far below the size of eight copies


def another(server, name):
    """One more administrator, logged in."""
    server.api.post("/users", {"name": name, "password": "a good long password", "assignments": [{"role": "administrator"}]})
    return server.stranger.log_in(name, "a good long password")


@pytest.mark.parametrize("end", ["session", "right"])
def test_an_export_is_broken_off_when_its_session_or_the_right_to_it_ends(start, end):
    hq = start.server("hq")
    hq.stop()
    with database(hq) as connection:
        begin = connection.execute("SELECT value FROM counters WHERE name = 'events'").fetchone()[0]
        connection.executemany("INSERT INTO events (sequence, at, severity, kind, message) VALUES (?, 1800000000000000, 'info', 'test', ?)",
                               ((begin + n, "x" * 1000) for n in range(1, 40_000)))
        connection.execute("UPDATE counters SET value = ? WHERE name = 'events'", (begin + 40_000,))
    hq.start()
    anna = another(hq, "anna")
    reader = anna.connection()
    reader.request("GET", "/api/v1/events/export", headers={"Authorization": f"Bearer {anna.secret}"})
    response = reader.getresponse()
    assert response.read(1000)
    if end == "session":
        anna.delete("/sessions/current")
    else:
        user = next(each for each in hq.api.get("/users")["items"] if each["name"] == "anna")
        hq.api.put(f"/users/{user['id']}/assignments", {"assignments": []})
    time.sleep(1.1)  # what was asked a moment ago counts for a second
    with pytest.raises((http.client.IncompleteRead, ConnectionError, OSError)):
        response.read()
    wait_until(lambda: hq.api.call("GET", "/audit/export").status == 200, "its place is free again")


def memory(server) -> int:
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))
