"""What of the benchmarks can be judged without a server: their options, and the table that says what was met."""

import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import _depth  # noqa: E402
import _fan_out  # noqa: E402
import _mixed  # noqa: E402
import _roll_up  # noqa: E402
import flow  # noqa: E402
from _table import Bound, Figure, missed, ratio, render, rows  # noqa: E402


# options

def test_everything_is_measured_five_times_unless_said_otherwise():
    options = flow.options_of([])
    assert (options.only, options.runs, options.links, options.secondaries, options.events) == (None, 5, 1000, 500, 80000)


def test_only_may_be_given_more_than_once():
    assert flow.options_of(["--only", "depth", "--only", "mixed"]).only == ["depth", "mixed"]


@pytest.mark.parametrize(("arguments", "said"), [
    (["--only", "all"], "invalid choice: 'all'"),
    (["--runs", "0"], "0 is less than 1"),
    (["--links", "many"], "invalid number value: 'many'"),
    (["--events", "1000", "--secondaries", "300"], "--events 1000 cannot be divided among 300 servers"),
])
def test_what_makes_no_sense_is_refused_before_anything_starts(arguments, said, capsys):
    with pytest.raises(SystemExit) as ended:
        flow.options_of(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_the_policy_of_the_fan_out_has_the_size_that_is_said():
    assert _fan_out.BYTES - 64 < len(json.dumps(_fan_out.policy_settings())) <= _fan_out.BYTES


# the table

BASE = Figure("one", "base", "the yardstick", [0.010, 0.020, 0.030])


def own(values, *targets, beside=(("base", 1),)):
    return Figure("one", "own", "ours", values, beside=list(beside), targets=list(targets))


def test_a_ratio_is_the_median_of_the_ratios_of_each_turn():
    assert ratio(own([0.040, 0.020, 0.060]), BASE) == 2  # 4, 1 and 2; of the medians it would be 2 as well with 0.040 / 0.020
    assert ratio(own([0.010, 0.060, 0.060]), BASE) == 2  # 1, 3 and 2; of the medians it would be 3


def test_a_yardstick_may_count_several_times():
    assert ratio(own([0.100, 0.200, 0.300]), BASE, 5) == 2


def test_a_target_is_met_at_its_bound_and_missed_beyond():
    met = own([0.020, 0.040, 0.060], Bound("≤", 2, "base"))
    beyond = own([0.021, 0.042, 0.063], Bound("≤", 2, "base"))
    assert rows([BASE, met])[1][-1] == "≤ 2 × met"
    assert rows([BASE, beyond])[1][-1] == "≤ 2 × MISSED"
    assert (missed([BASE, met]), missed([BASE, beyond])) == (0, 1)


def test_a_rate_has_to_be_at_least_what_the_target_says():
    base = Figure("one", "base", "the yardstick", [1000, 2000], "/s")
    assert missed([base, Figure("one", "own", "ours", [600, 1200], "/s", [("base", 1)], [Bound("≥", 0.6, "base")])]) == 0
    assert missed([base, Figure("one", "own", "ours", [590, 1100], "/s", [("base", 1)], [Bound("≥", 0.6, "base")])]) == 1


def test_a_target_without_a_yardstick_is_about_the_median_itself():
    lines = rows([BASE, own([0.020, 0.049, 0.900], Bound("≤", 3, "base"), Bound("≤", 0.05))])
    assert lines[1][-1] == "≤ 3 × met; ≤ 50.0 ms met"


def test_each_yardstick_of_a_figure_has_a_line_and_a_missing_one_none():
    other = Figure("one", "other", "another", [0.020, 0.020, 0.020])
    lines = rows([BASE, other, own([0.020, 0.020, 0.020], beside=(("base", 1), ("other", 1), ("away", 1)))])
    assert [line[4] for line in lines[2:]] == ["1.00 × the yardstick", "1.00 × another"]


def test_a_yardstick_of_another_section_is_another_one():
    other = Figure("two", "base", "the yardstick of another section", [0.040, 0.040, 0.040])
    lines = rows([BASE, own([0.020, 0.040, 0.060]), other])
    assert lines[1][4] == "2.00 × the yardstick"


def test_the_table_shows_median_and_spread_in_columns():
    head, rule, empty, section, first, second = render([BASE, own([0.020, 1.5, 30])]).splitlines()
    assert (set(rule), empty, section) == ({"-"}, "", "one")
    assert "20.0 ms" in first and "10.0 ms – 30.0 ms" in first
    assert "1,500.0 ms" in second and "20.0 ms – 30.0 s" in second
    assert head.index("ratio") == second.index("75.00 × the yardstick")


def test_a_part_that_fails_takes_nothing_away_from_what_was_measured_before(monkeypatch, capsys, tmp_path):
    class Measured:
        @staticmethod
        def measure(*_):
            return [BASE]

    class Failing:
        @staticmethod
        def measure(*_):
            raise RuntimeError("no broker")

    monkeypatch.setattr(flow, "PARTS", {"depth": Measured, "fanout": Failing})
    monkeypatch.setattr(flow, "Certificate", lambda _: None)
    with pytest.raises(RuntimeError, match="no broker"):
        flow.main(tmp_path, [])
    assert "the yardstick  20.0 ms" in capsys.readouterr().out


def test_every_part_of_flow_has_the_targets_that_were_set():
    options = flow.options_of([])
    roll_up = _roll_up.figures({name: [1] for name in _roll_up.NAMES}, options)
    mixed = _mixed.figures({name: [1] for name in ("alone p50", "alone", "beside p50", "beside", "rate")}, options)
    fan_out = _fan_out.figures({name: [1] for name in _fan_out.NAMES}, options.links)
    depth = _depth.figures([1], [1], [1], [1])
    targets = {figure.key: [(bound.sign, bound.value, bound.beside) for bound in figure.targets]
               for figure in [*depth, *fan_out, *roll_up, *mixed] if figure.targets}
    assert targets == {
        "down": [("≤", 1.5, "commit")],
        "back": [("≤", 1.5, "commit"), ("≤", 0.05, None)],
        "applied": [("≤", 1.2, "nats")],
        "confirmed": [("≤", 3, "raw")],
        "daikan": [("≥", 0.6, "sqlite")],
        "daikan on postgresql": [("≥", 0.6, "copy")],
        "beside": [("≤", 2, "alone")],
    }
