"""Includes keep to src/layers.txt, and third-party headers stay in the rooms that own them.

Usage: check_layers.py [ROOT]. Prints "file:line: what is wrong" and exits 1 when anything is.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cpp_text  # noqa: E402

# Header prefix -> where it may be included: rooms ("net") or files ("base/configuration", "cli/command_line" and "cli/command_line_parts"). Everything not listed here
# (the standard library, fmt, tl::expected) may be included anywhere.
THIRD_PARTY = {
    "openssl/": ["net"],
    "nghttp2/": ["net"],
    "boost/beast": ["net"],
    "boost/asio": ["net", "joining", "server", "api", "cli", "daemon"],
    "boost/json": ["joining", "api", "cli", "server/joins", "server/join_input", "server/problem", "server/notification_texts", "server/task_content", "server/foreign_json", "server/policy_json", "server/role_content"],
    "boost/url": ["joining", "api", "cli"],
    "sqlite3.h": ["store/detail"],
    "libpq-fe.h": ["store/detail"],
    "sodium": ["server", "base/sha256"],
    "spdlog/": ["server", "api", "daemon", "cli"],
    "prometheus/": ["api"],
    "CLI/": ["cli/command_line", "daemon/command_line"],
    "toml++/": ["base/toml_text"],
    "toml.hpp": ["base/toml_text"],
    "google/protobuf": ["link"],
    "link.pb.h": ["link"],
}

# Which rooms an executable's main() may include.
APPS = {"daikand": {"daemon", "base"}, "daikan": {"cli", "base"}}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def read_layers(path: pathlib.Path) -> dict[str, set[str]]:
    layers: dict[str, set[str]] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        room, _, below = line.partition(":")
        # A room may only name rooms written above it: that is what keeps the graph free of cycles.
        unknown = [name for name in below.split() if name not in layers]
        if unknown:
            raise SystemExit(f"{path}:{number}: {room} names {', '.join(unknown)}, which is not written above it")
        layers[room.strip()] = set(below.split())
    return layers


def allowed_there(header: str, inside: str) -> bool:
    for prefix, places in THIRD_PARTY.items():
        if header.startswith(prefix):
            return any(inside == place or inside.startswith((place + "/", place + ".", place + "_")) for place in places)
    return True


def check_file(inside: str, text: str, layers: dict[str, set[str]], own: set[str]) -> list[tuple[int, str]]:
    """`inside`: the path below src/. `own`: the rooms this file may include, its own among them."""
    room = inside.split("/")[0]
    wrong = []
    for match in INCLUDE.finditer(text):
        header = match.group(2)
        line = cpp_text.line_of(text, match.start(2))
        target = header.split("/")[0]
        if "/" in header and target in layers and match.group(1) == '"':
            if target not in own:
                wrong.append((line, f'{room} may not include "{header}": src/layers.txt allows {room} only {", ".join(sorted(own - {room})) or "itself"}'))
            elif "/detail/" in header and target != room:
                wrong.append((line, f'"{header}" is a detail of {target}; only {target} includes it'))
        elif not allowed_there(header, inside):
            wrong.append((line, f"<{header}> does not belong in {inside}; see THIRD_PARTY in tools/check_layers.py"))
    return wrong


def check(root: pathlib.Path) -> list[str]:
    layers = read_layers(root / "src/layers.txt")
    wrong = []
    for path in cpp_text.tracked("src/*.h", "src/*.cpp", "apps/*.h", "apps/*.cpp", root=root):
        relative = path.relative_to(root)
        text = path.read_text()
        if relative.parts[0] == "apps":
            own, inside = APPS.get(relative.parts[1], {"base"}), str(relative)
        else:
            room = relative.parts[1]
            if room not in layers:
                wrong.append(f"{relative}:1: room {room} is not in src/layers.txt")
                continue
            own, inside = layers[room] | {room}, str(relative.relative_to("src"))
        wrong += [f"{relative}:{line}: {what}" for line, what in check_file(inside, text, layers, own)]
    return wrong


def main() -> int:
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else cpp_text.ROOT
    wrong = check(root)
    print("\n".join(wrong) if wrong else "every include keeps to src/layers.txt")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
