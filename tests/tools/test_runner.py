"""The runner of all tests itself: what a test prints may not end it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import run_tests


def test_a_report_with_colours_in_it_is_read(tmp_path):
    answer = tmp_path / "answer.xml"
    answer.write_text('<testsuites><testcase name="one"><failure>\x1b[2mwaiting\x1b[22m</failure></testcase><testcase name="two"/></testsuites>')
    cases = {case.get("name"): [child.tag for child in case] for case in run_tests.read_junit(answer).iter("testcase")}
    assert cases == {"one": ["failure"], "two": []}
