"""Builds the console in the browser, web/ -> build/web, when its inputs changed since the last time.

    build_web.py              builds when needed
    build_web.py --modules [FOLDER]
                              only installs what FOLDER/package-lock.json names (FOLDER: web), when that changed

Node.js and npm are needed for building alone. The folder is replaced as a whole once everything went well: whoever serves it sees the old
pages or the new ones.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
OUTPUT = ROOT / "build/web"
STAMP = ".inputs"  # a dot file: it is not served
APART = {"node_modules", "dist", "tests"}


def digest(files: list[pathlib.Path], root: pathlib.Path = ROOT) -> str:
    """Of names and contents, whatever the times."""
    found = hashlib.sha256()
    for file in sorted(files):
        found.update(f"{file.relative_to(root)}\0{file.stat().st_size}\0".encode())
        found.update(file.read_bytes())
    return found.hexdigest()


def inputs() -> list[pathlib.Path]:
    own = [path for path in WEB.rglob("*") if path.is_file() and path.relative_to(WEB).parts[0] not in APART]
    return [*own, ROOT / "spec/openapi.yaml", ROOT / "tools/pack_web.mjs", pathlib.Path(__file__)]


def run(*command: str, where: pathlib.Path = WEB) -> None:
    try:
        subprocess.run(command, cwd=where, check=True)
    except FileNotFoundError:
        sys.exit(f"{command[0]} is not installed; ./dev setup installs what building the console's pages needs.")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{' '.join(command)} failed in {where} with {error.returncode}.")


def install_modules(folder: pathlib.Path = WEB) -> None:
    """npm ci, when the lock file is not the one of the last time."""
    wanted, stamp = digest([folder / "package-lock.json"]), folder / "node_modules/.installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    run("npm", "ci", "--no-audit", "--no-fund", where=folder)
    stamp.write_text(wanted)


def build() -> None:
    wanted, stamp = digest(inputs()), OUTPUT / STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return
    install_modules()
    fresh = OUTPUT.with_name(f"web.{os.getpid()}")  # two builds at once do not meet
    try:
        run("npm", "run", "--silent", "build", "--", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn")
        run("node", str(ROOT / "tools/pack_web.mjs"), str(fresh))
        (fresh / STAMP).write_text(wanted)
        shutil.rmtree(OUTPUT, ignore_errors=True)
        fresh.rename(OUTPUT)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--modules"]:
        install_modules(ROOT / (sys.argv[2:] or ["web"])[0])
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        build()
