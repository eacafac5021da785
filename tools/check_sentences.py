"""Every sentence that a server writes and people read in the console has its Japanese, and every Japanese one still has its sentence.

Usage: check_sentences.py [ROOT]. Prints "file:line: what is wrong" and exits 1 when anything is. The catalogue is
web/src/i18n/ja/server_sentences/: one file for each room of src/; phrases.json for parts of sentences; and two whose English stands in no
literal: composed.json has sentences that the source puts together, words.json words of that kind and those of the operating system.
The kinds of events have names of their own, web/src/i18n/*/event_kind.json, and stand in docs/operations.md: people type them into filters.
`check_sentences.py --missing` prints what is missing, to be filled in.
"""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cpp_text  # noqa: E402
import server_sentences as sentences  # noqa: E402

CATALOGUE = "web/src/i18n/ja/server_sentences"
IN_NO_LITERAL = ("composed.json", "words.json")
KINDS = "web/src/i18n/en/event_kind.json"
KINDS_DOCUMENT = "docs/operations.md"
# Where an event is made: `{Severity::info, "kind", …}`, `.severity = …, .kind = "kind"`; "policy_" + … is put together.
KIND = re.compile(r'(?:Severity::\w+,\s*(?:[.]kind = )?|event[.]kind = |_event\(at, )"([a-z]+(?:_[a-z]+)*)"(?=[,;)])')
TAKEN = re.compile(r"\{(\d+)~?\}")


def unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    entries: dict[str, str] = {}
    for key, value in pairs:
        if key in entries:
            raise SystemExit(f"{CATALOGUE}: “{key}” stands twice in one file")
        entries[key] = value
    return entries


def read_catalogue(root: pathlib.Path) -> dict[str, dict[str, str]]:
    """File name -> English -> Japanese."""
    return {path.name: json.loads(path.read_text(), object_pairs_hook=unique) for path in sorted((root / CATALOGUE).glob("*.json"))}


def wrong_places(english: str, japanese: str) -> str | None:
    has, takes = set(sentences.places(english)), {int(number) for number in TAKEN.findall(japanese)}
    if takes - has:
        return f"takes {{{min(takes - has)}}}, which the English does not have"
    if lost := has - takes - sentences.suffixes(english):
        return f"leaves out {{{min(lost)}}}"
    return None


def check(root: pathlib.Path) -> list[str]:
    catalogue = read_catalogue(root)
    found = sentences.of_source(root)
    known = {sentences.template(literal.text) for literal in found}
    wrong, named = [], {}
    for file, entries in catalogue.items():
        for english, japanese in entries.items():
            if english in named:
                wrong.append(f"{CATALOGUE}/{file}: “{english}” stands in {named[english]} as well; one is enough")
            named[english] = file
            if file not in IN_NO_LITERAL and english not in known:
                wrong.append(f"{CATALOGUE}/{file}: “{english}” stands in no source any more; take it out, or write what it is now")
            if what := wrong_places(english, japanese):
                wrong.append(f"{CATALOGUE}/{file}: the Japanese of “{english}” {what}")
    for literal in found:
        if sentences.is_wanted(literal) and sentences.template(literal.text) not in named:
            room = literal.file.split("/")[0]
            wrong.append(f"src/{literal.file}:{literal.line}: “{sentences.template(literal.text)}” has no Japanese; add it to {CATALOGUE}/{room}.json")
    return wrong


def check_kinds(root: pathlib.Path) -> list[str]:
    """Kinds that stand whole in the source need a name; named ones, also those the source puts together, need their line in the document."""
    names = json.loads((root / KINDS).read_text(), object_pairs_hook=unique)
    document = (root / KINDS_DOCUMENT).read_text()
    wrong = [f"{KINDS_DOCUMENT}: the kind of events “{kind}” is not in it" for kind in names if f"`{kind}`" not in document]
    for path in sorted((root / "src").rglob("*.cpp")):
        source = path.read_text()
        for match in KIND.finditer(source):
            if match[1] not in names:
                line = cpp_text.line_of(source, match.start(1))
                wrong.append(f"{path.relative_to(root)}:{line}: the kind of events “{match[1]}” has no name; add it to {KINDS}, the Japanese one and {KINDS_DOCUMENT}")
    return wrong


def missing(root: pathlib.Path) -> dict[str, list[str]]:
    """Room -> sentences without Japanese, in the order of the source."""
    named = {english for entries in read_catalogue(root).values() for english in entries}
    rooms: dict[str, list[str]] = {}
    for literal in sentences.of_source(root):
        text = sentences.template(literal.text)
        if sentences.is_wanted(literal) and text not in named:
            named.add(text)
            rooms.setdefault(literal.file.split("/")[0], []).append(text)
    return rooms


def main() -> int:
    if "--missing" in sys.argv:
        print(json.dumps(missing(cpp_text.ROOT), ensure_ascii=False, indent=2))
        return 0
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else cpp_text.ROOT
    wrong = check(root) + check_kinds(root)
    print("\n".join(wrong) if wrong else "every sentence of a server has its Japanese, and every kind of events its name")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
