"""Certificates of an authority that only the test knows, and a portal behind one of them."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scripted_portal import Asked, Reply, ScriptedServer

DAY = timedelta(days=1)


@dataclass
class OwnCa:
    """An authority; its certificate is in ``bundle``."""

    folder: Path
    bundle: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, folder: Path, name: str = "CA cơ quan", *, days: int = 3650) -> OwnCa:
        """An authority in force since yesterday (since before its end, where ``days`` are past)."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        builder = _builder(subject, subject, key, days).add_extension(x509.BasicConstraints(True, None), critical=True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        certificate = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
        bundle = folder / f"{name}.pem"
        bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder, bundle, key, certificate)

    def server(self, host: str = "127.0.0.1", *, days: int = 1) -> ssl.SSLContext:
        """What a server named ``host`` shows; ``days`` until its end (negative: it has ended)."""
        key = ec.generate_private_key(ec.SECP256R1())
        try:
            named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            named = x509.DNSName(host)
        builder = _builder(_name(host), self.certificate.subject, key, days)
        certificate = builder.add_extension(x509.SubjectAlternativeName([named]), critical=False).sign(
            self.key, hashes.SHA256()
        )
        chain = self.folder / f"{host} {days}.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context


class TlsServer(ScriptedServer):
    """The scripted server behind a certificate."""

    def __init__(self, answer: Callable[[Asked], Reply], context: ssl.SSLContext) -> None:
        super().__init__(answer)
        # The handshake is each connection's own affair: a client that breaks it off must not stop the server.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = self.url.replace("http://", "https://")


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    end = now + days * DAY
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - DAY)
        .not_valid_after(end)
    )
