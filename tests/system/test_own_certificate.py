"""A key and certificate of an administrator's own: set from PKCS#12 or PEM, announced as any other key, shown to consoles with its chain."""

import base64
import re
import subprocess
import time

import pytest
from support.server import attach, fingerprint
from support.waiting import stays, wait_until
from test_backup import restored
from test_cli import Terminal
from test_roll_over import actions_of, console_certificate, kinds_of, rolled

PASSPHRASE = "what the file was made with"
EC256, EC384 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"), ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
RSA2048, ED25519 = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), ("-algorithm", "ED25519")


def openssl(*arguments, text: str | None = None) -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, input=text.encode() if text else b"", timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Authority:
    """A root and an intermediate, made with openssl as an administrator would."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        (folder / "ca.ext").write_text("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n")
        openssl("genpkey", *EC256, "-out", self("root.key"))
        openssl("req", "-x509", "-new", "-key", self("root.key"), "-subj", "/O=Example/CN=Example Root", "-days", 3650, "-out", self("root.pem"))
        openssl("genpkey", *EC256, "-out", self("middle.key"))
        self.sign("middle", "/O=Example/CN=Example Issuing", issuer="root", extensions=self("ca.ext"))

    def __call__(self, name):
        return self.folder / name

    def sign(self, name, subject, *, issuer, extensions, days=365, more=()):
        openssl("req", "-new", "-key", self(f"{name}.key"), "-subj", subject, "-out", self(f"{name}.csr"))
        openssl("x509", "-req", "-in", self(f"{name}.csr"), "-CA", self(f"{issuer}.pem"), "-CAkey", self(f"{issuer}.key"), "-CAcreateserial",
                "-days", days, "-extfile", extensions, "-out", self(f"{name}.pem"), *more)

    def issue(self, name, kind=EC256, *, days=365, extensions="extendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature\n",
              key=None, issuer="middle"):
        """NAME.key and NAME.pem; `key`: the name of one that is there."""
        if key:
            self(f"{name}.key").write_bytes(self(f"{key}.key").read_bytes())
        else:
            openssl("genpkey", *kind, "-out", self(f"{name}.key"))
        self(f"{name}.ext").write_text(f"subjectAltName=DNS:hq.example.com,IP:127.0.0.1\n{extensions}")
        self.sign(name, f"/O=Example/CN={name}.example.com", issuer=issuer, extensions=self(f"{name}.ext"), days=days)
        return self(f"{name}.pem")

    def pkcs12(self, name, *more, chain=True, passphrase=PASSPHRASE):
        with_chain = ("-certfile", self.chain()) if chain else ()
        openssl("pkcs12", "-export", "-inkey", self(f"{name}.key"), "-in", self(f"{name}.pem"), *with_chain, "-passout", f"pass:{passphrase}",
                "-out", self(f"{name}.p12"), *more)
        return self(f"{name}.p12")

    def chain(self):
        file = self("chain.pem")
        file.write_bytes(self("middle.pem").read_bytes() + self("root.pem").read_bytes())
        return file

    def fingerprint(self, name):
        return fingerprint(openssl("x509", "-in", self(f"{name}.pem"), "-outform", "DER"))


@pytest.fixture
def authority(start):
    return Authority(start.folder / "authority")


@pytest.fixture
def password(start):
    file = start.folder / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    return file


def presented(endpoint, *more) -> tuple[list[str], str]:
    """The subjects of the certificates that a port presents, and everything that openssl says."""
    done = subprocess.run(["openssl", "s_client", "-connect", str(endpoint), "-showcerts", *map(str, more)], capture_output=True, input=b"", timeout=60)
    said = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
    return [line.split("CN = ")[1] for line in re.findall(r"^ *\d+ s:.*$", said, re.MULTILINE)], said


def says(cli, arguments, sentence, remedy, status=7):
    done = cli.run("certificate", "set", *arguments, server="hq")
    said = done.stderr.strip().splitlines()
    assert done.returncode == status and len(said) == 2, (done.returncode, done.stderr, done.stdout)
    assert re.fullmatch(f"daikan: {sentence}", said[0]), said[0]
    assert re.fullmatch(f"  {remedy}", said[1]), said[1]


def test_an_own_key_is_announced_and_the_console_presents_its_chain(start, authority, password):
    hq, branch, shop = start.server("hq"), start.server("branch"), start.server("shop")
    cli = start.cli(hq)
    attach(hq, branch)
    shop.follow(hq, direction="primary_dials", address=None)
    hq.register(shop, direction="primary_dials", address=str(shop.link))
    hq.wait_for_secondary("shop", deadline=90)
    authority.issue("hq", EC384)
    told = cli.json("certificate", "set", authority.pkcs12("hq"), "--password-file", password, server="hq")
    assert told["fingerprint"] == authority.fingerprint("hq") and told["chain"] == 2 and "Example Issuing" in told["issuer"]
    rolled(hq)
    assert hq.fingerprint == authority.fingerprint("hq")
    for name in ("branch", "shop"):
        hq.wait_for_secondary(name, deadline=90)
    for server in (branch, shop):
        assert server.wait_for_primary(deadline=90)["fingerprint"] == hq.fingerprint

    def whole_chain():
        subjects, said = presented(hq.console, "-CAfile", authority("root.pem"), "-verify_return_error", "-verify_ip", "127.0.0.1")
        assert subjects == ["hq.example.com", "Example Issuing", "Example Root"] and "Verify return code: 0 (ok)" in said, said
        assert presented(hq.console, "-tls1_2", "-CAfile", authority("root.pem"), "-verify_return_error")[0] == subjects
        # On links the pin decides; nobody needs more than the certificate there.
        assert presented(hq.link, "-alpn", "h2", "-tls1_3")[0] == ["hq.example.com"]

    whole_chain()
    shown = hq.api.get("/server")
    assert shown["certificate_chain"] == 2 and "Example Issuing" in shown["certificate_issuer"]
    hq.restart()
    whole_chain()
    assert (hq.data / "server.key").stat().st_mode & 0o077 == 0 and not list(hq.data.glob("server.next*"))
    assert "certificate.set" in actions_of(hq) and {"roll_over_begun", "certificate_changed", "roll_over_done"} <= set(kinds_of(hq))
    # Nothing of the secret is told to anybody.
    lines = [line for line in authority("hq.key").read_text().splitlines() if not line.startswith("-")]
    for text in (hq.text(), str(hq.api.get("/events?limit=200")), str(hq.api.get("/audit?limit=200")), branch.text(), shop.text()):
        assert PASSPHRASE not in text and not any(line in text for line in lines)
    # A key that is made here has no chain.
    hq.api.post("/server/roll_over")
    rolled(hq)
    wait_until(lambda: presented(hq.console)[0] == ["Daikan Administration Server"], "the chain is dropped")
    assert not (hq.data / "server.chain.pem").exists() and hq.api.get("/server")["certificate_chain"] == 0


@pytest.mark.parametrize("kind", [EC256, RSA2048, ED25519], ids=["p256", "rsa", "ed25519"])
@pytest.mark.parametrize("dmz", [False, True], ids=["secondary_dials", "primary_dials"])
def test_a_secondary_with_a_key_of_every_kind_keeps_its_link(start, authority, kind, dmz):
    hq, branch = start.server("hq"), start.server("branch")
    if dmz:
        branch.follow(hq, direction="primary_dials", address=None)
        hq.register(branch, direction="primary_dials", address=str(branch.link))
        hq.wait_for_secondary("branch", deadline=90)
    else:
        attach(hq, branch)
    authority.issue("branch", kind)
    start.cli(branch).ok("certificate", "set", authority("branch.pem"), "--key", authority("branch.key"), "--chain", authority.chain())
    rolled(branch)
    assert branch.fingerprint == authority.fingerprint("branch")
    wait_until(lambda: hq.secondary("branch")["fingerprint"] == branch.fingerprint, "hq knows the new key")
    hq.wait_for_secondary("branch", deadline=90)
    branch.restart()
    hq.wait_for_secondary("branch", deadline=90)
    # Another server is joined with the certificate that was set, as with any other.
    extra = start.server("extra")
    branch.register(extra)
    extra.follow(branch)
    branch.wait_for_secondary("extra", deadline=90)


def test_the_passphrase_is_asked_at_a_terminal_and_never_shown(start, authority):
    hq = start.server("hq")
    cli = start.cli(hq)
    authority.issue("hq")
    terminal = Terminal(cli, "certificate", "set", authority.pkcs12("hq"))
    terminal.expect("Passphrase of").answer(PASSPHRASE)
    assert terminal.end() == 0 and authority.fingerprint("hq") in terminal.seen and PASSPHRASE not in terminal.seen
    assert hq.fingerprint == authority.fingerprint("hq")
    # Without any peer it is in use at once; the console that pinned the certificate of before says so.
    cli = start.cli(hq, name="another")
    openssl("genpkey", *EC256, "-out", authority("self.key"))
    openssl("req", "-x509", "-new", "-key", authority("self.key"), "-subj", "/CN=self", "-days", 400, "-out", authority("self.pem"))
    openssl("pkey", "-in", authority("self.key"), "-aes256", "-passout", f"pass:{PASSPHRASE}", "-out", authority("self.enc"))
    done = cli.run("certificate", "set", authority("self.pem"), "--key", authority("self.enc"), "--password-file", "-", text=PASSPHRASE + "\n")
    assert done.returncode == 0 and "in use" in done.stdout and "itself" in done.stdout, done.stderr
    assert console_certificate(hq) == hq.certificate and hq.fingerprint == authority.fingerprint("self")
    assert "is another one" in cli.fails("certificate", "show") or "fingerprint" in cli.fails("certificate", "show")


def test_every_wrong_file_is_named_for_what_it_is_and_changes_nothing(start, authority, password):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    cli = start.cli(hq)
    old = hq.fingerprint
    authority.issue("good")
    authority.issue("other")
    p12 = authority.pkcs12("good")
    wrong = start.folder / "wrong"
    wrong.write_text("something else\n")
    in_pem = [authority("good.pem"), "--key"]
    again = r"Export the key and its certificate again, as PKCS#12 or PEM\."
    bring = r"Give a PKCS#12 file, or PEM with the private key, its certificate and the certificates of its issuers\."
    asked = r"Give the passphrase that the file was made with\. It is asked at a terminal, or read with --password-file FILE\."
    new_key = r"Have a certificate made for a key of a kind that is supported: EC P-256 or P-384, RSA with at least 2048 bits, or Ed25519\."

    says(cli, [p12, "--password-file", wrong], rf"{p12}: The passphrase does not open the private key\.", asked)
    says(cli, [p12], rf"{p12}: The private key is encrypted, and no passphrase was given\.", asked)
    openssl("pkey", "-in", authority("good.key"), "-aes128", "-passout", f"pass:{PASSPHRASE}", "-out", authority("locked.key"))
    says(cli, [*in_pem, authority("locked.key")], rf"{authority('good.pem')}: The private key is encrypted, and no passphrase was given\.", asked)
    says(cli, [*in_pem, authority("locked.key"), "--password-file", wrong],
         rf"{authority('good.pem')}: The passphrase does not open the private key\.", asked)
    says(cli, [authority("good.pem")], rf"{authority('good.pem')}: There is no private key in the file\.", bring)
    says(cli, [authority("good.key")], rf"{authority('good.key')}: There is a private key, but no certificate\.", bring)
    says(cli, [*in_pem, authority("other.key")],
         rf"{authority('good.pem')}: The private key does not belong to the certificate of CN=good\.example\.com,O=Example\.",
         r"Give the key that the certificate was requested with\.")
    authority.issue("small", ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"))
    says(cli, [authority("small.pem"), "--key", authority("small.key")],
         rf"{authority('small.pem')}: The RSA key has only 1024 bits; at least 2048 are needed\.", new_key)
    authority.issue("odd", ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"))
    says(cli, [authority("odd.pem"), "--key", authority("odd.key")],
         rf"{authority('odd.pem')}: The key is on the elliptic curve secp256k1, which is not supported\.", new_key)
    # openssl gives the days of an expired one from today back.
    authority.issue("over", days=-1)
    says(cli, [authority("over.pem"), "--key", authority("over.key")],
         rf"{authority('over.pem')}: The certificate of CN=over\.example\.com,O=Example expired on \d{{4}}-\d\d-\d\d\.",
         r"Get a new one from its issuer, or check this server's clock\.")
    authority.issue("client", extensions="extendedKeyUsage=clientAuth\n")
    says(cli, [authority("client.pem"), "--key", authority("client.key")],
         rf"{authority('client.pem')}: The certificate is not meant for a server\.", r"Have it issued with the extended key usage serverAuth\.")
    says(cli, [*in_pem, authority("good.key"), "--chain", authority("other.pem")],
         rf"{authority('good.pem')}: The certificate of CN=other\.example\.com,O=Example is no part of the chain: it issued none of the others\.",
         r"Leave it out, or add what is missing between it and the server's certificate\.")
    says(cli, [authority("good.csr"), "--key", authority("good.key")],
         rf"{authority('good.csr')}: There is a request for a certificate, not the certificate\.",
         r"Send the request to an authority and give what it answers\.")
    der = authority("good.der")
    openssl("x509", "-in", authority("good.pem"), "-outform", "DER", "-out", der)
    says(cli, [der], rf"{der}: The file is a certificate without its private key\.", r"Give the key as well, both as PEM, or a PKCS#12 file\.")
    cut = authority("cut.p12")
    cut.write_bytes(p12.read_bytes()[:-20])
    says(cli, [cut, "--password-file", password], rf"{cut}: The file is neither PKCS#12 nor PEM\.", again)
    legacy = authority.pkcs12("other", "-legacy", "-certpbe", "PBE-SHA1-RC2-40")
    says(cli, [legacy, "--password-file", password],
         rf"{legacy}: The PKCS#12 file is encrypted in a way that is not supported any more \(as with RC2\), or it is damaged\.",
         r"Export it again with AES-256 and SHA-256\.")
    dear = authority.pkcs12("good", "-iter", "5000000")
    says(cli, [dear, "--password-file", password], rf"{dear}: The file is encrypted so that opening it takes too long\.",
         r"Encrypt it again with at most 1000000 iterations\.")
    huge = start.folder / "huge.pem"
    huge.write_text("x" * 70_000)
    says(cli, [huge], rf"{huge} has more than 65536 bytes\.", r"Check that it is the right file\.", status=2)
    # Of a peer: whoever has it could be taken for the other.
    (start.folder / "peer.pem").write_text((branch.data / "server.key").read_text() + branch.certificate_pem)
    says(cli, [start.folder / "peer.pem"], rf"{start.folder / 'peer.pem'}: This key is that of another server already: branch\.",
         r"Every server has a key of its own: bring another one\.", status=5)
    (start.folder / "own.pem").write_text((hq.data / "server.key").read_text() + hq.certificate_pem)
    says(cli, [start.folder / "own.pem"], rf"{start.folder / 'own.pem'}: This server uses this key and certificate already\.",
         r"Nothing has to be done\.", status=5)
    # One roll-over at a time.
    branch.stop()
    hq.wait_for_secondary("branch", "disconnected")
    hq.api.post("/server/roll_over")
    says(cli, [*in_pem, authority("good.key")], r"A roll-over of this server's key is under way already\.",
         r"Look at it with daikan certificate roll status, and finish or cancel it first\.", status=5)
    hq.api.delete("/server/roll_over")

    assert hq.fingerprint == old and hq.api.get("/server/roll_over")["phase"] == "none" and not (hq.data / "server.next.pem").exists()
    assert "certificate.set" not in actions_of(hq)
    # The server says the same of a body that is no file at all.
    hq.api.call("PUT", "/server/certificate", {"file": "///no base64"}).refused(422, "certificate_unreadable")
    hq.api.call("PUT", "/server/certificate", {"file": base64.b64encode(b"no file").decode(), "passphrase": "x"}).refused(422, "certificate_unreadable")
    hq.api.call("PUT", "/server/certificate", {"file": "x" * 100_000}).refused(422, "invalid_request")


def test_a_key_is_set_by_who_may_and_never_through_a_primary(start, authority):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    authority.issue("branch")
    body = {"file": authority("branch.key").read_text() + authority("branch.pem").read_text()}
    secondary = hq.secondary("branch")["id"]
    hq.api.call("PUT", f"/servers/{secondary}/relay/server/certificate", body).refused(403, "permission_denied")
    hq.api.post("/users", {"name": "otto", "password": "a password of his own", "assignments": [{"role": "operator"}]})
    otto = hq.stranger.log_in("otto", "a password of his own")
    otto.call("PUT", "/server/certificate", body).refused(403, "permission_denied")
    hq.stranger.call("PUT", "/server/certificate", body).refused(401, "unauthenticated")


def test_a_new_certificate_for_the_same_key_is_used_at_once_and_no_link_notices(start, authority, password):
    hq, branch = start.server("hq"), start.server("branch")
    cli = start.cli(hq)
    attach(hq, branch)
    authority.issue("first")
    cli.ok("certificate", "set", authority.pkcs12("first"), "--password-file", password)
    rolled(hq)
    hq.wait_for_secondary("branch", deadline=90)
    connects = kinds_of(branch).count("primary_connected")
    authority.issue("second", key="first")
    start.cli(hq, name="again").ok("certificate", "set", authority("second.pem"), "--key", authority("second.key"))
    assert hq.fingerprint == authority.fingerprint("second") and hq.api.get("/server/roll_over")["phase"] == "none"
    assert presented(hq.console)[0] == ["second.example.com"] and not (hq.data / "server.chain.pem").exists()
    stays(lambda: branch.api.get("/primary")["state"] == "connected" and kinds_of(branch).count("primary_connected") == connects, 1)
    hq.restart()
    hq.wait_for_secondary("branch", deadline=90)
    assert kinds_of(hq).count("certificate_changed") == 2 and actions_of(hq).count("certificate.set") == 2


def test_one_that_somebody_else_issued_is_not_renewed_but_warned_of(start, authority):
    hq = start.server("hq")
    authority.issue("hq", days=13)
    start.cli(hq).ok("certificate", "set", authority("hq.pem"), "--key", authority("hq.key"), "--chain", authority.chain())
    hq.restart()
    wait_until(lambda: "certificate_expiring" in kinds_of(hq), "it is warned of")
    event = next(each for each in hq.api.get("/events?limit=200")["items"] if each["kind"] == "certificate_expiring")
    assert "Example Issuing" in event["message"] and "daikan certificate set" in event["message"] and event["severity"] == "warning"
    hq.restart()
    stays(lambda: hq.fingerprint == authority.fingerprint("hq"), 1)
    assert kinds_of(hq).count("certificate_expiring") == 1 and "certificate_renewed" not in kinds_of(hq)


def test_the_chain_comes_back_with_a_backup(start, authority, password):
    hq = start.server("hq")
    authority.issue("hq", RSA2048)
    start.cli(hq).ok("certificate", "set", authority.pkcs12("hq"), "--password-file", password)
    cli = start.cli(hq, name="after")
    cli.ok("backup", start.folder / "hq.backup", "--passphrase-file", password)
    hq.stop()
    again, _ = restored(start, "elsewhere", start.folder / "hq.backup", password)
    again.start()
    assert again.fingerprint == authority.fingerprint("hq")
    assert presented(again.console)[0] == ["hq.example.com", "Example Issuing", "Example Root"]


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2, 0.6])
def test_killed_at_any_moment_an_own_key_is_used_whole(start, authority, password, delay):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    authority.issue("hq")
    start.cli(hq).ok("certificate", "set", authority.pkcs12("hq"), "--password-file", password)
    time.sleep(delay)  # the moment is what varies; nothing is awaited by it
    hq.kill()
    hq.start()
    rolled(hq)
    assert hq.fingerprint == authority.fingerprint("hq") and presented(hq.console)[0] == ["hq.example.com", "Example Issuing", "Example Root"]
    hq.wait_for_secondary("branch", deadline=90)
