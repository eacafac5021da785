"""kill -9 at any moment: after the restart every acknowledged change is there, and none is half there."""

import contextlib
import http.client
import itertools
import os
import random
import ssl
import subprocess
import threading
import time

import pytest
from support import certificates
from support.server import attach
from support.waiting import wait_until

ROUNDS = int(os.environ.get("DAIKAN_CRASH_ROUNDS", "30"))


class Writer(threading.Thread):
    """Makes one change after another and remembers which were acknowledged."""

    def __init__(self, server, change):
        super().__init__(daemon=True)
        self.server, self.change = server, change
        self.acknowledged: list = []
        self.attempted: list = []
        self.started = threading.Event()
        self.refused = None  # an answer that is no acknowledgement

    def run(self):
        with contextlib.suppress(OSError, http.client.HTTPException, ssl.SSLError):
            while True:
                name, answer = self.change(self.server.api, self.attempted)
                if answer.status not in (200, 201, 204):
                    self.refused = answer
                    return
                self.acknowledged.append(name)
                self.started.set()


def test_every_acknowledged_change_survives_and_none_is_half_there(start):
    hq = start.server("hq")
    numbers = itertools.count()
    keys = [certificates.make_key_pair(start.folder / "keys", f"k{n}") for n in range(3)]
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    moment = random.Random(seed)

    def add_group(api, attempted):
        path = f"Managed devices/A{next(numbers)}/B/C"  # three rows in one transaction
        attempted.append(path)
        return path, api.call("POST", "/groups", {"path": path})

    def toggle_secondary(key):
        def change(api, attempted):
            name = f"secondary-{key.certificate_file.stem}"
            existing = next((each for each in api.get("/secondaries")["items"] if each["name"] == name), None)
            if existing:
                attempted.append(("gone", name))
                return ("gone", name), api.call("DELETE", f"/secondaries/{existing['id']}")
            attempted.append(("there", name))
            return ("there", name), api.call("POST", "/secondaries", {"name": name, "certificate": key.pem})
        return change

    groups_acknowledged: list[str] = []
    for round_number in range(ROUNDS):
        writers = [Writer(hq, add_group), Writer(hq, add_group), *(Writer(hq, toggle_secondary(key)) for key in keys)]
        for writer in writers:
            writer.start()
        assert writers[0].started.wait(30)
        time.sleep(moment.uniform(0, 0.15))  # the moment of the crash is what is being tried
        hq.kill()
        for writer in writers:
            writer.join(60)
            assert writer.refused is None, writer.refused
        hq.start()

        groups = {group["path"] for group in hq.api.get("/groups")["items"]}
        groups_acknowledged += writers[0].acknowledged + writers[1].acknowledged
        lost = [path for path in groups_acknowledged if path not in groups]
        assert not lost, f"round {round_number}: lost {lost}"
        half = [path for path in groups if path.count("/") in (1, 2) and not any(other.startswith(path + "/") for other in groups)]
        assert not half, f"round {round_number}: half made {half}"

        secondaries = {each["name"] for each in hq.api.get("/secondaries")["items"]}
        for writer in writers[2:]:
            if writer.acknowledged:
                last, name = writer.acknowledged[-1]
                unanswered = len(writer.attempted) > len(writer.acknowledged)  # the one in flight may have happened or not
                assert unanswered or (name in secondaries) == (last == "there"), f"round {round_number}: {name}, {writer.acknowledged[-3:]}"

        # The change and its audit record are one: as many groups made as the audit says.
    made, before = 0, None
    while True:
        page = hq.api.get(f"/audit?limit=1000{f'&before={before}' if before else ''}")
        made += sum(record["action"].startswith("group") and record["outcome"] == "done" for record in page["items"])
        before = page["next_cursor"]
        if not before:
            break
    assert made == len([path for path in groups if path.endswith("/B/C")])


def test_the_link_returns_after_each_end_is_killed_in_turn(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    for victim in (hq, branch, hq, branch):
        victim.kill()
        victim.start()
        hq.wait_for_secondary("branch", deadline=90)
        branch.wait_for_primary(deadline=90)


@pytest.mark.parametrize("when", [0.0, 0.05, 0.2, 0.5])
def test_a_crash_in_the_middle_of_way_2_leaves_whole_halves(start, when):
    hq, branch = start.server("hq"), start.server("branch")
    branch.api.get("/groups")
    answers = []

    def both_halves():
        with contextlib.suppress(OSError, http.client.HTTPException, ssl.SSLError):
            answers.append(hq.register(branch))
        with contextlib.suppress(OSError, http.client.HTTPException, ssl.SSLError):
            answers.append(branch.follow(hq))

    doing = threading.Thread(target=both_halves)
    doing.start()
    time.sleep(when)
    hq.kill()
    branch.kill()
    doing.join(60)
    for server in (hq, branch):
        server.start()
    # Either half is there or not; told once more, the link stands.
    hq.register(branch)
    branch.follow(hq)
    hq.wait_for_secondary("branch", deadline=90)
    assert len(hq.api.get("/secondaries")["items"]) == 1


def test_first_start_survives_a_crash_at_any_moment(start):
    """init and the first start make key, certificate, database and account; whatever a crash leaves, the next start goes on or says what to do."""
    server = start.prepared("young")
    for pause in (0.0, 0.01, 0.03, 0.06, 0.1, 0.2):
        server.data.joinpath("endpoints.json").unlink(missing_ok=True)
        process = subprocess.Popen(server.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(pause)
        process.kill()
        process.wait()
    server.start()
    assert server.api.get("/groups")["items"][0]["path"] == "Managed devices"
    wait_until(server.alive, "it serves")
