"""The sentence a person reads, for every failure code of the requirement's section 6, as the command line prints it.

Each is asserted whole: what failed (an address, a server's name, a file), why, and what to do next. test_failures.py provokes the same codes
at the API; here it is the wording that counts.
"""

import base64
import json
import re
import ssl
import subprocess
import threading

import pytest
from support import certificates
from support.fake_link import FakeSecondary, Introduction, primary_conversation
from support.proxies import Squid, hang, read_head
from support.server import BIN, USER, attach, environment, free_port
from support.waiting import wait_until
from test_cli import Terminal
from test_failures import tls_server
from test_two_factor import GOOD, with_second_factor


@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


@pytest.fixture(scope="module")
def other(shared):
    return shared.server("other")


@pytest.fixture(scope="module")
def cli(shared, hq, other):
    return shared.cli(hq, other)


@pytest.fixture
def says(request):
    """says(cli, profile, command, sentence, remedy): the command fails with exactly this sentence and this remedy (regular expressions),
    nothing else on standard error, and the code that the test is named after."""
    code = request.node.originalname.removeprefix("test_")

    def check(cli, server: str | None, arguments: tuple, sentence: str, remedy: str, **more) -> None:
        done = cli.run(*arguments, server=server, **more)
        assert done.returncode != 0, done.stdout + done.stderr
        said = done.stderr.strip().splitlines()
        assert len(said) == 2, done.stderr
        assert re.fullmatch(f"daikan: {sentence}", said[0]) and re.fullmatch(f"  {remedy}", said[1]), done.stderr
        told = json.loads(cli.run(*arguments, "--output", "json", server=server, **more).stderr)
        assert told["code"] == code, told

    return check


def probe(*more) -> tuple:
    return ("probe", *more)


# Reaching the other side.

def test_name_not_resolved(says, cli):
    says(cli, "hq", probe("no-such-branch.invalid:13000"),
         r"no-such-branch\.invalid:13000: “no-such-branch\.invalid” could not be resolved: (no such name|the name server could not be asked)\.",
         r"Check the name and this server's name server, or give an IP address\.")


def test_unreachable(says, cli):
    says(cli, "hq", probe("255.255.255.255:13000"), r"255\.255\.255\.255:13000: unreachable: .+\.", r"Check the address and the route from this server\.")


def test_refused(says, cli):
    port = free_port()
    says(cli, "hq", probe(f"127.0.0.1:{port}"), rf"127\.0\.0\.1:{port}: connection refused\.", rf"Is the server running, and is port {port} open\?")


def test_timed_out(says, cli, start):
    peer = start.fake(hang)
    says(cli, "hq", probe(peer.address), rf"{peer.address}: the TLS handshake did not end in time\.",
         r"Check that the port belongs to an Administration Server and that the network between lets TLS through\.")


def test_proxy_unreachable(says, cli, other):
    port = free_port()
    says(cli, "hq", probe(other.link, "--proxy", f"http://127.0.0.1:{port}"),
         rf"{other.link}: the proxy http://127\.0\.0\.1:{port} cannot be reached: connection refused\.",
         r"Check the proxy's address and port, and that it is running\.")


def test_proxy_auth_required(says, cli, other, start):
    proxy = start.proxy(Squid, user="link")
    wrong = start.folder / "wrong"
    wrong.write_text("wrong\n")
    says(cli, "hq", probe(other.link, "--proxy", proxy.url, "--proxy-password-file", wrong),
         rf"{other.link}: the proxy {proxy.url} did not accept the user name and password \(“HTTP/1\.1 407 Proxy Authentication Required”\)\.",
         r"Check the proxy's user name and password\.")
    says(cli, "hq", probe(other.link, "--proxy", f"http://127.0.0.1:{proxy.port}"),
         rf"{other.link}: the proxy http://127\.0\.0\.1:{proxy.port} asks for a user name and password \(“HTTP/1\.1 407 Proxy Authentication Required”\)\.",
         r"Give a user name and password for the proxy\.")


def test_proxy_denied(says, cli, start):
    proxy = start.fake(lambda connection, peer: (read_head(connection, peer), connection.sendall(b"HTTP/1.1 403 Not in my house\r\n\r\n")))
    says(cli, "hq", probe("branch.example.com:13000", "--proxy", f"http://{proxy.address}"),
         rf"branch\.example\.com:13000: the proxy http://{proxy.address} refused the connection: “HTTP/1\.1 403 Not in my house”\.",
         r"Ask the proxy's administrator to allow connections to branch\.example\.com:13000\.")


def test_proxy_invalid_answer(says, cli, start):
    proxy = start.fake(lambda connection, _: (connection.recv(4096), connection.sendall(b"\x04\x00"), hang(connection, _)))
    says(cli, "hq", probe("branch.example.com:13000", "--proxy", f"socks5://{proxy.address}"), rf"branch\.example\.com:13000: the proxy socks5://{proxy.address} answered “\\x04\\x00”, which is not SOCKS5\.",
         r"Check the proxy's address, port and kind \(http or socks5\)\.")


def test_not_tls(says, cli, start):
    web = start.fake(lambda connection, _: (connection.recv(4096), connection.sendall(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n")))
    says(cli, "hq", probe(web.address),
         rf"{web.address}: answered with “HTTP/1\.1 400 Bad Request”: a web server without TLS, not an Administration Server\.",
         r"Check the port: links use 13000 and the console 13291 unless they were changed\.")


def test_tls_failed(says, cli, start):
    peer, _ = tls_server(start, ["rh2"], maximum=ssl.TLSVersion.TLSv1_2)
    says(cli, "hq", probe(peer.address), rf"{peer.address}: speaks no TLS version that is accepted here \(it offers only TLS 1\.2 or older\)\.",
         r"Check that the address and port are those of an Administration Server and that nothing in between ends TLS\.")


def test_not_an_administration_server(says, cli, other):
    says(cli, "hq", probe(other.console), rf"{other.console}: speaks TLS, but is no Administration Server, or not one on this port\.",
         r"Check the port: links use 13000 and the console 13291 unless they were changed\.")


def test_certificate_mismatch(says, cli, hq, other, start):
    says(cli, "hq", probe(other.link, "--fingerprint", hq.fingerprint),
         rf"{other.link}: the certificate is another one: expected {hq.fingerprint}, received {other.fingerprint}\.",
         r"Compare both with the server's administrator; somebody may stand in between\.")
    branch = start.server("branch-mismatch")
    branch.follow(hq, address=str(other.link))
    says(start.cli(branch), branch.name, ("link", "check", "primary"),
         rf"{other.link}: another server answers there: expected the certificate with the fingerprint {hq.fingerprint}, received {other.fingerprint}\.",
         r"Check the address\. If the server was set up anew, get its certificate file again, compare the fingerprint by voice, and give it to this server\.")


# Certificates as files.

def add(file) -> tuple:
    return ("secondary", "add", "--group", "Managed devices", "--name", "wrong file", "--certificate", file)


def test_certificate_unreadable(says, cli, start):
    file = start.folder / "letter.cer"
    file.write_text("Dear Olga, attached you find our certificate.\n")
    says(cli, "hq", add(file), rf"{file}: The file is not a certificate\.",
         r"Export the certificate on the other server again \(daikan certificate export\) and choose that file\.")
    key = certificates.make_key_pair(start.folder, "good").key_file
    says(cli, "hq", add(key), rf"{key}: The file is a private key, not a certificate\.",
         r"Keep it secret: if it left its server, renew that server's key\. Choose the certificate \(\.cer\) instead\.")


def test_certificate_expired(says, cli, start):
    old = certificates.make_key_pair(start.folder, "old", days=-1)
    says(cli, "hq", add(old.certificate_file), rf"{old.certificate_file}: The certificate expired on \d{{4}}-\d\d-\d\d\.",
         r"Renew the certificate on the other server, export it again and choose that file\.")


def test_own_certificate(says, cli, hq):
    says(cli, "hq", add(hq.data / "server.cer"), r"This certificate is the one of this server, “hq”\.", r"Choose the certificate file of the secondary server\.")


def test_certificate_in_use(says, cli, hq, start):
    first = certificates.make_key_pair(start.folder, "first")
    hq.api.post("/secondaries", {"name": "holder", "certificate": first.pem})
    says(cli, "hq", add(first.certificate_file), r"This certificate is already registered for “holder”\.",
         r"Choose the file of the new server, or remove “holder” first\.")


# Agreement.

def test_unknown_to_primary(says, hq, start):
    branch = start.server("branch-unknown")
    branch.follow(hq)
    says(start.cli(branch), branch.name, ("link", "check", "primary"), rf"{hq.link}: the primary Administration Server does not know this server\.",
         rf"On the primary, add this server as a secondary: it is listed under unrecognised servers there \(daikan unrecognised list\), and daikan "
         rf"unrecognised add {branch.fingerprint} adds it\.")


def test_unknown_to_secondary(says, cli, hq, start):
    dmz = start.server("dmz-unknown")
    hq.register(dmz, direction="primary_dials", address=str(dmz.link))
    says(cli, "hq", ("link", "check", dmz.name), rf"{dmz.link}: the secondary Administration Server does not accept this server as its primary\.",
         r"On the secondary, set this server as its primary with the file that daikan certificate export writes here: daikan primary set --dmz "
         r"--certificate FILE\.")


def test_already_has_primary(says, hq, other, start):
    branch = start.server("branch-two")
    attach(hq, branch)
    says(start.cli(branch), branch.name, ("primary", "set", "--address", other.link, "--certificate", other.data / "server.cer"),
         r"“branch-two” already has a primary: “hq”\.",
         r"A server has at most one primary\. Leave the present one first \(daikan primary clear\), or replace it \(daikan primary set --replace\)\.")


def test_loop(says, start):
    a, b = start.server("a"), start.server("b")
    attach(a, b)
    cli = start.cli(a, b)
    says(cli, "b", ("secondary", "add", "--name", "a", "--certificate", a.data / "server.cer"), r"“a” is the primary of this server: a > b\.",
         r"A server cannot be above and below the same server\. Clear this server's primary first, or add another server\.")
    says(cli, "a", ("primary", "set", "--address", b.link, "--certificate", b.data / "server.cer"), r"“b” is a secondary of this server: a > b\.",
         r"A server cannot be above and below the same server\. Remove “b” from the secondaries first, or choose another primary\.")


def test_too_deep(says, start):
    a, b, c = start.server("a"), start.server("b", arguments=("--max-depth", "2")), start.server("c")
    attach(a, b)
    b.register(c)
    c.follow(b)
    wait_until(lambda: c.api.get("/primary")["state"] == "refused", "it is refused")
    says(start.cli(c), "c", ("link", "check", "primary"), r"“c” would stand on level 3 of the tree, a > b > c; “b” allows 2\.",
         r"Join it further up, or raise the bound on depth of “b”\.")


def test_version_unsupported(says, start):
    future = certificates.make_key_pair(start.folder, "future")
    branch = start.server("branch-version")
    peer = start.fake(primary_conversation(future, Introduction(name="future", version=9)))
    branch.api.put("/primary", {"address": peer.address, "certificate": future.pem})
    says(start.cli(branch), branch.name, ("link", "check", "primary"),
         r"“future” \(daikan 9\.0\.0\) speaks link protocol 9, but “branch-version” \(daikan [0-9.]+\) speaks link protocol 1\.", r"Update “branch-version”\.")


def test_identity_conflict(says, cli, hq, start):
    honest = start.server("honest")
    attach(hq, honest)
    pair = certificates.make_key_pair(start.folder, "thief")
    registered = hq.api.post("/secondaries", {"name": "thief", "certificate": pair.pem})
    fake = FakeSecondary(hq, pair, Introduction(name="thief", server_id=bytes.fromhex(honest.id.replace("-", ""))))
    try:
        hq.wait_for_secondary("thief", "refused")
        says(cli, "hq", ("link", "check", "thief"), rf"The server that connected as “thief” claims to be the one registered as “honest” \(id {honest.id}\)\.",
         r"If its data was copied, give the copy an identity of its own; if its key was replaced, give the existing secondary the new certificate\.")
    finally:
        fake.close()
        hq.api.delete(f"/secondaries/{registered['id']}")


# Who may.

def test_wrong_credentials(says, hq, start):
    cli = start.cli()
    cli.password_file.write_text("wrong\n")
    says(cli, None, ("login", f"https://{hq.console}", "--as", "hq", "--user", USER, "--password-file", cli.password_file, "--fingerprint", hq.fingerprint),
         rf"{hq.console}: The user name or the password is wrong\.", r"Check both and log in again\.")


def test_permission_denied(says, cli, viewer):
    says(cli, "hq", ("group", "remove", "Managed devices"), r"The root group “Managed devices” cannot be removed\.", r"Choose a group below it\.")
    says(viewer, "hq", ("group", "add", "Managed devices/Mine"), r"“hq” refuses: the right “Edit groups” \(edit_groups\) is needed on the server “hq”\.",
         r"Ask an administrator of “hq” for a role with this right there\.")


@pytest.fixture(scope="module")
def viewer(shared, hq):
    """A person who may only look at hq, at a machine of their own."""
    hq.api.post("/users", {"name": "vera", "password": GOOD, "assignments": [{"role": "viewer"}]})
    return as_person(shared, hq, "vera")


def as_person(start, server, name, *more):
    cli = start.cli(name=name)
    cli.password_file.write_text(GOOD + "\n")
    cli.ok("login", f"https://{server.console}", "--as", server.name, "--user", name, "--password-file", cli.password_file, "--fingerprint",
           server.fingerprint, *more)
    return cli


def test_two_factor_required(says, hq, start):
    with_second_factor(hq, "ivan")
    cli = start.cli()
    cli.password_file.write_text(GOOD + "\n")
    says(cli, None, ("login", f"https://{hq.console}", "--as", "hq", "--user", "ivan", "--password-file", cli.password_file, "--fingerprint",
                     hq.fingerprint), rf"{hq.console}: The account ivan has a second factor: its code is needed too\.",
         r"Give the code the authenticator app shows, or a recovery code\. Put it into a file and name it with --code-file, or give it on standard input with --code -\.")


def test_unauthenticated(says, hq, start):
    user = hq.api.post("/users", {"name": "ulla", "password": GOOD, "assignments": [{"role": "viewer"}]})
    cli = as_person(start, hq, "ulla")
    hq.api.call("PATCH", f"/users/{user['id']}", {"state": "disabled"}).ok()
    says(cli, "hq", ("group", "list"), r"The session has ended or the token is not valid\.", rf"Log in again: daikan login https://{hq.console} --as hq --user ulla\.")


def test_rate_limited(says, hq, start):
    hq.api.post("/users", {"name": "guessed", "password": GOOD, "assignments": [{"role": "viewer"}]})

    def long_wait():
        answer = hq.stranger.call("POST", "/sessions", {"user": "guessed", "password": "wrong"})
        return answer.code == "rate_limited" and int(answer.headers["retry-after"]) >= 8
    wait_until(long_wait, "it is slowed down", 60)
    cli = start.cli()
    cli.password_file.write_text("wrong\n")
    says(cli, None, ("login", f"https://{hq.console}", "--as", "hq", "--user", "guessed", "--password-file", cli.password_file, "--fingerprint",
                     hq.fingerprint), rf"{hq.console}: Too many failed logins with this user name or from this address\.", r"Try again in (1 second|\d+ seconds)\.")


# Fields.

def test_group_not_found(says, cli, start):
    pair = certificates.make_key_pair(start.folder, "nowhere")
    says(cli, "hq", ("secondary", "add", "--group", "Managed devices/Nowhere", "--name", "x", "--certificate", pair.certificate_file),
         r"There is no group “Nowhere” in “Managed devices”\.",
         r'Create it with daikan group add "Managed devices/Nowhere", or choose another group\.')


def test_name_taken(says, cli, hq, start):
    hq.api.post("/secondaries", {"name": "taken", "certificate": certificates.make_key_pair(start.folder, "taken").pem})
    pair = certificates.make_key_pair(start.folder, "second")
    says(cli, "hq", ("secondary", "add", "--name", "taken", "--certificate", pair.certificate_file),
         r"A secondary called “taken” is already registered\.", r"Choose another name\.")


def test_address_required(says, cli, hq):
    says(cli, "other", ("primary", "set", "--certificate", hq.data / "server.cer"), r"The address of the primary is missing\.",
         r"Give it with --address, or say --dmz when the primary dials this server\.")


def test_port_out_of_range(says, cli, hq):
    says(cli, "other", ("primary", "set", "--address", "hq.example.com:70000", "--certificate", hq.data / "server.cer"),
         r"hq\.example\.com:70000: “70000” is not a port\.", r"Give a port from 1 to 65535\.")


def test_group_not_empty(says, cli):
    cli.ok("group", "add", "Managed devices/Full/Below", server="hq")
    says(cli, "hq", ("group", "remove", "Managed devices/Full"), r"The group “Managed devices/Full” is not empty; it holds .+\.",
         r"Move what it holds to another group \(daikan secondary move, daikan group move, daikan device import\), or remove it first\.")


def test_invalid_request(says, cli):
    cli.ok("group", "add", "Managed devices/Old", server="hq")
    says(cli, "hq", ("group", "rename", "Managed devices/Old", "a/b"), r"The name “a/b” contains “/”\.",
         r"Choose a name without “/”; it separates the groups of a path\.")


def test_too_large(says, cli):
    says(cli, "hq", ("api", "POST", "/groups", "--data", "-"), r"Standard input has more than 1048576 bytes\.",
         r"Check that it is the right file\.", text='{"path": "%s"}' % ("x" * 1_100_000))


def test_not_found(says, cli):
    says(cli, "hq", ("secondary", "show", "Nowhere"), r"There is no secondary “Nowhere” \(there are: .+\)\.",
         r"daikan secondary list shows them\.")


def test_method_not_allowed(says, cli):
    says(cli, "hq", ("api", "DELETE", "/server/identity"), r"This path does not take the method DELETE\.",
         r"It takes GET, HEAD\.")


def test_conflict(says, cli):
    says(cli, "hq", ("certificate", "roll", "finish"), r"No roll-over of this server's key is under way\.",
         r"Begin one with daikan certificate roll begin\.")


# Invitation files.

def invited(cli, start, *more):
    file = start.folder / "branch.invitation"
    cli.ok("invite", *more, file, server="hq")
    return file


def test_invitation_unreadable(says, cli, hq, start):
    file = invited(cli, start)
    altered = start.folder / "altered.invitation"
    altered.write_text(file.read_text().replace(f"address: {hq.link}", "address: 127.0.0.1:1"))
    says(cli, "other", ("join", altered), r".*The .+ altered.*\.",
         r".+\.")


def test_invitation_expired(says, cli, start):
    file = invited(cli, start, "--expires", "1s")
    wait_until(lambda: "expired" in [each["state"] for each in cli.json("invitation", "list", server="hq")], "it expires")
    says(cli, "other", ("join", file), r"The invitation has expired\.",
         r"Ask the primary's administrator for a new invitation\.")


def test_invitation_revoked(says, cli, start):
    file = invited(cli, start)
    for each in cli.json("invitation", "list", server="hq"):
        if each["state"] == "open":
            cli.ok("invitation", "revoke", each["id"], server="hq")
    says(cli, "other", ("join", file), r"The invitation was revoked by the primary's administrator\.",
         r"Ask the primary's administrator for a new invitation\.")


def test_invitation_used(says, cli, hq, start):
    file = invited(cli, start)
    guest = start.server("guest")
    start.cli(guest).ok("join", file)
    says(cli, "other", ("join", file), r"The invitation was used already by another server\.",
         r"Ask the primary's administrator who joined with it, and for a new invitation\.")


# Backups.

@pytest.fixture(scope="module")
def backup(shared, cli):
    """(a file, the file of its passphrase)."""
    passphrase = shared.folder / "passphrase"
    passphrase.write_text("several words that nobody guesses\n")
    cli.ok("backup", shared.folder / "hq.backup", "--passphrase-file", passphrase, server="hq")
    return shared.folder / "hq.backup", passphrase


def restore(file, backup, start) -> tuple:
    return ("restore", file, "--data", start.folder / "restored", "--passphrase-file", backup[1])


def test_backup_unreadable(says, cli, backup, start):
    file = start.folder / "letter"
    file.write_text("Dear Olga, attached you find our backup. It is a long letter, longer than any head of a file could be.\n" * 5)
    says(cli, None, restore(file, backup, start), r"This file is no backup of a Daikan server\.",
         r"Check the file's name\.")


def test_backup_truncated(says, cli, backup, start):
    file = start.folder / "cut"
    file.write_bytes(backup[0].read_bytes()[:-100])
    says(cli, None, restore(file, backup, start), r"The backup is not whole: its end is missing\.",
         r"Use another copy of the file, or an older backup; was it copied to its end\?")


def test_backup_altered(says, cli, backup, start):
    file = start.folder / "altered"
    content = bytearray(backup[0].read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    says(cli, None, restore(file, backup, start), r"The backup was altered or damaged: .+ is not what was written\.",
         r"Use another copy of the file, or an older backup\.")


# The link, and the program itself.

def test_not_connected(says, hq, start):
    branch = start.server("branch-away")
    attach(hq, branch)
    branch.stop()
    hq.wait_for_secondary("branch-away", "disconnected")
    says(start.cli(hq), "hq", ("--relay", "branch-away", "group", "list"), r"The secondary Administration Server “branch-away” is not connected \(disconnected\)\.",
         r"127\.0\.0\.1:\d+: the other side ended the connection\. It is made again by itself\.")


def test_removed(hq, start):
    """It is no command's failure but the state of a link, which is shown with its reason."""
    branch = start.server("branch-removed")
    attach(hq, branch)
    hq.api.delete(f"/secondaries/{hq.secondary(branch.name)['id']}")
    branch.wait_for_primary("refused")
    cli = start.cli(branch)
    reason = cli.json("primary", "show", server=branch.name)["reason"]
    assert reason["code"] == "removed"
    said = cli.ok("primary", "show", server=branch.name)
    assert reason["message"] == "“hq” removed “branch-removed” from its secondaries." and reason["message"] in said, said
    assert reason["remedy"].startswith("Clear the primary, or ask the administrator of “hq” to add this"), reason
    assert "The primary removed this server: clear it here (daikan primary clear), or ask its administrator to add this server again" in said, said


def test_closed(says, start):
    pair = certificates.make_key_pair(start.folder, "curt")
    context = certificates.link_context(pair, ["rh2"], server_side=True)
    peer = start.fake(lambda connection, _: context.wrap_socket(connection, server_side=True).close())
    branch = start.server("branch-closed")
    branch.api.put("/primary", {"address": peer.address, "certificate": pair.pem})
    says(start.cli(branch), branch.name, ("link", "check", "primary"), rf"{peer.address}: the other side closed the connection\.",
         r"Try again; if it stays so, look into the log of the other side\.")


def test_protocol_error(says, hq, start):
    """A mail server that speaks something else; on a link it is the same code."""
    peer = start.fake(lambda connection, _: (connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"), hang(connection, _)))
    cli = start.cli(hq)
    cli.ok("notification", "add", "--name", "odd", "--email", peer.address, "--transport", "plain", "--from", "a@example.com", "--to", "b@example.com")
    says(cli, "hq", ("notification", "test", "odd"), rf"{peer.address}: The answer “SSH-2\.0-OpenSSH_9\.2” is not one of a mail server\.",
         r"Check the port: mail servers take mail on 25, 587 \(STARTTLS\) and 465 \(TLS\)\.")


def test_clock_skew(says, cli, hq, start):
    pair = certificates.make_key_pair(start.folder, "tomorrow")
    registered = hq.api.post("/secondaries", {"name": "tomorrow", "certificate": pair.pem})
    fake = FakeSecondary(hq, pair, Introduction(name="tomorrow", clock_ahead=86400))
    try:
        hq.wait_for_secondary("tomorrow")
        says(cli, "hq", ("link", "check", "tomorrow"), r"The clock of “tomorrow” is 86\d\d\d s ahead of that of “hq”\.",
         r"Set both by a time service \(timedatectl set-ntp true\); until then the link works, but times of events and the ends of certificates are judged differently on the two servers\.")
    finally:
        fake.close()
        hq.api.delete(f"/secondaries/{registered['id']}")


def test_storage_failed(says, cli, start):
    file = start.folder / "no-such-folder" / "hq.cer"
    says(cli, "hq", ("certificate", "export", file), rf"{file} cannot be written: No such file or directory\.",
         r"Check that the folder is there, can be written to and has room\.")


def test_cancelled(hq, start):
    """A fingerprint that a person does not confirm."""
    terminal = Terminal(start.cli(), "login", f"https://{hq.console}", "--as", "hq", "--output", "json")
    terminal.expect("(y/N)").answer("no")
    assert terminal.end() == 130
    assert '"code": "cancelled"' in terminal.seen, terminal.seen


def test_configuration_invalid(start):
    """daikand's own sentence."""
    file = start.folder / "daikan.toml"
    file.write_text(f"data = \"{start.folder}/data\"\nlnik = []\n")
    done = subprocess.run([BIN / "daikand", "--config", file, "--check-config"], capture_output=True, text=True, timeout=60, env=environment(start.folder))
    assert done.returncode == 2 and done.stderr == f"daikand: {file}:2: There is no setting “lnik”. Did you mean “link”?\n", done.stderr


def test_unavailable(says, cli, hq, start):
    """The server reads one key file at a time, and this one takes it a second."""
    pair = certificates.make_key_pair(start.folder, "dear")
    file, wrong = start.folder / "dear.p12", start.folder / "wrong"
    subprocess.run(["openssl", "pkcs12", "-export", "-inkey", pair.key_file, "-in", pair.certificate_file, "-passout", "pass:right", "-iter", "900000",
                    "-out", file], check=True, timeout=120)
    wrong.write_text("wrong\n")
    body = {"file": base64.b64encode(file.read_bytes()).decode(), "passphrase": "wrong"}
    busy = threading.Event()

    def keep_busy():
        while not busy.is_set():
            hq.api.call("PUT", "/server/certificate", body)

    threads = [threading.Thread(target=keep_busy, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: says(cli, "hq", ("certificate", "set", file, "--password-file", wrong), r"Another key file is being read at this moment\.",
         r"Try again in a few seconds\.") or True, "it is refused", 60)
    finally:
        busy.set()
        for thread in threads:
            thread.join(60)
