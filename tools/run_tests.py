"""Runs the tests of this project and ends with the line "N passed, N failed".

    run_tests.py                     everything, as `./dev test` does
    run_tests.py KIND [PATTERN]      tools, unit, scenario, contract, web, system, browser or fuzz, under the address sanitizer

What runs: the checkers and their self-tests; unit, scenario and contract tests under address and undefined-behaviour sanitizers and under the
thread sanitizer; the pieces of the console's pages; the system tests and the stories in a browser on daemons built with the address
sanitizer; every fuzz target for DAIKAN_FUZZ_SECONDS.
The thread-sanitizer build runs beside the first tests, because those mostly wait.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build/test-results"
PYTHON = "/usr/bin/python3"
KINDS = ("tools", "unit", "scenario", "contract", "web", "system", "browser", "fuzz")
FUZZ_SECONDS = int(os.environ.get("DAIKAN_FUZZ_SECONDS", "60"))
FUZZ_LANES = int(os.environ.get("DAIKAN_FUZZ_LANES", "3"))
SYSTEM_LANES = int(os.environ.get("DAIKAN_SYSTEM_LANES", "3"))

# Long files first, so that no lane ends alone with the longest one.
SLOW_FIRST = ("test_package", "test_crashes", "test_namespaces", "test_failures", "test_hostile")

ENVIRONMENT = os.environ | {
    "ASAN_OPTIONS": "halt_on_error=1:detect_leaks=1:detect_stack_use_after_return=1:check_initialization_order=1:abort_on_error=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=0:second_deadlock_stack=1:exitcode=66",
    "ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-19",
    "TSAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-19",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Tally:
    """What passed and what failed so far; told by several threads."""

    def __init__(self):
        self.passed, self.skipped, self.failures = 0, 0, []
        self.children: set[subprocess.Popen] = set()
        self._lock = threading.Lock()
        self._begin = time.monotonic()

    def add(self, what: str, passed: int, failures: list[str], seconds: float, skipped: int = 0, log: pathlib.Path | None = None) -> None:
        with self._lock:
            self.passed += passed
            self.skipped += skipped
            self.failures += [f"{what}: {name}" for name in failures]
            at = time.monotonic() - self._begin
            print(f"[{at:6.0f} s] {what}: {passed} passed, {len(failures)} failed{f', {skipped} skipped' if skipped else ''} ({seconds:.1f} s)", flush=True)
            if failures and log and log.exists():
                print("\n".join(log.read_text(errors="replace").splitlines()[-120:]), flush=True)

    def run(self, command: list[str], log: pathlib.Path, timeout: float, environment: dict | None = None) -> int:
        """Runs `command` into `log`; 124 when `timeout` seconds passed. Its whole process group ends with it."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                     env=environment or ENVIRONMENT, start_new_session=True)
            with self._lock:
                self.children.add(child)
            try:
                return child.wait(timeout)
            except subprocess.TimeoutExpired:
                output.write(f"\nended after {timeout} s\n".encode())
                end_group(child)
                return 124
            finally:
                with self._lock:
                    self.children.discard(child)


def end_group(child: subprocess.Popen) -> None:
    for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        try:
            os.killpg(child.pid, sign)
            child.wait(patience)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def check(tally: Tally) -> None:
    begin, log = time.monotonic(), RESULTS / "check.log"
    status = tally.run(["./dev", "check"], log, 600)
    tally.add("check", int(status == 0), ["./dev check"] if status else [], time.monotonic() - begin, log=log)


def build(tally: Tally, preset: str, targets: list[str], *, beside: bool = False) -> bool:
    """Configures and builds; a failure counts as one failed test. `beside`: with low priority, because tests run meanwhile."""
    begin, log = time.monotonic(), RESULTS / f"build-{preset}.log"
    quiet = ["nice", "-n", "10"] if beside else []
    status = tally.run(["cmake", "--preset", preset], log, 300)
    if status == 0:
        jobs = os.environ.get("DAIKAN_JOBS")
        log = RESULTS / f"ninja-{preset}.log"
        status = tally.run([*quiet, "ninja", "-C", f"build/{preset}", *(["-j", jobs] if jobs else []), *targets], log, 3600)
    tally.add(f"build {preset}", 0, [f"see {log.relative_to(ROOT)}"] if status else [], time.monotonic() - begin, log=log)
    return status == 0


def test_programs(preset: str, kind: str) -> list[str]:
    """Names of the GoogleTest programs of this configured build: "unit_net", "scenario" …"""
    listed = subprocess.run(["ctest", "--test-dir", f"build/{preset}", "--show-only=json-v1"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = [test["name"] for test in json.loads(listed.stdout)["tests"]]
    return [name for name in names if name.split("_")[0] == kind]


def run_program(tally: Tally, preset: str, name: str, pattern: str | None = None) -> None:
    begin = time.monotonic()
    what, log, answer = f"{name} ({preset})", RESULTS / preset / f"{name}.log", RESULTS / preset / f"{name}.json"
    answer.unlink(missing_ok=True)
    status = tally.run([f"build/{preset}/tests/{name}", f"--gtest_output=json:{answer}", *([f"--gtest_filter=*{pattern}*"] if pattern else [])],
                       log, 900)
    passed, skipped, failures = 0, 0, []
    if answer.exists():
        for suite in json.loads(answer.read_text())["testsuites"]:
            for case in suite["testsuite"]:
                if case.get("failures"):
                    failures.append(named(f"{suite['name']}.{case['name']}", case["failures"][0].get("failure")))
                elif case.get("result") == "COMPLETED":
                    passed += 1
                elif case.get("result") == "SKIPPED":
                    skipped += 1
    else:
        failures.append(f"ended with status {status} and without an answer")
    if status != 0 and not failures:
        failures.append(f"every case passed, but the program ended with status {status} (a sanitizer's report?)")
    tally.add(what, passed, failures, time.monotonic() - begin, skipped, log)


def named(name: str, message: str | None) -> str:
    """A failed case and, on the same line, the beginning of what it told: the last lines of a long run are what people get to see."""
    told = " ".join((message or "").split())
    return f"{name}: {told[:400]}" if told else name


def tally_cases(answer: pathlib.Path) -> tuple[int, int, list[str]]:
    """Passed, skipped and failed cases of a JUnit file; none of each if there is none."""
    passed, skipped, failures = 0, 0, []
    if answer.exists() and answer.stat().st_size:
        for case in read_junit(answer).iter("testcase"):
            outcome = {child.tag: child for child in case}
            name = ".".join(part for part in (case.get("classname"), case.get("name")) if part and part != "test")  # Node calls every class "test"
            wrong = outcome.get("failure", outcome.get("error"))
            if wrong is not None:
                failures.append(named(name, wrong.get("message") or wrong.text))
            elif "skipped" in outcome:
                skipped += 1
            else:
                passed += 1
    return passed, skipped, failures


def run_pytest(tally: Tally, what: str, arguments: list[str], timeout: float = 1200) -> None:
    begin = time.monotonic()
    name = re.sub(r"\W+", "-", what)
    log, answer = RESULTS / f"{name}.log", RESULTS / f"{name}.xml"
    answer.unlink(missing_ok=True)
    status = tally.run([PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=5", f"--junitxml={answer}", *arguments], log, timeout,
                       ENVIRONMENT | {"DAIKAN_BIN": os.environ.get("DAIKAN_BIN", str(ROOT / "build/asan"))})
    passed, skipped, failures = tally_cases(answer)
    if status not in (0, 5) and not failures:  # 5: the pattern matched nothing in this file
        failures.append(f"pytest ended with status {status}")
    if passed or skipped or failures:
        tally.add(what, passed, failures, time.monotonic() - begin, skipped, log)


def run_system(tally: Tally, pattern: str | None = None) -> None:
    """One pytest per file, SYSTEM_LANES at a time: the tests mostly wait for conditions, and share nothing."""
    files = sorted((ROOT / "tests/system").glob("test_*.py"), key=lambda path: (path.stem not in SLOW_FIRST, path.stem))
    narrowed = ["-k", pattern] if pattern else []
    with ThreadPoolExecutor(SYSTEM_LANES) as lanes:
        for path in files:
            lanes.submit(run_pytest, tally, f"system {path.stem.removeprefix('test_')}", [str(path.relative_to(ROOT)), *narrowed])


def build_web(tally: Tally) -> bool:
    begin, log = time.monotonic(), RESULTS / "build-web.log"
    status = tally.run([PYTHON, "tools/build_web.py"], log, 900)
    tally.add("build web", 0, [f"see {log.relative_to(ROOT)}"] if status else [], time.monotonic() - begin, log=log)
    return status == 0


def read_junit(answer: pathlib.Path) -> xml.etree.ElementTree.Element:
    """Node's reporter writes what a test printed as it is, also what XML does not allow (colours begin with an escape)."""
    return xml.etree.ElementTree.fromstring(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", answer.read_text(encoding="utf-8", errors="replace")))


def tally_junit(tally: Tally, what: str, command: list[str], timeout: float, answer: pathlib.Path) -> None:
    """Runs a program that writes JUnit's XML to `answer`."""
    begin, log = time.monotonic(), answer.with_suffix(".log")
    answer.parent.mkdir(parents=True, exist_ok=True)
    answer.unlink(missing_ok=True)
    status = tally.run(command, log, timeout, ENVIRONMENT | {"DAIKAN_BIN": os.environ.get("DAIKAN_BIN", str(ROOT / "build/asan"))})
    passed, skipped, failures = tally_cases(answer)
    if status and not failures:
        failures.append(f"ended with status {status}")
    tally.add(what, passed, failures, time.monotonic() - begin, skipped, log)


def run_web(tally: Tally, pattern: str | None = None) -> None:
    """The pieces of the pages, without a server: vitest."""
    answer = RESULTS / "web.xml"
    modules = tally.run([PYTHON, "tools/build_web.py", "--modules"], RESULTS / "web-modules.log", 900)
    if modules:
        tally.add("web", 0, ["its packages cannot be installed"], 0, log=RESULTS / "web-modules.log")
        return
    tally_junit(tally, "web", ["npm", "--prefix", "web", "test", "--", "--reporter=default", "--reporter=junit", f"--outputFile.junit={answer}",
                               *(["-t", pattern] if pattern else [])], 900, answer)


def run_browser(tally: Tally, pattern: str | None = None) -> None:
    """Stories in Chromium on real servers; one file after the other, because frame times are measured."""
    if tally.run([PYTHON, "tools/build_web.py", "--modules", "tests/browser"], RESULTS / "browser-modules.log", 900):
        tally.add("browser", 0, ["its packages cannot be installed"], 0, log=RESULTS / "browser-modules.log")
        return
    for path in sorted((ROOT / "tests/browser").glob("*.test.mjs")):
        answer = RESULTS / f"browser-{path.name.removesuffix('.test.mjs')}.xml"
        tally_junit(tally, f"browser {path.name.removesuffix('.test.mjs')}",
                    ["node", "--test", "--test-concurrency=1", "--test-reporter=junit", f"--test-reporter-destination={answer}",
                     "--test-reporter=spec", "--test-reporter-destination=stdout", *([f"--test-name-pattern={pattern}"] if pattern else []),
                     str(path.relative_to(ROOT))], 1200, answer)


def fuzz_targets(pattern: str | None) -> list[str]:
    return [name for name in sorted(path.stem for path in (ROOT / "tests/fuzz").glob("*/*.cpp")) if not pattern or pattern in name]


def run_fuzz(tally: Tally, name: str) -> None:
    begin = time.monotonic()
    log, artifacts, seeds = RESULTS / f"fuzz-{name}.log", RESULTS / "fuzz", ROOT / "tests/fuzz/corpus" / name
    artifacts.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="daikan-fuzz-") as corpus:
        if seeds.is_dir():
            shutil.copytree(seeds, corpus, dirs_exist_ok=True)
        status = tally.run([f"build/asan/tests/fuzz_{name}", f"-max_total_time={FUZZ_SECONDS}", "-timeout=20", "-rss_limit_mb=3072",
                            "-print_final_stats=1", f"-artifact_prefix={artifacts}/{name}-", corpus], log, FUZZ_SECONDS + 300)
    tally.add(f"fuzz {name}", int(status == 0), [f"status {status}, see {log.relative_to(ROOT)}"] if status else [], time.monotonic() - begin, log=log)


def run_all_fuzz(tally: Tally, pattern: str | None = None) -> None:
    with ThreadPoolExecutor(FUZZ_LANES) as lanes:
        list(lanes.map(lambda name: run_fuzz(tally, name), fuzz_targets(pattern)))


def thread_sanitizer_lane(tally: Tally) -> None:
    if not build(tally, "tsan", [], beside=True):
        return
    for kind in ("unit", "scenario", "contract"):
        for name in test_programs("tsan", kind):
            run_program(tally, "tsan", name)


def run_everything(tally: Tally) -> None:
    check(tally)
    run_pytest(tally, "tools", ["tests/tools"])
    run_web(tally)
    pages = build_web(tally)
    if not build(tally, "asan", []):
        return
    beside = threading.Thread(target=thread_sanitizer_lane, args=(tally,))
    beside.start()
    try:
        for kind in ("unit", "scenario", "contract"):
            for name in test_programs("asan", kind):
                run_program(tally, "asan", name)
        run_system(tally)
    finally:
        beside.join()
    if pages:
        run_browser(tally)
    run_all_fuzz(tally)


def run_kind(tally: Tally, kind: str, pattern: str | None) -> None:
    if kind == "tools":
        run_pytest(tally, "tools", ["tests/tools", *(["-k", pattern] if pattern else [])])
    elif kind == "system":
        if build_web(tally) and ("DAIKAN_BIN" in os.environ or build(tally, "asan", ["daikand", "daikan"])):
            run_system(tally, pattern)
    elif kind == "web":
        run_web(tally, pattern)
    elif kind == "browser":
        if build_web(tally) and ("DAIKAN_BIN" in os.environ or build(tally, "asan", ["daikand", "daikan"])):
            run_browser(tally, pattern)
    elif kind == "fuzz":
        if build(tally, "asan", [f"fuzz_{name}" for name in fuzz_targets(pattern)]):
            run_all_fuzz(tally, pattern)
    else:
        subprocess.run(["cmake", "--preset", "asan"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        programs = test_programs("asan", kind)
        if pattern and f"{kind}_{pattern}" in programs:  # "unit net": a whole room
            programs, pattern = [f"{kind}_{pattern}"], None
        if build(tally, "asan", programs):
            for name in programs:
                run_program(tally, "asan", name, pattern)


def main(arguments: list[str]) -> int:
    if len(arguments) > 2 or (arguments and arguments[0] not in KINDS):
        print(f"usage: ./dev test [{'|'.join(KINDS)} [PATTERN]]", file=sys.stderr)
        return 2
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    tally = Tally()
    try:
        if arguments:
            run_kind(tally, arguments[0], arguments[1] if len(arguments) == 2 else None)
        else:
            run_everything(tally)
    except KeyboardInterrupt:
        for child in list(tally.children):
            end_group(child)
        print("interrupted", file=sys.stderr)
        return 130
    for failure in tally.failures:
        print(f"FAILED {failure}")
    if tally.skipped:
        print(f"{tally.skipped} skipped")
    print(f"{tally.passed} passed, {len(tally.failures)} failed")
    return 1 if tally.failures or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
