"""Documents that name things name things that exist."""

import fnmatch
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SYSTEM = {path.name: set(re.findall(r"^def (test_\w+)", path.read_text(), re.M)) for path in (ROOT / "tests/system").glob("test_*.py")}
# Codes that no request, command or setting of a person provokes; docs/architecture.md's rooms test them below.
INNER = {"removed", "replaced", "closed", "cancelled", "protocol_error", "unavailable", "storage_failed", "internal"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document):
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text())
    missing = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert not missing


def named_tests():
    """Every test that docs/tests.md names, with the file it is said to be in (test_failures.py where none is said)."""
    for line in (ROOT / "docs/tests.md").read_text().splitlines():
        file = "test_failures.py"
        for word in re.findall(r"`([^`]+)`", line):
            if match := re.match(r"(test_\w+\.py)(?:::(test_[\w*]+))?$", word):
                file = match.group(1)
                yield file, match.group(2)
            elif re.match(r"test_[\w*]+$", word):
                yield file, word


def test_every_test_named_in_the_table_exists():
    wrong = [f"{file}::{name}" for file, name in named_tests()
             if file not in SYSTEM or (name and not any(fnmatch.fnmatch(known, name) for known in SYSTEM[file]))]
    assert not wrong


def test_every_row_of_the_requirement_has_a_test_named_after_it():
    for row in range(1, 8):
        assert [name for name in SYSTEM["test_joining_rows.py"] if name.startswith(f"test_j{row}_")], f"J{row}"


def test_every_failure_code_is_in_the_table():
    codes = re.search(r"kNames = \{(.*?)\};", (ROOT / "src/base/error.cpp").read_text(), re.S).group(1)
    table = (ROOT / "docs/tests.md").read_text().split("## The failure codes")[1]
    first_column = " ".join(re.findall(r"^\| ([^|]+)\|", table, re.M))
    missing = [code for code in re.findall(r'"(\w+)"', codes) if code not in INNER and not re.search(rf"\b{code}\b", first_column)]
    assert not missing


# Of base/error, what no command of a person fails with; each with its reason.
UNSAID = {"internal": "a bug", "replaced": "a connection that a newer one of the same peer took the place of: the link goes on"}


def test_every_failure_code_has_a_test_of_its_sentence():
    codes = re.findall(r'"(\w+)"', re.search(r"kNames = \{(.*?)\};", (ROOT / "src/base/error.cpp").read_text(), re.S).group(1))
    assert len(codes) > 50
    missing = [code for code in codes if code not in UNSAID and f"test_{code}" not in SYSTEM["test_sentences.py"]]
    assert not missing
    assert not [code for code in UNSAID if f"test_{code}" in SYSTEM["test_sentences.py"] or code not in codes]


def test_every_room_has_its_paragraph():
    rooms = re.findall(r"^([a-z]+):", (ROOT / "src/layers.txt").read_text(), re.M)
    text = (ROOT / "docs/architecture.md").read_text()
    assert [room for room in rooms if f"**{room}** –" not in text] == []


def test_no_document_names_a_machines_own_paths():
    hits = [str(path) for path in DOCUMENTS if re.search(r"(?<![\w.])/(home|root|work)/", path.read_text())]
    assert not hits
