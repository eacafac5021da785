"""Fresh Debian machines: a debootstrap'd root under an overlay in namespaces of its own. Needs root.

The base is made once, by the package sources of this machine, and kept in build/. A machine's changes live in a tmpfs that only its mount
namespace knows, and every process of it in its PID namespace, so that nothing can be left behind: when its first process ends, all is gone.
"""

import fcntl
import hashlib
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import time

from .network import Site
from .project import ROOT

STEP = 90.0  # what one command in a machine may take

# Enough of systemctl for maintainer scripts and README: starts the unit's ExecStart as the unit's user. The sandbox of the unit is
# systemd's own business; test_package.py has systemd-analyze judge it.
SYSTEMCTL = r"""#!/bin/sh
unit=/lib/systemd/system/daikand.service pidfile=/run/daikand.pid
value() { sed -n "s/^$1=//p" $unit | head -1; }
alive() { [ -e $pidfile ] && kill -0 "$(cat $pidfile)" 2>/dev/null; }
start() {
  alive && return 0
  [ -e "$(value ConditionPathExists)" ] || { echo "condition not met" >> /var/log/systemctl.log; return 0; }
  cd / && umask "$(value UMask)"
  setsid runuser -u "$(value User)" -- $(value ExecStart) >> /var/log/daikand.log 2>&1 < /dev/null &
  until pid=$(pgrep -u "$(value User)" -x daikand); do sleep 0.05; kill -0 $! 2>/dev/null || { echo "daikand did not start" >&2; return 1; }; done
  echo "$pid" > $pidfile
  until [ -e /var/lib/daikan/endpoints.json ]; do sleep 0.05; alive || { echo "daikand ended at its start" >&2; tail -5 /var/log/daikand.log >&2; return 1; }; done
}
stop() {
  alive || return 0
  kill -TERM "$(cat $pidfile)"
  while alive; do sleep 0.05; done
  rm -f $pidfile
}
words=""
for word in "$@"; do case $word in -*) ;; *) words="$words $word" ;; esac; done
set -- $words
echo "$*" >> /var/log/systemctl.log
case $1 in
  start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  is-active) alive ;;
  preset) mkdir -p /etc/systemd/system/multi-user.target.wants; ln -sf $unit /etc/systemd/system/multi-user.target.wants/ ;;
  is-enabled) if [ -e /etc/systemd/system/multi-user.target.wants/daikand.service ]; then echo enabled; else echo disabled; exit 1; fi ;;
  daemon-reload) ;;
  *) echo "this systemctl cannot $*" >&2; exit 1 ;;
esac
"""


def sources() -> tuple[str, str]:
    """Where this machine's apt gets Debian from, and by which proxy."""
    listed = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages"],
                            capture_output=True, text=True, check=True).stdout
    found = [line.split()[0] for line in listed.splitlines() if line.split()[1:] == ["bookworm", "main"]]
    assert found, "apt knows no source of bookworm main; run apt-get update"
    proxy = subprocess.run(["apt-config", "shell", "proxy", "Acquire::http::Proxy"], capture_output=True, text=True, check=True).stdout
    return found[0], (re.search(r"'(.*)'", proxy) or [None, ""])[1]


def real(packages: list[str]) -> list[str]:
    """The packages themselves, or those that provide them: debootstrap knows no virtual ones."""
    told = subprocess.run(["apt-cache", "showpkg", *packages], capture_output=True, text=True, check=True).stdout
    found = []
    for name, text in re.findall(r"^Package: (\S+)\n(.*?)(?=^Package: |\Z)", told, re.M | re.S):
        provides = text.partition("Reverse Provides: \n")[2].split()
        found.append(name if not provides or re.search(r"^Versions: \n\S", text, re.M) else provides[0])
    return found


def base(packages: list[str]) -> pathlib.Path:
    """A minimal Debian 12 with `packages`, made once."""
    packages = sorted({"adduser", "procps", "util-linux", *real(packages)})
    folder = ROOT / "build/debian-12" / hashlib.sha256(" ".join(packages).encode()).hexdigest()[:16]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = folder.with_suffix(".new")
            shutil.rmtree(made, ignore_errors=True)
            uri, proxy = sources()
            done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={','.join(packages)}", "bookworm", made, uri],
                                  capture_output=True, text=True, env=os.environ | ({"http_proxy": proxy} if proxy else {}))
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
            shutil.rmtree(made / "var/cache/apt/archives", ignore_errors=True)
            made.rename(folder)
    return folder


class Machine:
    """One machine on a network site. `hosts`: names to addresses, as its /etc/hosts knows them."""

    def __init__(self, site: Site, root: pathlib.Path, mount_point: pathlib.Path, hosts: dict[str, str], name: str):
        mount_point.mkdir(parents=True)
        script = f"""
            set -e
            mount -t tmpfs tmpfs {mount_point}
            cd {mount_point} && mkdir upper work root
            mount -t overlay overlay -o lowerdir={root},upperdir=upper,workdir=work root
            mount -t proc proc root/proc && mount --rbind /dev root/dev && mount -t tmpfs tmpfs root/run && mount -t tmpfs tmpfs root/tmp
            mkdir -p root/run/systemd/system
            hostname {name}
            exec chroot root bash -c 'echo up; while :; do sleep 3600; done'
        """
        self._init = subprocess.Popen(["ip", "netns", "exec", site.name, "unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child",
                                       "bash", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self._init.stdout.readline() == "up\n"
        self._pid = int(pathlib.Path(f"/proc/{self._init.pid}/task/{self._init.pid}/children").read_text())
        self.write("/etc/hosts", "127.0.0.1 localhost\n" + "".join(f"{address} {known}\n" for known, address in hosts.items()))
        self.write("/usr/bin/systemctl", SYSTEMCTL, 0o755)

    def close(self) -> None:
        self._init.kill()
        self._init.wait()

    @property
    def _root(self) -> pathlib.Path:
        return pathlib.Path(f"/proc/{self._pid}/root")

    def path(self, path: str) -> pathlib.Path:
        return self._root / path.lstrip("/")

    def write(self, path: str, content: str | bytes, mode: int = 0o644) -> None:
        target = self.path(path)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        target.chmod(mode)

    def exists(self, path: str) -> bool:
        return os.path.lexists(self.path(path))

    def command(self, script: str) -> list[str]:
        return ["nsenter", "-t", str(self._pid), "-m", "-u", "-i", "-n", "-p", "--root", "--wd", "env", "-i", "HOME=/root", "TERM=dumb", "LC_ALL=C.UTF-8",
                "DEBIAN_FRONTEND=noninteractive", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "bash", "-c",
                f"cd /root; set -e\n{script}"]

    def run(self, script: str) -> str:
        """Runs `script` as root; fails with what it said."""
        done = subprocess.run(self.command(script), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=STEP)
        assert done.returncode == 0, f"{script}\nended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def at_terminal(self, script: str, answers: dict[str, str]) -> str:
        """Runs `script` at a terminal and types the answer to each question: `answers` are regular expressions and what is typed."""
        master, slave = os.openpty()
        child = subprocess.Popen(self.command(script), stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        text, asked, end = "", 0, time.monotonic() + STEP
        try:
            while True:
                assert time.monotonic() < end, f"{script}\nstill waits:\n{text[-3000:]}"
                if not select.select([master], [], [], 0.2)[0]:
                    if child.poll() is not None:
                        break
                    continue
                try:
                    piece = os.read(master, 65536)
                except OSError:  # the other end is closed
                    break
                text += piece.decode(errors="replace")
                for question, answer in answers.items():
                    if match := re.search(question, text[asked:]):
                        asked += match.end()
                        os.write(master, f"{answer}\n".encode())
            status = child.wait(STEP)
        finally:
            os.close(master)
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        text = text.replace("\r\n", "\n")
        assert status == 0, f"{script}\nended with {status}:\n{text[-3000:]}"
        return text
