"""The Debian package: made of the programs under test, installed on fresh machines, joined as the README says, upgraded, removed, purged."""

import json
import os
import re
import shutil
import subprocess

import pytest
from support import network as networks
from support.machine import Machine, base
from support.project import ROOT
from support.server import BIN, PASSWORD

CHAPTER = (ROOT / "README.md").read_text().split("## Install the package")[1].split("\n## ")[0]
UNIT = ROOT / "packaging/systemd/daikand.service"
ANSWERS = {r"Password of [^\n]*: ?$": PASSWORD, r"The same again: ?$": PASSWORD, r"\(y/N\): ?$": "yes"}

pytestmark = pytest.mark.skipif(not networks.possible(), reason="fresh machines need root")


def run(*command, **more) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, **more)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Of the programs under test; not compressed, because it is not kept."""
    made = run(ROOT / "packaging/build", BIN, tmp_path_factory.mktemp("package"), env=os.environ | {"DPKG_DEB_COMPRESSOR_TYPE": "none"})
    return made.strip()


@pytest.fixture
def machines(package, tmp_path, request):
    """machines("hq", "branch"): fresh machines that know each other by name, with the package in /root."""
    depends = run("dpkg-deb", "-f", package, "Depends")
    root = base(re.findall(r"(?:^|, )([a-z0-9.+-]+)", depends))
    network = networks.Network()
    started = []

    def start(*names: str) -> list[Machine]:
        sites = {name: network.site(name) for name in names}
        hosts = {f"{name}.example.com": site.address for name, site in sites.items()}
        for name, site in sites.items():
            started.append(Machine(site, root, tmp_path / name, hosts, name))
            started[-1].write(f"/root/{os.path.basename(package)}", open(package, "rb").read())
        return started

    yield start
    failed = getattr(request.node, "report_call", None) and request.node.report_call.failed
    for machine in started:
        if failed and machine.exists("/var/log/daikand.log"):
            print(machine.path("/var/log/daikand.log").read_text()[-3000:])
        machine.close()
    network.close()


def blocks() -> list[str]:
    found = re.findall(r"```sh\n(.*?)```", CHAPTER, re.S)
    assert len(found) == 2
    return found


def everything_on(machine: Machine) -> set[str]:
    """Every path but what packages leave by their nature: dpkg's own state, logs and caches."""
    kept = r"^/(root|proc|dev|run|tmp|var/(lib/(dpkg|apt|systemd)|log|cache)|etc/(passwd|group|shadow|gshadow)-$|etc/(ld\.so\.cache|subuid|subgid|.*-)$)"
    return {path for path in machine.run("find / -xdev").splitlines() if not re.match(kept, path)}


def link_of(machine: Machine) -> dict:
    return json.loads(machine.run("daikan --server hq secondary show branch --output json"))


def wait_for_link(machine: Machine) -> None:
    machine.run("for i in $(seq 200); do daikan --server hq secondary show branch --output json | grep -q '\"connected\"' && exit 0; sleep 0.2; done; exit 1")


def test_what_the_package_holds(package):
    version = re.search(r"project\(daikan VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    assert os.path.basename(package) == f"daikan_{version}_amd64.deb" and f"./daikan_{version}_amd64.deb" in CHAPTER
    assert run("dpkg-deb", "-f", package, "Version").strip() == version
    listed = run("dpkg-deb", "-c", package)
    for path in ("usr/bin/daikan", "usr/sbin/daikand", "lib/systemd/system/daikand.service", "etc/daikan/daikan.conf",
                 "usr/share/man/man1/daikan.1.gz", "usr/share/man/man8/daikand.8.gz", "usr/share/man/man5/daikan.conf.5.gz",
                 "usr/share/bash-completion/completions/daikan", "usr/share/zsh/vendor-completions/_daikan",
                 "usr/share/fish/vendor_completions.d/daikan.fish", "usr/share/doc/daikan/copyright", "usr/share/doc/daikan/changelog.gz", "usr/share/doc/daikan/CHANGELOG.md.gz"):
        assert f" ./{path}\n" in listed
    assert not [line for line in listed.splitlines() if " root/root " not in line or re.match("-.{7}w", line)]


def test_the_package_is_one_that_debian_would_take(package, tmp_path):
    run("dpkg-deb", "--raw-extract", package, tmp_path / "content")
    assert run("sh", "-c", "cd content && md5sum --check --quiet DEBIAN/md5sums && cat DEBIAN/conffiles", cwd=tmp_path) == "/etc/daikan/daikan.conf\n"
    # This package is not compressed; its programs may be sanitized ones, which embed what a release does not.
    told = subprocess.run(["lintian", "--allow-root", "--tag-display-limit", "0", "--fail-on", "none", package], capture_output=True, text=True, timeout=300)
    wrong = [line for line in told.stdout.splitlines() if re.match(r"[EW]:", line) and not re.search(r"no-compression|embedded-library|hardening", line)]
    assert told.returncode == 0 and not wrong, "\n".join(wrong) + told.stderr


def test_the_unit_is_right_and_its_sandbox_tight(tmp_path):
    """The program is not installed here, so any that is takes its place; the rest is judged as it stands."""
    unit = tmp_path / "daikand.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", re.sub(r"^Documentation=.*\n", "", UNIT.read_text(), flags=re.M), flags=re.M))
    told = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0 and "daikand.service" not in told.stderr, told.stderr
    run("systemd-analyze", "security", "--offline=true", "--threshold=15", unit)
    settings = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if re.match(r"\w+=", line))
    assert settings["CapabilityBoundingSet"] == "" and settings["ProtectSystem"] == "strict" and settings["User"] == "daikan"


def test_the_configuration_file_names_every_setting_and_is_valid(package, tmp_path):
    run("dpkg-deb", "-x", package, tmp_path)
    file = tmp_path / "etc/daikan/daikan.conf"
    printed = run(BIN / "daikand", "--print-config")
    assert not re.findall(r"^[^#\n]", file.read_text(), re.M), "a setting is set, so that a new default would not reach who never touched it"
    assert re.findall(r"^#([a-z_]+ = .*)", file.read_text(), re.M) == re.findall(r"^([a-z_]+ = .*)", printed, re.M)
    run(BIN / "daikand", "--config", file, "--check-config")
    file.write_text(re.sub(r"^#([a-z_]+ = )", r"\1", file.read_text(), flags=re.M))
    run(BIN / "daikand", "--config", file, "--check-config")


def test_a_new_user_installs_the_package_and_joins_two_servers(machines):
    """With the commands of the README alone; then the package is upgraded over itself, removed and purged."""
    hq, branch = machines("hq", "branch")
    before = everything_on(hq)
    on_both, on_hq = blocks()
    fingerprints = [re.search(r"Fingerprint:?\s+((?:[0-9A-F]{2}:){31}[0-9A-F]{2})", machine.at_terminal(on_both, ANSWERS)).group(1) for machine in (hq, branch)]
    joined = hq.at_terminal(on_hq, ANSWERS)
    assert all(fingerprint in joined for fingerprint in fingerprints)  # both were shown before a password was typed
    assert link_of(hq)["state"] == "connected"

    # As the unit says: the user, the rights.
    assert hq.run("ps -C daikand -o user=").split() == ["daikan"]
    assert hq.run("stat -c '%U %a' /var/lib/daikan /var/lib/daikan/server.key").splitlines() == ["daikan 700", "daikan 600"]
    hq.run("test -e /etc/systemd/system/multi-user.target.wants/daikand.service")
    hq.run("complete -p daikan 2>/dev/null && exit 1; . /usr/share/bash-completion/completions/daikan; complete -p daikan")

    upgraded_over_itself(hq, before)


def upgraded_over_itself(hq: Machine, before: set[str]) -> None:
    process, identity = hq.run("pgrep -x daikand"), hq.run("cat /var/lib/daikan/server.cer | sha256sum")
    hq.run("sed -i 's/^#log_level = .*/log_level = \"debug\"/' /etc/daikan/daikan.conf")
    hq.run("dpkg -i daikan_*.deb")
    assert hq.run("pgrep -x daikand") != process, "the upgrade has restarted the server"
    assert hq.run("cat /var/lib/daikan/server.cer | sha256sum") == identity
    assert "log_level = \"debug\"" in hq.run("grep ^log_level /etc/daikan/daikan.conf")  # what a person wrote stays
    wait_for_link(hq)

    hq.run("dpkg -r daikan")
    assert not hq.run("pgrep -x daikand || true") and not hq.exists("/usr/bin/daikan")
    assert hq.exists("/var/lib/daikan/server.key") and hq.exists("/etc/daikan/daikan.conf")
    hq.run("dpkg -i daikan_*.deb")  # whoever changes their mind finds all as it was
    wait_for_link(hq)

    hq.run("dpkg -P daikan")
    assert not hq.run("pgrep -x daikand || true")
    assert not hq.run("getent passwd daikan || true") and not hq.run("getent group daikan || true")
    assert everything_on(hq) == before


def test_nothing_starts_before_init_and_root_does_not_take_the_folder_from_the_service(machines):
    [hq] = machines("hq")
    hq.run("dpkg -i daikan_*.deb")
    assert not hq.run("pgrep -x daikand || true")
    told = hq.run("echo 'choose a good one' | daikan init --data /var/lib/daikan --user olga --password-file - 2>&1 || echo refused")
    assert "refused" in told and "belongs to the user daikan" in told and "runuser -u daikan" in told
    assert hq.run("ls -A /var/lib/daikan") == ""
