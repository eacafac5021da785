"""Tasks of real servers: started by the clock, by events and by people; what each kind really does; what a crash leaves."""

import csv
import datetime
import io
import os
import re
import sqlite3

import pytest
from support.server import PASSWORD, attach
from support.waiting import stays, wait_until
from test_backup import PASSPHRASE, restored
from test_notifications import Mailbox, mail_server


@pytest.fixture
def secret(start):
    file = start.folder / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    return file


def in_seconds(seconds: float) -> str:
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat()


def create(server, name: str, kind: str, **more) -> dict:
    return server.api.post("/tasks", {"name": name, "kind": kind, **more})


def runs(server, task: dict) -> list[dict]:
    return server.api.get(f"/tasks/{task['id']}/runs")["items"]


def ended(server, task: dict, state: str = "done", number: int = 1) -> dict:
    """The newest run, once there are so many and none of them is running."""
    def found():
        all_runs = runs(server, task)
        assert len(all_runs) >= number and all(each["state"] != "running" for each in all_runs), all_runs
        return all_runs[0]
    run = wait_until(found, f"{task['name']} ends", 90)
    assert run["state"] == state, run
    return run


def run_now(server, task: dict, state: str = "done") -> dict:
    number = len(runs(server, task)) + 1
    server.api.post(f"/tasks/{task['id']}/start")
    return ended(server, task, state, number)


def kinds(server) -> list[str]:
    return [each["kind"] for each in server.api.get("/events?limit=200")["items"]]


def test_a_schedule_of_one_moment_starts_a_task_by_itself(start):
    hq = start.server("hq")
    hq.api  # logged in before the moment is chosen
    task = create(hq, "Soon", "link_check", schedule=f"once {in_seconds(1)}")
    assert task["next_start"] and task["last_run"] is None
    run = ended(hq, task)
    assert run["cause"] == "schedule" and run["message"] == "All links are connected: 0."
    begun = datetime.datetime.fromisoformat(run["started_at"])
    assert abs((begun - datetime.datetime.fromisoformat(task["next_start"])).total_seconds()) < 30
    assert hq.api.get(f"/tasks/{task['id']}")["next_start"] is None
    stays(lambda: len(runs(hq, task)) == 1, 2, "it is started once")
    assert "task_done" in kinds(hq)


def test_an_event_starts_a_task(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    task = create(hq, "On trouble", "link_check", schedule="on link_disconnected")
    branch.kill()
    run = ended(hq, task, "failed")
    assert (run["cause"], run["by"]) == ("event", "link_disconnected")
    assert run["message"].startswith("1 of 1 links are not connected: “branch”"), run
    assert "task_failed" in kinds(hq)


def test_a_link_check_of_a_group_looks_at_its_secondaries_only(start):
    hq, near = start.server("hq"), start.server("near")
    hq.api.post("/groups", {"path": "Managed devices/Near"})
    hq.api.post("/groups", {"path": "Managed devices/Far"})
    attach(hq, near, group="Managed devices/Near")
    hq.register(start.prepared("far").start(), group="Managed devices/Far")
    good = create(hq, "Near", "link_check", group="Managed devices/Near")
    bad = create(hq, "Far", "link_check", group="Managed devices/Far")
    assert run_now(hq, good)["message"] == "All links are connected: 1."
    assert "“far”" in run_now(hq, bad, "failed")["message"]


def test_scheduled_backups_are_verified_rotated_and_restore(start, secret):
    hq = start.server("hq")
    hq.api.post("/groups", {"path": "Managed devices/Kept"})
    cli = start.cli(hq)
    task = cli.json("task", "create", "--name", "nightly", "--kind", "backup", "--keep", "2", "--passphrase-file", secret, "--schedule",
                    f"once {in_seconds(3)}")
    folder = hq.data / "backups"
    ended(hq, task)
    foreign = folder / "hq-somebody-elses.backup"
    foreign.write_text("not ours")
    names = []
    for number in range(3):
        told = cli.json("task", "start", "nightly", "--wait", "90")["last_run"]
        assert told["state"] == "done" and re.search(r"was written and restores; [12] are kept", told["message"]), told
        names.append(re.match(r"(\S+) \(", told["message"]).group(1))
        wait_until(lambda: datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ") not in names[-1], "another second")
    files = sorted(path.name for path in folder.iterdir())
    assert files == sorted([*names[-2:], foreign.name]), "two are kept, and what is not ours stays"
    assert all((folder / name).stat().st_mode & 0o777 == 0o600 for name in names[-2:]) and folder.stat().st_mode & 0o777 == 0o700
    assert not [path for path in hq.data.iterdir() if path.name.startswith(".trial-")], "no key lies about"

    file = start.folder / "kept.backup"
    file.write_bytes((folder / names[-1]).read_bytes())
    identity = hq.id
    hq.stop()
    again, summary = restored(start, "again", file, secret)
    assert summary["server_id"] == identity
    again.name = "hq"
    again.start()
    assert "Managed devices/Kept" in {each["path"] for each in again.api.get("/groups")["items"]}
    assert {each["name"] for each in again.api.get("/tasks")["items"]} == {"nightly"}


def test_a_backup_that_cannot_be_written_says_why_and_leaves_the_old_ones(start, secret):
    hq = start.server("hq")
    task = create(hq, "nightly", "backup", settings={"passphrase": PASSPHRASE, "keep": 1})
    run_now(hq, task)
    before = sorted(path.name for path in (hq.data / "backups").iterdir())
    (hq.data / "blocked").write_text("a file where a folder should be")
    hq.api.call("PATCH", f"/tasks/{task['id']}", {"settings": {"folder": "blocked/below"}}).ok()
    run = run_now(hq, task, "failed")
    assert "blocked/below cannot be written" in run["message"] and "Check that the folder" in run["message"], run
    assert sorted(path.name for path in (hq.data / "backups").iterdir()) == before


def test_kill_9_in_the_middle_of_a_run_leaves_it_interrupted_and_the_server_whole(start):
    hq = start.server("hq")
    task = create(hq, "nightly", "backup", settings={"passphrase": PASSPHRASE})
    hq.api.post(f"/tasks/{task['id']}/start")
    hq.kill()
    hq.start()
    run = ended(hq, task, "interrupted")
    assert run["message"] == "the server ended while it ran." and run["ended_at"]
    assert "task_interrupted" in kinds(hq)
    run_now(hq, task)
    left = [path.name for path in hq.data.iterdir() if path.name.startswith(".trial-")]
    left += [path.name for path in (hq.data / "backups").iterdir() if "unfinished" in path.name]
    assert not left, left


def test_a_start_that_was_missed_while_the_server_was_down_is_made_up_for(start):
    hq = start.server("hq")
    hq.api
    moment = in_seconds(5)
    skipping = create(hq, "Skipping", "link_check", schedule=f"once {moment}")
    making_up = create(hq, "Making up", "link_check", schedule=f"once {moment}", run_missed=True)
    hq.kill()
    # As if it had been down for an hour: what a task has handled, and its moment, are an hour ago.
    with sqlite3.connect(hq.data / "daikan.db") as database:
        old = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        database.execute("UPDATE tasks SET schedule = ?", (f"once {old}",))
        database.execute("UPDATE task_progress SET handled_through = handled_through - ?", (2 * 3600 * 1_000_000,))
    hq.start()
    assert "was missed" in ended(hq, skipping, "skipped")["message"]
    assert ended(hq, making_up)["cause"] == "schedule"


def test_a_stop_ends_a_run_within_the_promise(start):
    hq = start.server("hq")
    task = create(hq, "nightly", "backup", settings={"passphrase": PASSPHRASE})
    hq.api.post(f"/tasks/{task['id']}/start")
    hq.stop()
    hq.start()
    assert ended(hq, task, runs(hq, task)[0]["state"])["state"] in ("interrupted", "done")


def test_event_clean_up_removes_old_events_by_severity(start):
    hq = start.server("hq")
    hq.stop()
    with sqlite3.connect(hq.data / "daikan.db") as database:
        for number, (severity, days) in enumerate([("info", 40), ("info", 20), ("error", 40)]):
            at = int((datetime.datetime.now(datetime.timezone.utc).timestamp() - days * 86400) * 1_000_000)
            database.execute("INSERT INTO events (sequence, at, severity, kind, message) VALUES (?, ?, ?, 'old', ?)",
                             (-3 + number, at, severity, f"{severity} of {days} days"))
    hq.start()
    task = create(hq, "Tidy", "event_cleanup", settings={"info_days": 30})
    assert run_now(hq, task)["message"] == "Events were removed: 1 of info older than 30 days."
    with sqlite3.connect(f"file:{hq.data}/daikan.db?mode=ro", uri=True) as database:
        left = {row[0] for row in database.execute("SELECT message FROM events WHERE kind = 'old'")}
    assert left == {"info of 20 days", "error of 40 days"}
    assert "events.trim" in {each["action"] for each in hq.api.get("/audit")["items"]}


def test_a_report_is_delivered_as_a_file_and_by_mail(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    hq.register(start.prepared("=cmd").start())
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        hq.api.post("/notifications", {"name": "ops", "kind": "email", "address": f"127.0.0.1:{port}", "transport": "plain",
                                       "sender": "daikan@hq.test", "recipients": "ops@hq.test boss@hq.test", "severity": "critical"})
        task = create(hq, "Weekly", "report", settings={"format": "csv", "folder": "reports", "keep": 1, "destination": "ops"})
        for _ in range(2):
            message = run_now(hq, task)["message"]
        assert re.search(r"\.csv was written; 1 are kept in .*/reports\. It was mailed to 2 recipient\(s\) of “ops”\.", message), message
        assert len(mailbox.mails) == 2 and mailbox.mails[0][1] == ["ops@hq.test", "boss@hq.test"]
        assert mailbox.subjects()[0] == "[hq] report: Weekly"
    files = list((hq.data / "reports").iterdir())
    assert len(files) <= 2  # one, or two of one second and the next
    rows = list(csv.DictReader(io.StringIO(files[0].read_text())))
    states = {row["name"]: row["state"] for row in rows}
    assert states == {"branch": "connected", "'=cmd": "never_connected"}, "and no spreadsheet calculates"
    text = create(hq, "Text", "report", settings={"destination": "ops"})
    assert "could not be mailed" not in run_now(hq, text, "failed")["message"]


def test_people_make_edit_start_and_remove_tasks_at_the_command_line(start):
    hq = start.server("hq")
    cli = start.cli(hq)
    cli.ok("task", "create", "--name", "check", "--kind", "link_check", "--schedule", "cron 0 5 * * mon-fri", "--random-delay", "60")
    assert "cron 0 5 * * mon-fri" in cli.ok("task", "list") and "never ran" in cli.ok("task", "list")
    assert "All links are connected" in cli.ok("task", "start", "check", "--wait", "60")
    assert "person: olga" in cli.ok("task", "runs", "check")
    shown = cli.ok("task", "edit", "check", "--schedule", "manual", "--disable", "--name", "links")
    assert "disabled" in shown and "manual" in shown
    assert "60 minutes" in cli.ok("task", "show", "links")
    assert "is not running" in cli.fails("task", "cancel", "links")
    assert "No year has a day “30” in the month “feb”" in cli.fails("task", "edit", "links", "--schedule", "cron 0 0 30 feb *")
    assert "there are: links" in cli.fails("task", "show", "check")
    cli.ok("task", "remove", "links")
    assert cli.json("task", "list") == []
    actions = {each["action"] for each in hq.api.get("/audit")["items"]}
    assert {"task.create", "task.edit", "task.start", "task.remove"} <= actions


def test_what_a_task_cannot_be_is_refused_with_its_field(start):
    hq = start.server("hq")
    hq.api.post("/groups", {"path": "Managed devices/Labs"})
    for body, field in (({"kind": "backup"}, "settings.passphrase"),
                        ({"kind": "backup", "group": "Managed devices", "settings": {"passphrase": PASSPHRASE}}, "group"),
                        ({"kind": "backup", "settings": {"passphrase": PASSPHRASE, "folder": "../outside"}}, "settings.folder"),
                        ({"kind": "link_check", "schedule": "cron 61 * * * *"}, "schedule"),
                        ({"kind": "link_check", "schedule": "on task_failed"}, "schedule"),
                        ({"kind": "link_check", "distribute": True}, "distribute"),
                        ({"kind": "event_cleanup", "group": "Labs", "settings": {"info_days": 3}}, "group"),
                        ({"kind": "event_cleanup"}, "settings"),
                        ({"kind": "link_check", "settings": {"keep": 3}}, "settings"),
                        ({"kind": "defragment"}, "kind"),
                        ({"kind": "link_check", "random_delay_minutes": 1441}, "random_delay_minutes")):
        answer = hq.api.call("POST", "/tasks", {"name": "x", **body})
        assert answer.refused(422, "invalid_request")["field"] == field, (body, answer.body)
    assert hq.api.get("/tasks")["items"] == []


def test_manage_tasks_is_needed_on_the_group_and_manage_server_for_tasks_of_the_server(start):
    hq = start.server("hq")
    hq.api.post("/groups", {"path": "Managed devices/Labs"})
    hq.api.post("/roles", {"name": "tasks", "rights": ["read", "manage_tasks"]})
    hq.api.post("/users", {"name": "ivan", "password": PASSWORD, "assignments": [{"role": "tasks", "group": "Managed devices/Labs"}]})
    ivan = hq.stranger.log_in("ivan", PASSWORD)
    mine = ivan.post("/tasks", {"name": "Labs", "kind": "link_check", "group": "Managed devices/Labs"})
    ivan.call("POST", "/tasks", {"name": "x", "kind": "link_check"}).refused(403, "permission_denied")
    other = create(hq, "Root", "link_check", group="Managed devices")
    refused = ivan.call("POST", f"/tasks/{other['id']}/start").refused(403, "permission_denied")
    assert "(manage_tasks)" in refused["detail"] and "“Managed devices”" in refused["detail"]
    assert [each["name"] for each in ivan.get("/tasks")["items"]] == ["Labs"]
    ivan.delete(f"/tasks/{mine['id']}")
    assert os.path.isdir(hq.data)
