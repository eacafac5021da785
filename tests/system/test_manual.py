"""The manual pages and the completion say what the programs say of themselves."""

import functools
import re
import subprocess

import pytest
from support.project import ROOT
from support.server import BIN, attach, environment

PAGES = ROOT / "packaging/man"


@functools.cache
def help_of(*words: str) -> str:
    done = subprocess.run([BIN / words[0], *words[1:], "--help"], capture_output=True, text=True, timeout=60, env=environment(ROOT / "build"))
    assert done.returncode == 0, done.stderr
    return done.stdout


def entries(text: str, chapter: str) -> list[str]:
    """First words of the lines of one chapter of a help text."""
    found = re.search(rf"^{chapter}:\n((?: +.*\n)+)", text, re.M)
    return re.findall(r"^  (\S+)", found.group(1), re.M) if found else []


def commands(*words: str) -> set[str]:
    """Every command that does something, with its nouns: "secondary add"."""
    below = entries(help_of("daikan", *words), "Subcommands")
    found = {name for each in below for name in commands(*words, each)}
    return found | ({" ".join(words)} if words and (not below or "[SUBCOMMAND]" in help_of("daikan", *words)) else set())


def long_options(text: str) -> set[str]:
    return set(re.findall(r"--([a-z-]+)", " ".join(entries(text, "Options"))))


def items(page: str, section: str) -> list[str]:
    """What a page's list of `section` has entries for, as plain text."""
    text = re.search(rf"^\.Sh {section}\n(.*?)(?=^\.Sh )", (PAGES / page).read_text(), re.M | re.S).group(1)
    return [re.sub(r"^(Cm|Fl) ", "", line) for line in re.findall(r"^\.It (.*)", text, re.M)]


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.iterdir()))
def test_every_page_is_formatted_without_complaint(page):
    told = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGES / page], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stdout


def test_daikan_1_has_every_command_and_no_other():
    there, documented = commands(), set(items("daikan.1", "COMMANDS"))
    missing = "".join(f".It Cm {name}\n" for name in sorted(there - documented))
    assert there == documented, f"to be added to packaging/man/daikan.1:\n{missing}to be removed: {sorted(documented - there)}"


def test_daikan_1_has_every_option_of_every_command():
    documented = set(re.findall(r"-([a-z]+)", " ".join(items("daikan.1", "OPTIONS"))))
    assert documented == long_options(help_of("daikan"))


def test_daikand_8_has_every_option_and_no_other():
    documented = set(re.findall(r"(?:^|, )-([a-z-]+)", "\n".join(items("daikand.8", "OPTIONS")), re.M))
    assert documented == long_options(help_of("daikand"))


def test_daikan_conf_5_has_every_setting_with_its_bounds_and_default():
    printed = subprocess.run([BIN / "daikand", "--print-config"], capture_output=True, text=True, timeout=60).stdout
    page = (PAGES / "daikan.conf.5").read_text()
    assert items("daikan.conf.5", "SETTINGS") == re.findall(r"^([a-z_]+) = ", printed, re.M)
    for comment, name, value in re.findall(r"((?:^# .*\n)+)^([a-z_]+) = (.*)", printed, re.M):
        entry = re.search(rf"^\.It Cm {name}\n(.*?)(?=^\.It|^\.El)", page, re.M | re.S).group(1)
        said = [*re.findall(r"From (\d+) to (\d+)", comment), *re.findall(r"Default: \W*([\w:./]+)", comment)]
        for word in [word for each in said for word in ([each] if isinstance(each, str) else each)]:
            assert word in entry, f"{name} = {value}: {word} is missing"


def completed(words: list[str], **more) -> list[str]:
    """What bash offers for the last of `words`, asked through the script as the tab key does."""
    script = f"""
        export PATH="{BIN}:$PATH"
        source <(daikan completion bash)
        compopt() {{ echo "compopt $*"; }}
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _daikan daikan
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, timeout=60, **more)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if line]


def test_bash_completes_commands_options_and_values():
    env = environment(ROOT / "build") | {"DAIKAN_HOME": "/nonexistent"}
    assert set(completed(["daikan", ""], env=env)) == set(entries(help_of("daikan"), "Subcommands"))
    assert completed(["daikan", "secon"], env=env) == ["secondary"]
    assert set(completed(["daikan", "secondary", ""], env=env)) == set(entries(help_of("daikan", "secondary"), "Subcommands"))
    assert completed(["daikan", "--server", "hq", "secondary", "add", "--fing"], env=env) == ["--fingerprint"]
    offered = completed(["daikan", "secondary", "list", "--"], env=env)
    assert {f"--{name}" for name in long_options(help_of("daikan", "secondary", "list"))} | {"--server", "--relay", "--output"} == set(offered)
    assert completed(["daikan", "-o", ""], env=env) == ["table", "json"]
    assert completed(["daikan", "--output", "=", "j"], env=env) == ["json"]
    assert completed(["daikan", "completion", "z"], env=env) == ["zsh"]
    assert completed(["daikan", "login", "hq", "--password-file", ""], env=env) == ["compopt -o default"]
    assert completed(["daikan", "init", "--data", "/va"], env=env) == ["compopt -o dirnames"]
    assert completed(["daikan", "no", "such", "thing", ""], env=env) != ["thing"]
    assert completed(["daikan", "--server", ""], env=env) == []


def test_bash_completes_profiles_groups_and_names_of_secondaries(start):
    hq, branch = start.server("hq"), start.server("branch")
    hq.api.post("/groups", {"path": "Managed devices/Branches"})
    attach(hq, branch, group="Managed devices/Branches")
    cli = start.cli(hq, branch)
    env = environment(start.folder) | {"DAIKAN_HOME": str(cli.home)}
    assert completed(["daikan", "--server", ""], env=env) == ["branch", "hq"]
    assert completed(["daikan", "--server", "hq", "secondary", "show", ""], env=env) == ["branch"]
    assert completed(["daikan", "--server", "hq", "secondary", "show", "x"], env=env) == []
    assert completed(["daikan", "--server", "hq", "--relay", "br"], env=env) == ["branch"]
    assert completed(["daikan", "--server", "hq", "secondary", "add", "--group", "Man"], env=env) == ["Managed\\ devices", "Managed\\ devices/Branches"]
    assert completed(["daikan", "--server", "hq", "secondary", "add", "--group", '"Managed devices/'], env=env) == ["Managed devices/Branches"]
    assert completed(["daikan", "--server", "hq", "--relay", "branch", "secondary", "add", "--group", ""], env=env) == ["Managed\\ devices"]
    hq.stop()  # a server that is away is no reason to complain at the prompt
    assert completed(["daikan", "--server", "hq", "secondary", "show", ""], env=env) == []


@pytest.mark.parametrize("name", ["x$(touch pwned)", "x`touch pwned`", 'x";touch pwned;"', "x';touch pwned;'", "x\\", "x!!"])
def test_bash_makes_no_command_of_a_name(start, tmp_path, name):
    hq = start.server("hq")
    hq.api.post("/groups", {"path": f"Managed devices/{name}"})
    cli = start.cli(hq)
    env = environment(start.folder) | {"DAIKAN_HOME": str(cli.home)}
    for quote in ('"', "'"):
        assert completed(["daikan", "--server", "hq", "secondary", "add", "--group", f"{quote}Managed devices/"], env=env) == []
    (bare,) = [each for each in completed(["daikan", "--server", "hq", "secondary", "add", "--group", "Man"], env=env) if "/" in each]
    said = subprocess.run(["bash", "-c", f"printf %s {bare}"], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert said.stdout == f"Managed devices/{name}" and not (tmp_path / "pwned").exists()
