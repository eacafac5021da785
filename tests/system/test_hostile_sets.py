"""What a primary does with a secondary that never takes what it should inherit: it is not worn out by it, and nobody is told without end."""

from support import certificates
from support.fake_link import FakeInheritor, Introduction, field
from support.waiting import wait_until


def register(start, hq, name: str) -> certificates.KeyPair:
    pair = certificates.make_key_pair(start.folder, name)
    hq.api.post("/secondaries", {"name": name, "certificate": pair.pem})
    return pair


def failures(hq) -> list[dict]:
    return [each for each in hq.api.get("/events")["items"] if each["kind"] == "inheritance_failed"]


def reason(hq) -> str:
    server, = hq.api.get("/policies/status")["items"]
    return server["reason"]


def test_a_secondary_that_asks_for_the_full_set_without_end_is_sent_it_ever_more_rarely(start):
    hq = start.server("hq")
    fake = FakeInheritor(hq, register(start, hq, "greedy"), Introduction(name="greedy"), lambda number: field(2, field(1, 1000 * number)))
    try:
        wait_until(lambda: failures(hq), "it is told that it does not apply what it should")
        assert fake.sets <= 3, "the full set twice, and once more by what its hello told"
        for number in range(20):  # every event wakes what brings sets down
            hq.api.post("/tasks", {"name": f"Task {number}", "kind": "link_check"})
        assert fake.sets <= 4, fake.sets
        wait_until(lambda: fake.sets >= 4, "it is tried again")
        assert len(failures(hq)) == 1 and "asks for it again" in reason(hq)
    finally:
        fake.close()


def test_a_secondary_that_refuses_in_ever_other_words_is_one_event_until_something_else_is_wanted(start):
    hq = start.server("hq")

    def refuse(number: int) -> bytes:
        return field(3, field(1, b"conflict") + field(2, f"Reason number {number}.".encode()) + field(3, b"None."))

    fake = FakeInheritor(hq, register(start, hq, "moody"), Introduction(name="moody"), refuse)
    try:
        wait_until(lambda: fake.sets >= 3 and "Reason number" in reason(hq), "it is tried again")
        assert len(failures(hq)) == 1
        wait_until(lambda: f"Reason number {fake.sets}." in reason(hq), "the newest reason is shown")
        hq.api.post("/policies", {"name": "New", "active": True})
        wait_until(lambda: len(failures(hq)) == 2, "something else was wanted, and refused")
    finally:
        fake.close()
