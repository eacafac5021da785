"""What flows: a locked value down five levels and its proof back up (depth), a policy to many secondaries (fan-out), events from below into
the root (roll-up), and requests through the relay while a large download crosses the same link (mixed).

Each beside its yardsticks, in turn, in one run, on loopback; the files _depth.py, _fan_out.py, _roll_up.py and _mixed.py say what is
measured. The peers are Debian's packages (tools/bench_packages.txt), started by _peers.py.
"""
import argparse
import os
import pathlib
import tempfile

import _depth
import _fan_out
import _mixed
import _roll_up
from _peers import Certificate
from _table import missed, render

PARTS = {"depth": _depth, "fanout": _fan_out, "rollup": _roll_up, "mixed": _mixed}


def at_least(least):
    def number(text):
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is less than {least}")
        return value
    return number


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="./dev bench flow")
    parser.add_argument("--only", choices=list(PARTS), action="append", help="this part; may be repeated; all unless given")
    parser.add_argument("--runs", type=at_least(1), default=5, help="turns of each part; medians are shown (5)")
    parser.add_argument("--links", type=at_least(1), default=1000, help="simulated secondaries and subscribers of the fan-out (1000)")
    parser.add_argument("--secondaries", type=at_least(1), default=500, help="simulated ones, and publishers, of the roll-up (500)")
    parser.add_argument("--events", type=at_least(1), default=80000, help="of all of them together (80000)")
    parser.add_argument("--servers", type=at_least(0), default=8, help="real ones of the roll-up; 0: leave that out (8)")
    parser.add_argument("--download", type=at_least(1), default=1024, help="MiB that cross the link of the mixed part (1024)")
    options = parser.parse_args(arguments)
    for count in (options.secondaries, options.servers):
        if count and options.events % count:
            parser.error(f"--events {options.events} cannot be divided among {count} servers: take a multiple of it")
    return options


def load():
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def main(build, arguments):
    options = options_of(arguments)
    figures = []
    try:
        for name in options.only or PARTS:
            before = load()
            with tempfile.TemporaryDirectory(prefix="daikan-bench-") as place:
                folder = pathlib.Path(place)
                figures += PARTS[name].measure(build, folder, options, Certificate(folder))
            print(f"{name} measured; load {before} before, {load()} after, on {os.cpu_count()} processors", flush=True)
    finally:  # a part that fails, or whoever loses patience, takes nothing away from what was measured before
        if figures:
            print(report(figures, options.runs), flush=True)
    return 0


def report(figures, runs):
    count = missed(figures)
    return (f"\nmedian and spread of {runs} turns; a ratio is the median of the ratios of each turn\n\n{render(figures)}\n\n"
            f"{f'targets missed: {count}' if count else 'every target is met'}")
