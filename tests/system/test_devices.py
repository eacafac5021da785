"""The devices of a server, told by an inventory or a monitoring system through the API or a file."""

import csv
import io
import json

import pytest
from support.server import attach
from support.waiting import wait_until


@pytest.fixture
def hq(start):
    return start.server("hq")


def tell(server, *rows, api=None) -> dict:
    """Each row: name, status, and if wanted group and reason."""
    return (api or server.api).put("/devices", {"devices": [dict(zip(("name", "status", "group", "reason"), row, strict=False)) for row in rows]})


def every(server, query="") -> list[dict]:
    found, cursor = [], None
    while True:
        page = server.api.get(f"/devices?limit=3{query}" + (f"&cursor={cursor}" if cursor else ""))
        found += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return found


def test_an_import_makes_and_changes_devices_by_name_and_counts_follow(hq):
    for path in ("Shops/North", "Offices"):
        hq.api.post("/groups", {"path": path})
    assert hq.api.get("/device_counts") == {"ok": 0, "warning": 0, "critical": 0, "unknown": 0, "total": 0, "told_at": None}
    assert tell(hq, ("till-1", "ok", "Shops/North"), ("till-2", "critical", "Shops", "no answer since 10:00"), ("pc", "unknown", "Offices")) == {
        "added": 3, "changed": 0, "unchanged": 0}
    assert tell(hq, ("TILL-1", "warning", "Shops/North"), ("till-2", "critical", "Shops", "no answer since 10:00"), ("printer", "ok")) == {
        "added": 1, "changed": 1, "unchanged": 1}
    assert [(each["name"], each["group"], each["status"], each["reason"]) for each in every(hq)] == [
        ("pc", "Managed devices/Offices", "unknown", None), ("printer", "Managed devices", "ok", None),
        ("TILL-1", "Managed devices/Shops/North", "warning", None), ("till-2", "Managed devices/Shops", "critical", "no answer since 10:00")]
    assert [each["name"] for each in every(hq, "&group=Shops")] == ["TILL-1", "till-2"]
    assert [each["name"] for each in every(hq, "&status=critical&text=TILL")] == ["till-2"]
    counts = hq.api.get("/device_counts")
    assert counts.pop("told_at") and counts == {"ok": 1, "warning": 1, "critical": 1, "unknown": 1, "total": 4}
    assert hq.api.get("/device_counts?group=Managed devices/Shops".replace(" ", "%20"))["total"] == 2
    events = [each["message"] for each in hq.api.get("/events?kind=devices_told")["items"]]
    assert events == ["3 device(s) were told by olga: 1 new, 1 changed, 1 unchanged.", "3 device(s) were told by olga: 3 new, 0 changed, 0 unchanged."]
    assert len(hq.api.get("/audit?action=device.import")["items"]) == 2


def test_a_bad_row_refuses_the_whole_batch_and_names_row_and_field(hq):
    def refused(status, code, *rows):
        problem = hq.api.call("PUT", "/devices", {"devices": list(rows)}).refused(status, code)
        assert problem["remedy"] and not hq.api.get("/devices")["items"]
        return problem.get("field")

    good = {"name": "good", "status": "ok"}
    assert refused(422, "invalid_request", good, {"name": "a/b", "status": "ok"}) == "devices[1].name"
    assert refused(422, "invalid_request", good, {"name": "a", "status": "fine"}) == "devices[1].status"
    assert refused(422, "invalid_request", good, {"name": "a"}) == "devices[1].status"
    assert refused(422, "invalid_request", good, {"name": "GOOD", "status": "ok"}) == "devices[1].name"
    assert refused(422, "invalid_request", {"name": "a", "status": "ok", "reason": "ä" * 129}, good) == "devices[0].reason"
    assert refused(422, "group_not_found", good, {"name": "a", "status": "ok", "group": "Nowhere"}) == "devices[1].group"
    assert refused(422, "invalid_request", *({"name": str(i), "status": "ok"} for i in range(1001))) == "devices"
    for query, field in (("status=fine", "status"), ("cursor=x", "cursor"), ("cursor=0G", "cursor"), ("limit=0", "limit")):
        assert hq.api.call("GET", f"/devices?{query}").refused(422, "invalid_request")["field"] == field
    hq.api.call("GET", "/devices?group=Nowhere").refused(422, "group_not_found")
    hq.api.call("GET", "/device_counts?group=Nowhere").refused(422, "group_not_found")


def test_a_group_that_holds_devices_is_not_removed_silently(start, hq):
    cli = start.cli(hq)
    cli.ok("group", "add", "Managed devices/Shops", server="hq")
    tell(hq, ("till-1", "ok", "Shops"))
    told = cli.fails("group", "remove", "Managed devices/Shops", server="hq")
    assert "1 device(s)" in told and "device import" in told, told
    cli.ok("device", "remove", "TILL-1", server="hq")
    cli.ok("group", "remove", "Managed devices/Shops", server="hq")
    assert "no device" in cli.fails("device", "remove", "till-1", server="hq")


def test_devices_are_imported_from_csv_and_json_lines_and_listed(start, hq, tmp_path):
    cli = start.cli(hq)
    hq.api.post("/groups", {"path": "Shops"})
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["status", "name", "reason", "group"])
    writer.writerows([["ok", f"till-{i:04}", "", "Managed devices/Shops"] for i in range(1200)])
    writer.writerow(["critical", 'printer "old", 2nd floor', "no paper, no toner", ""])
    file = tmp_path / "devices.csv"
    file.write_text(table.getvalue())
    assert "1201 devices: 1201 new, 0 changed, 0 unchanged." in cli.ok("device", "import", file, server="hq")
    lines = tmp_path / "devices.jsonl"
    lines.write_text("\n".join(json.dumps({"name": f"till-{i:04}", "status": "warning" if i == 7 else "ok"}) for i in range(10)) + "\n")
    assert cli.json("device", "import", lines, server="hq") == {"added": 0, "changed": 1, "unchanged": 9}
    told = cli.ok("device", "list", "--group", "Managed devices/Shops", "--status", "warning", server="hq")
    assert "till-0007" in told and "till-0008" not in told
    assert len(cli.json("device", "list", "--limit", "1150", server="hq")) == 1150
    assert [each["reason"] for each in cli.json("device", "list", "--begins", "PRINTER", server="hq")] == ["no paper, no toner"]
    assert cli.json("device", "counts", server="hq")["total"] == 1201 and "1201" in cli.ok("device", "counts", server="hq")

    # A file that cannot be read changes nothing; a row that the server refuses is named by its line, and what was taken before is said.
    file.write_text("name,status\nnew,ok\nother,fine\n")
    assert "Line 3: “fine” is no status" in cli.fails("device", "import", file, server="hq")
    file.write_text("name,status,group\n" + "".join(f"new-{i},ok,\n" for i in range(1001)) + "last,ok,Nowhere\n")
    told = cli.fails("device", "import", file, server="hq")
    assert "Line 1003: “last”" in told and "The 1000 devices before line 1002 were taken (1000 new, 0 changed)" in told, told
    assert hq.api.get("/device_counts")["total"] == 2201


def test_an_import_from_standard_input(start, hq):
    cli = start.cli(hq)
    cli.ok("device", "import", "-", text="name,status\r\na,ok\r\n", server="hq")
    assert [each["name"] for each in every(hq)] == ["a"]


def test_devices_of_a_lower_server_are_told_and_listed_through_its_primary(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    below = hq.api.through(branch.id)
    wait_until(lambda: below.call("GET", "/devices").ok() is not None, "it is reached")
    assert tell(branch, ("till", "warning"), api=below) == {"added": 1, "changed": 0, "unchanged": 0}
    assert branch.api.get("/device_counts")["warning"] == 1 and hq.api.get("/device_counts")["total"] == 0
    (record,) = branch.api.get("/audit?action=device.import")["items"]
    assert record["actor"] == "olga" and record["through"] == "hq"
    below.delete(f"/devices/{below.get('/devices')['items'][0]['id']}")
    assert branch.api.get("/device_counts")["total"] == 0
