"""Mixed: how long a console request to a lower server through the relay takes while a large download comes up the same link through the relay,
beside the same without it.

The download is `GET /servers/{id}/relay/events/export`: the largest stream that any route of a lower server gives to who asks from above
(a backup is refused to them, because it holds that server's key; packages do not exist yet). The lower server holds so many events that
it is as large as a package; curl takes it and throws it away. The request is the list of that server's groups, one after another on a
connection of its own."""
import contextlib
import math
import statistics
import subprocess
import time

from _servers import Server, join
from _table import Bound, Figure

MESSAGE = 2000  # bytes; a line of the export has 100 more
LEAST_REQUESTS = 300  # of which p99 is read
PAUSE = 0.002


class Download:
    """curl on the export of `secondary` through `root`."""

    def __init__(self, root, secondary):
        self.process = subprocess.Popen(["curl", "-sk", "-K", "-", "-o", "/dev/null", "-w", "%{http_code} %{size_download} %{time_total}"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        url = f"https://127.0.0.1:{root.console}/api/v1/servers/{secondary}/relay/events/export?kind=bench"
        self.process.stdin.write(f'url = "{url}"\nheader = "Authorization: Bearer {root.secret}"\n')
        self.process.stdin.close()

    def runs(self):
        return self.process.poll() is None

    def took(self, least):
        """Seconds, and bytes a second. `least`: so many bytes must have come."""
        status, size, seconds = self.process.stdout.read().split()
        if self.process.wait() != 0 or status != "200" or int(size) < least:
            raise RuntimeError(f"the download ended with {status} after {size} bytes of {least}")
        return float(seconds), int(size) / float(seconds)


def requests(root, secondary, goes_on):
    """How long each took, in seconds."""
    times = []
    while goes_on(len(times)):
        began = time.monotonic()
        root.call("GET", f"/servers/{secondary}/relay/groups")
        times.append(time.monotonic() - began)
        time.sleep(PAUSE)
    return times


def p99(times):
    return statistics.quantiles(times, n=100)[98]


def measure(build, folder, options, _certificate):
    root, lower = Server(build, folder, "root"), Server(build, folder, "lower")
    size = options.download * 1024 * 1024
    seen = {name: [] for name in ("alone p50", "alone", "beside p50", "beside", "rate")}
    with contextlib.ExitStack() as stack:
        for server in (root, lower):
            stack.callback(server.kill)
        subprocess.run([str(build / "bench/happenings"), lower.url, str(math.ceil(size / (MESSAGE + 100))), str(MESSAGE), "info"], check=True)
        for server in (root, lower):
            server.begin()
        join(root, lower)
        secondary = root.call("GET", "/secondaries")["items"][0]["id"]
        requests(root, secondary, lambda count: count < 50)
        lasted = 5.0
        for _ in range(options.runs):
            end = time.monotonic() + min(lasted, 20)
            alone = requests(root, secondary, lambda count: count < LEAST_REQUESTS or time.monotonic() < end)
            download = Download(root, secondary)
            beside = requests(root, secondary, lambda _: download.runs())
            lasted, rate = download.took(size)
            if len(beside) < LEAST_REQUESTS:
                print(f"only {len(beside)} requests during a download: its p99 is about its slowest one")
            seen["rate"].append(rate / 1024 / 1024)
            for name, times in (("alone", alone), ("beside", beside)):
                seen[name].append(p99(times))
                seen[f"{name} p50"].append(statistics.median(times))
    return figures(seen, options)


def figures(seen, options):
    section = f"mixed: relay beside {options.download:,} MiB"
    return [
        Figure(section, "rate", "the download (export of events)", seen["rate"], " MiB/s"),
        Figure(section, "alone p50", "request without it, p50", seen["alone p50"]),
        Figure(section, "beside p50", "request beside it, p50", seen["beside p50"], beside=[("alone p50", 1)]),
        Figure(section, "alone", "request without it, p99", seen["alone"]),
        Figure(section, "beside", "request beside it, p99", seen["beside"], beside=[("alone", 1)], targets=[Bound("≤", 2, "alone")])]
