"""The first steps of README.md, run exactly as they are written, on the default ports of a network of their own."""

import json
import os
import re
import subprocess

from support.project import ROOT
from support.server import BIN, environment, reports_in


def first_steps() -> list[str]:
    """The shell blocks of "First steps by hand", but the one that builds."""
    chapter = (ROOT / "README.md").read_text().split("## First steps by hand")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", chapter, re.S)
    assert "./dev build" in blocks[0] and len(blocks) == 7
    return blocks[1:]


# What a person does by looking: waits for the daemons, and for the link after each join.
WAIT_FOR_DAEMONS = "for f in hq branch; do until [ -e $f/endpoints.json ]; do sleep 0.1; done; done\n"
WAIT_FOR_LINK = ("for i in $(seq 400); do daikan --server hq secondary show branch --output json > shown; grep -q '\"connected\"' shown && break; sleep 0.2; done\n"
                 "grep -q '\"connected\"' shown\n")
WAIT_UNTIL_PROVED = ("for i in $(seq 100); do daikan --server hq policy status 'Quiet logs' > proof; grep -q 'In force on 1' proof && break; sleep 0.2; done\n"
                     "grep -q 'In force on 1' proof\ndaikan --server hq --relay branch policy effective | grep -q 'warning  locked'\n")


def test_the_first_steps_of_the_readme_work_as_written(start, network):
    site = network.site("try")
    two_servers, log_in, way_1, way_2, way_3, govern = first_steps()
    script = "set -e\ntrap 'kill $(jobs -p); wait' EXIT\n" + two_servers + WAIT_FOR_DAEMONS + log_in + "".join(
        way + WAIT_FOR_LINK + f"cp shown {number}.json\n" for number, way in enumerate((way_1, way_2, way_3), 1)) + govern + WAIT_UNTIL_PROVED
    done = subprocess.run(["ip", "netns", "exec", site.name, "bash", "-c", script], cwd=start.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300, env=environment(start.folder) | {"PATH": f"{BIN}:{os.environ['PATH']}", "DAIKAN_HOME": str(start.folder / "home")})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert not reports_in(start.folder)
    shown = [json.loads((start.folder / "try" / f"{number}.json").read_text()) for number in (1, 2, 3)]
    assert [each["direction"] for each in shown] == ["secondary_dials", "secondary_dials", "primary_dials"]
    assert {each["group"] for each in shown} == {"Managed devices/Branches"}
