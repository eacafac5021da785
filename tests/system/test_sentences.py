"""The sentence a person reads, for every failure code of the requirement's section 6, as the command line prints it.

Each is asserted whole: what failed (an address, a server's name, a file), why, and what to do next. test_failures.py provokes the same codes
at the API; here it is the wording that counts.
"""

import re
import ssl

import pytest
from support import certificates
from support.fake_link import Introduction, primary_conversation
from support.proxies import Squid, hang, read_head
from support.server import USER, attach, free_port
from support.waiting import wait_until
from test_failures import tls_server

@pytest.fixture(scope="module")
def hq(shared):
    return shared.server("hq")


@pytest.fixture(scope="module")
def other(shared):
    return shared.server("other")


@pytest.fixture(scope="module")
def cli(shared, hq, other):
    return shared.cli(hq, other)


def says(cli, server: str, arguments: tuple, sentence: str, remedy: str) -> None:
    """The command fails with exactly this sentence and this remedy (regular expressions) and nothing else on standard error."""
    done = cli.run(*arguments, server=server)
    assert done.returncode not in (0, 1), done.stdout + done.stderr
    said = done.stderr.strip().splitlines()
    assert len(said) == 2, done.stderr
    assert re.fullmatch(f"daikan: {sentence}", said[0]), said[0]
    assert re.fullmatch(f"  {remedy}", said[1]), said[1]


def probe(*more) -> tuple:
    return ("probe", *more)


# Reaching the other side.

def test_name_not_resolved(cli):
    says(cli, "hq", probe("no-such-branch.invalid:13000"),
         r"no-such-branch\.invalid:13000: “no-such-branch\.invalid” could not be resolved: (no such name|the name server could not be asked)\.",
         r"Check the name and this server's name server, or give an IP address\.")


def test_unreachable(cli):
    says(cli, "hq", probe("255.255.255.255:13000"), r"255\.255\.255\.255:13000: unreachable: .+\.", r"Check the address and the route from this server\.")


def test_refused(cli):
    port = free_port()
    says(cli, "hq", probe(f"127.0.0.1:{port}"), rf"127\.0\.0\.1:{port}: connection refused\.", rf"Is the server running, and is port {port} open\?")


def test_timed_out(cli, start):
    peer = start.fake(hang)
    says(cli, "hq", probe(peer.address), rf"{peer.address}: the TLS handshake did not end in time\.",
         r"Check that the port belongs to an Administration Server and that the network between lets TLS through\.")


def test_proxy_unreachable(cli, other):
    port = free_port()
    says(cli, "hq", probe(other.link, "--proxy", f"http://127.0.0.1:{port}"),
         rf"{other.link}: the proxy http://127\.0\.0\.1:{port} cannot be reached: connection refused\.",
         r"Check the proxy's address and port, and that it is running\.")


def test_proxy_auth_required(cli, other, start):
    proxy = start.proxy(Squid, user="link")
    wrong = start.folder / "wrong"
    wrong.write_text("wrong\n")
    says(cli, "hq", probe(other.link, "--proxy", proxy.url, "--proxy-password-file", wrong),
         rf"{other.link}: the proxy {proxy.url} did not accept the user name and password \(“HTTP/1\.1 407 Proxy Authentication Required”\)\.",
         r"Check the proxy's user name and password\.")
    says(cli, "hq", probe(other.link, "--proxy", f"http://127.0.0.1:{proxy.port}"),
         rf"{other.link}: the proxy http://127\.0\.0\.1:{proxy.port} asks for a user name and password \(“HTTP/1\.1 407 Proxy Authentication Required”\)\.",
         r"Give a user name and password for the proxy\.")


def test_proxy_denied(cli, start):
    proxy = start.fake(lambda connection, peer: (read_head(connection, peer), connection.sendall(b"HTTP/1.1 403 Not in my house\r\n\r\n")))
    says(cli, "hq", probe("branch.example.com:13000", "--proxy", f"http://{proxy.address}"),
         rf"branch\.example\.com:13000: the proxy http://{proxy.address} refused the connection: “HTTP/1\.1 403 Not in my house”\.",
         r"Ask the proxy's administrator to allow connections to branch\.example\.com:13000\.")


def test_not_tls(cli, start):
    web = start.fake(lambda connection, _: (connection.recv(4096), connection.sendall(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n")))
    says(cli, "hq", probe(web.address),
         rf"{web.address}: answered with “HTTP/1\.1 400 Bad Request”: a web server without TLS, not an Administration Server\.",
         r"Check the port: links use 13000 and the console 13291 unless they were changed\.")


def test_tls_failed(cli, start):
    peer, _ = tls_server(start, ["rh2"], maximum=ssl.TLSVersion.TLSv1_2)
    says(cli, "hq", probe(peer.address), rf"{peer.address}: speaks no TLS version that is accepted here \(it offers only TLS 1\.2 or older\)\.",
         r"Check that the address and port are those of an Administration Server and that nothing in between ends TLS\.")


def test_not_an_administration_server(cli, other):
    says(cli, "hq", probe(other.console), rf"{other.console}: speaks TLS, but is no Administration Server, or not one on this port\.",
         r"Check the port: links use 13000 and the console 13291 unless they were changed\.")


def test_certificate_mismatch(cli, hq, other, start):
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


def test_certificate_unreadable(cli, start):
    file = start.folder / "letter.cer"
    file.write_text("Dear Olga, attached you find our certificate.\n")
    says(cli, "hq", add(file), rf"{file}: The file is not a certificate\.",
         r"Export the certificate on the other server again \(daikan certificate export\) and choose that file\.")
    key = certificates.make_key_pair(start.folder, "good").key_file
    says(cli, "hq", add(key), rf"{key}: The file is a private key, not a certificate\.",
         r"Keep it secret: if it left its server, renew that server's key\. Choose the certificate \(\.cer\) instead\.")


def test_certificate_expired(cli, start):
    old = certificates.make_key_pair(start.folder, "old", days=-1)
    says(cli, "hq", add(old.certificate_file), rf"{old.certificate_file}: The certificate expired on \d{{4}}-\d\d-\d\d\.",
         r"Renew the certificate on the other server, export it again and choose that file\.")


def test_own_certificate(cli, hq):
    says(cli, "hq", add(hq.data / "server.cer"), r"This certificate is the one of this server, “hq”\.", r"Choose the certificate file of the secondary server\.")


def test_certificate_in_use(cli, hq, start):
    first = certificates.make_key_pair(start.folder, "first")
    hq.api.post("/secondaries", {"name": "holder", "certificate": first.pem})
    says(cli, "hq", add(first.certificate_file), r"This certificate is already registered for “holder”\.",
         r"Choose the file of the new server, or remove “holder” first\.")


# Agreement.

def test_unknown_to_primary(hq, start):
    branch = start.server("branch-unknown")
    branch.follow(hq)
    says(start.cli(branch), branch.name, ("link", "check", "primary"), rf"{hq.link}: the primary Administration Server does not know this server\.",
         rf"On the primary, add this server as a secondary: it is listed under unrecognised servers there \(daikan unrecognised list\), and daikan "
         rf"unrecognised add {branch.fingerprint} adds it\.")


def test_unknown_to_secondary(cli, hq, start):
    dmz = start.server("dmz-unknown")
    hq.register(dmz, direction="primary_dials", address=str(dmz.link))
    says(cli, "hq", ("link", "check", dmz.name), rf"{dmz.link}: the secondary Administration Server does not accept this server as its primary\.",
         r"On the secondary, set this server as its primary with the file that daikan certificate export writes here: daikan primary set --dmz "
         r"--certificate FILE\.")


def test_already_has_primary(hq, other, start):
    branch = start.server("branch-two")
    attach(hq, branch)
    says(start.cli(branch), branch.name, ("primary", "set", "--address", other.link, "--certificate", other.data / "server.cer"),
         r"“branch-two” already has a primary: “hq”\.",
         r"A server has at most one primary\. Leave the present one first \(daikan primary clear\), or replace it \(daikan primary set --replace\)\.")


def test_loop(start):
    a, b = start.server("a"), start.server("b")
    attach(a, b)
    cli = start.cli(a, b)
    says(cli, "b", ("secondary", "add", "--name", "a", "--certificate", a.data / "server.cer"), r"“a” is the primary of this server: a > b\.",
         r"A server cannot be above and below the same server\. Clear this server's primary first, or add another server\.")
    says(cli, "a", ("primary", "set", "--address", b.link, "--certificate", b.data / "server.cer"), r"“b” is a secondary of this server: a > b\.",
         r"A server cannot be above and below the same server\. Remove “b” from the secondaries first, or choose another primary\.")


def test_too_deep(start):
    a, b, c = start.server("a"), start.server("b", arguments=("--max-depth", "2")), start.server("c")
    attach(a, b)
    b.register(c)
    c.follow(b)
    wait_until(lambda: c.api.get("/primary")["state"] == "refused", "it is refused")
    says(start.cli(c), "c", ("link", "check", "primary"), r"“c” would stand on level 3 of the tree, a > b > c; “b” allows 2\.",
         r"Join it further up, or raise the bound on depth of “b”\.")


def test_version_unsupported(start):
    future = certificates.make_key_pair(start.folder, "future")
    branch = start.server("branch-version")
    peer = start.fake(primary_conversation(future, Introduction(name="future", version=9)))
    branch.api.put("/primary", {"address": peer.address, "certificate": future.pem})
    says(start.cli(branch), branch.name, ("link", "check", "primary"),
         r"“future” \(daikan 9\.0\.0\) speaks link protocol 9, but “branch-version” \(daikan [0-9.]+\) speaks link protocol 1\.", r"Update “branch-version”\.")


# Who may.

def test_wrong_credentials(hq, start):
    cli = start.cli()
    cli.password_file.write_text("wrong\n")
    says(cli, None, ("login", f"https://{hq.console}", "--as", "hq", "--user", USER, "--password-file", cli.password_file, "--fingerprint", hq.fingerprint),
         rf"{hq.console}: The user name or the password is wrong\.", r"Check both and log in again\.")


def test_permission_denied(cli):
    says(cli, "hq", ("group", "remove", "Managed devices"), r"The root group “Managed devices” cannot be removed\.", r"Choose a group below it\.")


# Fields.

def test_group_not_found(cli, start):
    pair = certificates.make_key_pair(start.folder, "nowhere")
    says(cli, "hq", ("secondary", "add", "--group", "Managed devices/Nowhere", "--name", "x", "--certificate", pair.certificate_file),
         r"There is no group “Nowhere” in “Managed devices”\.",
         r'Create it with daikan group add "Managed devices/Nowhere", or choose another group\.')


def test_name_taken(cli, hq, start):
    hq.api.post("/secondaries", {"name": "taken", "certificate": certificates.make_key_pair(start.folder, "taken").pem})
    pair = certificates.make_key_pair(start.folder, "second")
    says(cli, "hq", ("secondary", "add", "--name", "taken", "--certificate", pair.certificate_file),
         r"A secondary called “taken” is already registered\.", r"Choose another name\.")


def test_address_required(cli, hq):
    says(cli, "other", ("primary", "set", "--certificate", hq.data / "server.cer"), r"The address of the primary is missing\.",
         r"Give it with --address, or say --dmz when the primary dials this server\.")


def test_port_out_of_range(cli, hq):
    says(cli, "other", ("primary", "set", "--address", "hq.example.com:70000", "--certificate", hq.data / "server.cer"),
         r"hq\.example\.com:70000: “70000” is not a port\.", r"Give a port from 1 to 65535\.")
