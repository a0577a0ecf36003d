"""Keys on a token (USB, HSM) by its maker's PKCS#11 library; only inside the process that signs (``signing_child``).

A PIN is tried once: a token locks itself after a few wrong ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from counter_app.errors import CounterError, KnownError, UserError
from counter_app.scanning.signing_keys import CertificateFacts, KeyPlace, facts_of
from counter_app.scanning.signing_order import TokenCertificate

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

_SEVERAL: Final = "Hãy chọn đúng chứng thư ở Cài đặt, Ký số."


@dataclass(frozen=True, slots=True)
class OpenToken:
    """A token that has taken its PIN."""

    facts: CertificateFacts
    signer: Signer


@contextmanager
def opened(place: KeyPlace, pin: str) -> Iterator[OpenToken]:
    """The key of ``place``, until the block ends.

    Raises UserError ``pin_wrong``, ``pin_locked``, ``token_missing``, ``certificate_missing``,
    ``certificate_ambiguous``; KnownError ``token_driver_missing``, ``token_fault``.
    """
    with troubles_told(place):
        token = _find_token(_library(Path(place.module)), place)
        session = token.open(user_pin=pin)
        try:
            yield _open_key(session, place)
        finally:
            session.close()


def certificates(module: Path) -> list[TokenCertificate]:
    """What lies on the tokens that are plugged in and may have a key; no PIN is needed.

    Raises UserError ``token_missing``; KnownError ``token_driver_missing``, ``token_fault``.
    """
    place = KeyPlace(module=str(module))
    with troubles_told(place):
        tokens = _tokens(_library(module))
        if not tokens:
            raise _missing(place)
        found = []
        for token in tokens:
            with token.open() as session:
                for certificate, label, _identity in _certificates(session):
                    found.append(TokenCertificate(token.label, label, facts_of(certificate)))
        return found


def _pkcs11() -> Any:
    """The reader of tokens, which not every system can have. KnownError ``token_driver_missing``."""
    try:
        import pkcs11
    except ImportError as error:
        raise KnownError(
            "token_driver_missing",
            "Bản cài đặt này chưa có phần đọc USB ký số (python-pkcs11). Hãy gọi quản trị cài thêm, hoặc dùng chứng "
            "thư dạng tệp .p12.",
        ) from error
    return pkcs11


def _library(module: Path) -> Any:
    """The maker's library. KnownError ``token_driver_missing``."""
    pkcs11 = _pkcs11()
    try:
        return pkcs11.lib(str(module))
    except (RuntimeError, OSError, pkcs11.PKCS11Error) as error:
        raise KnownError(
            "token_driver_missing",
            f"Không nạp được trình điều khiển USB ký số «{module}». Hãy cài phần mềm của nhà cung cấp, rồi chọn đúng "
            "tệp thư viện (.dll, .so) ở Cài đặt, Ký số.",
        ) from error


def _tokens(library: Any) -> list[Any]:
    """What is plugged in, without what has never been set up."""
    return [token for slot in library.get_slots(token_present=True) if (token := slot.get_token()).label]


def _find_token(library: Any, place: KeyPlace) -> Any:
    tokens = [token for token in _tokens(library) if place.token in ("", token.label)]
    if not tokens:
        raise _missing(place)
    if len(tokens) > 1:
        raise UserError("certificate_ambiguous", f"Có nhiều USB ký số đang cắm. {_SEVERAL}")
    return tokens[0]


def _open_key(session: Any, place: KeyPlace) -> OpenToken:
    from asn1crypto import x509 as asn1
    from cryptography.hazmat.primitives.serialization import Encoding
    from pkcs11 import Attribute, ObjectClass
    from pyhanko.sign.pkcs11 import PKCS11Signer

    keys = {bytes(key[Attribute.ID]) for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})}
    found = [
        (certificate, identity)
        for certificate, label, identity in _certificates(session)
        if identity in keys and place.label in ("", label)
    ]
    if not found:
        raise UserError(
            "certificate_missing",
            f"Trên USB ký số không có chứng thư «{place.label}» kèm khóa ký. {_SEVERAL}"
            if place.label
            else "Trên USB ký số không có chứng thư nào kèm khóa ký. Hãy liên hệ nơi cấp.",
        )
    if len(found) > 1:
        raise UserError("certificate_ambiguous", f"Trên USB ký số có nhiều chứng thư. {_SEVERAL}")
    certificate, identity = found[0]
    signer = PKCS11Signer(
        session,
        signing_cert=asn1.Certificate.load(certificate.public_bytes(Encoding.DER)),
        key_id=identity,
        other_certs_to_pull=None,
    )
    return OpenToken(facts_of(certificate), signer)


def _certificates(session: Any) -> Iterator[tuple[Any, str, bytes]]:
    """Certificates with their labels and the identities that their keys share; authorities' own are left out."""
    from cryptography import x509
    from pkcs11 import Attribute, ObjectClass

    for item in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        try:
            certificate = x509.load_der_x509_certificate(bytes(item[Attribute.VALUE]))
            constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
            is_authority = constraints.ca
        except x509.ExtensionNotFound:
            is_authority = False
        except ValueError:
            continue
        if not is_authority:
            yield certificate, str(item[Attribute.LABEL] or ""), bytes(item[Attribute.ID] or b"")


@contextmanager
def troubles_told(place: KeyPlace) -> Iterator[None]:
    """What a token's library raises, in words."""
    found = _pkcs11().exceptions
    try:
        yield
    except CounterError:
        raise
    except (found.PinIncorrect, found.PinInvalid, found.PinLenRange, found.ArgumentsBad) as error:
        raise UserError(
            "pin_wrong",
            "Mã PIN của USB ký số chưa đúng. Nhập sai vài lần thì USB tự khóa: hãy kiểm tra kỹ rồi mới nhập lại.",
        ) from error
    except (found.PinLocked, found.PinExpired) as error:
        raise UserError(
            "pin_locked",
            "USB ký số đã bị khóa vì nhập sai mã PIN nhiều lần, hoặc mã PIN đã hết hạn. Hãy mở khóa bằng phần mềm của "
            "nhà cung cấp, hoặc liên hệ nơi cấp. Giấy tờ đang chờ ký vẫn còn nguyên.",
        ) from error
    except (
        found.NoSuchToken,
        found.TokenNotPresent,
        found.TokenNotRecognised,
        found.DeviceRemoved,
        found.SessionHandleInvalid,
        found.SessionClosed,
        found.SlotIDInvalid,
    ) as error:
        raise _missing(place) from error
    except (found.PKCS11Error, RuntimeError) as error:
        raise KnownError(
            "token_fault",
            f"USB ký số báo lỗi ({type(error).__name__}). Hãy rút ra, cắm lại, rồi thử lại; nếu còn lỗi, gọi quản trị. "
            "Giấy tờ đang chờ ký vẫn còn nguyên.",
        ) from error


def _missing(place: KeyPlace) -> UserError:
    which = f" «{place.token}»" if place.token else ""
    return UserError(
        "token_missing",
        f"Không thấy USB ký số{which}. Hãy cắm USB, đợi đèn sáng rồi thử lại. Giấy tờ đang chờ ký vẫn còn nguyên.",
    )
