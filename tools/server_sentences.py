"""The sentences that servers write, as src/ has them: what the Japanese console has to know (docs/adr/0010-server-sentences.md).

A sentence is a string literal of a covered room that reads like one: two words or more, a full stop at its end. What only a log or a program
on the command line says is none. Adjacent literals are one; `{}` is a place that a value takes.
"""

import pathlib
import re
from dataclasses import dataclass

import cpp_text

# Rooms whose sentences people read in the console. Every one of them needs its Japanese.
COVERED = ("api", "base", "daemon", "hierarchy", "joining", "link", "net", "server", "store")

# What is not covered, and why.
NOT_COVERED = {
    "cli": "the command line speaks English",
}

# Files of covered rooms that nobody meets in the console, and why.
ELSEWHERE = {
    "api/metrics.cpp": "descriptions of metrics",
    "base/configuration.cpp": "the start of the service",
    "base/toml_text.cpp": "the start of the service",
    "daemon/command_line.cpp": "daikand --help",
    "daemon/event_log.cpp": "the log",
    "daemon/log.cpp": "the log",
    "daemon/process.cpp": "the start of the service",
    "hierarchy/applications.cpp": "names of settings: setting_names.json",
    "hierarchy/audit_chain.cpp": "daikan audit verify",
    "joining/console_client.cpp": "the command line's own requests",
    "server/data_folder.cpp": "the start of the service",
    "server/report_texts.cpp": "mail",
    "server/notification_texts.cpp": "mail",
    "net/identity.cpp": "the start of the service",
    "net/identity_change.cpp": "the start of the service",
    "net/listener.cpp": "the start of the service",
    "store/restoration.cpp": "daikan restore",
}

_LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"|"(?P<text>(?:\\.|[^"\\\n])*)"|\'(?:\\.|[^\'\\\n])+\'', re.S)
_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_LOGGED = re.compile(
    r"(?:(?:\blog_?\w*(?:\(\))?(?:->|\.)|\bspdlog::)(?:trace|debug|info|warn|warning|error|critical)|\bstd::puts)\s*\(\s*(?:fmt::format\s*\(\s*)?$")
PLACE = re.compile(r"\{(?P<number>\d*)(?::(?:[^{}]|\{\})*)?\}")


@dataclass
class Literal:
    file: str  # below src/
    line: int
    text: str
    logged: bool


def literals(file: str, source: str) -> list[Literal]:
    """Every string literal, adjacent ones joined."""
    source = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "_", source)
    found: list[Literal] = []
    end = None
    for match in _LITERAL.finditer(source):
        if match.group("text") is None:
            continue
        text = _ESCAPE.sub(lambda escape: _ESCAPED.get(escape.group(1), escape.group(1)), match.group("text"))
        between = None if end is None else re.sub(r"//[^\n]*|/\*.*?\*/", "", source[end:match.start()], flags=re.S)
        if between is not None and not between.strip():
            found[-1].text += text
        else:
            logged = _LOGGED.search(source[max(0, match.start() - 80):match.start()]) is not None
            found.append(Literal(file, cpp_text.line_of(source, match.start()), text, logged))
        end = match.end()
    return found


def template(text: str) -> str:
    """A literal as the catalogue names it: what goes on with a value at an end, "Cannot read " + path, has a place there."""
    if text.rstrip().endswith((".", "?")) and text.startswith(" "):
        text = text.lstrip()
    if text.startswith(" "):
        text = "{}" + text
    return text + "{}" if text.endswith(" ") else text


def reads_like_a_sentence(text: str) -> bool:
    words = re.findall(r"[A-Za-z]{2,}", PLACE.sub(" ", text))
    ends = PLACE.sub("{}", text).removesuffix("{}").rstrip()
    is_rest = re.match(r" [a-z]|”", text) is not None  # the rest of one, behind a value: composed.json
    return "\n" not in text and len(words) >= 2 and not is_rest and (ends.endswith((".", "?")) or (ends.endswith(":") and ends != text))


def places(text: str) -> list[int]:
    """The numbers of the values a template of fmt takes, in the order in which they stand."""
    taken, following = [], 0
    for match in PLACE.finditer(text.replace("{{", "").replace("}}", "")):
        if match.group("number"):
            taken.append(int(match.group("number")))
        else:
            taken.append(following)
            following += 1
    return taken


def suffixes(text: str) -> set[int]:
    """Of places(), those that stand right behind a letter: "second{}" is an English plural, and another language may go without."""
    numbers = places(text)
    found = list(PLACE.finditer(text.replace("{{", "").replace("}}", "")))
    return {numbers[at] for at, match in enumerate(found) if match.start() > 0 and text[match.start() - 1].isalpha()}


def of_source(root: pathlib.Path) -> list[Literal]:
    found = []
    for path in cpp_text.tracked("src/*.cpp", "src/*.h", root=root):
        found += literals(str(path.relative_to(root / "src")), path.read_text())
    return found


def is_wanted(literal: Literal) -> bool:
    return (literal.file.split("/")[0] in COVERED and literal.file not in ELSEWHERE and not literal.logged
            and reads_like_a_sentence(literal.text))
