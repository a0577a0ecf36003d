"""Servers on this machine that answer the probe of the line as portals, and what is in their way, do."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
ANSWER = b"HTTP/1.1 404 Not Found\r\nDate: Tue, 10 Mar 2026 01:42:00 GMT\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Issued:
    """A root of one's own and a server's certificate signed by it, as PEM files."""

    root: Path
    chain: Path


def issue(folder: Path, *, name: str = "localhost", until: datetime | None = None) -> Issued:
    """Sign a certificate for ``name`` with a new root; real time counts, as OpenSSL looks at the machine's clock."""
    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Gốc thử nghiệm")])
    root = (
        _begun(root_name, root_name, root_key, now, now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = [x509.DNSName(name), *([x509.IPAddress(ip_address("127.0.0.1"))] if name == "localhost" else [])]
    leaf = (
        _begun(subject, root_name, key, now, until or now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    made = Issued(folder / "root.pem", folder / "server.pem")
    made.root.write_bytes(root.public_bytes(pem))
    secret = key.private_bytes(pem, private, serialization.NoEncryption())
    made.chain.write_bytes(secret + leaf.public_bytes(pem))
    return made


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, until) - timedelta(days=60))
        .not_valid_after(until)
    )


Serve = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """A server on a free port that gives each connection to ``serve``; ends with the block."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    ended = threading.Event()

    def accept() -> None:
        while not ended.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            connection.settimeout(5)
            with connection:
                try:
                    serve(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        ended.set()
        thread.join()
        listening.close()


def answering(answer: bytes = ANSWER, seen: list[bytes] | None = None) -> Serve:
    """Reads a head and gives this answer."""

    def serve(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (piece := connection.recv(4096)):
            head += piece
        if seen is not None:
            seen.append(head)
        connection.sendall(answer)

    return serve


def secured(chain: Path, inner: Serve) -> Serve:
    """The same behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            inner(wrapped)

    return serve
