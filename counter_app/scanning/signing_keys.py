"""Keys that sign: a PKCS#12 file or a token (PKCS#11), and what their certificates say of who signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from counter_app.errors import KnownError, UserError
from counter_app.rules.names import fold
from printing.wording import local

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate, Name

PERSON: Final = "person"
OFFICE: Final = "office"
_USER_ID: Final = "0.9.2342.19200300.100.1.1"
_ORGANISATION_ID: Final = "2.5.4.97"
_OFFICE_IDS: Final = ("MST:", "MNS:", "MDDKD:", "VATVN", "NTRVN")
"""Vietnamese authorities write a tax or budget number into an organisation's certificate, and an ID-card's number
(CMND, CCCD, HC) into a person's."""
_PERSON_IDS: Final = ("CMND:", "CCCD:", "CC:", "HC:", "PNOVN")


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where a key lies: a PKCS#12 file, or a token behind the maker's library; all empty: none is chosen."""

    file: str = ""
    module: str = ""
    token: str = ""
    """The token's label; "" for the only one that is plugged in."""
    label: str = ""
    """The certificate's label on the token; "" for the only one there that has a key."""

    def __bool__(self) -> bool:
        return bool(self.file or self.module)

    @property
    def on_token(self) -> bool:
        return bool(self.module)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Whose a certificate is. ``kind``: person, office, or "" where it does not say; times in UTC."""

    name: str
    kind: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    fingerprint: str

    def holds_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment <= self.valid_until


@dataclass(frozen=True, slots=True)
class FileKey:
    """What a PKCS#12 file holds, opened."""

    key: PrivateKeyTypes
    certificate: Certificate
    others: tuple[Certificate, ...]


def read_key_file(path: Path, password: str) -> FileKey:
    """Open a PKCS#12 file.

    Raises UserError ``key_file_missing``, ``key_file_invalid``, ``password_wrong``; KnownError ``key_file_unreadable``.
    """
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UserError(
            "key_file_missing",
            f"Không tìm thấy tệp chứng thư số «{path}». Hãy cắm lại ổ đĩa có tệp, hoặc chọn lại tệp ở Cài đặt, Ký số.",
        ) from error
    except OSError as error:
        raise KnownError(
            "key_file_unreadable",
            f"Không đọc được tệp chứng thư số «{path}»: {error.strerror}. Hãy kiểm tra quyền đọc tệp rồi thử lại.",
        ) from error
    _check_is_pkcs12(data, path)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode())
    except ValueError as error:
        raise UserError(
            "password_wrong",
            f"Mật khẩu của tệp chứng thư số «{path.name}» chưa đúng. Hãy kiểm tra phím Caps Lock, bộ gõ, rồi nhập lại.",
        ) from error
    if key is None or certificate is None:
        raise _invalid(path)
    return FileKey(key, certificate, tuple(others))


def _check_is_pkcs12(data: bytes, path: Path) -> None:
    """Told before the password is tried: a file of another kind is no wrong password."""
    from asn1crypto import pkcs12

    try:
        version = pkcs12.Pfx.load(data, strict=True)["version"].native
    except (ValueError, TypeError, KeyError) as error:
        raise _invalid(path) from error
    if version != "v3":
        raise _invalid(path)


def _invalid(path: Path) -> UserError:
    return UserError(
        "key_file_invalid",
        f"Tệp «{path.name}» không phải là tệp chứng thư số có khóa ký (.p12, .pfx), hoặc đã hỏng. Hãy chọn đúng tệp do "
        "nơi cấp chứng thư giao.",
    )


def facts_of(certificate: Certificate) -> CertificateFacts:
    """What a certificate says of its owner."""
    from cryptography.hazmat.primitives.hashes import SHA256

    return CertificateFacts(
        _shown(certificate.subject),
        kind_of_owner(certificate),
        _shown(certificate.issuer),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.fingerprint(SHA256()).hex(),
    )


def kind_of_owner(certificate: Certificate) -> str:
    """Whether a person or an office owns it: by the number in the name, else by the parts that the name has."""
    from cryptography.x509.oid import NameOID

    parts = {attribute.oid.dotted_string: str(attribute.value) for attribute in certificate.subject}
    number = parts.get(_USER_ID, "").upper()
    if number.startswith(_OFFICE_IDS) or _ORGANISATION_ID in parts:
        return OFFICE
    if number.startswith(_PERSON_IDS) or NameOID.SURNAME.dotted_string in parts:
        return PERSON
    common = parts.get(NameOID.COMMON_NAME.dotted_string, "")
    organisation = parts.get(NameOID.ORGANIZATION_NAME.dotted_string, "")
    return OFFICE if organisation and fold(common) == fold(organisation) else ""


def check_usable(facts: CertificateFacts, moment: datetime, kind: str) -> None:
    """Refuse to sign with it: UserError ``certificate_expired``, ``certificate_early``, ``certificate_kind``."""
    if moment > facts.valid_until:
        raise UserError(
            "certificate_expired",
            f"Chứng thư số của «{facts.name}» đã hết hạn ngày {local(facts.valid_until):%d/%m/%Y}, không ký được nữa. "
            "Hãy gia hạn với nơi cấp, rồi chọn chứng thư mới ở Cài đặt, Ký số.",
        )
    if moment < facts.valid_from:
        raise UserError(
            "certificate_early",
            f"Chứng thư số của «{facts.name}» chỉ dùng được từ ngày {local(facts.valid_from):%d/%m/%Y}. Hãy kiểm tra "
            "ngày giờ của máy, hoặc đợi đến ngày đó.",
        )
    if facts.kind not in ("", kind):
        ours, wanted = (_KINDS[one] for one in (facts.kind, kind))
        raise UserError(
            "certificate_kind",
            f"Chứng thư số của «{facts.name}» là của {ours}, không dùng để ký thay {wanted}. Hãy chọn chứng thư của "
            f"{wanted} ở Cài đặt, Ký số.",
        )


_KINDS: Final = {PERSON: "cá nhân", OFFICE: "cơ quan"}


def _shown(name: Name) -> str:
    """The common name, or the organisation where there is none."""
    from cryptography.x509.oid import NameOID

    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(oid)
        if found:
            return str(found[0].value)
    return name.rfc4514_string()
