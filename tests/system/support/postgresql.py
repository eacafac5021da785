"""A private PostgreSQL: made from the installed package in a temporary folder, reached through a Unix socket there."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from .waiting import wait_until

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")


class Postgresql:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daikan-postgresql-", dir="/tmp"))
        # PostgreSQL refuses root.
        self._as = ["setpriv", "--pdeathsig", "SIGQUIT", *(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else [])]
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(PROGRAMS / "initdb", "-D", self.folder / "data", "-U", "daikan", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._process = subprocess.Popen([*self._as, PROGRAMS / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=",
                                          "-c", "fsync=off", "-c", "shared_buffers=16MB"], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        wait_until(lambda: subprocess.run([PROGRAMS / "pg_isready", "-q", "-h", self.folder]).returncode == 0, "PostgreSQL is ready")

    def _run(self, *command) -> None:
        done = subprocess.run([*self._as, *command], capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stdout + done.stderr

    def database(self, name: str) -> str:
        """The URL of a new, empty database."""
        self._run(PROGRAMS / "createdb", "-h", self.folder, "-U", "daikan", "-T", "template0", name)
        return f"postgresql:///{name}?host={self.folder}&user=daikan"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
