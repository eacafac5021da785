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


# Roll-up: "counts of devices by status".

def counts_of(ok=0, warning=0, critical=0, unknown=0):
    return {"ok": ok, "warning": warning, "critical": critical, "unknown": unknown, "total": ok + warning + critical + unknown}


def numbers(row):
    return {name: row[name] for name in ("ok", "warning", "critical", "unknown", "total")}


def reported(server, query="") -> tuple[dict, dict, list]:
    """Numbers by the path of a server, their sum, and what is missing."""
    report = server.api.get(f"/reports/devices{query}")
    return {row["server"]: numbers(row) for row in report["rows"]}, report["sum"], report["missing"]


def test_roll_up_counts_of_devices_at_the_bottom_reach_the_report_of_the_root_exactly(start):
    root, second, third = start.server("root"), start.server("second"), start.server("third")
    attach(root, second)
    attach(second, third)
    tell(root, ("a", "ok"), ("b", "critical"))
    tell(second, *((f"s-{i}", "warning") for i in range(7)))
    for part in range(20):  # an import in parts, as a large one is
        tell(third, *((f"till-{part}-{i}", "ok" if i else "unknown") for i in range(50)))
    expected = {"root": counts_of(ok=1, critical=1), "root > second": counts_of(warning=7), "root > second > third": counts_of(ok=980, unknown=20)}

    def arrived():
        rows, total, missing = reported(root)
        assert rows == expected and not missing, (rows, missing)
        assert total == counts_of(ok=981, warning=7, critical=1, unknown=20) | {"servers": 3, "complete": True}
        return True
    wait_until(arrived, "the numbers of all three")
    assert reported(root, "?depth=1")[1]["total"] == 9 and reported(root, "?include_secondaries=false")[1]["total"] == 2
    below = {each["name"]: each["devices"] for each in root.api.get("/rolled_up/servers")["items"]}
    assert numbers(below["third"]) == expected["root > second > third"] and below["third"]["told_at"]
    tree = root.api.get("/tree")
    assert numbers(tree["devices"]) == expected["root"]
    assert numbers(tree["secondaries"][0]["server"]["secondaries"][0]["server"]["devices"]) == expected["root > second > third"]
    assert "1000 devices: 20 unknown" in start.cli(root).ok("tree")

    # What changes while the one between is dead is told when it is back; until then it is named as old and counted as it was told last.
    second.kill()
    tell(third, *((f"till-0-{i}", "critical", None, "no answer") for i in range(1, 4)))
    third.api.delete(f"/devices/{third.api.get('/devices?name=till-1-1')['items'][0]['id']}")
    rows, total, missing = wait_until(lambda: (found := reported(root))[2] and found, "the second is away")
    assert rows == expected and not total["complete"] and total["total"] == 1009
    assert [(each["server"], each["devices"], bool(each["heard_at"])) for each in missing] == [
        ("root > second", "old", True), ("root > second > third", "old", True)]
    table = root.api.get("/reports/devices?format=csv").splitlines()
    assert table[0] == "server,ok,warning,critical,unknown,total,current,heard_at"
    assert table[4].startswith("SUM OF WHAT IS KNOWN,981,7,1,20,1009,") and table[6].startswith("MISSING: root > second > third: not heard from since ")
    assert "its numbers of devices are of then" in root.api.get("/reports/devices?format=html")
    last_known = root.api.get("/tree")["secondaries"][0]["last_known"]
    assert numbers(last_known[0]["devices"]) == expected["root > second > third"]
    second.start()
    expected["root > second > third"] = counts_of(ok=976, critical=3, unknown=20)

    def back():
        rows, total, missing = reported(root)
        assert rows == expected and not missing and total["complete"], (rows, missing)
        return True
    wait_until(back, "the numbers after the second was killed", 90)
    told = start.cli(root).ok("report", "devices")
    assert "SUM" in told and "root > second > third" in told and "Missing" not in told


def test_roll_up_who_never_told_is_unknown_and_never_0(start, tmp_path):
    root, branch = start.server("root"), start.server("branch")
    root.register(branch)  # it never comes
    rows, total, missing = reported(root)
    assert rows["root"] == counts_of() and set(rows["root > branch"].values()) == {None}
    assert not total["complete"] and total["servers"] == 1 and [each["devices"] for each in missing] == ["unknown"]
    told = start.cli(root).ok("report", "devices")
    assert "SUM OF WHAT IS KNOWN" in told and "root > branch: it never told how many devices it has" in told
    assert root.api.get("/rolled_up/servers")["items"][0]["devices"] is None
    wait_until(lambda: root.api.get("/tree")["devices"] == counts_of() | {"told_at": None}, "its own are known")
    attach(root, branch)

    def knows():
        rows, total, missing = reported(root)
        assert rows["root > branch"] == counts_of() and total["complete"] and not missing, (rows, missing)
        return True
    wait_until(knows, "that it has none is told")


def test_roll_up_numbers_come_with_the_snapshot_after_a_gap(start):
    root, branch = start.server("root"), start.server("branch")
    attach(root, branch)
    tell(branch, ("a", "warning"))
    wait_until(lambda: reported(root)[0]["root > branch"] == counts_of(warning=1), "they are told")
    removed = root.secondary("branch")["id"]
    root.api.delete(f"/secondaries/{removed}")
    assert list(reported(root)[0]) == ["root"]
    branch.api.delete("/primary")
    attach(root, branch)
    wait_until(lambda: reported(root)[0].get("root > branch") == counts_of(warning=1), "they are told to the new registration")
