"""The runner of all tests itself: what a test prints may not end it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import run_tests


def test_a_report_with_colours_in_it_is_read(tmp_path):
    answer = tmp_path / "answer.xml"
    answer.write_text('<testsuites><testcase name="one" classname="test"><failure message="\x1b[2mwaiting\x1b[22m\nfor a row"/></testcase>'
                      '<testcase name="two"/><testcase name="three"><skipped/></testcase></testsuites>')
    assert run_tests.tally_cases(answer) == (1, 1, ["one: [2mwaiting[22m for a row"])


def test_a_report_that_is_not_there_tells_nothing(tmp_path):
    assert run_tests.tally_cases(tmp_path / "answer.xml") == (0, 0, [])
