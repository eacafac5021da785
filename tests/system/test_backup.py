"""Backup and restore: online, consistent, sealed; and the restored server's links continue."""

import hashlib
import json
import os
import shutil
import subprocess
import threading

import pytest
from support.server import BIN, USER, Server, attach, environment
from support.waiting import wait_until

PASSPHRASE = "several words that nobody guesses"


@pytest.fixture
def secret(start):
    file = start.folder / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    return file


def restore(server: Server, file, secret, *more) -> subprocess.CompletedProcess:
    """`daikan restore` into the data folder of `server`, which takes the place of `initialise`."""
    return subprocess.run([BIN / "daikan", "restore", file, "--data", server.data, "--passphrase-file", secret, "--output", "json", *more],
                          capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env=environment(server.data.parent))


def restored(start, name: str, file, secret, *more, **settings) -> tuple[Server, dict]:
    server = Server(start.folder, name, **settings)
    start.servers.append(server)
    done = restore(server, file, secret, *more)
    assert done.returncode == 0, done.stderr
    return server, json.loads(done.stdout)


def refusal(done: subprocess.CompletedProcess) -> str:
    assert done.returncode != 0
    problem = json.loads(done.stderr)
    assert problem["message"].endswith(".") and problem["remedy"]
    return problem["code"]


def contents(folder) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} if folder.exists() else {}


def test_the_links_of_a_restored_server_continue_with_nobody_touching_the_other_side(start, secret):
    hq, branch, dmz = start.server("hq"), start.server("branch"), start.server("dmz")
    attach(hq, branch)
    dmz.api.put("/primary", {"certificate": hq.certificate_pem, "direction": "primary_dials"})
    hq.register(dmz, direction="primary_dials", address=str(dmz.link))
    hq.wait_for_secondary("dmz")
    cli = start.cli(hq)
    told = cli.json("backup", start.folder / "hq.backup", "--passphrase-file", secret)
    assert told["server_name"] == "hq" and told["bytes"] == (start.folder / "hq.backup").stat().st_size
    assert (start.folder / "hq.backup").stat().st_mode & 0o777 == 0o600

    identity, server_id, link = hq.fingerprint, hq.id, str(hq.link)
    hq.kill()
    shutil.rmtree(hq.data)
    again, summary = restored(start, "elsewhere", start.folder / "hq.backup", secret, link=link)
    assert summary["server_id"] == server_id and summary["fingerprint"] == identity
    again.name = "hq"
    again.start()
    assert again.fingerprint == identity and again.id == server_id
    for secondary in (branch, dmz):
        again.wait_for_secondary(secondary.name, deadline=90)
        secondary.wait_for_primary(deadline=90)
    # Accounts, events and audit came along, and the restore itself is among them.
    assert "server_restored" in {each["kind"] for each in again.api.get("/events?limit=100")["items"]}
    assert {"server.restore", "backup.create"} <= {each["action"] for each in again.api.get("/audit?limit=100")["items"]}


def test_a_restore_revokes_open_invitations_and_keeps_the_next_key_secret(start, secret):
    hq, asleep = start.server("hq"), start.server("asleep")
    hq.register(asleep)
    made = hq.api.post("/invitations", {"name": "later"})
    hq.api.post("/server/roll_over", {})
    assert (hq.data / "server.next.pem").exists()
    start.cli(hq).json("backup", start.folder / "hq.backup", "--passphrase-file", secret)
    hq.kill()
    again, _ = restored(start, "elsewhere", start.folder / "hq.backup", secret)
    for name, mode in (("server.cer", 0o644), ("server.key", 0o600), ("server.next.pem", 0o600), ("secrets.key", 0o600)):
        assert (again.data / name).stat().st_mode & 0o777 == mode, name
    again.name = "hq"
    again.start()
    shown = {each["id"]: each["state"] for each in again.api.get("/invitations")["items"]}
    assert shown[made["id"]] == "revoked"
    assert again.api.get("/server/roll_over")["phase"] == "announcing"


def test_a_backup_taken_while_changes_go_on_is_consistent(start, secret):
    hq = start.server("hq")
    cli, going = start.cli(hq), threading.Event()

    def write():
        number = 0
        while not going.is_set():
            # The audit record, the event and the group are one transaction.
            hq.api.post("/groups", {"path": f"Managed devices/Group {number}"})
            number += 1

    hq.api  # logged in before the thread is
    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_until(lambda: len(hq.api.get("/groups")["items"]) > 20, "changes go on")
        for number in range(3):
            cli.ok("backup", start.folder / f"{number}.backup", "--passphrase-file", secret)
    finally:
        going.set()
        writer.join()
    found = []
    for number in range(3):
        server, _ = restored(start, f"copy{number}", start.folder / f"{number}.backup", secret)
        server.start()
        groups = {each["path"] for each in server.api.get("/groups")["items"]} - {"Managed devices"}
        events = [each for each in server.api.get("/events?after=0&limit=1000")["items"] if each["kind"] == "group_added"]
        audited = [each for each in server.api.get("/audit?limit=1000")["items"] if each["action"] == "group.add"]
        assert len(groups) == len(events) == len(audited) > 20
        found.append(len(groups))
        server.stop()
    assert found == sorted(found)


def test_a_file_that_is_no_whole_backup_is_told_apart_and_refused(start, secret):
    hq = start.server("hq")
    start.cli(hq).ok("backup", start.folder / "hq.backup", "--passphrase-file", secret)
    good = (start.folder / "hq.backup").read_bytes()
    wrong = start.folder / "wrong"
    wrong.write_text("another passphrase altogether\n")
    target = Server(start.folder, "target")

    def refused(content: bytes, passphrase=secret) -> str:
        (start.folder / "bad.backup").write_bytes(content)
        code = refusal(restore(target, start.folder / "bad.backup", passphrase))
        assert not target.data.exists(), "a refused restore has left something behind"
        return code

    assert refused(good, wrong) == "wrong_credentials"
    assert refused(good[:-1]) == refused(good[:len(good) // 2]) == refused(good[:60]) == "backup_truncated"
    for at in (70, 200, len(good) // 2, len(good) - 1):
        assert refused(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:]) == "backup_altered", at
    assert refused(good + b"x") == "backup_altered"
    assert refused(b"SQLite format 3\0" + good) == refused(b"") == "backup_unreadable"
    assert refused(good[:8] + b"\x02" + good[9:]) == "version_unsupported"
    assert refusal(restore(target, start.folder / "missing.backup", secret)) == "not_found"
    assert restore(target, start.folder / "hq.backup", secret).returncode == 0


def test_a_restore_goes_into_an_empty_folder_only(start, secret):
    hq, other = start.server("hq"), start.prepared("other")
    start.cli(hq).ok("backup", start.folder / "hq.backup", "--passphrase-file", secret)
    before = contents(other.data)
    assert refusal(restore(other, start.folder / "hq.backup", secret)) == "conflict"
    assert refusal(restore(hq, start.folder / "hq.backup", secret)) == "conflict"  # a running server's
    assert contents(other.data) == before and hq.alive()
    empty = Server(start.folder, "empty")
    empty.data.mkdir()
    assert restore(empty, start.folder / "hq.backup", secret).returncode == 0


def test_an_interrupted_restore_starts_no_server(start, secret):
    """The mark that lies in the folder while it is filled, as a kill would leave it."""
    hq = start.prepared("hq")
    (hq.data / "restoring").write_text("")
    done = subprocess.run(hq.command(), capture_output=True, text=True, timeout=60, env=environment(hq.data))
    assert done.returncode == 4 and "interrupted" in done.stderr and "restore again" in done.stderr


def test_a_backup_moves_a_server_to_postgresql_and_back(start, secret, postgresql):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    start.cli(hq).ok("backup", start.folder / "hq.backup", "--passphrase-file", secret)
    link = str(hq.link)
    hq.stop()
    url = postgresql.database("hq")
    moved, _ = restored(start, "moved", start.folder / "hq.backup", secret, "--database", url, link=link, arguments=("--database", url))
    moved.name = "hq"
    assert not (moved.data / "daikan.db").exists()
    moved.start()
    moved.wait_for_secondary("branch", deadline=90)
    assert refusal(restore(Server(start.folder, "twice"), start.folder / "hq.backup", secret, "--database", url)) in ("storage_failed", "conflict")
    start.cli(moved).ok("backup", start.folder / "moved.backup", "--passphrase-file", secret)
    moved.stop()
    assert refusal(restore(Server(start.folder, "twice"), start.folder / "hq.backup", secret, "--database", url)) == "conflict"
    back, _ = restored(start, "back", start.folder / "moved.backup", secret, link=link)
    back.name = "hq"
    back.start()
    back.wait_for_secondary("branch", deadline=90)


def test_only_an_administrator_of_the_server_itself_takes_a_backup(start, secret):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    body = {"passphrase": PASSPHRASE}
    hq.stranger.call("POST", "/backups", body).refused(401, "unauthenticated")
    hq.api.through(branch.id).call("POST", "/backups", body).refused(403, "permission_denied")
    cli = start.cli(hq)
    told = cli.fails("--relay", "branch", "backup", start.folder / "branch.backup", "--passphrase-file", secret)
    assert "cannot be reached from above" in told and not list(start.folder.glob("branch.backup*"))
    hq.api.call("POST", "/backups", {"passphrase": "short"}).refused(422, "invalid_request")
    audited = [each for each in hq.api.get("/audit?limit=100")["items"] if each["action"] == "backup.create"]
    assert not audited
    assert hq.api.call("POST", "/backups", body).status == 200
    audited = [each for each in hq.api.get("/audit?limit=100")["items"] if each["action"] == "backup.create"]
    assert [(each["actor"], each["outcome"]) for each in audited] == [(USER, "done")]


def test_no_secret_of_the_server_is_in_the_file_nor_left_on_the_disk(start, secret):
    hq, dmz = start.server("hq"), start.server("dmz")
    hq.register(dmz, direction="primary_dials", address=str(dmz.link), proxy={"url": "http://olga@127.0.0.1:1", "password": "proxy-password"})
    start.cli(hq).ok("backup", start.folder / "hq.backup", "--passphrase-file", secret)
    content = (start.folder / "hq.backup").read_bytes()
    key = (hq.data / "server.key").read_bytes()
    assert b"PRIVATE KEY" in key and b"PRIVATE KEY" not in content and (hq.data / "secrets.key").read_bytes() not in content
    assert b"admin_groups" not in content and b"proxy-password" not in content
    assert not [name for name in os.listdir(hq.data) if "backup" in name]
    assert PASSPHRASE not in hq.text()
