"""daikan, the command line: asks at a terminal, never when piped; tables for people, JSON for programs; exit codes by kind of error."""

import json
import os
import pty
import select
import signal
import stat
import subprocess
import time

import pytest
from support.server import BIN, PASSWORD, USER, environment


@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


@pytest.fixture(scope="module")
def branch(shared):
    return shared.server("branch")


class Terminal:
    """A person at a terminal."""

    def __init__(self, cli, *arguments):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([BIN / "daikan", *map(str, arguments)], stdin=slave, stdout=slave, stderr=slave, close_fds=True, start_new_session=True,
                                        env=environment(cli.home) | {"DAIKAN_HOME": str(cli.home), "TERM": "xterm"})
        os.close(slave)
        self.seen = ""

    def expect(self, words: str, patience: float = 40) -> "Terminal":
        """Reads until `words` (without regard to case) have appeared since the last answer."""
        begin = time.monotonic()
        while words.lower() not in self.seen.lower():
            assert time.monotonic() - begin < patience, f"no {words!r} in {self.seen!r}"
            if select.select([self.master], [], [], 0.5)[0]:
                try:
                    piece = os.read(self.master, 4096)
                except OSError:
                    piece = b""
                assert piece, f"ended without {words!r}: {self.seen!r}"
                self.seen += piece.decode(errors="replace")
        return self

    def answer(self, text: str) -> "Terminal":
        self.seen = ""
        os.write(self.master, text.encode() + b"\n")
        return self

    def end(self, patience: float = 60) -> int:
        begin = time.monotonic()
        while self.process.poll() is None and time.monotonic() - begin < patience:
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.master, 4096).decode(errors="replace")
                except OSError:
                    break
        status = self.process.wait(patience)
        os.close(self.master)
        return status


def test_login_asks_at_a_terminal_and_shows_the_fingerprint(hq, start):
    cli = start.cli()
    terminal = Terminal(cli, "login", f"https://{hq.console}", "--as", "hq")
    terminal.expect(hq.fingerprint).expect("(y/N)").answer("yes")
    terminal.expect("User").answer(USER)
    terminal.expect("Password").answer(PASSWORD)
    assert terminal.end() == 0, terminal.seen
    assert PASSWORD not in terminal.seen  # not echoed
    assert cli.json("secondary", "list", server="hq") == []


def test_answers_typed_ahead_of_their_questions_are_not_lost(hq, start):
    terminal = Terminal(start.cli(), "login", f"https://{hq.console}", "--as", "hq")
    terminal.answer("yes").answer(USER).answer(PASSWORD)
    assert terminal.end() == 0, terminal.seen


def test_piped_a_missing_answer_is_an_error_that_names_its_flag(hq, start):
    cli = start.cli(hq)
    assert "--fingerprint" in cli.fails("login", f"https://{hq.console}", "--as", "again", "--user", USER, "--password-file", cli.password_file)
    assert "--user" in cli.fails("login", f"https://{hq.console}", "--as", "again", "--fingerprint", hq.fingerprint)
    assert "--password-file" in cli.fails("login", f"https://{hq.console}", "--as", "again", "--user", USER, "--fingerprint", hq.fingerprint)
    assert "--certificate" in cli.fails("secondary", "add", "--group", "Managed devices", "--name", "x", server="hq")


def test_a_password_comes_from_standard_input(hq, start):
    cli = start.cli()
    cli.ok("login", f"https://{hq.console}", "--as", "hq", "--user", USER, "--password-file", "-", "--fingerprint", hq.fingerprint, text=PASSWORD + "\n")
    assert cli.json("secondary", "list", server="hq") == []


def test_secrets_on_the_clients_disk_are_for_their_owner_only(hq, start):
    cli = start.cli(hq)
    files = [path for path in cli.home.rglob("*") if path.is_file() and path != cli.password_file]
    assert files
    for path in files:
        if "dks_" in path.read_text(errors="replace") or "dkt_" in path.read_text(errors="replace"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert PASSWORD not in path.read_text(errors="replace")


def test_a_changed_certificate_is_refused_with_both_fingerprints(hq, branch, start):
    cli = start.cli(hq)
    for path in cli.home.rglob("*"):
        if path.is_file() and path != cli.password_file and str(hq.console) in path.read_text(errors="replace"):
            path.write_text(path.read_text().replace(str(hq.console), str(branch.console)).replace(str(hq.console.port), str(branch.console.port)))
    said = cli.fails("tree", server="hq")
    assert hq.fingerprint in said and branch.fingerprint in said


def test_json_of_lists_has_the_promised_fields(hq, branch, start):
    cli = start.cli(hq)
    registered = hq.register(branch)
    (row,) = cli.json("secondary", "list", server="hq")
    assert set(row) >= {"id", "name", "group", "address", "direction", "state", "reason", "version", "last_connected_at", "fingerprint"}
    assert row["id"] == registered["id"] and cli.json("secondary", "show", "branch", server="hq")["id"] == registered["id"]
    tree = cli.json("tree", server="hq")
    assert tree["name"] == "hq" and tree["secondaries"][0]["state"] == "never_connected"
    table = cli.ok("secondary", "list", server="hq")
    assert "branch" in table and "\x1b" not in table  # no colours outside a terminal
    cli.ok("secondary", "remove", "branch", server="hq")
    assert cli.json("secondary", "list", server="hq") == []


def test_exit_codes_tell_kinds_of_errors_apart(hq, start):
    cli = start.cli(hq)
    codes = {
        "usage": cli.run("secondary", "nonsense", server="hq").returncode,
        "not found": cli.run("secondary", "show", "nobody", server="hq").returncode,
        "profile": cli.run("tree", server="nowhere").returncode,
    }
    assert all(codes.values()) and codes["usage"] != codes["not found"], codes
    hq.stop()
    try:
        gone = cli.run("tree", server="hq")
    finally:
        hq.start()
    assert gone.returncode not in (0, codes["usage"], codes["not found"]) and str(hq.console) in gone.stderr


def test_an_error_as_json_has_code_message_and_remedy(hq, start):
    done = start.cli(hq).run("secondary", "show", "nobody", "--output", "json", server="hq")
    error = json.loads(done.stderr)
    error = error.get("error", error)
    assert error["code"] == "not_found" and (error.get("message") or error.get("detail")) and done.stdout == ""


def test_help_has_an_example_for_each_command(start):
    cli = start.cli()
    nouns = [(), ("init",), ("login",), ("certificate", "export"), ("group", "add"), ("secondary", "add"), ("secondary", "list"), ("secondary", "remove"),
             ("primary", "set"), ("primary", "show"), ("primary", "clear"), ("tree",)]
    for noun in nouns:
        text = cli.ok(*noun, "--help")
        assert not noun or "daikan" in text, noun


def test_ctrl_c_in_the_middle_of_a_join_undoes_it(hq, branch, start):
    """The last step waits for the link; the secondary dials an address that never answers, so there is time to change one's mind."""
    cli = start.cli(hq)
    silent = start.fake(lambda connection, _: connection.recv(1))
    process = subprocess.Popen([BIN / "daikan", "--server", "hq", "secondary", "add", "--group", "Managed devices", str(branch.console), "--user", USER,
                                "--password-file", str(cli.password_file), "--fingerprint", branch.fingerprint, "--primary-address", silent.address],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(cli.home) | {"DAIKAN_HOME": str(cli.home)})
    time.sleep(1)  # somewhere in the steps: whichever it is, nothing may remain
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert hq.api.get("/secondaries")["items"] == [] and branch.api.get("/primary") == {"configured": False}


def test_a_raw_path_with_blanks_is_refused_before_it_is_sent(hq, start):
    said = start.cli(hq).fails("api", "GET", "/nothing/ä b", server="hq")
    assert "“/nothing/ä b”" in said and "%20" in said


def test_init_refuses_a_second_first_administrator(hq, start):
    server = start.prepared("once")
    again = subprocess.run([BIN / "daikan", "init", "--data", server.data, "--user", "eve", "--password-file", "-"], input="another password\n", text=True,
                           capture_output=True, env=environment(start.folder))
    assert again.returncode != 0 and again.stderr
    server.start()
    assert server.stranger.log_in(USER, PASSWORD).secret


def test_init_refuses_weak_passwords_and_bad_names(start):
    for user, password in (("", PASSWORD), ("olga", ""), ("olga", "x"), ("a\nb", PASSWORD)):
        done = subprocess.run([BIN / "daikan", "init", "--data", start.folder / "weak", "--user", user, "--password-file", "-"], input=password, text=True,
                              capture_output=True, env=environment(start.folder))
        assert done.returncode != 0 and done.stderr, (user, password)
