"""Real daikands for a benchmark: made, started, asked over their console API, joined."""
import http.client
import json
import pathlib
import ssl
import subprocess
import time

from links import Primary, log_in

PASSWORD = "thousand-links-at-once\n"


class Server(Primary):
    """`database`: a URL; SQLite in the data folder unless given."""

    def __init__(self, build, folder, name, database=None):
        self.name = name
        (folder / name).mkdir()
        super().__init__(build, folder / name)
        self.database = self.folder / "data/daikan.db"
        self.url = database or f"sqlite:{self.database}"
        self.options = ["--database", database] if database else []
        subprocess.run([str(build / "daikan"), "init", "--data", str(self.folder / "data"), "--user", "bench", "--password-file", "-", *self.options],
                       input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
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


def until(condition, seconds=120, pause=0.0005):
    """What `condition` returns once it is true; looked at every `pause` seconds."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise RuntimeError(f"not within {seconds} s")
        time.sleep(pause)


def join(primary, secondary):
    """The secondary's registration."""
    record = primary.call("POST", "/secondaries", {"name": secondary.name, "group": "Managed devices", "certificate": secondary.certificate()})
    secondary.call("PUT", "/primary", {"address": f"127.0.0.1:{primary.link}", "certificate": primary.certificate()})
    until(lambda: secondary.call("GET", "/primary").get("state") == "connected")
    return record


def processor_seconds(pid):
    """What all threads of a process have used so far."""
    return sum(int(each.read_text().split()[0]) for each in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def stop(processes):
    """Ends processes that this benchmark started; None among them is passed over."""
    for process in processes:
        if process is not None:
            process.kill()
            process.wait()
