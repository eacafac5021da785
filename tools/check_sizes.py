"""Tail budgets: files, functions and parameter lists that have grown too long to read.

Usage: check_sizes.py [ROOT]. Prints "file:line: what is wrong" and exits 1 when anything is. The reader of C++ is approximate: it knows
scopes, not templates; what it takes for a function is one.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cpp_text  # noqa: E402

FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES, PARAMETERS = 400, 800, 60, 4

# What may be longer, and why. "file" or "file:function" -> reason. An entry that is no longer needed fails the check, so the list only shrinks.
EXCEPTIONS: dict[str, str] = {
    "src/cli/exit_code.cpp:exit_code_of": "a table: one line for each code",
    "src/server/problem.cpp:http_status": "a table: one line for each code",
    "src/joining/join.cpp:run_join": "two ends, what is asked, what was reached, who hears of it: each another owner's",
    "src/net/dialer.cpp:dial": "a dial's five facts; a struct would be made and taken apart at every call",
    "src/net/h2_connection.cpp:H2Connection::H2Connection": "stream, role, settings, and the two callbacks of its owner",
    "src/server/history.cpp:History::audit": "the columns of an audit record",
    "src/server/joins.cpp:Joins::Joins": "the composition root hands it what it stands on",
    "src/server/link_host.cpp:LinkHost::LinkHost": "the composition root hands it what it stands on",
    "src/server/link_host.cpp:LinkHost::State::State": "the same, passed on",
    "src/net/tls_context.cpp:select_alpn": "an OpenSSL callback: the signature is not ours",
    "src/store/tables_hierarchy.cpp:record_secondary_hello": "the columns of a hello",
    "src/store/tables_operations.cpp:claim_answer": "the columns of a kept answer",
    "src/store/tables_operations.cpp:put_answer": "the columns of a kept answer",
}

CONTROL = {"if", "for", "while", "switch", "catch", "return", "do", "else", "try", "co_return", "co_await", "constexpr", "noexcept", "requires"}
NOT_A_FUNCTION = re.compile(r"\b(class|struct|union|enum|namespace|extern|concept)\b(?![^(]*\boperator\b)")
NAME = re.compile(r"(operator\s*(?:\(\)|[^\s\w(]+|\w+)|~?[A-Za-z_]\w*(?:::~?[A-Za-z_]\w*|<[^<>()]*>)*)\s*\(")


def header_before(text: str, brace: int) -> tuple[int, str]:
    """The text between the last statement's end and `brace`, and where it begins."""
    depth, position = 0, brace - 1
    while position >= 0:
        character = text[position]
        if character in ")]":
            depth += 1
        elif character in "([":
            depth -= 1
            if depth < 0:
                break
        elif character in ";{}" and depth == 0:
            # The braces of a member initialiser list ("member_{value}") belong to the header.
            if character == "}" and re.match(r"}\s*[,{]", text[position:brace + 1]) and "namespace" not in text[position:brace]:
                depth_of_braces = 0
                while position >= 0:
                    depth_of_braces += {"}": 1, "{": -1}.get(text[position], 0)
                    if depth_of_braces == 0:
                        break
                    position -= 1
            else:
                break
        position -= 1
    start = position + 1
    header = text[start:brace]
    header = re.sub(r"^[ \t]*#[^\n]*(?:\\\n[^\n]*)*$", lambda match: " " * len(match.group(0)), header, flags=re.M)
    header = re.sub(r"\b(public|private|protected)\s*:(?!:)", lambda match: " " * len(match.group(0)), header)
    return start + len(header) - len(header.lstrip()), header.strip()


def parameters_of(header: str, opening: int) -> int:
    """How many parameters stand in the parentheses at `opening`."""
    depth, angle, count, empty = 0, 0, 1, True
    for character in header[opening:]:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                break
        elif depth >= 1:
            angle += {"<": 1, ">": -1}.get(character, 0)
            if character == "," and depth == 1 and angle <= 0:
                count += 1
            elif not character.isspace():
                empty = False
    return 0 if empty else count


def is_callback(header: str, opening: int) -> bool:
    """Whether the last parameter is a C library's "void*": then the signature is the library's, not ours."""
    return re.search(r"void\s*\*\s*(\w+|/\*.*?\*/)?\s*\)[^()]*$", header[opening:]) is not None


def functions(text: str):
    """Yields (name, first line, lines, parameters) of each function defined in `text` (blanked), nested ones counted in the outer."""
    position = 0
    while (brace := text.find("{", position)) >= 0:
        start, header = header_before(text, brace)
        first_word = re.match(r"[A-Za-z_]*", header).group(0)
        name = NAME.search(header)
        if name and first_word not in CONTROL and not NOT_A_FUNCTION.search(header[:name.start()]) and "=" not in header[:name.start()]:
            end = cpp_text.matching_brace(text, brace)
            if end < 0:
                return
            first = cpp_text.line_of(text, start)
            parameters = 0 if is_callback(header, name.end() - 1) else parameters_of(header, name.end() - 1)
            yield (name.group(1).replace(" ", ""), first, cpp_text.line_of(text, end) - first + 1, parameters)
            position = end + 1
        else:
            position = brace + 1


def check(root: pathlib.Path, exceptions: dict[str, str] | None = None) -> list[str]:
    exceptions = EXCEPTIONS if exceptions is None else exceptions
    wrong, used = [], set()

    def report(key: str, place: str, what: str) -> None:
        if key in exceptions:
            used.add(key)
        else:
            wrong.append(f"{place}: {what}")

    for path in cpp_text.tracked("*.h", "*.cpp", "*.py", "dev", root=root):
        relative = str(path.relative_to(root))
        raw = path.read_text()
        bound = TEST_FILE_LINES if relative.startswith("tests/") else FILE_LINES
        lines = raw.count("\n")
        if lines > bound:
            report(relative, f"{relative}:1", f"{lines} lines, more than {bound}: is it one room, or two?")
        if path.suffix not in (".h", ".cpp"):
            continue
        for name, first, length, parameters in functions(cpp_text.blank(raw)):
            if length > FUNCTION_LINES and name not in ("TEST", "TEST_F", "TEST_P"):
                report(f"{relative}:{name}", f"{relative}:{first}", f"{name} has {length} lines, more than {FUNCTION_LINES}")
            if parameters > PARAMETERS and not relative.startswith("tests/"):
                report(f"{relative}:{name}", f"{relative}:{first}", f"{name} has {parameters} parameters, more than {PARAMETERS}")
    wrong += [f"tools/check_sizes.py: the exception for {key} is not needed any more" for key in sorted(set(exceptions) - used)]
    return wrong


def main() -> int:
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else cpp_text.ROOT
    wrong = check(root, EXCEPTIONS if root == cpp_text.ROOT else {})
    print("\n".join(wrong) if wrong else "every file and function keeps to its budget")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
