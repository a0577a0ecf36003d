"""An authority, certificates of people and offices, keys in files and on a token, for the tests of signing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from counter_app.errors import KnownError, UserError
from counter_app.scanning.signing import KeyPlace, Mark, Order, unlock
from counter_app.scanning.signing_child import answer

NOW = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
"""Tuesday, half past eight at the desk."""
PASSWORD = "mật khẩu 1"
CLERK = "Lê Thị Hạnh"
OFFICE = "UBND xã Ea Kao"
TIME_SERVER = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Máy chủ dấu thời gian")])
USER_ID = ObjectIdentifier("0.9.2342.19200300.100.1.1")
SOFTHSM = next(
    (
        path
        for folder in ("/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm")
        if (path := Path(folder) / "libsofthsm2.so").exists()
    ),
    None,
)
HAS_TOKEN = (
    SOFTHSM is not None and shutil.which("softhsm2-util") is not None and shutil.which("pkcs11-tool") is not None
)
PIN = "123456"


@dataclass(frozen=True)
class Owner:
    """A certificate with its key."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def pkcs12(self, password: str = PASSWORD) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            b"ky so", self.key, self.certificate, [authority().certificate], BestAvailableEncryption(password.encode())
        )

    def place(self, folder: Path, name: str = "ky.p12") -> KeyPlace:
        """The key in a file."""
        path = folder / name
        path.write_bytes(self.pkcs12())
        return KeyPlace(file=str(path))


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    """Keys take long to make: one a number for the whole run."""
    return rsa.generate_private_key(65537, 2048)


def _certificate(name: x509.Name, key: rsa.RSAPrivateKey, days: tuple[int, int], *, ca: bool = False) -> Any:
    by = name if ca else authority().certificate.subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    flags = {"digital_signature": not ca, "content_commitment": not ca, "key_cert_sign": ca, "crl_sign": ca}
    others = ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")
    builder = builder.add_extension(x509.KeyUsage(**flags, **dict.fromkeys(others, False)), critical=True)
    if name == TIME_SERVER:
        use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(use, critical=True)
    return builder.sign(key if ca else authority().key, SHA256())


@cache
def authority() -> Owner:
    """Whoever gives certificates."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cơ quan chứng thực thử nghiệm")])
    return Owner(_key(0), _certificate(name, _key(0), (-1000, 3000), ca=True))


@cache
def time_server() -> Owner:
    """Whoever confirms times."""
    return Owner(_key(3), _certificate(TIME_SERVER, _key(3), (-1000, 3000)))


def owner(name: str = CLERK, number: str = "CCCD:066190012345", days: tuple[int, int] = (-30, 335)) -> Owner:
    """Somebody with a certificate of the authority; ``number`` as in Vietnamese certificates, "" for none."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if number:
        parts.append(x509.NameAttribute(USER_ID, number))
    key = _key(2 if number.startswith("MST") else 1)
    return Owner(key, _certificate(x509.Name(parts), key, days))


def office(days: tuple[int, int] = (-30, 335)) -> Owner:
    return owner(OFFICE, "MST:6001234567", days)


def roots(folder: Path) -> Path:
    """The authority as the office trusts it, among files that are no certificates."""
    folder.mkdir(exist_ok=True)
    (folder / "goc.pem").write_bytes(authority().certificate.public_bytes(Encoding.PEM))
    (folder / "ghi chú.txt").write_text("không phải chứng thư", encoding="utf-8")
    (folder / "hỏng.cer").write_bytes(b"0\x82nothing")
    return folder


def order(source: Path, out: Path, kind: str = "person", **changes: Any) -> Order:
    mark = Mark((f"Người số hóa: {CLERK}", "Thời gian ký: 08:30 10/03/2026"), right=kind == "office")
    given = {"reason": "Số hóa", "mark": mark, "moment": NOW} | changes
    return Order(source, out, kind, **given)


def signed_in_place(place: KeyPlace, what: Order, secret: str = PASSWORD) -> str:
    """Sign as the other process does, in this one; what the clerk should know."""
    facts = unlock(place, secret, what.moment, what.kind)
    question = {"action": "sign", "place": asdict(place), "secret": secret}
    return str(found({**question, "fingerprint": facts.fingerprint, "order": what.packed()}))


def found(question: dict[str, Any]) -> Any:
    """The answer, through JSON as it really goes."""
    told = json.loads(json.dumps(answer(json.loads(json.dumps(question)))))
    if "found" not in told:
        raise (UserError if told["trouble"] else KnownError)(told["kind"], told["message"])
    return told["found"]


def make_token(folder: Path, *owners: tuple[str, Owner]) -> KeyPlace:
    """A token of SoftHSM with these certificates, by label; SOFTHSM2_CONF must stay set while it is used."""
    (folder / "tokens").mkdir(parents=True)
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    _run("softhsm2-util", "--init-token", "--free", "--label", "USB Hanh", "--pin", PIN, "--so-pin", "12345678")
    for number, (label, held) in enumerate(owners, 1):
        key, certificate = folder / f"{number}.key", folder / f"{number}.der"
        key.write_bytes(held.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        certificate.write_bytes(held.certificate.public_bytes(Encoding.DER))
        import_key = ["--import", str(key), "--label", label, "--id", f"a{number}", "--token", "USB Hanh"]
        _run("softhsm2-util", *import_key, "--pin", PIN)
        write = ["--write-object", str(certificate), "--type", "cert", "--id", f"a{number}", "--label", label]
        _run("pkcs11-tool", "--module", str(SOFTHSM), "--login", "--pin", PIN, *write)
    return KeyPlace(module=str(SOFTHSM), token="USB Hanh")


def _run(*arguments: str) -> None:
    subprocess.run(arguments, check=True, capture_output=True, timeout=60)
