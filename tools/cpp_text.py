"""C++ source as the checkers see it: comments and literals blanked out, line structure kept."""

import fnmatch
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def blank(text: str) -> str:
    """`text` with every comment, string and character literal replaced by spaces; newlines stay where they are."""

    def hide(match: re.Match) -> str:
        token = match.group(0)
        if token.startswith("'") and text[match.start() - 1:match.start()].isalnum():  # 1'000: a digit separator
            return token
        return re.sub(r"[^\n]", " ", token)

    # Digit separators first: they would look like the start of a character literal.
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "_", text)
    return _TOKEN.sub(hide, text)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def tracked(*patterns: str, root: pathlib.Path = ROOT) -> list[pathlib.Path]:
    """Files of the project that match, committed or not yet; without a git folder (a self-test): every file that matches."""
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
        names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        return sorted({root / name for name in names if (root / name).is_file()})
    return sorted(path for path in root.rglob("*")
                  if path.is_file() and any(fnmatch.fnmatch(str(path.relative_to(root)), pattern) for pattern in patterns))


def matching_brace(text: str, opening: int) -> int:
    """Position of the brace that closes the one at `opening` in blanked text; -1 when there is none."""
    depth = 0
    for position in range(opening, len(text)):
        if text[position] == "{":
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    return -1
