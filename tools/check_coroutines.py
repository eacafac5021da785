"""No coroutine lambda captures: its captures die with the lambda object, often before the coroutine's first suspension ends.

Usage: check_coroutines.py [ROOT]. Prints "file:line: what is wrong" and exits 1 when anything is. Also finds the awaitable operators
`||` and `&&`, which swallow errors until the other side ends (docs/architecture.md).
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cpp_text  # noqa: E402

# A lambda introducer: "[" that does not subscript something and is not an attribute.
INTRODUCER = re.compile(r"(?<![\w\])\[])\s*\[(?!\[)(?P<captures>[^\[\]]*)\]\s*(?=[({<])")
BODY_WORD = re.compile(r"\bco_(await|return|yield)\b")
KEYWORD_BEFORE = re.compile(r"\b(return|co_return|co_await|case|throw)\s*$")


def lambda_body(text: str, after_introducer: int) -> tuple[int, int] | None:
    """Begin and end of the lambda's body whose parameter list (or body) starts at `after_introducer`."""
    depth = 0
    for position in range(after_introducer, min(len(text), after_introducer + 2000)):
        character = text[position]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
            if depth < 0:
                return None
        elif character == "{" and depth == 0:
            end = cpp_text.matching_brace(text, position)
            return (position, end) if end > 0 else None
        elif character == ";" and depth == 0:
            return None
    return None


def lambdas(text: str):
    for match in INTRODUCER.finditer(text):
        before = text[:match.start() + len(match.group(0)) - len(match.group(0).lstrip())].rstrip()
        if before and (before[-1].isalnum() or before[-1] == "_") and not KEYWORD_BEFORE.search(before):
            continue  # an array: "char name[8] {}"
        body = lambda_body(text, match.end())
        if body:
            yield match.start() + match.group(0).index("["), match.group("captures").strip(), body


def check_text(raw: str) -> list[tuple[int, str]]:
    text = cpp_text.blank(raw)
    found = list(lambdas(text))
    wrong = []
    for position, captures, (begin, end) in found:
        own = text[begin:end + 1]
        for _, _, (inner_begin, inner_end) in found:  # what a nested lambda awaits is the nested lambda's own affair
            if begin < inner_begin and inner_end <= end:
                own = own[:inner_begin - begin] + " " * (inner_end - inner_begin) + own[inner_end - begin:]
        if captures and BODY_WORD.search(own):
            wrong.append((cpp_text.line_of(text, position), f"a coroutine lambda captures [{captures}]: pass it as a parameter"))
    for match in re.finditer(r"awaitable_operators", raw):
        wrong.append((cpp_text.line_of(raw, match.start()), "awaitable operators swallow errors: use with_deadline or a TaskGroup"))
    return sorted(wrong)


def check(root: pathlib.Path) -> list[str]:
    return [f"{path.relative_to(root)}:{line}: {what}"
            for path in cpp_text.tracked("*.h", "*.cpp", root=root)
            for line, what in check_text(path.read_text())]


def main() -> int:
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else cpp_text.ROOT
    wrong = check(root)
    print("\n".join(wrong) if wrong else "no coroutine lambda captures")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
