"""The console's tree with thousands of secondaries in Debian's Chromium: until it can be used, and whether scrolling and searching stay fluid.

Real daemon, real browser, real pages; the secondaries are registrations that never connect. What each figure is: tests/browser/measure.mjs.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS = (("until the tree can be used", "ready_ms", "ms", 1000), ("End key to the last row", "key_ms", "ms", 100), ("last key of a search to its row", "search_ms", "ms", 100),
        ("frame while scrolling, median", "frame_p50_ms", "ms", 17), ("frame while scrolling, 95 %", "frame_p95_ms", "ms", 34),
        ("slowest frame", "frame_worst_ms", "ms", None), ("frames above 50 ms", "late", "", None), ("frames that showed a gap", "gaps", "", 0))


def main(build, arguments):
    options = argparse.ArgumentParser(prog="./dev bench console")
    options.add_argument("--secondaries", type=int, default=2000)
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args(arguments)
    for command in (["/usr/bin/python3", "tools/build_web.py"], ["/usr/bin/python3", "tools/build_web.py", "--modules", "tests/browser"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["node", "tests/browser/measure.mjs", str(chosen.secondaries), str(chosen.runs)], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE,
                          env=os.environ | {"DAIKAN_BIN": str(build)})
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    print(f"{chosen.secondaries} secondaries, median of {len(runs)} runs ({runs[0]['frames']} frames in each)\n\n| what | seen | target |\n|---|---|---|")
    missed = False
    for name, key, unit, target in ROWS:
        value = statistics.median(run[key] for run in runs)
        too_much = target is not None and value > target
        missed = missed or too_much
        print(f"| {name} | {value:.0f} {unit} | {'' if target is None else f'{target} {unit}'}{', **missed**' if too_much else ''} |".replace("  ", " "))
    return 1 if missed else 0
