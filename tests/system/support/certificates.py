"""Keys and certificates that are not a server's own, made as a stranger would make them."""

import dataclasses
import datetime
import pathlib
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from .server import Server, fingerprint


@dataclasses.dataclass
class KeyPair:
    """A self-signed certificate and its key, as PEM files."""

    certificate_file: pathlib.Path
    key_file: pathlib.Path
    der: bytes

    @property
    def pem(self) -> str:
        return ssl.DER_cert_to_PEM_cert(self.der)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.der)


def make_key_pair(folder: pathlib.Path, name: str = "stranger", *, days: int = 365, key=None) -> KeyPair:
    """`days` from now until it expires; negative: it has expired already."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.utcnow()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=400))
                   .not_valid_after(now + datetime.timedelta(days=days)).sign(key, hashes.SHA256()))
    folder.mkdir(parents=True, exist_ok=True)
    pair = KeyPair(folder / f"{name}.cer.pem", folder / f"{name}.key.pem", certificate.public_bytes(serialization.Encoding.DER))
    pair.certificate_file.write_text(pair.pem)
    pair.key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return pair


def weak_rsa_key():
    return rsa.generate_private_key(65537, 1024)


def of_server(server: Server, folder: pathlib.Path) -> KeyPair:
    """A server's own key and certificate, from its data folder: what a test uses to speak in its name."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{server.name}.cer.pem"
    path.write_text(server.certificate_pem)
    return KeyPair(path, server.data / "server.key", server.certificate)


def link_context(pair: KeyPair | None, alpn: list[str], *, server_side: bool = False) -> ssl.SSLContext:
    """TLS as the link wants it, with this key pair (or none); verification is left to the test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
    if not server_side:
        context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if pair:
        context.load_cert_chain(pair.certificate_file, pair.key_file)
    if alpn:
        context.set_alpn_protocols(alpn)
    return context
